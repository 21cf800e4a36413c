"""Lights, entries and urging through the API. The red light is raised as the ticker would, some days ahead."""

from datetime import timedelta
from typing import Any

import pytest

from app.cases import lights
from app.supervision import operations
from tests.http.api.conftest import live_step
from tests.office import LAND, TENANT


@pytest.fixture
def overdue(house, as_person, submitted) -> dict[str, Any]:
    """A case that lies at the window, its light red; its entry as a supervisor sees it."""
    case = submitted()
    office = house.app.extensions["greenlight"]
    with office.database.transaction(TENANT) as session:
        later = office.now(session) + timedelta(days=30)
        lights.raise_due(session, TENANT, later)
        operations.open_entries(session, TENANT, later)
    entries = as_person("supervisor").get("/api/v1/supervision/entries?state=open&limit=200").get_json()["data"]
    return next(entry for entry in entries if entry["case_id"] == case["id"])


def test_an_entry_from_red_light_to_finding(as_person, overdue) -> None:
    supervisor, path = as_person("supervisor"), f"/api/v1/supervision/entries/{overdue['id']}"
    seen = supervisor.get(path)
    assert seen.get_json()["light"]["light"] == "red"
    assert seen.get_json()["became_at"] < seen.get_json()["noticed_at"]

    taken = supervisor.post(f"{path}/take", headers={"If-Match": seen.headers["ETag"]})
    assert taken.get_json()["state"] == "taken"
    late = supervisor.post(f"{path}/take", headers={"If-Match": seen.headers["ETag"]})
    assert (late.status_code, late.get_json()["code"]) == (412, "stale")

    tag = {"If-Match": taken.headers["ETag"]}
    asked = supervisor.post(f"{path}/ask", json={"question": "为何超期？"}, headers=tag)
    assert asked.status_code == 200, asked.get_json()
    explained = as_person("clerk").post(f"{path}/explain", json={"explanation": "窗口人手不足。"})
    assert explained.get_json()["explanation"] == "窗口人手不足。"
    tag = {"If-Match": explained.headers["ETag"]}
    closed = supervisor.post(f"{path}/close", json={"finding": "责令限期办结。"}, headers=tag)
    assert closed.get_json()["state"] == "closed"


def test_a_department_explains_for_itself_only(as_person, overdue) -> None:
    supervisor, path = as_person("supervisor"), f"/api/v1/supervision/entries/{overdue['id']}"
    taken = supervisor.post(f"{path}/take", headers={"If-Match": "*"})
    supervisor.post(f"{path}/ask", json={"question": "为何超期？"}, headers={"If-Match": taken.headers["ETag"]})
    answer = as_person("planning").post(f"{path}/explain", json={"explanation": "与我无关。"})
    assert answer.status_code == 404


def test_urging_is_told_to_who_handles_it(as_person, overdue) -> None:
    step = live_step(as_person("clerk"), overdue["case_id"], "accept")
    body = {"message": "请尽快受理。", "entry_id": overdue["id"]}
    urged = as_person("supervisor").post(f"/api/v1/steps/{step['id']}/urge", json=body)
    assert urged.status_code == 201, urged.get_json()
    notices = as_person("clerk").get("/api/v1/notices").get_json()["data"]
    assert any(notice["template"] == "case-urged" and notice["case_id"] == overdue["case_id"] for notice in notices)
    shown = as_person("supervisor").get(f"/api/v1/supervision/entries/{overdue['id']}").get_json()
    assert [urging["message"] for urging in shown["urgings"]] == ["请尽快受理。"]


def test_the_board_and_the_lights(as_person, overdue) -> None:
    supervisor = as_person("supervisor")
    board = supervisor.get("/api/v1/supervision/board").get_json()
    hall = next(line for line in board["departments"] if line["code"] == "service-hall")
    assert hall["red"] >= 1
    assert board["open_entries"] >= 1
    found, path = [], "/api/v1/supervision/lights?colour=red&limit=1"
    while path:
        page = supervisor.get(path).get_json()
        found += page["data"]
        path = page["next"]
    assert overdue["case_id"] in {light["case_id"] for light in found}
    assert [light["red_at"] for light in found] == sorted(light["red_at"] for light in found)


def test_the_board_of_one_department_and_of_one_item(as_person, overdue) -> None:
    supervisor, board = as_person("supervisor"), "/api/v1/supervision/board"
    hall = supervisor.get(f"{board}?department=service-hall&item={LAND}").get_json()
    assert [row["code"] for row in hall["departments"]] == ["service-hall"]
    assert [(row["code"], row["name_zh"]) for row in hall["items"]] == [(LAND, "建设项目用地预审与可研审批")]
    lights = supervisor.get(f"/api/v1/supervision/lights?department=service-hall&level=step&item={LAND}&limit=200")
    assert overdue["case_id"] in {light["case_id"] for light in lights.get_json()["data"]}
    nothing = supervisor.get("/api/v1/supervision/lights?department=no-such-department").get_json()
    assert nothing["data"] == []


def test_the_figures_of_the_charts(as_person, overdue) -> None:
    supervisor = as_person("supervisor")
    places = supervisor.get("/api/v1/supervision/places").get_json()["data"]
    assert [place["code"] for place in places if place["own"]] == [TENANT]
    weeks = supervisor.get(f"/api/v1/supervision/weeks?weeks=4&item={LAND}&region={TENANT}").get_json()["data"]
    assert (len(weeks), weeks[-1]["received"] >= 1) == (4, True)
    assert [week["starts"] for week in weeks] == sorted(week["starts"] for week in weeks)
    pace = supervisor.get(f"/api/v1/supervision/pace?item={LAND}").get_json()["data"]
    assert {row["code"] for row in pace} <= {LAND}
    elsewhere = supervisor.get("/api/v1/supervision/weeks?region=110000")
    assert (elsewhere.status_code, elsewhere.get_json()["code"]) == (404, "not-found")
    assert supervisor.get("/api/v1/supervision/weeks?weeks=27").status_code == 422
