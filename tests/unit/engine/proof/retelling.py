"""Lets the engine go exactly the way that the proof tells: each element in its turn, each gateway as told.

The engine runs what is ready in the order in which it became so; the order of branches that do not wait for each other
is free, and the proof may tell another one. So what is ready waits here until it is its turn.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any
from uuid import UUID

from SpiffWorkflow.util.task import TaskState

from app.engine import Definition, Failure, Instance, Stuck, Variables

MOST_ACTS = 60
TRIES = 50


class Oracle:
    """Answers conditions of the form len(flow) as it is told."""

    def __init__(self, chooses: Any) -> None:
        self.chooses = chooses
        self.variables = Variables()

    def holds(self, _task: Any, text: str) -> bool:
        return bool(self.chooses(text.removeprefix("len(").removesuffix(")")))

    def execute(self, _task: Any, _script: str) -> bool:
        return True


def unbegun(definition: Definition, chooses: Any) -> Instance:
    """A case whose gateways ask `chooses`."""
    instance = Instance(definition, Variables())
    instance._workflow.script_engine = Oracle(chooses)
    return instance


def acts(instance: Instance) -> list[tuple[str, UUID]]:
    """What can be done: steps to be completed and timers to be fired, by element."""
    steps = [(open_.element, open_.token) for open_ in instance.waiting if open_.type == "userTask"]
    return steps + [(timer.element, timer.token) for timer in instance.timers]


def act(instance: Instance, token: UUID) -> None:
    """Complete a step, or fire a timer."""
    is_timer = any(timer.token == token for timer in instance.timers)
    (instance.fire if is_timer else instance.complete)(token)


class InTurn(deque[Any]):
    """What is ready: of it only that is run whose turn it is."""

    def __init__(self, dice: Random) -> None:
        super().__init__()
        self.dice = dice
        self.wanted: str | None = None

    @property
    def fitting(self) -> list[Any]:
        return [one for one in self if one._state == TaskState.READY and one.task_spec.bpmn_id == self.wanted]

    def __bool__(self) -> bool:
        return bool(self.fitting)

    def popleft(self) -> Any:
        found = self.dice.choice(self.fitting)
        self.remove(found)
        self.wanted = None
        return found


class NoWay(AssertionError):
    """An element cannot be passed when it is its turn."""


def retell(definition: Definition, failure: Failure) -> None:
    """Go the way of a failure. Raises Stuck if the case is stuck at its end, NoWay if it cannot be gone.

    Of an activity that is open several times the way does not say which one is meant: so other ones are tried.
    """
    dice = Random(0)
    for last in [*[False] * (TRIES - 1), True]:
        try:
            _Retold(definition, failure, dice).go()
        except NoWay:
            if last:
                raise


class _Retold:
    def __init__(self, definition: Definition, failure: Failure, dice: Random) -> None:
        self.visits = list(_visits(definition, failure))
        self.flows: set[str] = set()
        self.instance = unbegun(definition, lambda flow: flow in self.flows)
        self.board: Any = self.instance.board
        self.dice, self.ready = dice, InTurn(dice)
        self.settle, self.board._settle = self.board._settle, self._settle
        self.board.queue = self.ready

    def _settle(self) -> bool:
        """An inclusive gateway that joins goes on when it is its turn."""
        late = [token for token in self.board.live.values() if token.task_spec.late]
        return any(token.task_spec.settle(token) for token in late if token.task_spec.bpmn_id == self.ready.wanted)

    def go(self) -> None:
        """Go all the way, and on from there with whatever can still be done."""
        self.instance._workflow.begin()
        for element, flows in self.visits:
            self._pass(element, flows)
        self.board.queue, self.board._settle = deque(self.ready), self.settle
        self.board.run()
        for _act in range(MOST_ACTS):
            if not (left := acts(self.instance)):
                return
            act(self.instance, self.dice.choice(left)[1])

    def _pass(self, element: str, flows: set[str]) -> None:
        self.ready.wanted, self.flows = element, flows
        with suppress(Stuck):  # what waits for its turn is not stuck
            self.board.run()
        possible = [token for name, token in acts(self.instance) if name == element]
        if self.ready.wanted and possible:
            token = self.dice.choice(possible)
            is_timer = any(timer.token == token for timer in self.instance.timers)
            self.ready.wanted = element if is_timer else None
            with suppress(Stuck):
                act(self.instance, token)
        if self.ready.wanted:
            raise NoWay(element)


def _visits(definition: Definition, failure: Failure) -> Iterator[tuple[str, set[str]]]:
    """Each element that is passed, with the flows that are taken out of it."""
    flows = deque(failure.flows)
    for place, element in enumerate(failure.way):
        taken: set[str] = set()
        again = failure.way[place + 1 : place + 2] == (element,)
        while flows and definition.flows[flows[0]][0] == element and flows[0] not in taken and not (again and taken):
            taken.add(flows.popleft())
        yield element, taken
    assert not flows
