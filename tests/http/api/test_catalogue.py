"""The catalogue through the API: from a skeleton to a case that was applied for, acts by several people, settings."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from app.catalog import archive, skeleton
from app.catalog.types import Wording
from tests.http.api.conftest import Client, hand_in, live_step
from tests.office import LAND, TENANT
from tests.unit.catalog.small_item import MANIFEST, encoded, files
from tests.unproven import unproven

__all__ = ["unproven"]

FIRST = "{region}-{date}-{serial:7}-{check:97-10}"


def send(client: Client, path: str, sent: dict[str, bytes], **headers: str) -> Any:
    body = {"files": [(BytesIO(content), name) for name, content in sent.items()]}
    return client.post(path, data=body, content_type="multipart/form-data", headers=headers)


def begin(client: Client, code: str) -> dict[str, Any]:
    """A new item, handed in as a draft."""
    answer = client.post("/api/v1/catalogue", json={"code": code, "name": {"zh": "秋千许可", "en": "Swing permit"}})
    assert answer.status_code == 201, answer.get_json()
    return client.get(answer.headers["Location"]).get_json()


@pytest.fixture
def separated(as_person):
    """Duties are separated for as long as the test lasts."""
    platform = as_person("platform")
    platform.patch("/api/v1/settings", json={"separation": True})
    yield platform
    platform.patch("/api/v1/settings", json={"separation": False})


def test_a_skeleton_can_be_published_and_applied_for_to_its_end(as_person) -> None:
    designer, applicant, clerk = as_person("designer"), as_person("applicant"), as_person("clerk")
    draft = begin(designer, "swing-permit")
    assert (draft["state"], [one["present"] for one in draft["uniform"]]) == ("draft", [True] * 8)
    assert designer.get("/api/v1/items/swing-permit").status_code == 404
    findings = designer.get("/api/v1/catalogue/swing-permit/versions/1/findings").get_json()
    assert findings == {"publishable": True, "findings": []}
    assert designer.post("/api/v1/catalogue/swing-permit/versions/1/publish", json={}).status_code == 200
    assert "swing-permit" in {item["code"] for item in as_person().get("/api/v1/items?q=秋千").get_json()["data"]}
    assert as_person().get("/api/v1/items?q=no such thing").get_json()["data"] == []
    body = {"item": "swing-permit", "tenant": TENANT, "title": "秋千", "applicant": "陈晓"}
    data = {"apply_title": "公园秋千", "apply_name": "陈晓", "apply_reason": "供儿童使用。", "apply_truth": True}
    case = applicant.post("/api/v1/cases", json={**body, "data": data}).get_json()["id"]
    assert hand_in(applicant, case, "application-letter").status_code == 201
    assert applicant.post(f"/api/v1/cases/{case}/submit").status_code == 200
    answers = {
        "accept": ("accept", {}),
        "review": ("approve", {"review_facts": "属实。"}),
        "decide": ("grant", {}),
    }
    for element, (outcome, filled) in answers.items():
        step = live_step(clerk, case, element)
        tag = clerk.post(f"/api/v1/steps/{step['id']}/claim").headers["ETag"]
        done = clerk.post(
            f"/api/v1/steps/{step['id']}/complete",
            json={"outcome": outcome, "opinion": "同意。", "data": filled},
            headers={"If-Match": tag},
        )
        assert done.status_code == 200, done.get_json()
    assert applicant.get(f"/api/v1/cases/{case}").get_json()["status"] == "decided"
    withdrawn = designer.post("/api/v1/catalogue/swing-permit/withdraw", json={"reason": "废止"})
    assert withdrawn.status_code == 200
    refused = applicant.post("/api/v1/cases", json={**body, "data": data})
    assert (refused.status_code, refused.get_json()["code"]) == (404, "item-withdrawn")
    assert applicant.get(f"/api/v1/cases/{case}").get_json()["status"] == "decided"
    assert designer.get("/api/v1/catalogue/swing-permit").get_json()["withdrawn"] == 1
    assert designer.post("/api/v1/catalogue/swing-permit/restore", json={"note": "恢复"}).status_code == 200
    assert designer.get("/api/v1/catalogue/swing-permit").get_json()["current"] == 1
    designer.post("/api/v1/catalogue/swing-permit/withdraw", json={"reason": "end of the test"})


def test_files_come_one_by_one_with_or_without_folders_and_as_one_archive(as_person) -> None:
    designer = as_person("designer")
    whole = skeleton.new("slide-permit", Wording("滑梯许可", "Slide permit"))
    bare = {path.rpartition("/")[2]: content for path, content in whole.items()}
    for sent in (whole, bare, {"x.zip": archive.pack(whole)}):
        checked = send(designer, "/api/v1/items/check", sent).get_json()
        assert checked == {"publishable": True, "findings": []}
        made = send(designer, "/api/v1/items/drafts?note=first", sent)
        assert (made.status_code, made.get_json()["version"], made.get_json()["state"]) == (201, 1, "draft")
    out = designer.get("/api/v1/catalogue/slide-permit/versions/1/archive")
    with ZipFile(BytesIO(out.data)) as opened:
        assert {name: opened.read(name) for name in opened.namelist()} == whole
    diagram = designer.get("/api/v1/catalogue/slide-permit/versions/1/diagram")
    assert diagram.data == whole["processes/slide-permit/diagram.bpmn"]
    assert designer.get("/api/v1/catalogue/slide-permit/versions/1/forms/apply").get_json()["id"] == "apply"
    assert designer.get("/api/v1/catalogue/slide-permit/versions/1/forms/nothing").status_code == 404
    assert as_person("clerk").get("/api/v1/catalogue/slide-permit/versions/1").status_code == 403


def test_a_broken_item_is_refused_with_file_element_and_remedy(as_person) -> None:
    designer = as_person("designer")
    broken = encoded(files()) | {MANIFEST: files()[MANIFEST].replace("days: 10,", "days: 21,").encode()}
    refused = send(designer, "/api/v1/items/drafts", broken, **{"Accept-Language": "en"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "item-refused")
    assert refused.get_json()["errors"] == {
        f"{MANIFEST}#limits.promised.days": [
            "The promised limit of 21 days is longer than the 20 days that the law allows. "
            "Promise no more than the statutory limit."
        ]
    }


def test_a_hostile_archive_is_refused(as_person) -> None:
    buffer = BytesIO()
    with ZipFile(buffer, "w") as made:
        made.writestr("../../etc/passwd", "x")
    designer = as_person("designer")
    checked = send(designer, "/api/v1/items/check", {"x.zip": buffer.getvalue()}).get_json()
    assert [finding["code"] for finding in checked["findings"]] == ["archive-path"]
    assert send(designer, "/api/v1/items/drafts", {"x.zip": buffer.getvalue()}).status_code == 422
    assert send(designer, "/api/v1/items/drafts", {"x.zip": b"PK"}).status_code == 422


def test_a_second_person_answers_for_what_is_not_proven(as_person, unproven: None) -> None:
    designer, publisher = as_person("designer"), as_person("publisher")
    begin(designer, "mast-permit")
    lying = "/api/v1/catalogue/mast-permit/versions/1"
    early = designer.post(f"{lying}/publish", json={})
    assert (early.status_code, early.get_json()["code"]) == (409, "not-proven")
    own = designer.post(f"{lying}/waive", json={"reason": "I am sure"})
    assert (own.status_code, own.get_json()["code"]) == (403, "own-work")
    assert publisher.post(f"{lying}/waive", json={}).status_code == 422
    assert as_person("clerk").post(f"{lying}/waive", json={"reason": "seen"}).status_code == 403
    assert publisher.post(f"{lying}/waive", json={"reason": "walked through by hand"}).status_code == 200
    acts = publisher.get("/api/v1/catalogue/mast-permit/history").get_json()["data"]
    assert (acts[0]["act"], acts[0]["note"]) == ("waived", "walked through by hand")
    assert designer.post(f"{lying}/publish", json={}).status_code == 200


def test_what_is_proven_needs_nobody_to_answer_for_it(as_person) -> None:
    begin(as_person("designer"), "pole-permit")
    lying = "/api/v1/catalogue/pole-permit/versions/1/waive"
    refused = as_person("publisher").post(lying, json={"reason": "seen"})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "nothing-to-waive")


def test_several_people_bring_a_version_into_force(as_person, separated) -> None:
    designer, publisher = as_person("designer"), as_person("publisher")
    begin(designer, "kite-permit")
    there = "/api/v1/catalogue/kite-permit/versions/1"
    refused = designer.post(f"{there}/review", json={}, headers={"Accept-Language": "en"})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "somebody-else")
    assert "(publisher)" in refused.get_json()["remedy"]
    early = publisher.post(f"{there}/publish", json={})
    assert (early.status_code, early.get_json()["code"]) == (409, "not-reviewed")
    seen = publisher.get(there).headers["ETag"]
    reviewed = publisher.post(f"{there}/review", json={"note": "齐全"}, headers={"If-Match": seen})
    assert (reviewed.status_code, reviewed.get_json()["state"]) == (200, "reviewed")
    stale = publisher.post(f"{there}/return", json={"reason": "x"}, headers={"If-Match": seen})
    assert stale.status_code == 412
    returned = publisher.post(f"{there}/return", json={"reason": "缺收费依据"}, headers={"Idempotency-Key": "back"})
    again = publisher.post(f"{there}/return", json={"reason": "缺收费依据"}, headers={"Idempotency-Key": "back"})
    assert returned.get_json() == again.get_json()
    assert publisher.post(f"{there}/return", json={}).status_code == 422
    acts = publisher.get("/api/v1/catalogue/kite-permit/history").get_json()["data"]
    assert [(act["act"], act["actor"], act["note"]) for act in acts] == [
        ("returned", "publisher", "缺收费依据"),
        ("reviewed", "publisher", "齐全"),
        ("drafted", "designer", ""),
    ]


def test_a_copy_and_a_code_that_is_taken(as_person) -> None:
    designer = as_person("designer")
    body = {"code": "land-copy", "name": {"zh": "用地预审副本", "en": "Copy"}}
    made = designer.post(f"/api/v1/catalogue/{LAND}/copies", json=body)
    assert (made.status_code, made.get_json()["state"]) == (201, "draft")
    version = designer.get(made.headers["Location"]).get_json()
    assert version["manifest"]["name"] == body["name"]
    assert all("/land-copy/" in file["path"] for file in version["files"])
    again = designer.post(f"/api/v1/catalogue/{LAND}/copies", json={**body, "version": 1})
    assert (again.status_code, again.get_json()["code"]) == (409, "item-code-in-use")
    bad = designer.post(f"/api/v1/catalogue/{LAND}/copies", json={"code": "../x"})
    assert (bad.status_code, bad.get_json()["code"]) == (422, "bad-item-code")
    assert "land-copy" in {item["code"] for item in designer.get("/api/v1/catalogue").get_json()["data"]}


def test_codes_of_cases_by_another_pattern(as_person, submitted) -> None:
    platform = as_person("platform")
    earlier = submitted("before")["code"]
    pattern = "GL{region}{year}-{serial:8}-{check:37-36}"
    changed = platform.patch("/api/v1/settings", json={"case_pattern": pattern, "item_pattern": "{digits:12}"})
    assert changed.get_json()["earlier"] == [FIRST]
    try:
        code = submitted("after")["code"]
        assert code.startswith("GL3303002")
        applicant = as_person("applicant")
        assert applicant.get(f"/api/v1/cases/{code}").status_code == 200
        assert applicant.get(f"/api/v1/cases/{earlier}").get_json()["title"]
        refused = platform.patch("/api/v1/settings", json={"case_pattern": "{serial:9}"})
        assert (refused.status_code, refused.get_json()["code"]) == (422, "unfit-code-pattern")
    finally:
        platform.patch("/api/v1/settings", json={"case_pattern": FIRST, "item_pattern": ""})
    assert as_person("applicant").get(f"/api/v1/cases/{code}").status_code == 200
    assert as_person("designer").patch("/api/v1/settings", json={}).status_code == 403
    assert as_person("designer").get("/api/v1/settings").get_json()["case_pattern"] == FIRST
