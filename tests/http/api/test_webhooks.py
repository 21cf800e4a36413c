"""Webhooks by the API; what really happens in a case is told as it is described."""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from app.api.events import message
from app.notices import delivery
from app.notices.delivery import Outcome, Taken, payload
from app.notices.events import EVENTS
from tests.http.api.conftest import House, work
from tests.office import TENANT

HOOK = {"url": "https://example.org/greenlight", "events": ["case.received"], "description": "档案"}


def test_the_secret_is_shown_once_even_to_the_same_key(as_person) -> None:
    admin, key = as_person("admin"), {"Idempotency-Key": "one-webhook"}
    made = admin.post("/api/v1/webhooks", json=HOOK, headers=key)
    again = admin.post("/api/v1/webhooks", json=HOOK, headers=key)
    assert made.get_json()["secret"].startswith("whsec_")
    assert again.get_json() == {**made.get_json(), "secret": None}
    path = made.headers["Location"]
    assert "secret" not in admin.get(path).get_json()
    assert admin.post(f"{path}/secret").get_json()["secret"] != made.get_json()["secret"]
    assert admin.delete(path).status_code == 204
    assert admin.get(path).get_json()["code"] == "no-webhook"


def test_changing_asks_for_what_was_seen(as_person) -> None:
    admin = as_person("admin")
    made = admin.post("/api/v1/webhooks", json=HOOK)
    path, wanted = made.headers["Location"], {**HOOK, "active": False}
    assert admin.put(path, json=wanted).status_code == 428
    changed = admin.put(path, json=wanted, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.get_json()["active"]) == (200, False)
    assert admin.put(path, json=wanted, headers={"If-Match": made.headers["ETag"]}).status_code == 412
    wrong = admin.post("/api/v1/webhooks", json={**HOOK, "url": "https://127.0.0.1/"})
    assert (wrong.status_code, list(wrong.get_json()["errors"])) == (422, ["url"])
    assert as_person("land").get("/api/v1/webhooks").status_code == 403
    admin.delete(path)


def test_what_happens_in_a_case_is_told_as_described(house: House, as_person, submitted) -> None:
    admin = as_person("admin")
    path = admin.post("/api/v1/webhooks", json={**HOOK, "events": list(EVENTS)}).headers["Location"]
    case = submitted()
    work(as_person, case["id"], "accept")
    as_person("applicant").post(f"/api/v1/cases/{case['code']}/withdraw", json={"reason": "选址调整"})
    assert admin.post(f"{path}/test").status_code == 202
    taken: list[Taken] = []

    def send(one: Taken) -> Outcome:
        taken.append(one)
        return Outcome(status=200)

    office = house.app.extensions["greenlight"]
    with office.database.transaction(TENANT) as session:
        now = office.now(session)
    delivery.deliver(house.database, TENANT, now, send)
    mine: list[dict[str, Any]] = [payload(one) for one in taken if str(one.webhook_id) in path]
    assert [one["type"] for one in mine] == ["case.received", "case.accepted", "case.withdrawn", "webhook.test"]
    components = house.app.extensions["api"].spec.to_dict()["components"]
    for one in mine:
        schema = {**message(one["type"]), "components": components}
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(one)
    assert [one["data"]["status"] for one in mine[:3]] == ["received", "accepted", "withdrawn"]
    assert "轨道" not in str(mine)
    page = admin.get(f"{path}/deliveries?state=delivered&limit=3").get_json()
    assert [one["event"] for one in page["data"]] == ["webhook.test", "case.withdrawn", "case.accepted"]
    assert [one["event"] for one in admin.get(page["next"]).get_json()["data"]] == ["case.received"]
    again = admin.post(f"{path}/deliveries/{page['data'][0]['id']}/send-again")
    assert (again.status_code, again.get_json()["state"]) == (202, "pending")
    admin.delete(path)
