"""Diagrams as modelers write them, and those of events, played as programs ask for it: the same trace as demanded."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.studio.test_play import played

ROOT = Path(__file__).parents[2] / "diagrams"
DIALECTS = sorted(
    path for path in ROOT.glob("*/*.bpmn") if path.parent.name != "events" and path.with_suffix(".json").is_file()
)


@pytest.mark.parametrize("path", DIALECTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_it_goes_the_way_that_is_meant(path: Path) -> None:
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    given: dict[str, Any] = wanted["given"]
    beside = [path, *path.parent.glob(f"{path.stem}.dmn")]
    files = {one.name: one.read_bytes() for one in beside}
    trace = played(files, given.get("outcomes"), **given.get("variables", {}))
    assert (trace["state"], trace["elements"]) == (wanted["state"], wanted["elements"])


@pytest.mark.parametrize("path", sorted(ROOT.glob("events/*.bpmn")), ids=lambda path: path.stem)
def test_every_diagram_of_events_comes_to_a_clear_state(path: Path) -> None:
    begun = json.loads(path.with_suffix(".json").read_text("utf-8"))[0]["given"]["variables"]
    trace = played({path.name: path.read_bytes()}, **begun)
    assert trace["state"] in ("ended", "waiting", "failed", "refused")
    assert ("error" in trace) == (trace["state"] == "failed")
    assert trace.get("error", {}).get("code", "stuck") == "stuck"


def events(name: str, outcomes: dict[str, Any] | None = None, **variables: Any) -> dict[str, Any]:
    return played({name: (ROOT / f"events/{name.replace(chr(95), chr(45))}.bpmn").read_bytes()}, outcomes, **variables)


def test_a_message_that_nobody_throws_is_assumed_to_arrive() -> None:
    trace = events("message_tasks")
    assert trace["elements"] == ["start", "ask", "answer", "end"]
    assert [(one["what"], one["element"]) for one in trace["assumed"]] == [("message", "answer")]
    assert [one["element"] for one in trace["steps"] if one["what"] == "thrown"] == ["ask", "end"]


def test_a_message_can_be_kept_from_arriving() -> None:
    trace = events("message_tasks", {"answer": None})
    assert trace["elements"] == ["start", "ask", "late", "late_end"]


def test_a_message_that_is_thrown_is_not_assumed() -> None:
    trace = events("message_within_the_case")
    assert [one["what"] for one in trace["assumed"]] in ([], ["outcome"])
    assert "heard" in trace["elements"]


def test_a_message_beside_the_flow_comes_where_it_is_given() -> None:
    assert events("message_boundary")["elements"] == ["start", "review", "end"]
    asked = events("message_boundary", {"asked": ["comes"], "review": None})
    assert asked["elements"] == ["start", "asked", "reply", "reply_end"]


def test_of_two_timers_the_earlier_comes() -> None:
    assert events("event_gateway_two_timers")["elements"] == ["start", "wait", "short", "end"]
