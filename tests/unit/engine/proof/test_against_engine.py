"""The proof and the engine, which have nothing in common, say the same of random diagrams.

Of what is proven sound no play gets stuck; and where the proof tells a way on which a case stops, a case that goes this
way stops.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, reject, settings
from hypothesis import strategies as st

from app.engine import Definition, Failure, Proof, Stuck, TooDeep, TooSlow, examine, load
from app.engine.proof import search
from tests.unit.engine.drawing import (
    Office,
    both,
    boundary,
    chain,
    end,
    files,
    some,
    start,
    sub,
    timer,
    user,
    way,
    xor,
)
from tests.unit.engine.proof.exhaustive import explore
from tests.unit.engine.proof.retelling import MOST_ACTS, act, acts, retell, unbegun
from tests.unit.engine.proof.tangled import of_outcomes, tangled

OF_PROOF = {"deadlock", "never-done", "no-way-on", "step-dead"}
HURRIES = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
few = settings(max_examples=25, suppress_health_check=HURRIES)
many = settings(max_examples=150, suppress_health_check=HURRIES)
unhurried = settings(max_examples=1000, suppress_health_check=HURRIES)


def proof_of(diagram: dict[str, bytes]) -> Proof:
    found = examine(diagram)
    if not all(one.code in OF_PROOF for one in found.findings if one.severity == "error"):
        reject()
    assert found.proof is not None
    return found.proof


def play(definition: Definition, dice: Random) -> None:
    """One case, whichever way it goes."""
    instance = unbegun(definition, lambda _flow: dice.random() < 0.5)
    instance.begin()
    for _act in range(MOST_ACTS):
        if instance.ended:
            return
        instance_acts = acts(instance)
        assert instance_acts
        act(instance, dice.choice(instance_acts)[1])


@pytest.fixture(autouse=True, scope="module")
def bounded() -> Iterator[None]:
    """What has more states than these says nothing here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "MAX_STATES", 500)
        yield


def stopping(diagram: dict[str, bytes]) -> list[Failure]:
    return [failure for failure in proof_of(diagram).failures if failure.code == "deadlock"]


def never_stuck(diagram: dict[str, bytes], dice: Random) -> None:
    """What the proof found nothing in."""
    proof = proof_of(diagram)
    assume(proof.whole and not proof.failures)
    definition = load(diagram, proven=False)
    for _play in range(5):
        with suppress(TooDeep, TooSlow):  # a loop in which nobody has to do anything, gone round for ever by the dice
            play(definition, dice)


def stuck_as_told(diagram: dict[str, bytes]) -> None:
    """What the proof found deadlocks in."""
    found = stopping(diagram)
    assume(found)
    definition = load(diagram, proven=False)
    for failure in found:
        with pytest.raises(Stuck):
            retell(definition, failure)


def every_case(diagram: dict[str, bytes], outcomes: tuple[str, ...] = ()) -> None:
    """All cases of a diagram, gone through on the engine, and the proof say the same.

    The engine moves what is ready in one order; the proof knows that any order may be. So where something ends a level
    early, a step that the engine never comes to need not be dead.
    """
    proof = proof_of(diagram)
    assume(proof.whole)
    definition = load(diagram, proven=False)
    space = explore(definition, outcomes)
    codes = {failure.code for failure in proof.failures}
    if not proof.failures:
        assert not space.stuck
        assert not (space.whole and space.rounds)
        if space.whole and not outcomes and not any(word in diagram["d.bpmn"] for word in EARLY):
            steps = {step for step, one in definition.elements.items() if one.type == "userTask"}
            assert {step for step in steps if not step.startswith("h")} <= space.came
    assert not {failure.element for failure in proof.failures if failure.code == "step-dead"} & space.came
    if space.whole and not outcomes:
        assert ("deadlock" in codes) <= bool(space.stuck)
        assert ("never-done" in codes) <= bool(space.rounds)


EARLY = (b"<terminate", b"<errorEvent", b"<cancelEvent", b'isInterrupting="true"', b"<escalationEventDefinition")


