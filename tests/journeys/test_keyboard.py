"""A reviewer's day without a mouse: Tab, Space, arrows and Enter alone; and the single keys of the desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.http.web.house import PASSWORD, House
from tests.journeys.conftest import SCREENS, Visitor
from tests.office import ANSWERS

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]
FARTHEST = 150
"""Stops of the Tab key on a page."""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is on one of the elements; each stop on the way can be seen."""
    for _stop in range(FARTHEST):
        if page.locator("*:focus").count() and target.and_(page.locator("*:focus")).count():
            return
        page.keyboard.press("Tab")
        focused = page.locator("*:focus")
        assert not focused.count() or focused.first.is_visible(), focused.first.evaluate("one => one.outerHTML")
    raise AssertionError(f"{target} is not come to by Tab on {page.url}")


def answer(page: Page, name: str, value: str) -> None:
    """Answer a field, whatever its kind."""
    field = page.locator(f"#step [name='{name}']")
    kind = field.first.get_attribute("type") or field.first.evaluate("one => one.tagName")
    if kind == "checkbox":
        tab_to(page, page.locator(f"#step [name='{name}'][value='{value}']"))
        page.keyboard.press("Space")
    elif kind == "radio":
        tab_to(page, field)
        page.keyboard.press("Space")
        choose(page, page.locator(f"#step [name='{name}'][value='{value}']"), lambda one: one.is_checked())
    elif kind == "SELECT":
        tab_to(page, field)
        choose(page, field, lambda one: one.input_value() == value)
    elif kind == "date":
        tab_to(page, field)
        field.fill(value)  # a date is typed in the order of the browser's own language
    else:
        tab_to(page, field)
        page.keyboard.type(value)


def choose(page: Page, target: Locator, is_chosen: Callable[[Locator], bool]) -> None:
    """Go along the choices with the arrow."""
    for _choice in range(20):
        if is_chosen(target):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{target} is not chosen by the arrows")


def complete(page: Page, element: str, outcome: str) -> None:
    """Fill in the page of a step and press an outcome."""
    for name, value in ANSWERS[element].items():
        for one in value if isinstance(value, list) else [value]:
            answer(page, name, str(one))
    for point in page.locator("#step [name='ticked']").all():
        tab_to(page, point)
        page.keyboard.press("Space")
    tab_to(page, page.locator("#opinion"))
    page.keyboard.type("经审查，符合要求。")
    tab_to(page, page.locator(f"button[name='outcome'][value='{outcome}']"))
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize(("lang", "device"), [screen for screen in SCREENS if "desktop" in str(screen)])
def test_from_login_to_the_next_task_without_a_mouse(visitor: Seat, house: House, lang: str, device: str) -> None:
    codes = [house.accepted(f"只用键盘{number}") for number in (1, 2)]
    reviewer = visitor(lang=lang, device=device)
    page = reviewer.go("/desk")
    expect(page.locator("#username")).to_be_visible()
    tab_to(page, page.locator("#username"))
    page.keyboard.type(house.office.planning.username)
    tab_to(page, page.locator("#password"))
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    step = house.step(codes[0], "review_planning")
    tab_to(page, page.locator("#q"))
    page.keyboard.type(codes[0])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, page.locator(f"form[action^='/desk/{step}/claim'] button, button[form='claim-{step}']"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/{step}*")
    complete(page, "review_planning", "approve")
    expect(page.get_by_role("status").filter(has_text=codes[0]).first).to_be_visible()
    reviewer.go("/desk")
    second = house.step(codes[1], "review_planning")
    tab_to(page, page.locator(f"a[href^='/desk/{second}']"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/desk/{second}*")
    assert reviewer.complaints == []


def test_single_keys_of_the_desk(visitor: Seat, house: House) -> None:
    """They are listed in a sheet, are not taken from who types, and can be switched off (WCAG 2.1.4)."""
    code = house.accepted("单键操作")
    page = visitor("planning").go("/desk")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("jck")
    expect(page.locator("#q")).to_have_value("jck")
    page.locator("#q").fill(code)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_url(f"**/desk/{house.step(code, 'review_planning')}*")
    page.keyboard.press("o")
    expect(page.locator("#opinion")).to_be_focused()
    page.keyboard.type("n x 1")
    expect(page.locator("#opinion")).to_have_value("n x 1")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("button[name='outcome']:focus")).to_have_count(1)
    page.keyboard.press("?")
    expect(sheet).to_be_visible()
    sheet.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.keyboard.press("u")
    page.keyboard.press("o")
    expect(page.locator("#opinion")).not_to_be_focused()
