"""What people do before a browser, whoever does it."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.http.web.house import PDF, House
from tests.journeys.conftest import Visitor
from tests.office import ANSWERS, APPLICATION, LAND


def fill(page: Page, answers: dict[str, Any]) -> None:
    """Answer a form as a person does, whatever the kind of field."""
    for name, value in flat(answers).items():
        controls = page.locator(f"[name='{name}']")
        if not controls.count():
            page.locator(f"[data-list='{name.partition('.')[0]}'] [data-add]").click()
        kind = controls.first.get_attribute("type")
        if kind in ("radio", "checkbox") and not isinstance(value, bool):
            for one in value if isinstance(value, list) else [value]:
                tick(page.locator(f"[name='{name}'][value='{one}']"))
        elif kind == "checkbox":
            controls.first.set_checked(bool(value))
        elif controls.first.evaluate("field => field.tagName") == "SELECT":
            choose(controls.first, str(value))
        else:
            controls.first.fill(str(value))


def tick(control: Locator) -> None:
    """By Space: what the server says of another field may move this one away from under a mouse, or let it appear."""
    control.wait_for()
    if not control.is_checked():
        control.press("Space")
    expect(control).to_be_checked()


def choose(select: Locator, value: str) -> None:
    """Choose of a list; a long one is searched by typing."""
    search = select.locator("xpath=../input[@role='combobox']")
    if not search.count():
        select.select_option(value)
        return
    search.fill((select.locator(f"option[value='{value}']").text_content() or "").strip())
    search.press("Enter")
    expect(select).to_have_value(value)


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
