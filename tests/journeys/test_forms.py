"""Filling in a form with every component of form-js: what the page does while one types, on a screen and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from app.cases.services import OPERATIONS
from app.catalog.operations import publish
from app.identity.types import SYSTEM
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from tests.every_field import CODE, files
from tests.http.web.house import PDF, House
from tests.journeys.conftest import Visitor
from tests.office import TENANT

pytestmark = pytest.mark.browser

Seat = Callable[..., Visitor]


@pytest.fixture(scope="module", autouse=True)
def item(house: House) -> None:
    with house.database.transaction(GLOBAL_TENANT, [TENANT]) as session:
        publish(session, files(), SYSTEM, real_now(), operations=OPERATIONS)


@pytest.fixture
def draft(house: House) -> str:
    sent = house.reader("applicant").send(f"/apply/{CODE}", tenant=TENANT)
    return sent.location


def leave(page: Page, name: str, text: str) -> None:
    """Fill a field in and go on to the next."""
    page.locator(f"[name='{name}']").fill(text)
    page.keyboard.press("Tab")


@pytest.mark.parametrize("device", ["desktop", "phone"])
def test_each_field_is_checked_when_one_leaves_it_and_the_form_counts_along(
    visitor: Seat, draft: str, device: str
) -> None:
    reader = visitor("applicant", device=device)
    page = reader.go(draft)
    reader.check()
    leave(page, "depth", "35.7")
    expect(page.locator("#f-depth-error")).to_contain_text("最接近的可填数值是 35.5 和 36。")
    expect(page.locator("#f-depth")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[data-live]")).to_contain_text("35.5")
    expect(page.locator("#f-owner-error")).to_be_hidden()  # nobody was there yet
    expect(page.locator("#f-fuel")).to_be_hidden()
    page.locator("[name='pump'][value='steam']").check()
    expect(page.locator("#f-fuel")).to_be_visible()
    page.locator("[name='takes.0.month']").fill("三月")
    leave(page, "takes.0.amount", "300")
    expect(page.locator("#f-yearly")).to_have_text("300")
    page.locator("[data-add]").click()
    page.locator("[name='takes.1.month']").fill("四月")
    leave(page, "takes.1.amount", "900")
    expect(page.locator("#f-yearly")).to_have_text("1,200")
    expect(page.locator("[data-shown='f-plan_table'] tr")).to_have_count(2)
    expect(page.locator("#f-large_reason")).to_be_visible()
    leave(page, "takes.1.amount", "many")
    expect(page.locator("[id='f-takes.1.amount-error']")).to_be_visible()
    reader.check()
    leave(page, "depth", "35.5")
    expect(page.locator("#f-depth-error")).to_be_hidden()
    expect(page.locator("#f-depth")).not_to_have_attribute("aria-invalid", "true")
    reader.check()


def test_a_long_list_is_searched_by_keyboard(visitor: Seat, draft: str) -> None:
    reader = visitor("applicant")
    page = reader.go(draft)
    field = page.get_by_role("combobox", name="所在乡镇")
    field.focus()
    page.keyboard.type("后")
    expect(page.get_by_role("option")).to_have_count(1)
    reader.check()
    page.keyboard.press("Enter")
    expect(field).to_have_value("后镇")
    assert page.locator("select[name='town']").input_value() == "v8"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".combo-list .is-active")).to_have_text("西镇")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    field.fill("没有这个")
    expect(page.locator(".combo-none")).to_be_visible()
    page.keyboard.press("Tab")
    expect(field).to_have_value("后镇")  # what was typed and not chosen is no answer
    field.fill("")
    page.keyboard.press("Tab")
    assert page.locator("select[name='town']").input_value() == ""
    expect(page.locator("#f-town-error")).to_be_visible()


def test_a_file_goes_up_in_its_place_and_the_form_stays(visitor: Seat, draft: str) -> None:
    reader = visitor("applicant")
    page = reader.go(draft)
    page.locator("[name='well_name']").fill("一号井")
    place = page.locator("[data-file-place='sketch']")
    place.locator("input").set_input_files({"name": "no.pdf", "mimeType": "application/pdf", "buffer": b"no"})
    expect(place.locator(".field-error")).to_be_visible()
    assert any("422" in one or "409" in one or "400" in one for one in reader.complaints) or reader.complaints == []
    reader.complaints.clear()
    place.locator("input").set_input_files({"name": "map.pdf", "mimeType": "application/pdf", "buffer": PDF})
    expect(place).to_contain_text("map.pdf")
    expect(place.locator(".field-error")).to_be_hidden()
    expect(page.locator("#f-seen")).to_contain_text("map.pdf")
    expect(page.locator("[name='well_name']")).to_have_value("一号井")
    large = {"name": "large.pdf", "mimeType": "application/pdf", "buffer": b"0" * (6 * 1024 * 1024)}
    place.locator("input").set_input_files(large)
    expect(place.locator(".field-error")).to_contain_text("5 MB")
    reader.check()


@pytest.mark.parametrize("lang", ["zh_CN", pytest.param("en", marks=pytest.mark.deep)])
def test_what_is_wrong_is_summed_up_and_leads_to_its_field(visitor: Seat, draft: str, lang: str) -> None:
    reader = visitor("applicant", lang=lang)
    page = reader.go(draft)
    leave(page, "mail", "nobody")
    reader.press("Keep and go on")
    expect(page.locator("#problem")).to_be_focused()
    page.locator("#problem a[href='#f-town']").click()
    expect(page.locator("#f-town")).to_be_focused()
    reader.complaints.clear()
    reader.check()
