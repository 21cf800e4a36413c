"""What scripts add to pages: whatever a test of plain pages cannot see."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.http.web.house import COLLEAGUE, House
from tests.journeys.conftest import Visitor
from tests.office import ANSWERS

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]


@pytest.fixture(scope="module")
def code(house: House) -> str:
    return house.accepted("浏览器项目")


def test_everything_is_reached_by_keyboard(visitor: Seat, code: str) -> None:
    reader = visitor("land")
    page = reader.go("/desk")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.locator("details.menu > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("a[href='/account']")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("details.menu > summary")).to_be_focused()
    expect(page.locator("a[href='/account']")).to_be_hidden()


def test_the_queue_comes_anew_without_taking_the_focus(visitor: Seat, house: House) -> None:
    reader = visitor("planning")
    reader.page.clock.install()
    page = reader.go("/desk")
    field = page.locator("#q")
    field.fill("正在输入")
    fresh = house.accepted("刚刚到达的项目")
    expect(page.locator("#queue")).not_to_contain_text(fresh)
    page.clock.run_for(21_000)
    expect(page.locator("#queue")).to_contain_text(fresh)
    expect(field).to_be_focused()
    expect(field).to_have_value("正在输入")
    button = page.locator(f"form[action='/desk/{house.step(fresh, 'review_planning')}/claim'] button")
    button.focus()
    house.claim(fresh, "review_planning")
    page.clock.run_for(21_000)
    expect(page.locator(f"a.btn-sm[href='/desk/{house.step(fresh, 'review_planning')}']")).to_be_visible()


def test_fields_appear_and_rows_grow_as_one_answers(visitor: Seat, house: House) -> None:
    draft = house.draft({})
    applicant = visitor("applicant")
    page = applicant.go(f"/drafts/{draft}/form")
    address = page.locator("#f-delivery_address")
    expect(address).to_be_hidden()
    page.locator("[name='delivery'][value='post']").check()
    expect(address).to_be_visible()
    page.locator("[name='delivery'][value='window']").check()
    expect(address).to_be_hidden()
    page.locator("[name='plots.0.plot_name']").fill("甲")
    page.locator("[data-add]").click()
    expect(page.locator("[name='plots.1.plot_name']")).to_be_focused()
    page.locator("[name='plots.1.plot_name']").fill("乙")
    page.locator("[data-entry]").first.locator("[data-drop]").click()
    expect(page.locator("[name='plots.0.plot_name']")).to_have_value("乙")
    expect(page.locator("[name='plots.1.plot_name']")).to_have_count(0)
    page.locator(".action-bar .btn-primary").click()
    expect(page.locator("#problem")).to_be_focused()
    expect(page.locator("[name='plots.0.plot_name']")).to_have_value("乙")
    page.locator("#problem a[href='#f-unit_name']").click()
    expect(page.locator("#f-unit_name")).to_be_focused()
    applicant.check()


def test_what_was_typed_waits_while_a_step_is_released(visitor: Seat, house: House) -> None:
    code = house.accepted("先放一放")
    step = house.claim(code, "review_reform")
    worker = visitor("reform")
    page = worker.go(f"/desk/{step}")
    page.locator("#opinion").fill("写到一半的意见")
    page.locator("[name='review_reform_necessity'][value='yes']").check()
    page.locator("[form='release']").click()
    page.wait_for_url("**/desk")
    page.locator(f"form[action='/desk/{step}/claim'] button").click()
    page.wait_for_url(f"**/desk/{step}")
    expect(page.locator("#opinion")).to_have_value("写到一半的意见")
    expect(page.locator("[name='review_reform_necessity'][value='yes']")).to_be_checked()


def test_two_people_want_one_step(visitor: Seat, house: House) -> None:
    """The second is told, in words, on the page where they were."""
    code = house.accepted("两位同事")
    step = house.step(code, "review_land")
    first, second = visitor("land"), visitor(COLLEAGUE)
    one, two = first.go("/desk"), second.go("/desk")
    one.locator(f"form[action='/desk/{step}/claim'] button").click()
    one.wait_for_url(f"**/desk/{step}")
    two.locator(f"form[action='/desk/{step}/claim'] button").click()
    expect(two.locator("#problem")).to_be_focused()
    expect(two.locator("#queue")).to_be_visible()
    for name, value in ANSWERS["review_land"].items():
        control = one.locator(f"[name='{name}']")
        if control.first.get_attribute("type") == "radio":
            one.locator(f"[name='{name}'][value='{value}']").check()
        else:
            control.first.fill(str(value))
    one.locator("#opinion").fill("同意。")
    one.locator("button[value='approve']").dblclick()
    one.wait_for_url("**/desk")
    expect(one.locator(".note-good")).to_contain_text(code)


def test_the_language_is_switched_on_the_page_where_one_is(visitor: Seat, code: str) -> None:
    reader = visitor("land")
    page = reader.go(f"/cases/{code}/time")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.locator("a[hreflang='en']").click()
    page.wait_for_url(f"**/cases/{code}/time?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    reader.go("/desk")
    expect(page.locator("html")).to_have_attribute("lang", "en")
