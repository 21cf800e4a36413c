"""The tokens of a running case taken over to another version of its diagram, by the ids of elements.

1. Each stored token is given the spec of the same element, or of the element that a person named for it. What has no
   counterpart of the same kind, at the same level, is an obstacle.
2. Boundary events: one that hangs on the same step in both versions waits on as it was armed; one that is gone is
   disarmed; one that is new is armed, from now. One that has fired is not armed again.
3. A join that is full now that it has fewer flows is passed.
4. The case must stand where a case that began in the new version could stand, and what is read further on must be
   there or still come. So a case that was taken over ends like one that began there.

Token ids stay: they name steps, clocks and timers in the rooms above.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask

from app.engine import standing, state
from app.engine.carrying import Carrying, Shape
from app.engine.definition import Definition
from app.engine.errors import ExpressionFailed, NoWayOut, Stuck, TooDeep, TooSlow
from app.engine.foresight import Foresight, Names
from app.engine.instance import Instance
from app.engine.obstacles import NotMovable, Obstacle, obstacle
from app.engine.specs import FirstEvent, Together
from app.engine.tokens import Board, Token
from app.engine.variables import Variables

_Goal = tuple[str, tuple[tuple[standing.Place, int], ...]]


@dataclass(frozen=True)
class Moved:
    """A case that was taken over. `instance.movement()` tells what happened since: timers armed, joins passed."""

    instance: Instance
    disarmed: tuple[UUID, ...]
    """Timers that the new version does not have."""
    renamed: Mapping[str, str]
    """Elements with tokens on them that are called otherwise now: old → new."""


class Migration:
    """From one version to another, for any number of cases of one thread."""

    def __init__(
        self,
        old: Definition,
        new: Definition,
        steps: Mapping[str, str] | None = None,
        names: tuple[Names, Names] = (Names(), Names()),
    ) -> None:
        """`steps`: old element → new element, where a person said so. `names`: of the old and of the new version."""
        self.old, self.new, self.steps = old, new, dict(steps or {})
        self._shapes = Shape(old), Shape(new)
        self._foresight = Foresight(new, *names)
        self._known: dict[_Goal, bool | None] = {}

    @property
    def reads(self) -> frozenset[str]:
        """The names on whose being there it depends whether a case can go."""
        return self._foresight.wanted

    def shape(self, stored: bytes) -> tuple[Any, ...]:
        """Where a case stands: what two cases have in common of which either both can go or none."""
        rows, _counts = state.unpack(stored, self.old)
        return tuple((row[0], row[1], row[3].get("via") if len(row) > 3 else None) for row in rows)

    def move(self, stored: bytes, variables: Variables) -> Moved:
        """The case in the new version; `variables` gets the outcomes of renamed steps under their new names.

        Raises NotMovable, StateUnreadable. Throw `variables` away then.
        """
        rows, counts = state.unpack(stored, self.old)
        carried = Carrying(*self._shapes, self.steps, rows)
        if carried.obstacles:
            raise NotMovable(tuple(carried.obstacles))
        variables.rename(self.steps)
        packed = state.pack(carried.rows, self._counts(counts), self.new)
        instance = Instance.restore(self.new, packed, variables)
        try:
            _set_going(instance.board, carried)
        except (ExpressionFailed, NoWayOut, Stuck, TooDeep, TooSlow) as error:
            raise NotMovable((obstacle("cannot-start", reason=error.text),)) from None
        tokens = [token for token in instance.board.live.values() if not _is_beside(token.task_spec)]
        found = [*self._misplaced(tokens), *self._foresight.missing(tokens, variables.names())]
        if found:
            raise NotMovable(tuple(found))
        return Moved(instance, tuple(carried.disarmed), carried.renamed)

    def _counts(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        found = Counter[str]()
        for name, number in counts.items():
            found[self.steps.get(name, name)] += number
        return found

    def _misplaced(self, tokens: list[Token]) -> Iterator[Obstacle]:
        """Levels on which no case of the new version could stand like this one."""
        by_level: dict[int, list[Token]] = {}
        for token in tokens:
            if token.parent is None or not isinstance(token.parent.task_spec, LoopTask):
                by_level.setdefault(id(token.workflow), []).append(token)
        for members in by_level.values():
            level = members[0].workflow.spec
            goal = Counter({_key(token): _place(token) for token in members}.values())
            key = (str(level.name), tuple(sorted(goal.items())))
            if key not in self._known:
                self._known[key] = standing.can_stand(level, goal)
            if self._known[key] is None:
                yield obstacle("too-many-ways")
            elif not self._known[key]:
                yield _why(level, goal)


def _is_beside(spec: Any) -> bool:
    """Whether a token of it only waits beside others: at the border of an activity, or to start an event subprocess."""
    return isinstance(spec, BoundaryEvent) or spec.background


def _set_going(board: Board, carried: Carrying) -> None:
    """Pass joins that are full, arm what is new, and let the case come to rest."""
    for token in list(board.live.values()):
        if isinstance(token.task_spec, Together) and token.id in board.live:
            token.task_spec._update(token)
    for host, names in carried.to_arm.items():
        token = board.live[host]
        for name in names:
            event = Token(token.workflow, token.workflow.spec.task_specs[name], token.parent)
            event.task_spec._update(event)
    for level in {id(token.workflow): token.workflow for token in board.live.values() if _is_open(token)}.values():
        for handler in carried.new_handlers(level.spec):
            handler._update(Token(level, handler, None))
    board.run()


def _is_open(token: Token) -> bool:
    """Whether a token stands for more of its level than an event subprocess that took it over."""
    return not _is_beside(token.task_spec) and all(
        token.task_spec is not handler.outputs[0] for handler in token.workflow.spec.handlers
    )


def _key(token: Token) -> UUID:
    """The token, or for the events behind an event-based gateway, of which one will happen, the gateway's."""
    return token.parent.id if _chosen(token) and token.parent else token.id


def _chosen(token: Token) -> bool:
    return token.parent is not None and isinstance(token.parent.task_spec, FirstEvent)


def _place(token: Token) -> standing.Place:
    spec = token.parent.task_spec if _chosen(token) and token.parent else token.task_spec
    return (spec.name, token.internal_data.get("via", "") if standing.joins(spec) else "")


def _why(level: Any, goal: Mapping[standing.Place, int]) -> Obstacle:
    """The reason in the plainest words: a join that waits for ever, or else all that stands where it cannot."""
    ahead = {name: standing.ahead(level, name) for name, _ in goal}
    reached = frozenset[str]().union(*ahead.values())
    for spec in level.task_specs.values():
        if not (isinstance(spec, Together) and standing.joins(spec)):
            continue
        arrived = {came_from for name, came_from in goal if name == spec.name}
        if not arrived and spec.name not in reached:
            continue
        missing = [name for name in spec._inputs if name not in arrived and name not in reached]
        if missing:
            return obstacle("join-never-fills", spec.bpmn_id, missing=", ".join(missing))
    return obstacle("stands-nowhere", elements=", ".join(sorted({level.task_specs[name].bpmn_id for name, _ in goal})))
