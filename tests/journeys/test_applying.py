"""Applying in a browser: services found while one types, a draft kept by itself, the window's one box."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.http.web.house import House
from tests.journeys.conftest import Visitor
from tests.office import LAND

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]
SCREENS = [("zh_CN", "phone"), pytest.param("en", "desktop", marks=pytest.mark.deep)]


@pytest.mark.parametrize(("lang", "device"), SCREENS)
def test_services_are_found_while_one_types(visitor: Seat, lang: str, device: str) -> None:
    citizen = visitor(lang=lang, device=device)
    page = citizen.go("/")
    page.locator("#q").press_sequentially("zzzz")
    expect(page.locator("#found .empty")).to_be_visible()
    expect(page).to_have_url(re.compile("q=zzzz"))
    expect(page.locator("#q")).to_be_focused()
    page.locator("#q").fill("用地")
    expect(page.locator(f"#found a[href='/items/{LAND}']")).to_be_visible()
    citizen.check()
    page.locator(f"#found a[href='/items/{LAND}']").click()
    expect(page.locator("a.btn-lg:visible")).to_be_in_viewport()
    citizen.check()


@pytest.mark.parametrize(("lang", "device"), SCREENS)
def test_a_draft_is_kept_while_one_types_and_tells_what_is_left(
    visitor: Seat, house: House, lang: str, device: str
) -> None:
    draft = house.draft()
    applicant = visitor("applicant", lang=lang, device=device)
    page = applicant.go(f"/drafts/{draft}/form")
    part = page.locator("[data-part]").first
    expect(part).to_have_class("is-done")
    page.locator("#f-unit_name").fill("")
    expect(page.locator("[data-saved].is-saved")).to_be_visible()
    expect(part).not_to_have_class("is-done")
    expect(part.locator("[data-left]")).to_have_text("1")
    page.locator("#f-unit_name").fill("温州市某某有限公司")
    expect(part).to_have_class("is-done")
    applicant.check()
    page.goto("about:blank")  # nothing asks: it is kept
    applicant.go(f"/drafts/{draft}/form")
    expect(page.locator("#f-unit_name")).to_have_value("温州市某某有限公司")


def test_the_clerk_finds_who_is_at_the_counter_without_a_mouse(visitor: Seat, house: House) -> None:
    code = house.submitted("柜台项目")
    clerk = visitor("clerk")
    page = clerk.go("/window")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type(code)
    found = page.locator("#counter-found .things li")
    expect(found).to_have_count(1)
    expect(found).to_contain_text(code)
    expect(page.locator("#q")).to_be_focused()
    clerk.check()
    found.locator("a.btn").press("Enter")
    page.wait_for_url(re.compile("/desk/"))
