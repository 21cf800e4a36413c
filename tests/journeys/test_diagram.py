"""The diagram in a browser: drawn with its marks where one looks at it, kept up with the case, on a phone a list."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.http.web.house import House
from tests.journeys.conftest import Visitor
from tests.office import LAND

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]
DRAWN = "[data-diagram='drawn']"
SHOWN = "() => document.querySelector('.drawing .viewport').getAttribute('transform')"


@pytest.fixture(scope="module")
def code(house: House) -> str:
    return house.accepted("流程图项目")


def at(page: Page, element: str) -> str:
    """The classes of a drawn element."""
    return page.locator(f".djs-element[data-element-id='{element}']").get_attribute("class") or ""


def test_the_diagram_is_drawn_with_its_tokens_and_the_way_it_took(visitor: Seat, code: str) -> None:
    reader = visitor("land")
    page = reader.go(f"/cases/{code}")
    expect(page.locator(DRAWN)).to_be_visible()
    assert "gl-done" in at(page, "accept")
    assert "gl-active" in at(page, "review_land")
    assert "gl-" not in at(page, "decide")
    expect(page.locator(".djs-connection.gl-done").first).to_be_attached()
    expect(page.locator(".token")).to_have_count(4)
    expect(page.locator(".token-done")).to_contain_text("当日办结")
    expect(page.locator(".bjs-powered-by")).to_be_visible()
    before = page.evaluate(SHOWN)
    page.locator("[data-zoom='in']").click()
    assert page.evaluate(SHOWN) != before
    page.locator("[data-zoom='fit']").click()
    page.locator("[data-zoom='now']").click()
    reader.check()


def test_what_is_written_in_it_is_english_for_who_reads_english(visitor: Seat, code: str) -> None:
    for path in (f"/cases/{code}", f"/items/{LAND}/diagram"):
        page = visitor("land", lang="en").go(path)
        expect(page.locator(DRAWN)).to_be_visible()
        written = "".join(page.locator(".drawing svg text").all_text_contents())
        assert "Land review" in written
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in written)


def test_it_fills_the_screen_and_gives_it_back(visitor: Seat, code: str) -> None:
    page = visitor("land").go(f"/cases/{code}")
    expect(page.locator(DRAWN)).to_be_visible()
    page.locator("[data-drawing-full]").click()
    expect(page.locator(".drawing.is-full [data-drawing-close]")).to_be_focused()
    page.locator("[data-drawing-close]").click()
    expect(page.locator(".drawing.is-full")).to_have_count(0)
    expect(page.locator("[data-drawing-full]")).to_be_focused()


def test_a_phone_shows_the_list_and_fetches_the_diagram_when_asked(visitor: Seat, code: str) -> None:
    reader = visitor("applicant", device="phone")
    page = reader.go(f"/cases/{code}")
    expect(page.locator("#steps-list > li")).to_have_count(4)
    expect(page.locator(".drawing-canvas")).to_be_hidden()
    assert page.locator("script[src*='diagram']").count() == 0
    reader.check()
    page.locator("[data-drawing-open]").click()
    expect(page.locator(DRAWN)).to_be_visible()
    expect(page.locator(".drawing-canvas")).to_be_visible()
    reader.check()
    page.locator("[data-drawing-close]").click()
    expect(page.locator(".drawing-canvas")).to_be_hidden()


def test_the_page_follows_the_case_and_leaves_the_diagram_as_one_looks_at_it(visitor: Seat, house: House) -> None:
    fresh = house.accepted("边看边变的项目")
    reader = visitor("planning")
    reader.page.clock.install()
    page = reader.go(f"/cases/{fresh}")
    expect(page.locator(DRAWN)).to_be_visible()
    page.locator("[data-zoom='in']").click()
    page.locator("[data-zoom='in']").focus()
    before = page.evaluate(SHOWN)
    house.work(fresh, "review_land")
    page.clock.run_for(21_000)
    expect(page.locator(".djs-element.gl-done[data-element-id='review_land']")).to_be_attached()
    expect(page.locator("#legs .is-over")).to_have_count(1)
    expect(page.locator("[data-zoom='in']")).to_be_focused()
    assert page.evaluate(SHOWN) == before
    assert reader.complaints == []
