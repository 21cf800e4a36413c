"""Whether tokens can stand as they do: whether a case that began in this diagram could come to the same place.

The token game over one level, played towards a goal. What a case may stand like is what the start leads to; a case
put anywhere else might wait for ever at a join, or do something twice.

1. A token on an element where the goal has one may stay there for good, or go on in every way it can. Which token
   moves first makes no difference, so only one order is tried; conditions count as free choices.
2. A parallel join fires as soon as it is full; an inclusive one when nothing else moves and no other token can come.
3. Where nothing moves, those that stay and those that wait at joins are compared with the goal.

Subprocesses are steps of the level around them; each is looked at by itself. An event-based gateway whose events wait
is one place. An event subprocess that does not interrupt can run beside anything; one that does is alone on its level.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import chain, combinations
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent

from app.engine.assembly import LevelSpec
from app.engine.events import End
from app.engine.specs import Choice, FirstEvent, Guarded, Inclusive, Together

MAX_STATES = 20_000
MAX_ALIKE = 3
"""Tokens on one place beyond which a state is not followed, unless the goal has more there."""
_MAX_BRANCHES = 6
_CLOSING = frozenset({"terminate", "error", "cancel"})
"""End events with which nothing is left on a level."""

Place = tuple[str, str]
"""The name of a spec, and at a join the name of the spec that the token came from."""
Marking = tuple[tuple[Place, int], ...]
State = tuple[Marking, Marking]
"""Tokens that may still move, and those that stay."""


def can_stand(level: LevelSpec, goal: Mapping[Place, int]) -> bool | None:
    """Whether the start of `level` leads to `goal`; None where that was not found out within the bound."""
    started = {handler.outputs[0].name: handler for handler in level.handlers}
    if any(name in started and started[name].interrupts for name, _ in goal):
        return len([name for name, _ in goal if name not in started or started[name].interrupts]) == 1
    rest = {at: number for at, number in goal.items() if at[0] not in started}
    return _Search(level, rest).found() if rest else True


def place(level: LevelSpec, name: str, came_from: str) -> Place:
    """Where a token stands that goes to the spec `name`."""
    spec = level.task_specs[name]
    if isinstance(spec, Guarded):
        name = spec.outputs[0].name
        spec = level.task_specs[name]
    return (name, came_from if joins(spec) else "")


def joins(spec: Any) -> bool:
    """Whether tokens wait at a spec for those on its other flows."""
    return isinstance(spec, Together | Inclusive) and len(spec._inputs) > 1


def boundaries(level: LevelSpec, name: str) -> list[Any]:
    """The boundary events of an activity."""
    guard = level.task_specs.get(f"{level.task_specs[name].bpmn_id}:guard")
    if guard is None or guard.outputs[0].name != name:
        return []
    return [spec for spec in guard.outputs if isinstance(spec, BoundaryEvent)]


def ahead(level: LevelSpec, name: str) -> frozenset[str]:
    """The names of all specs that a token on `name` can still pass, its own and boundary events among them."""
    found, waiting = set[str](), [name]
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += [output.name for output in (*level.task_specs[at].outputs, *boundaries(level, at))]
    return frozenset(found)


class _Search:
    def __init__(self, level: LevelSpec, goal: Mapping[Place, int]) -> None:
        self.level = level
        self.goal = dict(goal)
        self.wanted = _sorted(self.goal)

    def found(self) -> bool | None:
        if self.level.start is None:
            return False
        first: State = (((place(self.level, self.level.start.name, ""), 1),), ())
        seen, waiting = {first}, deque([first])
        while waiting:
            free, kept = waiting.popleft()
            moves = self._moves(dict(free), dict(kept))
            if moves is None:
                if _sorted(_sum(dict(free), dict(kept))) == self.wanted:
                    return True
                continue
            for state in moves:
                if state not in seen and self._fits(state):
                    seen.add(state)
                    waiting.append(state)
            if len(seen) > MAX_STATES:
                return None
        return False

    def _fits(self, state: State) -> bool:
        return all(number <= max(MAX_ALIKE, self.goal.get(at, 0)) for at, number in state[0])

    def _moves(self, free: dict[Place, int], kept: dict[Place, int]) -> list[State] | None:
        """The states after the first token that can move did, or stayed; None where nothing moves by itself."""
        for at in free:
            spec = self.level.task_specs[at[0]]
            if not joins(spec):
                return [*self._stays(free, kept, at), *self._passed(spec, free, kept, [at])]
            if isinstance(spec, Together):
                entries = [(at[0], name) for name in spec._inputs]
                if all(entry in free for entry in entries):
                    return list(self._passed(spec, free, kept, entries))
        for name in {name for name, _ in free}:
            spec = self.level.task_specs[name]
            if isinstance(spec, Inclusive) and self._is_last(spec, free, kept):
                return list(self._passed(spec, free, kept, [at for at in free if at[0] == name]))
        return None

    def _is_last(self, join: Inclusive, free: dict[Place, int], kept: dict[Place, int]) -> bool:
        arrived = {came_from for name, came_from in free if name == join.name}
        ways = [join.reach.get(name, frozenset()) for name, _ in (*free, *kept) if name != join.name]
        return not any(way and way.isdisjoint(arrived) for way in ways)

    def _stays(self, free: dict[Place, int], kept: dict[Place, int], at: Place) -> Iterator[State]:
        if kept.get(at, 0) < self.goal.get(at, 0):
            yield _sorted(_less(free, [at])), _sorted(_sum(kept, {at: 1}))

    def _passed(self, spec: Any, free: dict[Place, int], kept: dict[Place, int], taken: list[Place]) -> Iterator[State]:
        rest = _less(free, taken)
        if isinstance(spec, End) and getattr(spec.event_definition, "kind", "") in {"terminate", "error", "cancel"}:
            return  # nothing is left on the level: not the goal, which has tokens
        for names in _ways(spec):
            yield self._put(rest, kept, spec.name, names)
        for event in boundaries(self.level, spec.name):
            behind = [output.name for output in event.outputs]
            yield self._put(rest if event.cancel_activity else free, kept, event.name, behind)

    def _put(self, free: dict[Place, int], kept: dict[Place, int], source: str, names: list[str]) -> State:
        put = dict(free)
        for name in names:
            at = place(self.level, name, source)
            put[at] = put.get(at, 0) + 1
        return _sorted(put), _sorted(kept)


def _ways(spec: Any) -> Iterator[list[str]]:
    """The sets of specs that can follow when a token passes `spec`."""
    out = [output.name for output in spec.outputs]
    if isinstance(spec, Choice | FirstEvent):
        yield from ([name] for name in out)
    elif isinstance(spec, Inclusive) and len(out) <= _MAX_BRANCHES:
        sizes = range(1, len(out) + 1)
        yield from map(list, chain.from_iterable(combinations(out, size) for size in sizes))
    elif isinstance(spec, Inclusive):
        yield from ([name] for name in out)
        yield out
    else:
        yield out


def _less(marking: dict[Place, int], taken: list[Place]) -> dict[Place, int]:
    left = dict(marking)
    for at in taken:
        left[at] -= 1
        if not left[at]:
            del left[at]
    return left


def _sum(one: dict[Place, int], other: dict[Place, int]) -> dict[Place, int]:
    return {at: one.get(at, 0) + other.get(at, 0) for at in {**one, **other}}


def _sorted(marking: dict[Place, int]) -> Marking:
    return tuple(sorted(marking.items()))
