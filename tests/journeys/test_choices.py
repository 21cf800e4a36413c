"""What a reader chooses for all pages, their colours and their language: the page stays, and nothing flashes."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.http.walk import texts
from tests.journeys.conftest import SCREENS, Visitor

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]

NARROWED = "/desk?light=green&sort=newest"
GROUND = "() => getComputedStyle(document.body).backgroundColor"
FIRST_PAINT = """
  document.addEventListener("readystatechange", () => {
    if (document.body) (window.grounds ??= []).push(getComputedStyle(document.body).backgroundColor)
  })
"""
"""Notes the ground whenever the page comes further: whoever sees another one first sees it flash."""


def ground(page: Page) -> str:
    return str(page.evaluate(GROUND))


def choose(page: Page, label: str) -> None:
    with page.expect_navigation():
        page.locator("nav.theme").get_by_role("link", name=label).click()


@pytest.mark.parametrize(("lang", "device"), [SCREENS[0], pytest.param(*SCREENS[1], marks=pytest.mark.deep)])
def test_light_dark_and_as_the_device_has_it(visitor: Seat, lang: str, device: str) -> None:
    """The page says itself which colours it has, before any script; the choice holds on the next page, too."""
    land = visitor("land", lang=lang, device=device)
    page = land.page
    page.add_init_script(FIRST_PAINT)
    page.emulate_media(color_scheme="light")
    land.go(NARROWED)
    day = ground(page)

    choose(page, land.say("Dark"))
    assert "light=green&sort=newest" in page.url
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    night = ground(page)
    assert night != day
    land.check()
    land.go("/desk")
    assert page.evaluate("() => new Set(window.grounds).size") == 1
    assert (page.locator("html").get_attribute("data-theme"), ground(page)) == ("dark", night)

    choose(page, land.say("As on this device"))
    assert ground(page) == day
    page.emulate_media(color_scheme="dark")
    assert ground(page) == night
    choose(page, land.say("Light"))
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert ground(page) == day


def test_the_colours_come_with_the_page_and_need_no_script(visitor: Seat) -> None:
    somebody = visitor()
    made = somebody.page.context.browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = made.new_page()
    page.goto(f"{somebody.address}/track")
    choose(page, texts.in_chinese("Dark"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto(f"{somebody.address}/verify")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    made.close()


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_another_language_keeps_the_page(visitor: Seat, device: str) -> None:
    """And its filters; what one had typed into a search is part of the address."""
    land = visitor("land", device=device)
    page = land.go(f"{NARROWED}&q=项目")
    with page.expect_navigation():
        page.locator("header a[hreflang='en']").click()
    assert page.url.startswith(f"{land.address}/desk?light=green&sort=newest&q=")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#q")).to_have_value("项目")
    land.go("/desk")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    with page.expect_navigation():
        page.locator("header a[hreflang='zh-CN']").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
