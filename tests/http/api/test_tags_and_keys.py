"""ETag and If-Match, Idempotency-Key, pages of lists."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from app.kernel.database import enter_tenant
from app.kernel.idempotency import Idempotency
from tests.http.api.conftest import hand_in, live_step
from tests.office import APPLICATION, LAND, TENANT

BODY = {"item": LAND, "tenant": TENANT, "data": APPLICATION}


def draft(client, **headers: str) -> Any:
    return client.post("/api/v1/cases", json=BODY, headers=headers)


# --- tags


def test_what_has_not_changed_is_not_sent_again(as_person, submitted) -> None:
    case = submitted()
    clerk = as_person("clerk")
    for path in (f"/api/v1/cases/{case['code']}", f"/api/v1/steps/{live_step(clerk, case['id'], 'accept')['id']}"):
        first = clerk.get(path)
        assert first.headers["ETag"].startswith(f'"{first.get_json()["version"]}.')
        again = clerk.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.headers["ETag"]) == (304, first.headers["ETag"])
    queue = clerk.get("/api/v1/steps")
    assert queue.headers["ETag"].startswith('W/"')
    assert clerk.get("/api/v1/steps", headers={"If-None-Match": queue.headers["ETag"]}).status_code == 304


def test_a_tag_is_for_one_reader(as_person, submitted) -> None:
    submitted()
    tag = as_person("clerk").get("/api/v1/steps").headers["ETag"]
    answer = as_person("land").get("/api/v1/steps", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert "private" in answer.headers["Cache-Control"]
    assert "Authorization" in answer.headers["Vary"]


def test_the_second_of_two_who_save_one_draft_is_told(as_person) -> None:
    client = as_person("applicant")
    made = draft(client)
    path = f"/api/v1/cases/{made.get_json()['id']}/draft"
    first = client.put(path, json={"data": {"project_name": "甲"}}, headers={"If-Match": made.headers["ETag"]})
    assert first.status_code == 200
    second = client.put(path, json={"data": {"project_name": "乙"}}, headers={"If-Match": made.headers["ETag"]})
    assert (second.status_code, second.get_json()["code"]) == (412, "stale")
    assert client.put(path, json={"data": {}}).status_code == 428
    assert client.put(path, json={"data": {}}, headers={"If-Match": first.headers["ETag"]}).status_code == 200


def test_a_step_claimed_since_one_looked_is_stale(as_person, submitted) -> None:
    case = submitted()
    clerk = as_person("clerk")
    step = live_step(clerk, case["id"], "accept")
    seen = clerk.get(f"/api/v1/steps/{step['id']}").headers["ETag"]
    claim = clerk.post(f"/api/v1/steps/{step['id']}/claim", headers={"If-Match": seen})
    assert claim.status_code == 200
    late = clerk.post(f"/api/v1/steps/{step['id']}/release", headers={"If-Match": seen})
    assert (late.status_code, late.get_json()["code"]) == (412, "stale")
    released = clerk.post(f"/api/v1/steps/{step['id']}/release", headers={"If-Match": claim.headers["ETag"]})
    assert released.get_json()["state"] == "open"


# --- keys


def test_a_repeated_key_is_answered_as_the_first_time_and_done_once(as_person) -> None:
    client, key = as_person("applicant"), str(uuid4())
    first = draft(client, **{"Idempotency-Key": key})
    again = draft(client, **{"Idempotency-Key": key})
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert (first.headers["ETag"], first.headers["Location"]) == (again.headers["ETag"], again.headers["Location"])
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    listed = [case["id"] for case in client.get("/api/v1/cases").get_json()["data"]]
    assert listed.count(first.get_json()["id"]) == 1
    assert listed[0] == first.get_json()["id"]


def test_one_key_stands_for_one_request(as_person) -> None:
    client, key = as_person("applicant"), str(uuid4())
    draft(client, **{"Idempotency-Key": key})
    other = client.post("/api/v1/cases", json={**BODY, "title": "别的"}, headers={"Idempotency-Key": key})
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")


def test_the_keys_of_two_people_are_two_keys(as_person) -> None:
    key = str(uuid4())
    mine = draft(as_person("applicant"), **{"Idempotency-Key": key}).get_json()
    theirs = draft(as_person("stranger"), **{"Idempotency-Key": key}).get_json()
    assert mine["id"] != theirs["id"]


def test_what_was_refused_may_be_tried_again_with_its_key(as_person) -> None:
    client, key = as_person("applicant"), str(uuid4())
    made = draft(client).get_json()
    path = f"/api/v1/cases/{made['id']}/submit"
    refused = client.post(path, headers={"Idempotency-Key": key})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "materials-missing")
    for material in client.get(f"/api/v1/items/{LAND}").get_json()["manifest"]["materials"]:
        if material["required"] and material["key"]:
            hand_in(client, made["id"], material["code"])
    done = client.post(path, headers={"Idempotency-Key": key})
    assert done.status_code == 200
    assert client.post(path, headers={"Idempotency-Key": key}).data == done.data


def test_a_file_sent_twice_with_one_key_is_kept_once(as_person) -> None:
    client, key = as_person("applicant"), {"Idempotency-Key": str(uuid4())}
    made = draft(client).get_json()
    first = hand_in(client, made["id"], "site-map", headers=key)
    again = hand_in(client, made["id"], "site-map", headers=key)  # the boundary of the form is another one
    assert (again.data, again.headers.get("Idempotency-Replayed")) == (first.data, "true")
    other = hand_in(client, made["id"], "site-map", content=b"%PDF-1.4 other", headers=key)
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")


def test_two_requests_with_one_key_at_once_are_one_act(as_person, submitted) -> None:
    case = submitted()
    step = live_step(as_person("clerk"), case["id"], "accept")
    start, headers = Barrier(4), {"Idempotency-Key": str(uuid4())}

    def claim(_: int) -> Any:
        client = as_person("clerk")
        start.wait()
        return client.post(f"/api/v1/steps/{step['id']}/claim", headers=headers)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(claim, range(4)))
    assert {(answer.status_code, answer.data) for answer in answers} == {(200, answers[0].data)}
    assert sorted("Idempotency-Replayed" in answer.headers for answer in answers) == [False, True, True, True]
    history = as_person("clerk").get(f"/api/v1/cases/{case['code']}/history").get_json()["data"]
    assert [line["tag"] for line in history].count("api:step:claimed") == 1


def test_a_key_without_a_key_claims_once(as_person, submitted) -> None:
    """Without a key the second of two is told that the first was first."""
    case = submitted()
    clerk = as_person("clerk")
    step = live_step(clerk, case["id"], "accept")
    codes = [clerk.post(f"/api/v1/steps/{step['id']}/claim").status_code for _ in range(2)]
    assert codes == [200, 409]


def test_nothing_secret_is_kept_with_a_key(house, as_person) -> None:
    office = house.app.extensions["greenlight"]
    with office.database.transaction("*") as session:
        enter_tenant(session, TENANT, ["*"])
        kept = session.scalars(select(Idempotency.answer)).all()
    assert kept
    assert all("gl_" not in str(answer) for answer in kept)


# --- pages


def test_pages_neither_double_nor_hide_a_row(as_person) -> None:
    client = as_person("stranger")
    made = [draft(client).get_json()["id"] for _ in range(5)]
    found, path = [], "/api/v1/cases?limit=2"
    while path:
        answer = client.get(path)
        page = answer.get_json()
        found += [case["id"] for case in page["data"]]
        assert len(page["data"]) <= 2
        path = page["next"]
        assert ("Link" in answer.headers) == bool(path)
        if len(found) == 2:
            draft(client)  # one that is newer than the page that was seen
    assert set(made) <= set(found)
    assert len(found) == len(set(found))


def test_filters_are_kept_on_the_next_page(as_person) -> None:
    client = as_person("stranger")
    for _ in range(3):
        draft(client)
    page = client.get("/api/v1/cases?limit=1&status=draft").get_json()
    assert "status=draft" in page["next"]
    assert client.get(page["next"]).get_json()["data"][0]["status"] == "draft"


def test_a_cursor_belongs_to_its_list(as_person) -> None:
    client = as_person("stranger")
    for _ in range(2):
        draft(client)
    following = client.get("/api/v1/cases?limit=1").get_json()["next"]
    cursor = following.partition("cursor=")[2]
    for path in (f"/api/v1/notices?cursor={cursor}", f"/api/v1/cases?cursor={cursor[:-2]}xx"):
        answer = client.get(path)
        assert (answer.status_code, answer.get_json()["code"]) == (400, "bad-cursor")


def test_a_queue_is_paged_by_urgency(as_person, submitted) -> None:
    for _ in range(3):
        submitted()
    clerk = as_person("clerk")
    whole = [step["id"] for step in clerk.get("/api/v1/steps?limit=200").get_json()["data"]]
    found, path = [], "/api/v1/steps?limit=2"
    while path:
        page = clerk.get(path).get_json()
        found += [step["id"] for step in page["data"]]
        path = page["next"]
    assert found == whole
