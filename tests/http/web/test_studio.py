"""The studio without a script: files in, findings, acts with notes, history, export; services found by name."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from lxml import html

from app.catalog import archive, settings, skeleton
from app.catalog.types import Wording
from app.identity.types import SYSTEM
from app.kernel.time import real_now
from tests.http.web.house import House, Reader, words
from tests.office import LAND, TENANT
from tests.unit.catalog.small_item import MANIFEST, encoded, files
from tests.unproven import unproven

__all__ = ["unproven"]


def shown_by(answer: Any) -> Any:
    """The page of an answer."""
    return html.fromstring(answer.text)


def upload(reader: Reader, sent: dict[str, bytes], **more: str) -> Any:
    """Send files as the form does."""
    parts = [(BytesIO(content), name) for name, content in sent.items()]
    data = {"csrf_token": reader.token(), "files": parts, **more}
    return reader.post("/studio/upload", data=data, content_type="multipart/form-data")


@pytest.fixture
def designer(house: House) -> Reader:
    return house.reader("designer", "en")


@pytest.fixture
def separated(house: House) -> Iterator[None]:
    """Duties are separated for as long as the test lasts."""
    actor = replace(SYSTEM, tenant=TENANT)
    for wanted in (True, False):
        with house.database.transaction(TENANT) as session:
            settings.set_separation(session, actor, real_now(), wanted=wanted)
        if wanted:
            yield


def test_a_new_item_is_published_found_by_name_withdrawn_and_brought_back(house: House, designer: Reader) -> None:
    begun = designer.send("/studio/new", code="swing-permit", zh="秋千许可", en="Swing permit", post="window-clerk")
    assert (begun.status_code, begun.location) == (303, "/studio/swing-permit/1")
    page = designer.page("/studio/swing-permit/1")
    assert "nothing was found" in words(page)
    assert len(page.xpath("//section[@aria-labelledby='uniform']//dt")) == 8
    assert "swing-permit" in words(designer.page("/studio"))
    assert "Swing permit" not in words(house.reader(lang="en").page("/"))
    sent = designer.send("/studio/swing-permit/1/publish", note="in force", revision="1")
    assert sent.status_code == 303, sent.text
    assert "Swing permit" in words(house.reader(lang="en").page("/?q=SWING"))
    assert "Swing permit" not in words(house.reader(lang="en").page("/?q=land"))
    assert "in force" in words(designer.page("/studio/swing-permit/1"))
    refused = designer.send("/studio/swing-permit/1/withdraw", note="")
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert designer.send("/studio/swing-permit/1/withdraw", note="repealed").status_code == 303
    assert house.reader().get("/items/swing-permit").status_code == 404
    assert designer.send("/studio/swing-permit/1/restore", note="").status_code == 303
    assert house.reader().get("/items/swing-permit").status_code == 200
    assert designer.send("/studio/swing-permit/1/withdraw", note="end of the test").status_code == 303


def test_files_are_checked_and_handed_in(designer: Reader) -> None:
    whole = skeleton.new("slide-permit", Wording("滑梯许可", "Slide permit"))
    bare = {path.rpartition("/")[2]: content for path, content in whole.items()}
    assert "nothing was found" in words(shown_by(upload(designer, bare, do="check")))
    for sent in (bare, whole, {"x.zip": archive.pack(whole)}):
        made = upload(designer, sent, do="submit", note="first")
        assert (made.status_code, made.location) == (303, "/studio/slide-permit/1")
    out = designer.get("/studio/slide-permit/1/item.zip")
    assert "attachment" in out.headers["Content-Disposition"]
    with ZipFile(BytesIO(out.data)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == whole


def test_a_broken_item_is_refused_with_file_element_and_remedy(designer: Reader) -> None:
    broken = encoded(files()) | {MANIFEST: files()[MANIFEST].replace("days: 10,", "days: 21,").encode()}
    refused = upload(designer, broken, do="submit")
    assert refused.status_code == 422
    shown = words(shown_by(refused))
    for said in (MANIFEST, "limits.promised.days", "Promise no more than the statutory limit."):
        assert said in shown
    hostile = upload(designer, {"x.zip": b"no archive"}, do="submit")
    assert (hostile.status_code, "no ZIP file" in hostile.text) == (422, True)


def test_acts_by_several_people_and_the_way_back(house: House, designer: Reader, separated: None) -> None:
    publisher = house.reader("publisher", "en")
    designer.send("/studio/new", code="kite-permit", zh="风筝许可", en="Kite permit")
    mine = designer.send("/studio/kite-permit/1/review", note="", revision="1")
    assert mine.status_code == 403
    assert "Who may: " in words(shown_by(mine))
    early = publisher.send("/studio/kite-permit/1/publish", note="")
    assert (early.status_code, "has not been reviewed yet" in early.text) == (409, True)
    assert publisher.send("/studio/kite-permit/1/review", note="complete", revision="1").status_code == 303
    stale = publisher.send("/studio/kite-permit/1/return", note="late", revision="1")
    assert stale.status_code == 409
    assert publisher.send("/studio/kite-permit/1/return", note="the fee is missing").status_code == 303
    history = words(publisher.page("/studio/kite-permit/1").xpath("//section[@aria-labelledby='history']")[0])
    for said in ("Sent back", "the fee is missing", "Reviewed", "complete", "Handed in as a draft"):
        assert said in history
    assert publisher.get("/studio/new").status_code == 403


def test_a_second_person_answers_for_what_is_not_proven(house: House, designer: Reader, unproven: None) -> None:
    designer.send("/studio/new", code="mast-permit", zh="桅杆许可", en="Mast permit")
    page, publisher = "/studio/mast-permit/1", house.reader("publisher", "en")
    offered = [form.get("action").rpartition("/")[2] for form in designer.page(page).forms]
    assert "waive" not in offered
    assert designer.send(f"{page}/waive", note="I am sure").status_code == 403
    early = designer.send(f"{page}/publish", note="")
    assert early.status_code == 409
    assert "second person" in words(shown_by(early))
    offered = [form.get("action").rpartition("/")[2] for form in publisher.page(page).forms]
    assert "waive" in offered
    assert "Say why" in publisher.send(f"{page}/waive", note=" ").text
    assert publisher.send(f"{page}/waive", note="walked through by hand").location == page
    told = words(publisher.page(page).xpath("//section[@aria-labelledby='history']")[0])
    assert "Answered for without a proof" in told
    assert "walked through by hand" in told
    assert designer.send(f"{page}/publish", note="").status_code == 303
    assert designer.send(f"{page}/withdraw", note="end of the test").status_code == 303


def test_a_copy_needs_a_code_of_its_own(designer: Reader) -> None:
    body = {"code": "land-copy", "zh": "副本", "en": "Copy"}
    assert designer.send(f"/studio/{LAND}/1/copy", **body).location == "/studio/land-copy/1"
    again = designer.send(f"/studio/{LAND}/1/copy", **body)
    assert (again.status_code, "already" in again.text) == (409, True)
    bad = designer.send(f"/studio/{LAND}/1/copy", code="../x", zh="副本", en="Copy")
    assert bad.status_code == 422
    nameless = designer.send("/studio/new", code="x", zh="", en="")
    assert (nameless.status_code, "both languages" in nameless.text) == (422, True)


def test_the_platform_settles_patterns_and_duties(house: House, designer: Reader) -> None:
    platform = house.reader("platform", "en")
    first = settings.FIRST.text
    body = {"case_pattern": "{region}-{year}-{serial:9}-{check:97-10}", "item_pattern": "{digits:12}"}
    assert platform.send("/studio/settings", **body).status_code == 303
    shown = words(platform.page("/studio/settings"))
    assert "330300-2026-000000012-" in shown
    assert first in shown
    assert "330300-2026-000000012-" in house.reader().get("/").text
    bad = platform.send("/studio/settings", case_pattern="{serial:9}", item_pattern="")
    assert (bad.status_code, "will not do" in bad.text) == (422, True)
    assert designer.send("/studio/settings", case_pattern=first, item_pattern="").status_code == 403
    assert platform.send("/studio/settings", case_pattern=first, item_pattern="").status_code == 303


def test_the_home_says_whose_turn_it_is(house: House, designer: Reader, separated: None) -> None:
    designer.send("/studio/new", code="slope-permit", zh="斜坡许可", en="Slope permit")
    theirs = words(designer.page("/studio").xpath("//section[@aria-labelledby='waiting']")[0])
    assert "Slope permit" in theirs
    assert "Next: Review, by " in theirs
    publisher = house.reader("publisher", "en")
    mine = publisher.page("/studio").xpath("//li[@class='is-mine'][contains(., 'Slope permit')]")
    assert len(mine) == 1
    assert "your turn: Review" in words(mine[0])
    offered = [form.get("action").rpartition("/")[2] for form in designer.page("/studio/slope-permit/1").forms]
    assert "review" not in offered
    assert "your turn: Review" in words(publisher.page("/studio/slope-permit/1"))


def test_the_home_finds_sorts_and_counts(house: House, designer: Reader) -> None:
    designer.send("/studio/new", code="ladder-permit", zh="梯子许可", en="Ladder permit")
    before = running_on_land(designer)
    house.submitted()
    assert running_on_land(designer) == before + 1

    def shown(address: str) -> list[str]:
        return [str(name) for name in designer.page(address).xpath("//tbody//th/a[@class='title']/text()")]

    assert shown("/studio?q=LADDER") == ["Ladder permit"]
    assert shown("/studio?q=ladder&show=force") == []
    assert shown("/studio?q=ladder&show=new") == ["Ladder permit"]
    names = shown("/studio?sort=name")
    assert names == sorted(names, key=str.casefold)
    assert shown("/studio?sort=-name") == list(reversed(names))
    page = designer.page("/studio?sort=name&q=permit")
    assert page.xpath("//th[@aria-sort='ascending']/a/@href") == ["/studio?sort=-name&q=permit"]
    assert shown("/studio?sort=nonsense&show=nonsense") == shown("/studio")


def running_on_land(designer: Reader) -> int:
    """How many cases the home says run on the land item."""
    page = designer.page("/studio?q=" + LAND)
    return int(page.xpath("string(//tbody/tr[th/a]/td[@data-label='Running cases']/text())").replace("—", "0"))


def test_the_table_asks_for_findings_one_by_one(designer: Reader) -> None:
    asked = designer.page("/studio?q=" + LAND).xpath("//*[@hx-sync]/@hx-get")
    assert asked == [f"/studio/{LAND}/1/findings"]
    assert "nothing found" in designer.get(asked[0]).text
    assert designer.get(f"/studio/{LAND}/99/findings").status_code == 404
