"""Variables that two branches set: found whatever sets them, and only where they run at the same time."""

import pytest

from app.engine import check
from tests.unit.engine.decisions.tables import decision, dmn, table
from tests.unit.engine.drawing import (
    both,
    boundary,
    chain,
    definitions,
    end,
    files,
    node,
    process,
    props,
    script,
    some,
    start,
    sub,
    timer,
    user,
    way,
    xor,
)

STARTED = start() + end()
FORKED = both("f", "j") + chain("start", "f", "a", "j", "end") + chain("f", "b", "j")


def told(diagrams: dict[str, bytes]) -> set[tuple[str, str, str]]:
    found = [one for one in check(diagrams) if one.code == "written-at-once"]
    return {(one.params["name"], one.params["one"], one.params["other"]) for one in found}


def inner(name: str, text: str, **properties: str) -> str:
    parts = start(f"{name}s") + script(f"{name}x", text) + end(f"{name}e") + chain(f"{name}s", f"{name}x", f"{name}e")
    return sub(name, parts, **properties)


X = ("x", "a", "b")


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (script("a", "x = 1"), script("b", "x = 2"), {X}),
        (script("a", "x = 1"), script("b", "y = x"), set()),
        (inner("a", "x = 1", hands_out="x"), inner("b", "x = 2", hands_out="x"), {X}),
        (inner("a", "x = 1"), inner("b", "x = 2"), set()),
        (inner("a", "x = 1"), script("b", "x = 2"), {("x", "ax", "b")}),
        (inner("a", "x = 1", hands_out="x"), script("b", "x = 2"), {X}),
    ],
)
def test_scripts_and_what_parts_hand_out(one: str, other: str, found: set[tuple[str, str, str]]) -> None:
    assert told(files(STARTED, FORKED, one, other)) == found


def test_results_of_decisions() -> None:
    rule = node("businessRuleTask", "a", props(decision="fee", result="x"))
    drawn = {
        **files(STARTED, FORKED, rule, script("b", "x = 2")),
        "d.dmn": dmn(decision(table([["-", "1"]]), "fee")),
    }
    assert told(drawn) == {X}


def test_what_called_processes_hand_out() -> None:
    calls = "".join(node("callActivity", name, props(hands_out="x"), calledElement="q") for name in "ab")
    other = process(start("s"), script("i", "x = 1"), end("e"), chain("s", "i", "e"), name="q", executable="false")
    assert told({"d.bpmn": definitions(process(STARTED, FORKED, calls), other)}) == {X}


def test_fields_that_a_modeler_keeps_in_the_diagram() -> None:
    form = (
        '<extensionElements><camunda:formData><camunda:formField id="x" label="x" type="string"/></camunda:formData>'
        "</extensionElements>"
    )
    assert told(files(STARTED, FORKED, node("userTask", "a", form), node("userTask", "b", form))) == {X}


def test_one_after_the_other_and_one_or_the_other_are_no_matter() -> None:
    scripts = script("a", "x = 1") + script("b", "x = 2")
    assert told(files(STARTED, scripts, chain("start", "a", "b", "end"))) == set()
    ways = chain("start", "g") + way("g", "a", "y") + way("g", "b", name="d") + chain("a", "m", "end") + chain("b", "m")
    assert told(files(STARTED, scripts, xor("g", "d"), xor("m"), ways)) == set()


def test_branches_of_an_inclusive_gateway_run_at_the_same_time() -> None:
    ways = chain("start", "g") + way("g", "a", "y") + way("g", "b", name="d") + chain("a", "m", "end") + chain("b", "m")
    assert told(files(STARTED, script("a", "x = 1"), script("b", "x = 2"), some("g", "d"), some("m"), ways)) == {X}


def test_what_a_reminder_leads_to_runs_beside_what_follows_the_step() -> None:
    late = boundary("t", "u", timer("P1D"), False) + end("e2") + chain("t", "b", "e2")
    ways = chain("start", "u", "a", "end")
    assert told(files(STARTED, user("u"), script("a", "x = 1"), script("b", "x = 2"), late, ways)) == {X}


def test_what_follows_the_join_does_not_run_beside_the_branches() -> None:
    ways = both("f", "j") + chain("start", "f", "a", "j", "b", "end") + chain("f", "j")
    assert told(files(STARTED, script("a", "x = 1"), script("b", "x = 2"), ways)) == set()
