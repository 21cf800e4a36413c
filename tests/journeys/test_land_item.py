"""The land item from application to verified decision, by hand: applicant, clerk, reviewers, supervisor, decider."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from app.kernel import settings as stored
from app.kernel.ids import GLOBAL_TENANT
from tests.http.web.house import PDF, House
from tests.journeys.conftest import SCREENS, Visitor
from tests.office import ANSWERS, APPLICATION, LAND

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]
WORDS = {
    "zh_CN": {"genuine": "文件为真", "stands": "停止计时", "granted": "准予许可"},
    "en": {"genuine": "genuine", "stands": "stands still", "granted": "Granted"},
}


def fill(page: Page, answers: dict[str, Any]) -> None:
    """Answer a form as a person does, whatever the kind of field."""
    for name, value in flat(answers).items():
        controls = page.locator(f"[name='{name}']")
        if not controls.count():
            page.locator(f"[data-list='{name.partition('.')[0]}'] [data-add]").click()
        kind = controls.first.get_attribute("type")
        if kind in ("radio", "checkbox") and not isinstance(value, bool):
            for one in value if isinstance(value, list) else [value]:
                page.locator(f"[name='{name}'][value='{one}']").check()
        elif kind == "checkbox":
            controls.first.set_checked(bool(value))
        elif controls.first.evaluate("field => field.tagName") == "SELECT":
            controls.first.select_option(str(value))
        else:
            controls.first.fill(str(value))


def flat(answers: dict[str, Any]) -> dict[str, Any]:
    """The answers by the names of their fields: plots.0.plot_area."""
    found: dict[str, Any] = {}
    for name, value in answers.items():
        rows = value if isinstance(value, list) and value and isinstance(value[0], dict) else []
        found |= {f"{name}.{number}.{key}": inner for number, row in enumerate(rows) for key, inner in row.items()}
        if not rows:
            found[name] = value
    return found


def upload_all(applicant: Visitor) -> None:
    """Upload a file for each material that is needed at once; it is sent as soon as it is chosen."""
    page = applicant.page
    missing = page.locator("main [id^='m-']").filter(has_text=applicant.say("needed at once"))
    for code in [(row.get_attribute("id") or "").removeprefix("m-") for row in missing.all()]:
        with page.expect_navigation():
            page.locator(f"[id='m-{code}'] input[type=file]").set_input_files(
                {"name": f"{code}.pdf", "mimeType": "application/pdf", "buffer": PDF}
            )
        expect(page.locator(f"[id='m-{code}']").get_by_role("link", name=f"{code}.pdf")).to_be_visible()


def hand_in(applicant: Visitor, project: str) -> str:
    """From the form of a draft to the supervision code, whoever fills it in."""
    page = applicant.page
    expect(page.locator("#f-unit_name")).to_be_visible()
    applicant.check()
    fill(page, {**APPLICATION, "project_name": project})
    applicant.press("Keep and go on")
    page.wait_for_url("**/materials")
    upload_all(applicant)
    applicant.check()
    applicant.follow("Go on")
    page.wait_for_url("**/check")
    applicant.check()
    applicant.press("Hand in")
    found = re.search(r"\d{6}-\d{8}-\d{7}-\d{2}", page.get_by_role("main").inner_text())
    assert found is not None
    applicant.check()
    return found[0]


def apply(applicant: Visitor, project: str) -> str:
    """From the home page to the supervision code."""
    page = applicant.go("/")
    page.locator(f"main a[href='/items/{LAND}']:visible").first.click()
    page.locator(f"main a[href^='/apply/{LAND}']:visible").first.click()
    applicant.press("Begin")
    return hand_in(applicant, project)


def do(worker: Visitor, code: str, element: str, outcome: str, house: House) -> None:
    """Claim in the queue, answer the form, write an opinion, press the outcome."""
    step = house.step(code, element)
    page = worker.go(f"/desk?q={code}")
    page.locator(f"form[action^='/desk/{step}/claim'] button").click()
    page.wait_for_url(f"**/desk/{step}*")
    if outcome not in ("supplement", "refuse"):
        fill(page, ANSWERS[element])
    for point in page.locator("#step [name='ticked']").all():
        point.check()
    page.locator("#opinion").fill("经审查，符合要求。")
    worker.check()
    with page.expect_navigation():
        page.locator(f"button[name='outcome'][value='{outcome}']").click()
    expect(page.get_by_role("status").filter(has_text=code).first).to_be_visible()


def move_clock(house: House, by: timedelta) -> None:
    """The operator's command, and what the ticker does after it."""
    with house.database.transaction(GLOBAL_TENANT) as session:
        stored.move_clock(session, by)
    house.raise_lights()


@pytest.mark.parametrize(("lang", "device"), SCREENS)
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
