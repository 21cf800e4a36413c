"""Playing through the API: files and versions, scenarios tried and kept, the formats published."""

import json
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.engine import Finding
from app.studio import scenarios
from tests.http.api.conftest import Client
from tests.office import LAND
from tests.unit.catalog.small_item import MANIFEST, encoded, files
from tests.unit.studio.test_play import deciding

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
API = "/api/v1"
PLACE = MANIFEST.replace("item.yaml", "scenarios.yaml")


def send(client: Client, path: str, sent: dict[str, bytes], **more: str) -> Any:
    body = {"files": [(BytesIO(content), name) for name, content in sent.items()]}
    return client.post(API + path, data=body, query_string=more, content_type="multipart/form-data")


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))


def test_a_diagram_alone_is_played(as_person) -> None:
    designer = as_person("designer")
    answer = send(designer, "/items/play", deciding(), outcomes='{"review": "deny"}', at="2026-03-02T01:00:00Z")
    trace = answer.get_json()
    jsonschema.validate(trace, schema("trace-1"))
    assert (answer.status_code, trace["state"], trace["result"]) == (200, "ended", "denied")
    broken = send(designer, "/items/play", {"d.bpmn": b"<a"}).get_json()
    assert broken["state"] == "refused"


@pytest.mark.parametrize("outcomes", ["[]", "{", '{"review": 3}'])
def test_what_is_no_choice_is_refused(as_person, outcomes: str) -> None:
    answer = send(as_person("designer"), "/items/play", deciding(), outcomes=outcomes)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "invalid")


def test_a_version_is_played_on_the_offices_calendar(as_person) -> None:
    body = {"outcomes": {"accept": "refuse"}, "at": "2026-03-02T01:00:00Z"}
    answer = as_person("designer").post(f"{API}/catalogue/{LAND}/versions/1/play", json=body)
    trace = answer.get_json()
    assert (answer.status_code, trace["result"]) == (200, "refused")
    assert "calendar" not in {one["what"] for one in trace["assumed"]}
    jsonschema.validate(trace, schema("trace-1"))


def test_scenarios_are_tried_and_hold_a_publication(as_person) -> None:
    designer = as_person("designer")
    tried = designer.get(f"{API}/catalogue/{LAND}/versions/1/scenarios").get_json()
    jsonschema.validate({"format": "greenlight-scenarios/1", "items": [tried], "findings": []}, schema("tested-1"))
    assert (tried["passed"], tried["missed"]) == (True, [])
    failing = encoded(files()) | {PLACE: b"scenarios: [{code: a, expect: {result: denied}}]"}
    assert not send(designer, "/items/scenarios", failing).get_json()["passed"]
    refused = send(designer, "/items", failing)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "item-refused")
    assert designer.get(f"{API}/items/bench-permit").status_code == 404


def test_scenarios_are_held_when_an_item_is_brought_back(as_person, monkeypatch: pytest.MonkeyPatch) -> None:
    designer, lying = as_person("designer"), "/catalogue/bench-permit"
    sent = encoded(files()) | {PLACE: b"scenarios: [{code: a, expect: {state: ended}}]"}
    assert send(designer, "/items", sent).status_code == 201
    assert designer.post(f"{API}{lying}/withdraw", json={"reason": "repealed"}).status_code == 200
    failed = Finding("error", "scenario-failed", "a", PLACE, "It ends in another way.", {}, "Mend the diagram.")
    with monkeypatch.context() as patch:
        patch.setattr(scenarios, "test", lambda _files: {"findings": [asdict(failed)]})
        refused = designer.post(f"{API}{lying}/restore", json={})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "item-refused")
    assert designer.get(f"{API}/items/bench-permit").status_code == 404
    assert designer.post(f"{API}{lying}/restore", json={}).status_code == 200
    assert designer.post(f"{API}{lying}/withdraw", json={"reason": "end of the test"}).status_code == 200


def test_a_scenario_is_kept_with_a_new_draft(as_person) -> None:
    designer = as_person("designer")
    body = {
        "name": {"zh": "退件", "en": "Sent away"},
        "outcomes": {"accept": "refuse"},
        "expect": {"result": "refused"},
    }
    made = designer.post(f"{API}/catalogue/{LAND}/versions/1/scenarios", json=body)
    assert (made.status_code, made.get_json()["state"]) == (201, "draft"), made.get_json()
    number = made.get_json()["version"]
    tried = designer.get(f"{API}/catalogue/{LAND}/versions/{number}/scenarios").get_json()
    assert [one["passed"] for one in tried["scenarios"] if one["code"] == "sent-away"] == [True]
    body["expect"] = {"colour": "green"}
    refused = designer.post(f"{API}/catalogue/{LAND}/versions/1/scenarios", json=body)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "item-refused")


def test_the_formats_are_published(as_person) -> None:
    client = as_person("clerk")
    names = client.get(f"{API}/schemas").get_json()["schemas"]
    assert {"trace-1", "findings-1", "scenarios-1", "tested-1"} <= set(names)
    for name in names:
        jsonschema.Draft202012Validator.check_schema(client.get(f"{API}/schemas/{name}").get_json())
    assert client.get(f"{API}/schemas/none").status_code == 404
