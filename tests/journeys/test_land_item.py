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
from tests.journeys.conftest import Visitor
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


def upload_all(page: Page) -> None:
    """Upload a file for each material that is needed at once; it is sent as soon as it is chosen."""
    missing = page.locator(".material:has(.tag-warn)")
    while missing.count():
        row = missing.first
        code = (row.get_attribute("id") or "").removeprefix("m-")
        with page.expect_navigation():
            row.locator("input[type=file]").set_input_files(
                {"name": f"{code}.pdf", "mimeType": "application/pdf", "buffer": PDF}
            )
        expect(page.locator(f"[id='m-{code}'] a")).to_have_text(f"{code}.pdf")


def apply(applicant: Visitor, project: str) -> str:
    """From the home page to the supervision code."""
    page = applicant.go("/")
    page.locator(f"a[href='/items/{LAND}']").click()
    page.locator(f"a[href='/apply/{LAND}']").click()
    page.locator("form .btn-primary").click()
    expect(page.locator("#f-unit_name")).to_be_visible()
    applicant.check()
    fill(page, {**APPLICATION, "project_name": project})
    page.locator(".action-bar .btn-primary").click()
    page.wait_for_url("**/materials")
    upload_all(page)
    applicant.check()
    page.locator(".action-bar .btn-primary").click()
    page.wait_for_url("**/check")
    applicant.check()
    page.locator(".action-bar .btn-primary").click()
    page.wait_for_url("**/cases/*")
    found = re.search(r"\d{6}-\d{8}-\d{7}-\d{2}", page.url)
    assert found is not None
    applicant.check()
    return found[0]


def do(worker: Visitor, code: str, element: str, outcome: str, house: House) -> None:
    """Claim in the queue, answer the form, write an opinion, press the outcome."""
    step = house.step(code, element)
    page = worker.go("/desk")
    page.locator(f"form[action='/desk/{step}/claim'] button").click()
    page.wait_for_url(f"**/desk/{step}")
    if outcome not in ("supplement", "refuse"):
        fill(page, ANSWERS[element])
    for point in page.locator(".checklist input").all():
        point.check()
    page.locator("#opinion").fill("经审查，符合要求。")
    worker.check()
    page.locator(f"button[name='outcome'][value='{outcome}']").click()
    page.wait_for_url("**/desk")


def move_clock(house: House, by: timedelta) -> None:
    """The operator's command, and what the ticker does after it."""
    with house.database.transaction(GLOBAL_TENANT) as session:
        stored.move_clock(session, by)
    house.raise_lights()


@pytest.mark.parametrize(("lang", "device"), [("zh_CN", "desktop"), ("en", "phone")])
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
    expect(stands.locator(".note-wait").first).to_contain_text(WORDS[lang]["stands"])
    applicant.check()
    supplement = house.step(code, "supplement_land")
    page = applicant.go("/my/cases")
    page.locator(f"a[href='/my/steps/{supplement}']").click()
    fill(page, ANSWERS["supplement"])
    applicant.check()
    page.locator(".action-bar .btn-primary").click()
    page.wait_for_url(f"**/cases/{code}")

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
    page.locator("form .btn-primary").click()
    expect(page.locator(".verdict-good h2")).to_contain_text(WORDS[lang]["genuine"])
    public.check()

    do(clerk, code, "deliver", "deliver", house)
    page = public.go(f"/track?code={code}")
    expect(page.locator(".milestones .is-past")).to_have_count(5)
    expect(page.locator(".milestones")).to_contain_text(WORDS[lang]["granted"])
    for part in ("time", "diagram", "history"):
        applicant.go(f"/cases/{code}/{part}")
        applicant.check()


def urge_and_take_up(supervisor: Visitor, code: str, house: House) -> None:
    """A review is red by now: its entry is taken up, and its step urged."""
    page = supervisor.go("/supervision")
    supervisor.check()
    page = supervisor.go("/supervision/entries?state=open")
    step = house.step(code, "review_reform")
    entries = page.locator(".queue li", has_text=code)
    for index in range(entries.count()):
        page.locator(".queue li", has_text=code).nth(index).locator("a.title").click()
        page.wait_for_url("**/supervision/entries/*")
        if page.locator(f"input[name='step'][value='{step}']").count():
            break
        supervisor.go("/supervision/entries?state=open")
    supervisor.check()
    page.locator("form[action$='/take'] button").click()
    expect(page.locator(".trail")).to_contain_text(house.office.supervisor.name)
    page.locator("form[action$='/urge']").locator("xpath=..").locator("summary").click()
    page.locator("form[action$='/urge'] textarea").fill("请在今日内办结。")
    page.locator("form[action$='/urge'] button").click()
    expect(page.locator(".trail")).to_contain_text("请在今日内办结。")
    supervisor.check()
