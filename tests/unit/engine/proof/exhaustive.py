"""Every case of a diagram, gone through on the engine itself: each step done, each timer fired, each message given,
each condition answered in both ways, until nothing new comes of it."""

from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from app.engine import Definition, Instance, NoWayOut, Stuck, Variables, Write
from app.engine import state as codec
from app.kernel.errors import DomainError

MOST_STATES = 150
MOST_ANSWERS = 8
FOR_PEOPLE = {"userTask", "manualTask", "task"}
_COUNTED = ("via", "item", "remaining", "round", "done", "total", "value", "true")


class More(Exception):
    """A condition asks for one answer more than was told."""


class Told:
    """Answers conditions of the form len(flow), one after the other, as it is told."""

    def __init__(self, answers: tuple[bool, ...]) -> None:
        self.answers, self.asked = answers, 0
        self.variables = Variables()

    def holds(self, _task: Any, _text: str) -> bool:
        if self.asked == len(self.answers):
            raise More
        self.asked += 1
        return self.answers[self.asked - 1]

    def execute(self, _task: Any, _script: str) -> bool:
        return True

    def evaluate(self, _task: Any, text: str) -> Any:
        return int(text)


@dataclass
class Space:
    """What all cases come to. `whole`: nothing was left out."""

    whole: bool = True
    stuck: int = 0
    no_way: set[str] = field(default_factory=set)
    """Gateways at which no condition was true."""
    came: set[str] = field(default_factory=set)
    """Elements that were completed, and activities that were entered."""
    after: dict[Any, set[Any]] = field(default_factory=dict)
    """State → those after it; None is the end."""

    @property
    def rounds(self) -> int:
        """States from which there is neither an end nor a stop."""
        before: dict[Any, set[Any]] = {}
        for state, following in self.after.items():
            for one in following:
                before.setdefault(one, set()).add(state)
        seen: set[Any] = {None, Stuck, More}
        waiting = list(seen)
        while waiting:
            for one in before.get(waiting.pop(), ()):
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return len(set(self.after) - seen)


def explore(definition: Definition, outcomes: tuple[str, ...] = (), most: int = MOST_STATES) -> Space:
    """Go through all cases. With `outcomes` each step is completed with each of them, and conditions read them."""
    space = Space()
    waiting: deque[tuple[Any, bytes | None, tuple[Write, ...]]] = deque([("start", None, ())])
    space.after["start"] = set()
    while waiting:
        at, stored, writes = waiting.popleft()
        if len(space.after) > most:
            space.whole = False
            space.after[at].add(More)
            continue
        for instance in _moved(definition, stored, writes, outcomes, space, at):
            reached = None if instance.ended else _standing(instance, bool(outcomes))
            space.after[at].add(reached)
            if reached is not None and reached not in space.after:
                space.after[reached] = set()
                kept = (*writes, *instance.variables.pending) if outcomes else ()
                waiting.append((reached, codec.dump(instance._workflow, definition), kept))
    return space


def _moved(
    definition: Definition,
    stored: bytes | None,
    writes: tuple[Write, ...],
    outcomes: tuple[str, ...],
    space: Space,
    at: Any,
) -> Iterator[Instance]:
    """The case after everything that can be done next, in every way that conditions can be answered."""
    for number in range(_acts(definition, stored, writes, outcomes)):
        told: list[tuple[bool, ...]] = [()]
        while told:
            answers = told.pop()
            instance = _revived(definition, stored, writes)
            if not outcomes:
                instance._workflow.script_engine = Told(answers)
            try:
                _act(instance, number, stored is None, outcomes)
            except More:
                if len(answers) < MOST_ANSWERS:
                    told += [(*answers, True), (*answers, False)]
                else:
                    space.whole = False
                    space.after[at].add(More)
                continue
            except Stuck:
                space.stuck += 1
                space.after[at].add(Stuck)
            except NoWayOut as error:
                space.no_way.add(str(error.params["element"]))
                space.after[at].add(Stuck)
            except DomainError:  # too deep, too slow, or a variable that is not there yet
                space.whole = False
                space.after[at].add(More)
                continue
            else:
                yield instance
            space.came.update(spec.bpmn_id for spec in instance.board.trace)
            space.came.update(
                token.task_spec.bpmn_id for token in instance.board.live.values() if token.task_spec.activity
            )


def _revived(definition: Definition, stored: bytes | None, writes: tuple[Write, ...]) -> Instance:
    variables = Variables(writes)
    return Instance(definition, variables) if stored is None else Instance.restore(definition, stored, variables)


def _acts(definition: Definition, stored: bytes | None, writes: tuple[Write, ...], outcomes: tuple[str, ...]) -> int:
    if stored is None:
        return 1
    return len(list(_possible(_revived(definition, stored, writes), outcomes)))


def _possible(instance: Instance, outcomes: tuple[str, ...]) -> Iterator[tuple[str, Any, Any]]:
    for step in instance.waiting:
        if step.type in FOR_PEOPLE:
            for outcome in outcomes or (None,):
                yield "do", step, outcome
        elif step.type == "serviceTask":
            yield "resume", step, None
            with suppress(Exception):
                yield "fail", step, None
    for timer in instance.timers:
        yield "fire", timer, None
    for awaited in dict.fromkeys((one.kind, one.name) for one in instance.awaited):
        yield "receive", awaited, None


def _act(instance: Instance, number: int, is_first: bool, outcomes: tuple[str, ...]) -> None:
    if is_first:
        instance.begin()
        return
    what, found, outcome = list(_possible(instance, outcomes))[number]
    if what == "do":
        if outcome is not None:
            instance.variables.set_outcome(found.scopes[-1] if found.scopes else "", found.element, outcome)
        instance.complete(found.token)
    elif what == "resume":
        instance.resume(found.token)
    elif what == "fire":
        instance.fire(found.token)
    elif what == "receive":
        instance.receive(*found)


def _standing(instance: Instance, with_values: bool) -> Any:
    """Where all tokens stand, whatever their ids."""
    top = instance._workflow
    levels: dict[Any, list[Any]] = {}
    for token in instance.board.live.values():
        levels.setdefault(id(token.workflow), []).append(token)

    def of_level(level: Any) -> tuple[str, ...]:
        groups: dict[Any, list[str]] = {}
        for token in levels.get(id(level), ()):
            parent = token.parent
            held = parent is not None and (parent.task_spec.holds or parent.task_spec.activity == "multiInstance")
            groups.setdefault(parent.id if held else token.id, []).append(of_token(token))
        return tuple(sorted("+".join(sorted(group)) for group in groups.values()))

    def of_token(token: Any) -> str:
        inner = top.subprocesses.get(token.id)
        known = [(name, repr(token.internal_data[name])) for name in _COUNTED if name in token.internal_data]
        return repr((token.task_spec.name, int(token.state), known, of_level(inner) if inner else ()))

    values = repr(sorted(instance.variables.visible().items())) if with_values else ""
    return of_level(top), values
