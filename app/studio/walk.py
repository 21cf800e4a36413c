"""A case that is played: its tokens, its clocks, its time, and the record of what happened. No database.

A walk only moves when it is told to; who tells it (a plan, a reader of a page) is not its matter.
"""

import builtins
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final
from uuid import UUID

from app.cases.errors import UnknownOutcome
from app.catalog.types import ON_LIST
from app.deadlines.calendars import WorkingCalendar
from app.engine import CASE, FOR_PEOPLE, Activity, Awaited, Definition, Instance, Left, Timer, TooSlow, Variables
from app.engine.diagram import drawn
from app.kernel.errors import DomainError
from app.studio.clocks import Clocks
from app.studio.record import Record, is_drawn
from app.studio.subject import Subject

MOST_MOVES: Final = 2_000
"""Acts, timers and operations of one play."""
MOST_SECONDS: Final = 4.0
"""How long one play may work, wherever it is played."""
_BUILT_IN: Final = frozenset(dir(builtins))


class NeverEnds(DomainError):
    """A play that comes to no end: most likely a loop that nothing leaves."""

    code = "never-ends"
    message = "The play was stopped at “%(element)s” after %(bound)s moves: it does not come to an end."
    remedy = "Choose outcomes that leave the loop, or give the loop a way out."


@dataclass(frozen=True, slots=True)
class Open:
    """A step that waits for a person. `visit` counts from 1."""

    token: UUID
    element: str
    visit: int
    since: datetime
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Armed:
    """A timer that waits, and when it is due; `due` None: it stands still, or lies beyond the calendar."""

    timer: Timer
    due: datetime | None


class _Seen(dict[str, Any]):
    """What an expression sees; names that it asks for in vain are noted."""

    def __init__(self, values: Mapping[str, Any], missed: set[str]) -> None:
        super().__init__(values)
        self._missed = missed

    def __missing__(self, name: str) -> Any:
        self._missed.add(name)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        found = super().__contains__(name)
        if not found and isinstance(name, str):
            self._missed.add(name)
        return found


class _Variables(Variables):
    """The variables of a play."""

    def __init__(self) -> None:
        super().__init__()
        self.missed: set[str] = set()

    def visible(self, scopes: Any = ()) -> dict[str, Any]:
        """As for a case, and it is noted what is not there."""
        return _Seen(super().visible(scopes), self.missed)


