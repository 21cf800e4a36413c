"""The supervision board in a browser: charts with tables behind them, from a mark to the case, the wall."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.http.web.house import House
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]
SCREENS = [("zh_CN", "desktop"), ("en", "phone")]
WALLS = [(1920, 1080), pytest.param(3840, 2160, marks=pytest.mark.deep)]
READABLE = 24 / 1080
"""At five metres a line should be a fortieth of the screen's height: of a name at least this much is its letters."""


@pytest.fixture(scope="module")
def code(house: House) -> str:
    """A case with red lights."""
    code = house.accepted("大屏上的项目", ago=timedelta(days=50))
    house.raise_lights()
    return code


def drawn(page: Page, figure: str) -> None:
    expect(page.locator(f"#{figure} [data-plot] svg")).to_be_visible()


@pytest.mark.parametrize(("lang", "device"), SCREENS)
def test_every_chart_has_its_table(visitor: Seat, code: str, lang: str, device: str) -> None:
    supervisor = visitor("supervisor", lang=lang, device=device)
    page = supervisor.go("/supervision")
    for figure in ("by-department", "by-item", "by-week"):
        drawn(page, figure)
        expect(page.locator(f"#{figure} table")).to_be_hidden()
    supervisor.check()
    button = page.locator("#by-department [data-show='table']")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#by-department table")).to_be_visible()
    expect(button).to_have_attribute("aria-pressed", "true")
    supervisor.check()


def test_one_click_leads_from_a_mark_to_the_lights_and_on_to_the_case(visitor: Seat, code: str) -> None:
    supervisor = visitor("supervisor")
    page = supervisor.go("/supervision?department=land")
    drawn(page, "by-department")

    red = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--red').trim()")
    mark = page.locator(f"#by-department svg path[fill='{red}']").first.bounding_box()
    assert mark is not None
    page.mouse.click(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    page.wait_for_url("**/supervision/lights?*colour=red*")
    page.locator("li", has_text=code).first.locator("a.title").click()
    page.wait_for_url(f"**/cases/{code}*")
    assert supervisor.complaints == []


def test_a_choice_shows_at_once_and_stands_in_the_address(visitor: Seat, code: str) -> None:
    page = visitor("supervisor").go("/supervision")
    page.locator("#f-department").select_option("planning")
    page.wait_for_url("**/supervision?*department=planning*")
    expect(page.locator("#f-department")).to_have_value("planning")
    drawn(page, "by-department")


def test_the_figures_come_anew_and_the_table_stays_chosen(visitor: Seat, house: House, code: str) -> None:
    supervisor = visitor("supervisor")
    supervisor.page.clock.install()
    page = supervisor.go("/supervision")
    page.locator("#by-item [data-show='table']").click()
    green = page.locator("#by-item tbody tr").first.locator("td").last
    before = int(green.get_attribute("data-value") or 0)
    house.accepted("新收的项目")
    page.clock.run_for(21_000)
    expect(green).to_have_attribute("data-value", str(before + 3))
    expect(page.locator("#by-item table")).to_be_visible()
    drawn(page, "by-department")
    assert supervisor.complaints == []


@pytest.mark.parametrize(("width", "height"), WALLS)
def test_a_wall_is_dark_whole_and_large(visitor: Seat, code: str, width: int, height: int) -> None:
    supervisor = visitor("supervisor")
    supervisor.page.set_viewport_size({"width": width, "height": height})
    page = supervisor.go("/supervision?wall")
    drawn(page, "by-week")
    assert page.evaluate("document.documentElement.scrollHeight") <= height
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    for name in (".wall-rows th", ".wall-what b"):
        size = page.locator(name).first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
        assert size >= READABLE * height, (name, size)
    expect(page.locator("body")).not_to_contain_text("大屏上的项目")
    supervisor.check()
