"""What a version would have made of cases that are over, through the API: asked, told as far as it is, stopped."""

from tests.http.api.conftest import House
from tests.office import LAND
from tests.questions import begun


def test_told_so_far_and_stopped(house: House, as_person) -> None:
    designer, there = as_person("designer"), f"/api/v1/what-if/{begun(house.database)}"
    told = designer.get(there).get_json()
    assert (told["done"], told["total"], told["replayed"], told["finished_at"]) == (200, 2000, 4, None)
    assert told["after"] == {"green": 1, "yellow": 1, "red": 2}
    assert as_person("clerk").post(f"{there}/stop").status_code == 403
    stopped = designer.post(f"{there}/stop")
    assert (stopped.status_code, stopped.get_json()["error"]) == (200, "stopped")
    again = designer.post(f"{there}/stop").get_json()
    assert again == stopped.get_json() == designer.get(there).get_json()
    listed = designer.get(f"/api/v1/catalogue/{LAND}/what-if").get_json()["data"]
    assert told["id"] in [one["id"] for one in listed]


def test_what_is_refused(as_person) -> None:
    designer = as_person("designer")
    asked = {"version": 1, "since": "2099-01-01T00:00:00+08:00"}
    none = designer.post(f"/api/v1/catalogue/{LAND}/what-if", json=asked)
    assert (none.status_code, none.get_json()["code"]) == (409, "nothing-to-replay")
    unknown = designer.post("/api/v1/what-if/019a0000-0000-7000-8000-000000000000/stop")
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "not-found")