class Walk:
    """One case, from its start. After `failed` is set nothing moves any more."""

    def __init__(
        self,
        subject: Subject,
        definition: Definition,
        calendar: WorkingCalendar,
        variables: Mapping[str, Any],
        at: datetime,
    ) -> None:
        self.subject, self.definition, self.now = subject, definition, at
        self.clocks = Clocks(definition, subject.item, calendar)
        self.record = Record()
        self.result: str | None = None
        self.failed: DomainError | None = None
        self.moves = 0
        self.begun = monotonic()
        self._values = _Variables()
        self._values.moment = lambda: calendar.local(self.now)
        for name, value in variables.items():
            self._values.set(CASE, name, value)
        for name, value in subject.struck(variables).items():
            self._values.set(CASE, name, value, ON_LIST)
        self._open: dict[UUID, Open] = {}
        self._armed: dict[UUID, tuple[Timer, datetime]] = {}
        self._asked: list[UUID] = []
        """Tokens of service tasks whose operations are to be done."""
        self._visits: Counter[str] = Counter()
        self.instance = Instance(definition, self._values)
        with self._moving():
            self.instance.begin()
            self._settle(by_timer=False)

    # --- where it stands

    @property
    def ended(self) -> bool:
        """Whether no token is left."""
        return self.instance.ended

    @property
    def open(self) -> tuple[Open, ...]:
        """The steps that wait for a person, in the order in which they were opened."""
        return tuple(self._open.values())

    @property
    def timers(self) -> list[Armed]:
        """The timers that wait, the one that is due first before the others."""
        armed = [Armed(timer, self.clocks.timer_due(timer, since)) for timer, since in self._armed.values()]
        return sorted(armed, key=lambda one: (one.due is None, one.due or self.now))

    @property
    def awaited(self) -> list[Awaited]:
        """Messages and signals for which a token in the flow waits, longest first; beside it nobody needs one."""
        return [awaited for awaited in self.instance.awaited if self.is_in_flow(awaited.element)]

    @property
    def beside(self) -> list[Awaited]:
        """Messages and signals that events on activities, and of event subprocesses, wait for."""
        return [awaited for awaited in self.instance.awaited if not self.is_in_flow(awaited.element)]

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the case."""
        return dict(Variables.visible(self._values))

    @property
    def missed(self) -> set[str]:
        """Names that an expression asked for in vain: those that a failure is about, if it names any."""
        missed = self._values.missed - self.definition.elements.keys() - _BUILT_IN
        reason = str(self.failed.params.get("reason", "")) if self.failed else ""
        return {name for name in missed if re.search(rf"\b{re.escape(name)}\b", reason)} or missed

    def next_instant(self) -> datetime | None:
        """The next instant at which something happens by itself: a timer, or else a light of a step that is open."""
        due = [armed.due for armed in self.timers if armed.due is not None]
        turns = [turn.at for turn in self.clocks.turns()]
        return min([*due, *turns], default=None)

    # --- what moves it

    def do(self, step: Open, outcome: str | None, form: Mapping[str, Any] | None = None) -> None:
        """A person does a step, or reports the event on its border that `outcome` names."""
        with self._moving():
            if outcome is not None and outcome in self.definition.reports.get(step.element, {}):
                self.instance.report(step.token, outcome)
                self._settle(by_timer=False)
                return
            offered = self.subject.offered(step.element)
            if outcome is not None and offered and outcome not in offered:
                raise UnknownOutcome(step=step.element, outcome=outcome, offered=", ".join(offered))
            scope = step.scopes[-1] if step.scopes else CASE
            kept = {"outcome": outcome}
            for place in dict.fromkeys((scope, CASE)) if outcome or self.subject.asked(step.element) else ():
                self._values.set(place, step.element, kept, step.element)
            for name, value in (form or {}).items():
                self._values.set(scope, name, value, step.element)
            self.instance.complete(step.token)
            self._settle(by_timer=False)

    def operate(self) -> bool:
        """Let one operation of a service task be done; whether there was one."""
        if not self._asked:
            return False
        with self._moving():
            self.instance.resume(self._asked.pop(0))
            self._settle(by_timer=False)
        return True

    def receive(self, awaited: Awaited, data: Mapping[str, Any] | None = None) -> None:
        """A message or signal comes from outside, with what it brings."""
        with self._moving():
            self.instance.receive(awaited.kind, awaited.name, data)
            self._settle(by_timer=False)

    def wait_until(self, moment: datetime) -> None:
        """Let time pass: lights turn and timers fire in the order of their instants."""
        while self.failed is None:
            due = next((armed for armed in self.timers if armed.due is not None and armed.due <= moment), None)
            self._pass_to(moment if due is None or due.due is None else max(due.due, self.now))
            if due is None:
                return
            self._fire(due.timer)

    def fail(self, error: DomainError) -> None:
        """End here: nothing moves any more, and what had moved before is told."""
        self.failed = error
        self._settle(by_timer=False)

    # ---

    def is_in_flow(self, element: str) -> bool:
        """Whether an event lies in the flow, and not on an activity or at the start of an event subprocess."""
        return self.definition.elements[element].type in ("intermediateCatchEvent", "receiveTask")

    def _pass_to(self, moment: datetime) -> None:
        self.record.turned(self.clocks.raise_until(moment))
        self.now = max(self.now, moment)

    def _fire(self, timer: Timer) -> None:
        with self._moving():
            self.record.note(timer.element, "fired", self.now)
            self._armed.pop(timer.token, None)
            self.instance.fire(timer.token)
            self._settle(by_timer=True)

    def _moving(self) -> "_Move":
        self.moves += 1
        return _Move(self)

    def _settle(self, *, by_timer: bool) -> None:
        """Take note of everything that moved."""
        movement = self.instance.movement()
        unanswered = _unanswered(movement.left, self._open, self.definition) if by_timer else None
        self._leave(movement.left)
        self.record.completed(movement.trace, self.now, self.definition.thrown)
        self.clocks.leave(movement.left, self.now)
        self.clocks.enter(movement.entered, self.now)
        for activity in movement.entered:
            self._enter(activity)
        self._asked += [request.token for request in movement.requested]
        for timer in movement.armed:
            self._armed[timer.token] = timer, self.now
        for token in movement.disarmed:
            self._armed.pop(token, None)
        for element, milestone in movement.milestones:
            self._pass_milestone(element, milestone, unanswered)
        if movement.ended:
            self.result = movement.result
            self.clocks.decide(self.now)

    def _pass_milestone(self, element: str, milestone: str, unanswered: datetime | None) -> None:
        self.record.milestone(element, milestone, self.now)
        if milestone == "accepted":
            self.clocks.accept(unanswered or self.now)
        elif milestone == "decided":
            self.clocks.decide(self.now)

    def _leave(self, left: tuple[Left, ...]) -> None:
        gone_tokens = {gone.token for gone in left}
        self._asked = [token for token in self._asked if token not in gone_tokens]
        for gone in left:
            self._open.pop(gone.token, None)
            if gone.how == "cancelled" and gone.type != "multiInstance":
                self.record.note(gone.element, "cancelled", self.now)

    def _enter(self, activity: Activity) -> None:
        if activity.type == "multiInstance":
            return
        self.record.note(activity.element, "entered", self.now)
        if activity.type in FOR_PEOPLE:
            self._visits[activity.element] += 1
            visit = self._visits[activity.element]
            self._open[activity.token] = Open(activity.token, activity.element, visit, self.now, activity.scopes)


class _Move:
    """One move of a walk: what the engine refuses ends the walk, with what had moved before."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, _kind: object, error: BaseException | None, _where: object) -> bool:
        if error is None and self._walk.moves > MOST_MOVES:
            error = NeverEnds(element=self._walk.record.busiest, bound=MOST_MOVES)
        elif error is None and monotonic() - self._walk.begun > MOST_SECONDS:
            error = TooSlow(element=self._walk.record.busiest, bound=f"{MOST_SECONDS:g}")
        if not isinstance(error, DomainError):
            return False
        self._walk.fail(error)
        return True


