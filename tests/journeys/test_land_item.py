"""The land item from application to verified decision, by hand: applicant, clerk, reviewers, supervisor, decider."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from app.kernel import settings as stored
from app.kernel.ids import GLOBAL_TENANT
from tests.http.web.house import House
from tests.journeys.acts import apply, do, fill
from tests.journeys.conftest import SCREENS, Visitor
from tests.office import ANSWERS

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]
WORDS = {
    "zh_CN": {"genuine": "文件为真", "stands": "停止计时", "granted": "准予许可"},
    "en": {"genuine": "genuine", "stands": "stands still", "granted": "Granted"},
}


def move_clock(house: House, by: timedelta) -> None:
    """The operator's command, and what the ticker does after it."""
    with house.database.transaction(GLOBAL_TENANT) as session:
        stored.move_clock(session, by)
    house.raise_lights()


@pytest.mark.parametrize(("lang", "device"), [SCREENS[0], pytest.param(*SCREENS[1], marks=pytest.mark.deep)])
def test_from_the_application_to_the_verified_decision(
    visitor: Seat, house: House, tmp_path: Path, lang: str, device: str
) -> None:
    """All of it, on one kind of screen and in one language."""
    seat = {"lang": lang, "device": device}
    applicant = visitor("applicant", **seat)
    code = apply(applicant, f"从申请到决定 {device}")

    public = visitor(**seat)
    page = public.go("/")
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    expect(page.locator("main")).to_contain_text(code)
    public.check()

    clerk = visitor("clerk", **seat)
    do(clerk, code, "accept", "accept", house)

    land = visitor("land", **seat)
    do(land, code, "review_land", "supplement", house)
    stands = applicant.go(f"/cases/{code}")
    expect(stands.get_by_role("main")).to_contain_text(WORDS[lang]["stands"])
    applicant.check()
    supplement = house.step(code, "supplement_land")
    page = applicant.go("/my/cases")
    page.locator(f"main a[href='/my/steps/{supplement}']").first.click()
    fill(page, ANSWERS["supplement"])
    applicant.check()
    with page.expect_navigation():
        page.locator("main form[method=post] button[type=submit], button[form]").last.click()

    do(land, code, "review_land", "approve", house)
    do(visitor("planning", **seat), code, "review_planning", "approve", house)
    move_clock(house, timedelta(days=25))
    urge_and_take_up(visitor("supervisor", **seat), code, house)
    do(visitor("reform", **seat), code, "review_reform", "approve", house)
    do(visitor("decider", **seat), code, "decide", "grant", house)
    house.do_outbox()

    page = applicant.go(f"/cases/{code}/documents")
    applicant.check()
    verification = page.locator("a[href^='/verify/']").last.get_attribute("href") or ""
    address = page.locator("a[href*='/documents/']:not([href*='translation'])").last.get_attribute("href") or ""
    pdf = tmp_path / "decision.pdf"
    pdf.write_bytes(applicant.page.request.get(applicant.address + address).body())
    assert pdf.read_bytes().startswith(b"%PDF")
    page = public.go(verification)
    page.locator("#file").set_input_files(pdf)
    with page.expect_navigation():
        page.locator("main form:has(#file) button[type=submit]").click()
    expect(page.get_by_role("main").get_by_role("heading", level=2).first).to_contain_text(WORDS[lang]["genuine"])
    public.check()

    do(clerk, code, "deliver", "deliver", house)
    page = public.go(f"/track?code={code}")
    expect(page.get_by_role("main")).to_contain_text(WORDS[lang]["granted"])
    for part in ("", "/time", "/history"):
        applicant.go(f"/cases/{code}{part}")
        applicant.check()


def urge_and_take_up(supervisor: Visitor, code: str, house: House) -> None:
    """A review is red by now: its entry is taken up, and its step urged."""
    page = supervisor.go("/supervision")
    supervisor.check()
    step = house.step(code, "review_reform")
    addresses = supervisor.go("/supervision/entries?state=open").locator("main a[href^='/supervision/entries/']")
    for address in dict.fromkeys(str(link.get_attribute("href")) for link in addresses.all()):
        if supervisor.go(address).locator(f"input[name='step'][value='{step}']").count():
            break
    supervisor.check()
    page.locator("form[action$='/take'] button").click()
    expect(page.get_by_role("main")).to_contain_text(house.office.supervisor.name)
    page.locator("details:has(form[action$='/urge']) > summary").click()
    page.locator("form[action$='/urge'] textarea").fill("请在今日内办结。")
    page.locator("form[action$='/urge'] button").click()
    expect(page.locator("blockquote", has_text="请在今日内办结。")).to_be_visible()
    supervisor.check()
