"""The bench without a script: begun, shown in words, compared, handed in, thrown away; files that are dropped on it."""

from typing import Any
from uuid import UUID

import pytest
from lxml import html

from app.catalog import skeleton
from app.catalog.types import Wording
from tests.http.web.house import House, Reader, words
from tests.http.web.test_studio import upload
from tests.office import LAND
from tests.unit.catalog.test_drawn import BARE

CODE = "bench-test"


@pytest.fixture
def designer(house: House) -> Reader:
    return house.reader("designer", "en")


@pytest.fixture
def lying(designer: Reader) -> str:
    """The address of a working copy of an item."""
    files = skeleton.new(CODE, Wording("工作稿测试", "Test of the bench"))
    assert upload(designer, files, do="submit", note="").status_code == 303
    begun = designer.send(f"/studio/{CODE}/1/bench")
    assert begun.status_code == 303, begun.text
    return str(begun.location)


def api(reader: Reader, method: str, path: str, **more: Any) -> Any:
    return reader.open(
        f"/api/v1{path}", method=method, headers={"X-CSRFToken": reader.token(), **more.pop("headers", {})}, **more
    )


def test_it_is_shown_in_words_and_names_its_editor(designer: Reader, lying: str) -> None:
    page = designer.page(lying)
    said = words(page)
    assert "Working copy bench-test" in said
    assert "Findings" in said
    (frame,) = page.xpath("//*[@data-bench]")
    assert "editor-" in frame.get("data-script")
    assert lying.rpartition("/")[2] in frame.get("data-told")
    assert designer.send(f"/studio/{CODE}/1/bench").location == lying
    assert lying in designer.get(f"/studio/{CODE}/1").text


def test_what_was_saved_is_compared_and_handed_in(designer: Reader, lying: str) -> None:
    bench = lying.rpartition("/")[2]
    path = f"processes/{CODE}/item.yaml"
    found = api(designer, "GET", f"/benches/{bench}").json
    files = {path: found["files"][path].replace("days: 10,", "days: 9,")}
    checked = api(designer, "POST", f"/benches/{bench}/check", json={"files": files}).json
    assert checked["publishable"], checked
    tag = {"If-Match": f'"{found["stamp"]}.x"'}
    saved = api(designer, "PUT", f"/benches/{bench}", json={"files": files}, headers=tag)
    assert (saved.status_code, saved.json["stamp"]) == (200, found["stamp"] + 1), saved.text
    again = api(designer, "PUT", f"/benches/{bench}", json={"files": files}, headers=tag)
    assert (again.status_code, again.json["code"]) == (412, "saved-meanwhile")
    page = designer.page(f"/studio/{CODE}/compare?before=1&after={bench}")
    assert "limits.promised.days" in words(page)
    assert [node.text_content() for node in page.xpath("//ins")] == ["9"]
    stale = designer.send(f"{lying}/submit", note="nine", stamp="1")
    assert (stale.status_code, "in the meantime" in stale.text) == (409, True)
    handed = designer.send(f"{lying}/submit", note="nine", stamp=str(found["stamp"] + 1))
    assert handed.location == f"/studio/{CODE}/2"
    assert designer.get(lying).status_code == 404
    assert "nine" in words(designer.page(f"/studio/{CODE}/2"))


def test_one_that_is_thrown_away_leaves_versions_alone(designer: Reader, lying: str) -> None:
    assert designer.send(f"{lying}/clear").location == "/studio"
    assert designer.get(lying).status_code == 404
    assert designer.get(f"/studio/{CODE}/1").status_code == 200


def test_of_a_bare_diagram_an_item_is_made(designer: Reader) -> None:
    made = upload(designer, {"Climbing Frame.bpmn": BARE.encode()}, do="bench")
    assert made.status_code == 303, made.text
    page = designer.page(made.location)
    assert "climbing-frame" in words(page)
    UUID(made.location.rpartition("/")[2])
    drawn = designer.get(f"{made.location}/diagram.bpmn")
    assert (drawn.status_code, drawn.mimetype) == (200, "application/xml")
    assert 'name="outcomes" value="take"' in drawn.text
    other = upload(designer, {"Climbing Frame.bpmn": BARE.encode()}, do="bench")
    assert "climbing-frame-2" in words(designer.page(other.location))


def test_the_marks_of_a_comparison(designer: Reader) -> None:
    same = designer.get(f"/studio/{LAND}/compare/marks?before=1&after=1&side=after")
    assert same.json == {"elements": {}}
    assert "Nothing is otherwise" in words(designer.page(f"/studio/{LAND}/compare?before=1&after=1"))
    assert designer.get(f"/studio/{LAND}/compare?before=1&after=x").status_code == 404


def test_who_only_reviews_reads_and_is_not_offered_to_save(house: House, lying: str) -> None:
    publisher = house.reader("publisher", "en")
    page = publisher.page(lying)
    assert not page.xpath("//button[@data-do='save']")
    assert publisher.send(f"{lying}/clear").status_code == 403
    assert html.tostring(page)