def described(walk: Walk) -> Iterator[dict[str, Any]]:
    """The open steps with the outcomes that each has, for whoever chooses."""
    for step in walk.open:
        yield {
            "element": drawn(step.element),
            "visit": step.visit,
            "since": step.since,
            "red": walk.clocks.limit(step.token),
            "outcomes": list(walk.subject.outcomes(step.element)),
            "reports": walk.definition.reports.get(step.element, {}),
        }


def _unanswered(left: tuple[Left, ...], steps: Mapping[UUID, Open], definition: Definition) -> datetime | None:
    """Where a timer took the step of acceptance away: since when that had been open (Art. 32)."""
    kinds = {gone.token: definition.elements[gone.element].properties.get("kind") for gone in left}
    since = [steps[token].since for token, kind in kinds.items() if token in steps and kind in ("accept", "pre-review")]
    return min(since, default=None)


def waiting(walk: Walk) -> list[str]:
    """Elements in the flow on which a token waits: steps, messages, timers."""
    found = [activity.element for activity in walk.instance.waiting if activity.type in FOR_PEOPLE]
    found += [awaited.element for awaited in walk.awaited]
    found += [armed.timer.element for armed in walk.timers if walk.is_in_flow(armed.timer.element)]
    return list(dict.fromkeys(map(drawn, found)))


def marks(walk: Walk) -> dict[str, dict[str, int]]:
    """For drawing: how often each element was completed and how many tokens stand on it."""
    return {
        element: {"completed": mark.completed, "active": mark.active}
        for element, mark in walk.instance.marks().items()
        if is_drawn(element)
    }
