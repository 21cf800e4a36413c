"""Playing drafts: defaults, choices, time, lights; what is assumed is told; every trace fits the published schema."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.catalog import folder
from app.kernel.confine import Bounds
from app.kernel.errors import Invalid
from app.studio import play, telling
from tests.unit.engine import drawing
from tests.unit.engine.drawing import boundary, chain, end, node, props, script, service, start, timer, way, xor

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs/schemas/trace-1.json").read_text("utf-8"))
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
"""09:00 in Shanghai."""


def played(
    files: Mapping[str, bytes], outcomes: Mapping[str, Any] | None = None, at: datetime = MONDAY, **variables: Any
) -> dict[str, Any]:
    """A play without the child, told as programs read it, held against the schema."""
    raw = play.planned(files, variables, outcomes or {}, at.isoformat(), None)
    told = telling.trace(json.loads(json.dumps(raw)))
    jsonschema.validate(told, SCHEMA, format_checker=jsonschema.FormatChecker())
    return told


def step(name: str, outcomes: str = "", **properties: str) -> str:
    return node(
        "userTask", name, props(post="clerk", form="f", **({"outcomes": outcomes} if outcomes else {}), **properties)
    )


def deciding(loop: bool = False) -> dict[str, bytes]:
    """review → approve or deny, or back."""
    ways = [chain("start", "review", "which"), way("which", "yes", "review.outcome == 'approve'", "f_yes")]
    ways += [way("which", "review" if loop else "no", name="f_no"), ""]
    ends = end("yes", inner=props(result="granted")) + ("" if loop else end("no", inner=props(result="denied")))
    return drawing.files(start(), step("review", "approve deny"), xor("which", "f_no"), ends, *ways)


def at(trace: Mapping[str, Any], what: str) -> list[tuple[str, str]]:
    return [(one["element"], one["at"]) for one in trace["steps"] if one["what"] == what]


def kinds(found: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
    return [(one["what"], one["element"]) for one in found]


def test_a_step_takes_its_first_outcome_and_says_so() -> None:
    trace = played(deciding())
    assert (trace["state"], trace["result"]) == ("ended", "granted")
    assert trace["elements"] == ["start", "review", "which", "yes"]
    assert trace["assumed"] == [{"element": "review", "what": "outcome", "value": "approve"}]
    assert trace["variables"] == {"review": {"outcome": "approve"}}
    assert at(trace, "entered") == [("review", "2026-03-02T09:00:00+08:00")]


def test_a_given_outcome_is_taken_and_nothing_assumed() -> None:
    trace = played(deciding(), {"review": "deny"})
    assert (trace["result"], trace["assumed"]) == ("denied", [])
    assert trace["elements"][-1] == "no"


def test_outcomes_are_given_by_visit_and_the_last_goes_on() -> None:
    trace = played(deciding(loop=True), {"review": ["deny", "deny", "approve"]})
    assert trace["elements"].count("review") == 3
    assert trace["state"] == "ended"


def test_an_outcome_that_is_not_offered_fails_by_name() -> None:
    trace = played(deciding(), {"review": "maybe"})
    assert (trace["state"], trace["error"]["code"], trace["error"]["element"]) == (
        "failed",
        "unknown-outcome",
        "review",
    )
    assert "approve, deny" in trace["error"]["text"]


def test_a_loop_that_never_ends_is_stopped_with_a_word() -> None:
    trace = played(deciding(loop=True), {"review": "deny"})
    assert (trace["state"], trace["error"]["code"]) == ("failed", "never-ends")
    assert trace["error"]["element"] in {"review", "which"}


def test_defaults_take_turns_so_that_a_loop_is_left() -> None:
    files = drawing.files(
        start(), step("review", "back on"), xor("which", "f_on"), end(),
        chain("start", "review", "which"),
        way("which", "review", "review.outcome == 'back'"), way("which", "end", name="f_on"),
    )  # fmt: skip
    trace = played(files)
    assert trace["state"] == "ended"
    assert trace["elements"].count("review") == 4


def test_conditions_say_what_a_step_can_lead_to_where_nothing_else_does() -> None:
    files = drawing.files(
        start(), step("review"), xor("which", "f_no"), end("yes", "no"),
        chain("start", "review", "which"),
        way("which", "yes", "review.outcome == 'fine'"), way("which", "no", name="f_no"),
    )  # fmt: skip
    assert played(files)["elements"][-1] == "yes"


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        ("area &gt; 100", 101),
        ("area &lt;= 2.5", 2.5),
        ("kind == 'new'", "new"),
        ("not closed", True),
        ("kind != 'old'", ""),
        ("ready == False", False),
    ],
)
def test_a_variable_that_nobody_set_is_assumed_and_told(condition: str, value: object) -> None:
    """So that the first comparison with it holds; a name that is only asked for is true."""
    files = drawing.files(
        start(), xor("which", "f_no"), end("yes", "no"),
        chain("start", "which"), way("which", "yes", condition), way("which", "no", name="f_no"),
    )  # fmt: skip
    trace = played(files)
    [assumed] = trace["assumed"]
    assert (assumed["what"], assumed["value"]) == ("variable", value)
    assert trace["variables"] == {assumed["name"]: value}
    assert trace["state"] == "ended"


def test_given_variables_are_not_assumed() -> None:
    files = drawing.files(
        start(), xor("which", "f_no"), end("yes", "no"),
        chain("start", "which"), way("which", "yes", "area &gt; 100"), way("which", "no", name="f_no"),
    )  # fmt: skip
    trace = played(files, area=5)
    assert (trace["elements"][-1], trace["assumed"], trace["variables"]) == ("no", [], {"area": 5})


def test_what_fails_is_named_with_where() -> None:
    files = drawing.files(start(), script("count", "total = 1 // nought"), end(), chain("start", "count", "end"))
    trace = played(files, nought=0)
    assert (trace["state"], trace["error"]["code"], trace["error"]["element"]) == (
        "failed",
        "expression-failed",
        "count",
    )


def test_what_moved_before_a_failure_at_the_start_is_told() -> None:
    parts = drawing.both("fork") + script("count", "total = 1 // nought") + step("u") + end()
    ways = chain("start", "fork", "u", "end") + chain("fork", "count", "end")
    trace = played(drawing.files(start(), parts, ways), nought=0)
    assert (trace["state"], trace["error"]["element"]) == ("failed", "count")
    assert trace["elements"] == ["start", "fork"]
    assert at(trace, "entered") == [("u", "2026-03-02T09:00:00+08:00")]


def test_what_is_refused_is_not_played() -> None:
    trace = played({"x.bpmn": b"<no/>"})
    assert (trace["state"], trace["elements"]) == ("refused", [])
    assert {one["kind"] for one in trace["findings"]} == {"refused"}
    assert all(one["remedy"] for one in trace["findings"])


def test_time_moves_to_the_timer_where_nothing_else_can_go_on() -> None:
    """P2D civil from Monday ends at the close of business of Wednesday (Civil Code 201, 203)."""
    files = drawing.files(
        start(), node("intermediateCatchEvent", "rest", timer("P2D")), end(), chain("start", "rest", "end")
    )
    trace = played(files)
    assert at(trace, "fired") == [("rest", "2026-03-04T17:00:00+08:00")]
    assert trace["elements"] == ["start", "rest", "end"]
    assert kinds(trace["assumed"]) == [("calendar", trace["process"])]


def test_a_step_that_nobody_does_turns_yellow_then_red_and_waits() -> None:
    lights = boundary("late", "review", timer("P3D"), False, light="yellow") + boundary(
        "over", "review", timer("P5D"), False, light="red"
    )
    files = drawing.files(
        start(), step("review", "done"), lights, end("end", "e1", "e2"),
        chain("start", "review", "end"), way("late", "e1"), way("over", "e2"),
    )  # fmt: skip
    trace = played(files, {"review": None})
    assert (trace["state"], trace["waiting"]) == ("waiting", ["review"])
    assert [(one["step"], one["colour"], one["at"]) for one in trace["lights"]] == [
        ("review", "yellow", "2026-03-05T17:00:00+08:00"),
        ("review", "red", "2026-03-09T17:00:00+08:00"),
    ]
    late = played(files, {"review": {"outcome": "done", "after": "P4D"}})
    assert (late["state"], [one["colour"] for one in late["lights"]]) == ("ended", ["yellow"])
    assert at(late, "completed")[1] == ("review", "2026-03-06T17:00:00+08:00")
    assert played(files)["lights"] == []


def test_a_timer_takes_away_the_step_that_nobody_does() -> None:
    files = drawing.files(
        start(), step("supplement", "given"), boundary("lapse", "supplement", timer("P10D")), end("end", "lapsed"),
        chain("start", "supplement", "end"), way("lapse", "lapsed"),
    )  # fmt: skip
    trace = played(files, {"supplement": None})
    assert trace["elements"] == ["start", "lapse", "lapsed"]
    assert [element for element, _at in at(trace, "cancelled")] == ["supplement"]
    assert played(files)["elements"] == ["start", "supplement", "end"]


def test_operations_are_done_as_soon_as_they_are_asked_for() -> None:
    files = drawing.files(start(), service("issue", "issue-decision"), end(), chain("start", "issue", "end"))
    assert played(files)["elements"] == ["start", "issue", "end"]


def test_forms_write_what_a_visit_gives() -> None:
    files = drawing.files(
        start(), step("review", "done"), xor("which", "f_no"), end("yes", "no"),
        chain("start", "review", "which"),
        way("which", "yes", "area &gt; 100"), way("which", "no", name="f_no"),
    )  # fmt: skip
    assert played(files, {"review": {"form": {"area": 300}}})["elements"][-1] == "yes"


@pytest.mark.parametrize("given", [3, [3], {"outcome": 3}, {"when": "P1D"}, {"form": []}])
def test_outcomes_that_are_none_are_refused(given: object) -> None:
    with pytest.raises(Invalid):
        play.check_choices({"review": given})


def test_what_takes_too_much_ends_as_a_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(play, "BOUNDS", Bounds(seconds=0.001, megabytes=200))
    trace = telling.trace(play.play(deciding(loop=True), variables={}, outcomes={"review": "deny"}, at=MONDAY))
    jsonschema.validate(trace, SCHEMA)
    assert (trace["state"], trace["error"]["code"]) == ("failed", "took-too-long")


def test_acts_are_done_one_by_one_and_time_is_moved_by_hand() -> None:
    def chosen(*acts: dict[str, Any]) -> dict[str, Any]:
        return play.chosen(deciding(), {}, acts, MONDAY.isoformat(), None)

    begun = chosen()
    assert (begun["state"], [one["element"] for one in begun["open"]]) == ("waiting", ["review"])
    assert begun["open"][0]["outcomes"] == ["approve", "deny"]
    assert begun["marks"]["start"] == {"completed": 1, "active": 0}
    later = chosen({"days": 3}, {"do": "review", "outcome": "deny"})
    assert (later["state"], later["result"], later["now"]) == ("ended", "denied", "2026-03-05T09:00:00+08:00")
    assert chosen({"do": "review", "outcome": "no such"})["state"] == "waiting"


@pytest.mark.parametrize("code", folder.items(ROOT))
def test_every_item_plays_to_its_end_by_its_defaults(code: str) -> None:
    trace = played(folder.read(ROOT, code))
    assert (trace["state"], trace["result"]) == ("ended", "granted")
    assert {one["what"] for one in trace["assumed"]} <= {"outcome", "variable", "calendar"}


def forked() -> dict[str, bytes]:
    """One of two ways is chosen, and a parallel gateway waits for both."""
    parts = start() + step("review", "yes no") + xor("which", "other") + step("one") + step("two")
    parts += node("parallelGateway", "join") + end()
    ways = chain("start", "review", "which") + way("which", "one", "review.outcome == 'yes'")
    ways += way("which", "two", name="other") + chain("one", "join", "end") + chain("two", "join")
    return drawing.files(parts, ways)


def test_what_only_the_proof_refuses_is_played_up_to_where_it_stops() -> None:
    trace = played(forked())
    assert (trace["state"], trace["came_to"], trace["error"]["code"]) == ("refused", "failed", "stuck")
    assert trace["elements"] == ["start", "review", "which", "one"]
    assert (trace["findings"][0]["kind"], trace["findings"][0]["code"]) == ("refused", "deadlock")


def test_what_is_dead_is_refused_though_the_play_ends() -> None:
    ways = chain("start", "review", "which") + way("which", "one", "review.outcome == 'perhaps'")
    ways += way("which", "end", name="other") + chain("one", "end")
    trace = played(drawing.files(start(), step("review", "yes no"), xor("which", "other"), step("one"), end(), ways))
    assert (trace["findings"][0]["kind"], trace["findings"][0]["code"]) == ("refused", "step-dead")
    assert (trace["state"], trace["came_to"]) == ("refused", "ended")


def test_what_cannot_be_run_at_all_is_not_played() -> None:
    trace = played(drawing.files(start(), node("complexGateway", "g"), end(), chain("start", "g", "end")))
    assert trace["state"] == "refused"
    assert "came_to" not in trace
    assert trace["elements"] == []
