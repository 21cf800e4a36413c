"""A draft is edited in the browser: a step's post and limit, findings that are gone to and answered, the comparison."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor
from tests.office import LAND

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]
OPEN = "[data-bench='open']"


def begun(visitor: Seat, lang: str) -> tuple[Visitor, Page]:
    """The designer before the bench, with the land item on it."""
    designer = visitor("designer", lang=lang)
    page = designer.go(f"/studio/{LAND}/1")
    with page.expect_navigation():
        page.locator(".page-head form button").click()
    expect(page.locator(OPEN)).to_be_attached(timeout=20_000)
    return designer, page


def saved(page: Page) -> None:
    page.locator("[data-do='save']").click()
    expect(page.locator("[data-do='save']")).to_be_disabled()


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_a_draft_is_edited_answered_saved_and_compared(visitor: Seat, lang: str) -> None:
    designer, page = begun(visitor, lang)
    findings = page.locator("[data-findings]")

    page.select_option("#bench-element", "accept")
    page.select_option("#bench-post", "land-reviewer")
    page.fill("#bench-yellow", "P9D")
    page.locator("#bench-yellow").press("Tab")
    late = findings.get_by_role("button", name="accept_yellow")
    expect(late).to_be_visible()
    designer.check()
    late.click()
    expect(page.locator(".djs-element.selected")).to_have_attribute("data-element-id", "accept_yellow")
    page.fill("#bench-duration", "P2D")
    page.locator("#bench-duration").press("Tab")
    expect(late).to_have_count(0)

    page.select_option("#bench-element", "flow_refused")
    page.fill("#bench-condition", "")
    page.locator("#bench-condition").press("Tab")
    expect(findings.get_by_role("button", name="flow_refused")).to_be_visible()
    answer = findings.locator(".bench-answer")
    expect(answer.locator("input")).to_have_value('accept.outcome == "refuse"')
    answer.get_by_role("button").click()
    expect(answer).to_have_count(0)

    saved(page)
    with page.expect_navigation():
        page.locator(".bench-head a.btn").click()
    changes = page.locator("#differences")
    expect(changes).to_contain_text("land-reviewer")
    expect(changes).to_contain_text("P2D")
    expect(page.locator(".drawing[data-diagram='drawn']")).to_have_count(2)
    expect(page.locator(".token-changed").first).to_be_visible()
    designer.check()
    page.go_back()
    page.locator(".bench-end details summary").click()
    with page.expect_navigation():
        page.locator(".bench-end .btn-danger").click()


def test_of_two_who_edit_one_learns_of_the_other_and_loses_nothing(visitor: Seat) -> None:
    _first, page = begun(visitor, "en")
    _second, other = begun(visitor, "en")
    for one, days in ((page, "P2D"), (other, "P1D")):
        one.select_option("#bench-element", "accept")
        one.fill("#bench-yellow", days)
        one.locator("#bench-yellow").press("Tab")
    saved(page)
    other.locator("[data-do='save']").click()
    sheet = other.locator("[data-conflict]")
    expect(sheet).to_be_visible()
    bench = other.url
    with other.expect_navigation():
        sheet.locator("[data-way='copy']").click()
    assert other.url != bench
    expect(other.locator(OPEN)).to_be_attached(timeout=20_000)
    other.select_option("#bench-element", "accept")
    expect(other.locator("#bench-yellow")).to_have_value("P1D")
    for one in (other, page):
        one.locator(".bench-end details summary").click()
        with one.expect_navigation():
            one.locator(".bench-end .btn-danger").click()


def test_what_was_not_saved_is_there_again_and_can_be_undone(visitor: Seat) -> None:
    _designer, page = begun(visitor, "en")
    page.select_option("#bench-element", "decide")
    was = page.input_value("#bench-red")
    page.fill("#bench-red", "P4D")
    page.locator("#bench-red").press("Tab")
    page.locator("[data-do='undo']").click()
    expect(page.locator("#bench-red")).to_have_value(was)
    page.locator("[data-do='redo']").click()
    expect(page.locator("#bench-red")).to_have_value("P4D")
    page.wait_for_function("() => Object.keys(localStorage).some(name => name.startsWith('bench:'))")
    page.on("dialog", lambda asked: asked.accept())
    page.reload()
    expect(page.locator(OPEN)).to_be_attached(timeout=20_000)
    page.select_option("#bench-element", "decide")
    expect(page.locator("#bench-red")).to_have_value("P4D")
    page.locator("[data-news] button").click()
    expect(page.locator("[data-do='save']")).to_be_disabled()


def test_on_a_phone_it_is_said_in_words(visitor: Seat) -> None:
    designer = visitor("designer", lang="en", device="phone")
    page = designer.go(f"/studio/{LAND}/1")
    with page.expect_navigation():
        page.locator(".page-head form button").click()
    expect(page.locator(".bench-narrow")).to_be_visible()
    expect(page.locator("[data-findings]")).to_be_visible()
    expect(page.locator("[data-canvas]")).to_be_hidden()
    assert page.locator("script[src*='editor-']").count() == 0
    designer.check()
