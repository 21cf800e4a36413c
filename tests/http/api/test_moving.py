"""Running cases moved through the API: looked at, moved by the ticker, taken back."""

from pathlib import Path
from typing import Any

import pytest

from app.cases.services import OPERATIONS
from app.catalog import folder
from app.catalog.operations import publish
from app.identity.types import SYSTEM
from app.jobs import work
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from tests.http.api.conftest import House
from tests.office import LAND


@pytest.fixture(scope="module")
def second(house: House) -> int:
    """A further version of the land item that new cases do not take."""
    files = dict(folder.read(Path(__file__).parents[3], LAND))
    path = f"processes/{LAND}/diagram.bpmn"
    files[path] = files[path].replace("建设项目用地预审与可研审批".encode(), "建设项目审批".encode(), 1)
    with house.database.transaction(GLOBAL_TENANT) as session:
        made = publish(session, files, SYSTEM, real_now(), "further", OPERATIONS)
        publish(session, folder.read(Path(__file__).parents[3], LAND), SYSTEM, real_now(), "", OPERATIONS)
    return made.version


def test_from_a_look_to_the_way_back(house: House, as_person, submitted: Any, second: int) -> None:
    operator = as_person("operator")
    given = submitted()
    case = given["code"]
    there = f"/api/v1/catalogue/{LAND}/moves"
    offered = operator.get(f"{there}/suggestions?from_version=1&to_version={second}").get_json()["data"]
    assert {one["by"] for one in offered} == {"id"}
    what = {"from_version": 1, "to_version": second, "cases": [case]}
    seen = operator.post(f"{there}/preview", json=what).get_json()
    assert (seen["total"], seen["able"], seen["groups"]) == (1, 1, [])
    begun = operator.post(there, json={**what, "note": "新规定"})
    assert (begun.status_code, begun.get_json()["counts"]["waiting"]) == (202, 1)
    work.move_cases(house.app.extensions["greenlight"])
    done = operator.get(begun.headers["Location"]).get_json()
    assert (done["counts"]["moved"], done["finished_at"] is not None) == (1, True)
    assert operator.get(there).get_json()["data"][0]["id"] == done["id"]
    back = operator.post(f"/api/v1/moves/{done['id']}/back", json={})
    assert (back.status_code, back.get_json()["back_of"]) == (202, done["id"])
    work.move_cases(house.app.extensions["greenlight"])
    assert operator.get(back.headers["Location"]).get_json()["counts"]["moved"] == 1
    assert operator.post(f"/api/v1/moves/{done['id']}/retry").status_code == 202
    acts = operator.get(f"/api/v1/cases/{given['id']}/history").get_json()["data"]
    assert [act["tag"] for act in acts if "moved" in act["tag"]] == ["ticker:case:moved", "ticker:case:moved-back"]


def test_what_is_refused(as_person, second: int) -> None:
    operator, there = as_person("operator"), f"/api/v1/catalogue/{LAND}/moves"
    what = {"from_version": 1, "to_version": second}
    assert as_person("clerk").post(f"{there}/preview", json=what).status_code == 403
    same = operator.post(f"{there}/preview", json={**what, "to_version": 1})
    assert (same.status_code, same.get_json()["code"]) == (409, "same-version")
    none = operator.post(there, json={**what, "cases": ["330300-20200101-0000001-11"]})
    assert none.get_json()["code"] == "nothing-to-move"
    wrong = operator.post(f"{there}/preview", json={**what, "steps": {"nothing": "accept"}})
    assert list(wrong.get_json()["errors"]) == ["nothing"]