@few
@given(tangled(size=4, rich=True))
def test_every_case_of_a_rich_diagram_goes_as_it_is_proven(diagram: dict[str, bytes]) -> None:
    every_case(diagram)


@few
@given(tangled(ask=of_outcomes, size=5))
def test_every_case_goes_as_it_is_proven_where_outcomes_decide(diagram: dict[str, bytes]) -> None:
    every_case(diagram, ("a", "b"))


@pytest.mark.deep
@many
@given(tangled(size=5, rich=True))
def test_every_case_of_a_rich_diagram_goes_as_it_is_proven_deep(diagram: dict[str, bytes]) -> None:
    every_case(diagram)


@pytest.mark.deep
@many
@given(tangled(ask=of_outcomes, size=6))
def test_every_case_goes_as_it_is_proven_where_outcomes_decide_deep(diagram: dict[str, bytes]) -> None:
    every_case(diagram, ("a", "b"))


@few
@given(tangled(), st.integers())
def test_what_is_proven_sound_never_gets_stuck(diagram: dict[str, bytes], seed: int) -> None:
    never_stuck(diagram, Random(seed))


@few
@given(tangled())
def test_a_case_that_goes_the_way_told_is_stuck(diagram: dict[str, bytes]) -> None:
    stuck_as_told(diagram)


@few
@given(tangled(ask=of_outcomes))
def test_each_way_that_is_told_can_be_gone(diagram: dict[str, bytes]) -> None:
    """To a deadlock, to what goes round for ever, to a gateway with no flow to take, and up to a step that is dead."""
    failures = proof_of(diagram).failures
    assume(failures)
    for failure in failures:
        with suppress(Stuck, TooDeep, TooSlow):  # what becomes of it behind its end is not told
            retell(load(told_by_flow(diagram), proven=False), failure)


def told_by_flow(diagram: dict[str, bytes]) -> dict[str, bytes]:
    """The diagram with conditions that are answered as the way says: each names its flow."""
    found = rb'(<sequenceFlow id="([^"]+)"[^>]*><conditionExpression>)[^<]*'
    return {name: re.sub(found, rb"\1len(\2)", content) for name, content in diagram.items()}


@pytest.mark.deep
@unhurried
@given(tangled(), st.integers())
def test_what_is_proven_sound_never_gets_stuck_deep(diagram: dict[str, bytes], seed: int) -> None:
    never_stuck(diagram, Random(seed))


@pytest.mark.deep
@unhurried
@given(tangled())
def test_a_case_that_goes_the_way_told_is_stuck_deep(diagram: dict[str, bytes]) -> None:
    stuck_as_told(diagram)


def test_an_inclusive_gateway_waits_for_the_step_whose_reminder_has_come() -> None:
    """A step that is open comes to the gateway by its own flow only, and not once more by the timer on its border that
    has fired: so the gateway waits for it and goes on once, and nothing is left to wait at `both`."""
    ways = chain("start", "fork", "u", "any", "both", "end") + chain("fork", "both") + chain("t", "any")
    parts = start() + end() + both("fork", "both") + some("any") + user("u") + boundary("t", "u", timer("P1D"), False)
    diagram = files(parts, ways)
    assert proof_of(diagram).sound
    office = Office(diagram).fire("t")
    assert office.open == ["u"]
    assert office.do("u").ended
    assert office.trace.count("any") == 1


def test_a_way_on_which_an_activity_is_open_twice_is_gone_too() -> None:
    """Two cases of `part` are open at once; the timer takes one of them away, and the other one goes on."""
    inner = sub("part", start("s"), user("u"), end("e"), chain("s", "u", "e"))
    ways = chain("start", "fork", "merge", "part", "join", "end") + chain("fork", "merge") + chain("t", "late")
    again = way("join", "never") + chain("never", "join")
    parts = start() + end("end", "late") + both("fork", "join") + xor("merge") + user("never")
    diagram = files(parts, inner, boundary("t", "part", timer("P9D")), ways, again)
    failures = stopping(diagram)
    assert {failure.element for failure in failures} == {"join"}
    definition = load(diagram, proven=False)
    for failure in failures:
        with pytest.raises(Stuck):
            retell(definition, failure)
