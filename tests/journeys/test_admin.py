"""Administration before a browser: a year loaded; a newcomer who chooses a password; all of it by keyboard."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from app.jobs import work
from tests.http.web.house import House
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]


def test_a_year_is_loaded_by_the_lines_of_its_notice(visitor: Seat, house: House) -> None:
    platform = visitor("platform")
    page = platform.go("/admin/calendars/cn")
    page.locator("#load-year").fill("2029")
    page.locator("form[action='/admin/calendars/cn/years'] button").click()
    page.wait_for_url("**/admin/calendars/cn/2029/load")
    page.locator("[id='year-lines.0.worked']").fill("周日")
    page.locator("#year-source").fill("国办发明电〔2028〕7号")
    page.locator("form[action$='/preview'] button[type=submit]").click()
    expect(page.locator("#problem")).to_be_focused()
    platform.check()
    page.locator("#problem a").first.click()
    expect(page.locator("[id='year-lines.0.worked']")).to_be_focused()
    page.locator("[id='year-lines.0.worked']").fill("2029-01-07")
    page.locator("form[action$='/preview'] button[type=submit]").click()
    expect(page.locator("section.preview")).to_be_focused()
    platform.check()
    page.locator("section.preview button[type=submit]").click()
    page.wait_for_url("**/admin/calendars/cn#changes")
    platform.check()
    expect(page.locator("#changes .tag-wait")).to_be_visible()
    work.recount(house.app.extensions["greenlight"])
    expect(page.locator("#changes .tag-wait")).to_have_count(0)  # the page looks by itself
    platform.go("/admin/calendars/cn/2029")
    expect(page.locator("td.is-worked")).to_have_count(1)
    platform.check()


def test_somebody_joins_is_given_a_password_and_chooses_another(visitor: Seat) -> None:
    admin = visitor("admin", device="phone")
    page = admin.go("/admin/people/join")
    page.locator("#join-name").fill("新同事")
    page.locator("#join-username").fill("browser.new")
    page.locator("#join-post").select_option(index=1)
    page.locator("form[action$='/join'] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/admin/people/[0-9a-f-]+#access"))
    admin.check()
    page.locator("form[action$='/password'] button").click()
    given = page.locator(".once").inner_text()
    admin.check()
    newcomer = visitor()
    sheet = newcomer.go("/login")
    sheet.locator("#username").fill("browser.new")
    sheet.locator("#password").fill(given)
    sheet.locator("#password").press("Enter")
    sheet.wait_for_url("**/new-password")
    newcomer.check()
    sheet.locator("#old").fill(given)
    sheet.locator("#new").fill("我自己的一句话密码")
    sheet.locator("#new").press("Enter")
    sheet.wait_for_url(lambda url: "new-password" not in url)
    newcomer.check()


def test_administration_by_keyboard(visitor: Seat) -> None:
    page = visitor("admin").go("/admin/")
    page.locator(".tabs a").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/people")
    page.locator("#q").fill("clerk")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/people?**q=clerk**")
    page.locator("table a.title").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/admin/people/[0-9a-f-]+$"))
    fold = page.locator("details.act > summary").first
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#give-post")).to_be_visible()
