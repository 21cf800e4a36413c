"""The proof and the engine, which have nothing in common, say the same of random diagrams.

Of what is proven sound no play gets stuck; and where the proof tells a way on which a case stops, a case that goes this
way stops.
"""

from collections import Counter, deque
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.engine import Definition, Failure, Instance, Proof, Stuck, TooDeep, Variables, examine, load
from tests.unit.engine.proof.tangled import tangled

MOST_ACTS = 60
OF_PROOF = {"deadlock", "never-done", "no-way-on", "step-dead"}
unhurried = settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
)


class Oracle:
    """Answers conditions of the form free(flow) as it is told."""

    def __init__(self, chooses: Any) -> None:
        self.chooses = chooses
        self.variables = Variables()

    def holds(self, task: Any, text: str) -> bool:
        return bool(self.chooses(task.task_spec.bpmn_id, task.id, text.removeprefix("free(").removesuffix(")")))

    def evaluate(self, task: Any, text: str) -> Any:
        return self.chooses(task.task_spec.bpmn_id, task.id, text.removeprefix("free(").removesuffix(")"))

    def execute(self, _task: Any, _script: str) -> bool:
        return True


def begun(definition: Definition, chooses: Any) -> Instance:
    """A case whose gateways ask `chooses`. It may be stuck from the start."""
    instance = Instance(definition, Variables())
    instance._workflow.script_engine = Oracle(chooses)
    instance._workflow.begin()
    instance._board.run()
    return instance


def acts(instance: Instance) -> list[tuple[str, Any]]:
    """What can be done: steps to be completed and timers to be fired, by element."""
    steps = [(open_.element, open_.token) for open_ in instance.waiting if open_.type == "userTask"]
    return steps + [(timer.element, timer.token) for timer in instance.timers]


def act(instance: Instance, token: Any) -> None:
    is_timer = any(timer.token == token for timer in instance.timers)
    (instance.fire if is_timer else instance.complete)(token)


def proof_of(diagram: dict[str, bytes]) -> Proof:
    found = examine(diagram)
    assume(all(one.code in OF_PROOF for one in found.findings if one.severity == "error"))
    assert found.proof is not None
    return found.proof


def play(definition: Definition, dice: Random) -> None:
    """One case, whichever way it goes."""
    instance = begun(definition, lambda _gateway, _token, _flow: dice.random() < 0.5)
    for _act in range(MOST_ACTS):
        if instance.ended:
            return
        instance_acts = acts(instance)
        assert instance_acts
        act(instance, dice.choice(instance_acts)[1])


def replay(definition: Definition, failure: Failure) -> None:
    """A case that goes the way that the proof tells."""
    ways: dict[str, deque[str]] = {}
    for flow in failure.flows:
        ways.setdefault(definition.flows[flow][0], deque()).append(flow)
    taken: dict[Any, set[str]] = {}
    visits = Counter(failure.way)

    def chooses(gateway: str, token: Any, flow: str) -> bool:
        if token not in taken:
            left = ways.get(gateway, deque())
            share = max(1, len(left) // max(1, visits[gateway]))
            kind = definition.elements[gateway].type
            count = 1 if kind == "exclusiveGateway" else share
            taken[token] = {left.popleft() for _flow in range(min(count, len(left)))}
            visits[gateway] -= 1
        if not ways.get(gateway) and not taken[token]:
            return True
        return flow in taken[token]

    instance = begun(definition, chooses)
    for element in failure.way:
        wanted = [token for name, token in acts(instance) if name == element]
        if wanted:
            act(instance, wanted[0])


@unhurried
@given(tangled(), st.integers())
def test_what_is_proven_sound_never_gets_stuck(diagram: dict[str, bytes], seed: int) -> None:
    proof = proof_of(diagram)
    assume(proof.whole and not proof.failures)
    definition = load(diagram, proven=False)
    dice = Random(seed)
    for _play in range(5):
        with suppress(TooDeep):  # a loop in which nobody has to do anything, gone round for ever by the dice
            play(definition, dice)


@unhurried
@given(tangled())
def test_a_case_that_goes_the_way_told_is_stuck(diagram: dict[str, bytes]) -> None:
    stopping = [failure for failure in proof_of(diagram).failures if failure.code == "deadlock"]
    assume(stopping)
    definition = load(diagram, proven=False)
    for failure in stopping:
        with pytest.raises((Stuck, TooDeep)):
            replay(definition, failure)
