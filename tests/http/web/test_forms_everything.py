"""A form with every component of form-js, in a browser that runs no scripts: shown, checked, computed, kept."""

from io import BytesIO
from typing import Any

import pytest
from lxml import html

from app.cases.services import OPERATIONS
from app.catalog.fields import TYPES
from app.catalog.operations import publish
from app.identity.types import SYSTEM
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from tests.every_field import CODE, COMPONENTS, PICTURE, RIGHT, every_type, files
from tests.http.web.house import PDF, House, Reader, words
from tests.office import TENANT


@pytest.fixture(scope="module", autouse=True)
def item(house: House) -> None:
    with house.database.transaction(GLOBAL_TENANT, [TENANT]) as session:
        publish(session, files(), SYSTEM, real_now(), operations=OPERATIONS)


def begin(house: House, lang: str = "zh_CN") -> tuple[Reader, str]:
    reader = house.reader("applicant", lang)
    sent = reader.send(f"/apply/{CODE}", tenant=TENANT)
    assert sent.status_code == 303, sent.text
    return reader, sent.location.removesuffix("/form")


def typed(**changes: Any) -> dict[str, Any]:
    return {**RIGHT, **{name.replace("__", "."): value for name, value in changes.items()}}


def test_every_component_is_on_the_page() -> None:
    assert every_type(COMPONENTS) == TYPES | {"button"}


@pytest.mark.parametrize(("lang", "said"), [("zh_CN", "填写说明"), ("en", "How to fill it in")])
def test_what_is_only_shown(house: House, lang: str, said: str) -> None:
    reader, draft = begin(house, lang)
    page = reader.page(f"{draft}/form")
    assert page.xpath("//*[@id='f-intro']/h2/text()") == [said]
    (link,) = page.xpath("//*[@id='f-intro']//a")
    assert (link.get("target"), link.get("rel")) == ("_blank", "noopener noreferrer")
    assert page.xpath("//*[@id='f-law']//em")
    assert page.xpath("//figure/img/@src") == [PICTURE]
    assert page.xpath("//figure/img/@alt") == ["井位示意图" if lang == "zh_CN" else "Where the well lies"]
    assert page.xpath("//*[@data-field='f-gap'][contains(@class, 'form-space-2')]")
    assert page.xpath("//hr[@data-field='f-line']")
    assert page.xpath("//output[@id='f-yearly']/text()") == ["—"]
    assert not page.xpath("//*[@id='f-is_large']"), "computed without a label: nobody needs to see it"
    assert not page.xpath("//iframe")


def test_every_control_has_a_label_and_what_is_said_of_it(house: House) -> None:
    reader, draft = begin(house)
    page = reader.page(f"{draft}/form")
    for control in page.xpath("//form[@data-check]//*[self::input or self::select or self::textarea][@id]"):
        if "__row__" not in control.get("id") and control.getparent().tag != "label":
            assert page.xpath(f"//label[@for='{control.get('id')}']"), control.get("id")
    for place in page.xpath("//form[@data-check]//*[@aria-describedby]"):
        for id_ in place.get("aria-describedby").split():
            assert page.xpath(f"//*[@id='{id_}']"), id_
    ids = page.xpath("//*[@id]/@id")
    assert len(ids) == len(set(ids))
    assert page.xpath("//*[@name='depth']/following-sibling::*/text()") == ["米"]
    assert page.xpath("//*[@name='cost']/preceding-sibling::*/text()") == ["¥"]
    assert page.xpath("//input[@name='hour']/@step") == ["900"]
    assert page.xpath("//input[@name='phone']/@type") == ["tel"]
    assert page.xpath("//input[@name='office']/@readonly")
    assert page.xpath("//select[@name='town']/@data-search")


def test_as_it_is_typed_the_server_says_what_is_hidden_wrong_and_computed(house: House) -> None:
    reader, draft = begin(house)
    answer = reader.send(f"{draft}/form/check", **typed()).get_json()
    assert answer["faults"] == {}
    assert set(answer["hidden"]) == {"f-fuel", "f-large_reason"}
    assert answer["shown"] == {"f-plan_table": [["三月", "300"], ["四月", "250"]], "f-yearly": "550"}
    wrong = typed(depth="35.7", pump="steam", mail="nobody", takes__1__amount="2,000", takes__0__amount="1500")
    answer = reader.send(f"{draft}/form/check", **wrong).get_json()
    assert answer["faults"]["f-depth"] == "最接近的可填数值是 35.5 和 36。"
    assert set(answer["faults"]) == {"f-depth", "f-mail", "f-fuel", "f-takes.1.amount"}
    assert answer["shown"]["f-yearly"] == ""
    answer = reader.send(f"{draft}/form/check", **typed(takes__0__amount="1500")).get_json()
    assert set(answer["faults"]) == {"f-large_reason"}
    assert answer["shown"]["f-yearly"] == "1,750"


def test_on_sending_the_same_is_said_on_top_and_beside_each_field(house: House) -> None:
    reader, draft = begin(house, "en")
    sent = reader.send(f"{draft}/form", **typed(depth="35.7", mail="nobody", uses=[], contact__name="", sure=""))
    assert sent.status_code == 422
    page = html.fromstring(sent.text)
    leads = page.xpath("//*[@id='problem']//a/@href")
    assert leads == ["#f-mail", "#f-depth", "#f-uses", "#f-contact.name", "#f-sure"]
    for lead in leads:
        assert page.xpath(f"//*[@id='{lead[1:]}']"), lead
        assert page.xpath(f"//*[@id='{lead[1:]}-error' and not(@hidden)]"), lead
    assert words(page.xpath("//*[@id='f-depth-error']")[0]) == ("Error: The nearest possible numbers are 35.5 and 36.")
    assert page.xpath("//output[@id='f-yearly']/text()") == ["550"]
    assert page.xpath("//tbody[@data-shown='f-plan_table']/tr/td[1]/text()") == ["三月", "四月"]


def test_a_file_goes_with_the_form_which_stays_as_it_was_typed(house: House) -> None:
    reader, draft = begin(house)
    sent = reader.send(
        f"{draft}/form", **typed(depth="much"), requirement="sketch", **{"file-sketch": (BytesIO(PDF), "map.pdf")}
    )
    assert (sent.status_code, sent.location) == (303, f"{draft}/form#f-sketch")
    page = reader.page(f"{draft}/form")
    assert page.xpath("//*[@data-file-place='sketch']//a/text()")[0] == "map.pdf"
    assert "map.pdf" in words(page.xpath("//*[@id='f-seen']")[0])
    assert page.xpath("//*[@name='depth']/@value") == ["much"]
    sent = reader.send(
        f"{draft}/form", **typed(depth="30.5"), requirement="sketch", **{"file-sketch": (BytesIO(b"no"), "map.pdf")}
    )
    assert 400 <= sent.status_code < 500
    page = html.fromstring(sent.text)
    assert page.xpath("//*[@id='f-sketch-error' and @role='alert' and not(@hidden)]")
    assert page.xpath("//*[@name='depth']/@value") == ["30.5"]


def test_a_file_that_was_chosen_goes_up_when_the_form_is_sent(house: House) -> None:
    reader, draft = begin(house)
    sent = reader.send(f"{draft}/form", **typed(), **{"file-sketch": (BytesIO(PDF), "map.pdf")})
    assert (sent.status_code, sent.location) == (303, f"{draft}/materials")
    check = words(reader.page(f"{draft}/check"))
    assert "map.pdf" in check
    assert "合计水量550" in check
    assert "¥ 12,000" in check
    assert "is_large" not in check
