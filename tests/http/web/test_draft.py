"""Applying, in a browser that runs no scripts: what was typed is never lost, what is wrong is said beside it."""

from io import BytesIO
from typing import Any

from lxml import html
from sqlalchemy import select

from app.cases.models import Case
from tests.http.web.house import PDF, House, Reader, words
from tests.office import APPLICATION, LAND, TENANT


def typed(**changes: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    answers = {**APPLICATION, "plots": None, **changes}
    sent = {name: "true" if value is True else value for name, value in answers.items() if value is not None}
    return {**sent, **{f"plots.0.{name}": value for name, value in PLOT.items()}}


PLOT = {"plot_name": "甲地块", "plot_use": "cultivated", "plot_area": "12", "plot_owner": "state"}


def begin(house: House) -> tuple[Reader, str]:
    """An applicant with a fresh draft; the address of its form."""
    reader = house.reader("applicant")
    sent = reader.send(f"/apply/{LAND}", tenant=TENANT)
    assert sent.status_code == 303, sent.text
    return reader, sent.location.removesuffix("/form")


def test_a_fresh_form_shows_its_fields_with_labels(house: House) -> None:
    reader, draft = begin(house)
    page = reader.page(f"{draft}/form")
    for control in page.xpath("//form[@data-guarded]//*[self::input or self::select or self::textarea][@id]"):
        if control.getparent().tag == "label" or control.get("type") == "hidden":
            continue
        assert page.xpath(f"//label[@for='{control.get('id')}']"), control.get("id")
    assert page.xpath("//input[@name='delivery' and @value='window' and @checked]")
    assert page.xpath("//*[@data-field='f-delivery_address' and @hidden]")
    assert page.xpath("//*[@id='f-unit_name' and @aria-required='true']")


def test_what_is_wrong_is_summed_up_and_said_beside_the_field(house: House) -> None:
    reader, draft = begin(house)
    sent = reader.send(f"{draft}/form", **typed(credit_code="91350100M000100Y44", total_area="many", unit_name=""))
    assert sent.status_code == 422
    page = html.fromstring(sent.text)
    leads = page.xpath("//*[@id='problem']//a/@href")
    assert leads[:3] == ["#f-unit_name", "#f-credit_code", "#f-total_area"]
    for lead in leads:
        assert page.xpath(f"//*[@id='{lead[1:]}']"), lead
    field = page.xpath("//*[@id='f-credit_code']")[0]
    assert field.get("aria-invalid") == "true"
    assert "f-credit_code-error" in field.get("aria-describedby")
    assert page.xpath("//*[@id='f-credit_code-error']")
    assert field.get("value") == "91350100M000100Y44"
    assert page.xpath("//*[@id='f-total_area']/@value") == ["many"]


def test_what_was_typed_is_kept_right_or_wrong(house: House) -> None:
    reader, draft = begin(house)
    assert reader.send(f"{draft}/form", **typed(total_area="many"), then="leave").status_code == 303
    page = reader.page(f"{draft}/form")
    assert page.xpath("//*[@id='f-total_area']/@value") == ["many"]
    assert page.xpath("//*[@id='f-project_name']/@value") == [APPLICATION["project_name"]]
    assert page.xpath("//*[@name='plots.0.plot_name']/@value") == ["甲地块"]
    own = words(reader.page("/my/cases"))
    assert APPLICATION["project_name"] in own


def test_what_was_typed_is_text_and_nothing_else(house: House) -> None:
    reader, draft = begin(house)
    hostile = '"><script>alert(1)</script>'
    sent = reader.send(f"{draft}/form", **typed(project_name=hostile, total_area="x"))
    assert sent.status_code == 422
    assert "<script>alert" not in sent.text
    assert "&lt;script&gt;alert" in sent.text


def test_rows_are_added_and_removed_without_scripts_and_nothing_is_lost(house: House) -> None:
    reader, draft = begin(house)
    sent = reader.send(f"{draft}/form", **typed(), rows="add:plots")
    assert sent.status_code == 200
    page = html.fromstring(sent.text)
    assert page.xpath("//*[@name='plots.0.plot_name']/@value") == ["甲地块"]
    assert page.xpath("//*[@name='plots.1.plot_name']/@value") == [""]
    assert page.xpath("//*[@id='f-project_name']/@value") == [APPLICATION["project_name"]]
    second = {"plots.1.plot_name": "乙地块", "plots.1.plot_area": "7"}
    sent = reader.send(f"{draft}/form", **typed(), **second, rows="drop:plots.0")
    page = html.fromstring(sent.text)
    assert page.xpath("//*[@name='plots.0.plot_name']/@value") == ["乙地块"]
    assert page.xpath("//*[@name='plots.1.plot_name']") == []


def test_a_blank_row_does_not_shift_what_is_said_of_the_others(house: House) -> None:
    reader, draft = begin(house)
    blank = {f"plots.1.{name}": "" for name in ("plot_name", "plot_area", "plot_use")}
    wrong = {"plots.2.plot_name": "丙地块", "plots.2.plot_area": "much"}
    sent = reader.send(f"{draft}/form", **typed(), **blank, **wrong)
    assert sent.status_code == 422
    page = html.fromstring(sent.text)
    assert page.xpath("//*[@name='plots.1.plot_name']/@value") == ["丙地块"]
    assert page.xpath("//*[@id='f-plots.1.plot_area']/@aria-invalid") == ["true"]


def test_hidden_fields_follow_the_answers(house: House) -> None:
    reader, draft = begin(house)
    answer = reader.send(f"{draft}/form/check", **typed(delivery="window", basic_farmland_area="0"))
    assert {"f-delivery_address", "f-basic_farmland_reason"} <= set(answer.get_json()["hidden"])
    answer = reader.send(f"{draft}/form/check", **typed(delivery="post", basic_farmland_area="5"))
    assert {"f-delivery_address", "f-basic_farmland_reason"}.isdisjoint(answer.get_json()["hidden"])
    sent = reader.send(f"{draft}/form", **typed(delivery="post"))
    assert sent.status_code == 422
    assert 'href="#f-delivery_address"' in sent.text


def test_files_one_by_one_and_a_refused_one_is_explained_where_it_belongs(house: House) -> None:
    reader, draft = begin(house)
    assert reader.send(f"{draft}/form", **typed()).location == f"{draft}/materials"
    forged = {"file": (BytesIO(b"<script>alert(1)</script>%PDF-1.7"), "map.pdf")}
    sent = reader.send(f"{draft}/materials/site-map", **forged)
    assert sent.status_code == 409
    page = html.fromstring(sent.text)
    assert page.xpath("//*[@id='m-site-map']//*[@id='error-site-map']")
    assert page.xpath("//*[@id='m-red-line-map']//*[@role='alert']") == []
    sent = reader.send(f"{draft}/materials/site-map", file=(BytesIO(PDF), "选址图.pdf"))
    assert sent.location == f"{draft}/materials#m-site-map"
    page = reader.page(f"{draft}/materials")
    assert "选址图.pdf" in words(page.xpath("//*[@id='m-site-map']")[0])
    (address,) = page.xpath("//*[@id='m-site-map']//a/@href")
    served = reader.get(address)
    assert served.data == PDF
    assert served.mimetype == "application/pdf"
    assert house.reader("stranger").get(address).status_code == 404


def test_what_is_missing_is_said_and_then_the_application_is_handed_in_once(house: House) -> None:
    reader, draft = begin(house)
    reader.send(f"{draft}/form", **typed(project_name="只交一次"))
    page = reader.page(f"{draft}/check")
    missing = page.xpath("//*[@id='missing']//a/@href")
    assert f"{draft}/materials#m-feasibility-report" in missing
    assert page.xpath("//form[contains(@action, '/check')]//button") == []
    for lead in missing:
        code = lead.rpartition("#m-")[2]
        assert reader.send(f"{draft}/materials/{code}", file=(BytesIO(PDF), "file.pdf")).status_code == 303
    page = reader.page(f"{draft}/check")
    (key,) = page.xpath("//form[contains(@action, '/check')]//input[@name='once']/@value")
    sent = reader.send(f"{draft}/check", once=key)
    assert sent.status_code == 303, sent.text
    again = reader.send(f"{draft}/check", once=key)
    assert again.location == sent.location
    assert sent.location == f"{draft}/done"
    page = reader.page(sent.location)
    (code,) = page.xpath("//*[@id='code']/text()")
    assert page.xpath("//ol[@class='stages']/li[@aria-current]//text()") == ["已提交"]
    with house.database.transaction(TENANT) as session:
        assert session.scalars(select(Case.code).where(Case.title == "只交一次")).all() == [code]
    assert code in words(reader.page(f"/cases/{code}"))
    assert reader.get(f"{draft}/form").status_code == 409


def test_handing_in_too_early_shows_what_is_missing(house: House) -> None:
    reader, draft = begin(house)
    reader.send(f"{draft}/form", **typed())
    sent = reader.send(f"{draft}/check", once="a")
    assert sent.status_code == 409
    assert "m-feasibility-report" in sent.text


def test_a_draft_is_its_applicants_alone(house: House) -> None:
    _reader, draft = begin(house)
    for name in ("stranger", "clerk"):
        assert house.reader(name).get(f"{draft}/form").status_code == 404
    assert house.reader("land").get(f"{draft}/form").status_code == 403


def test_a_draft_is_discarded_for_good(house: House) -> None:
    reader, draft = begin(house)
    assert reader.send(f"{draft}/discard").status_code == 303
    assert reader.get(f"{draft}/form").status_code == 409
    assert draft not in reader.get("/my/cases").text


def test_at_the_window_a_clerk_applies_for_somebody(house: House) -> None:
    clerk = house.reader("clerk")
    assert clerk.send(f"/window/receive/{LAND}", applicant=" ").status_code == 422
    sent = clerk.send(f"/window/receive/{LAND}", applicant="温州市某某有限公司")
    draft = sent.location.removesuffix("/form")
    page = clerk.page(f"{draft}/form")
    assert page.xpath("//*[@id='f-unit_name']/@value") == ["温州市某某有限公司"]
    assert "温州市某某有限公司" in words(clerk.page("/window"))
    assert house.reader("applicant").get(f"{draft}/form").status_code == 404


# --- in steps


def test_what_is_typed_is_kept_by_itself_and_the_page_told_when_and_what_is_left(house: House) -> None:
    reader, draft = begin(house)
    sent = reader.send(f"{draft}/form", **typed(total_area="many", project_name=""), then="stay")
    assert sent.status_code == 200
    told = sent.get_json()
    assert told["saved"].startswith("已保存于 ")
    page = reader.page(f"{draft}/form")
    assert page.xpath("//*[@id='f-total_area']/@value") == ["many"]
    shown = {part.get("data-part"): part.xpath("string(.//*[@data-left])") for part in page.xpath("//*[@data-part]")}
    assert shown == {part: str(left) for part, left in told["left"].items() if part in shown}
    assert sum(told["left"].values()) == 2
    assert "已保存于" in words(page)


def test_the_sections_of_a_long_form_are_steps_that_lead_to_it(house: House) -> None:
    reader, draft = begin(house)
    page = reader.page(f"{draft}/form")
    leads = page.xpath("//*[@data-part]/a/@href")
    assert len(leads) > 2
    for lead in leads:
        assert page.xpath(f"//fieldset[@id='{lead[1:]}']"), lead
    assert not page.xpath("//*[@data-part and contains(@class, 'is-done')][.//*[@data-left] != '0']")


def test_the_page_after_handing_in_is_for_what_was_handed_in(house: House) -> None:
    reader, draft = begin(house)
    assert reader.get(f"{draft}/done").location == f"{draft}/check"
    assert house.reader("stranger").get(f"{draft}/done").status_code == 404
