"""The clocks of one case that is played: what cases keep in tables (app/cases/time.py), here in memory.

Every instant comes from the same pure functions (app/deadlines/rules.py): a light turns in a play when it would turn
in a case.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from app.catalog.types import Limit, ServiceItem
from app.deadlines import rules
from app.deadlines.calendars import WorkingCalendar
from app.deadlines.errors import LimitRefused, NoCalendar
from app.deadlines.types import ClockFacts, ClockSpec, Exclusion, Ledger, Span
from app.engine import Activity, Definition, Left, Timer


@dataclass
class _Clock:
    """A limit that runs, or ran."""

    spec: ClockSpec
    number: int
    stopped_at: datetime | None = None
    raised: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Turn:
    """A light that turns: of a step or leg (`step` is its element) or of the case (`step` is its process)."""

    at: datetime
    step: str
    colour: str
    level: str
    basis: str

    def plain(self) -> dict[str, Any]:
        """As a trace tells it; what level it is of only where it is not a step's."""
        told = {"step": self.step, "colour": self.colour, "at": self.at}
        return told if self.level == "step" else {**told, "level": self.level, "basis": self.basis}


class Clocks:
    """Lights and timers of one case."""

    def __init__(self, definition: Definition, item: ServiceItem | None, calendar: WorkingCalendar) -> None:
        self.definition, self.item, self.calendar = definition, item, calendar
        self.counted = False
        """Whether any instant was asked of the calendar."""
        self._clocks: dict[tuple[str, UUID], _Clock] = {}
        self._numbers = count()
        self._legs: set[UUID] = set()
        self._spans: dict[UUID, Span] = {}
        self._case = UUID(int=0)

    # --- what moves

    def leave(self, left: Iterable[Left], now: datetime) -> None:
        """Stop the clocks of what was left, close the excluded time that it opened."""
        for gone in left:
            for clock in self._clocks.values():
                if clock.spec.subject == gone.token and clock.stopped_at is None:
                    clock.stopped_at = now
            if gone.token in self._spans:
                self._spans[gone.token] = replace(self._spans[gone.token], closed_at=now)
            self._legs.discard(gone.token)

    def enter(self, entered: Sequence[Activity], now: datetime) -> None:
        """Open legs, excluded time, and the clocks of steps, in this order."""
        for activity in entered:
            properties = self.definition.elements[activity.element].properties
            if kind := properties.get("leg"):
                self._legs.add(activity.token)
                limit = self.item.leg_limit(kind) if self.item else None
                if limit:
                    self._start(
                        self._spec(limit, "leg", "promised", activity.token, activity.token, activity.element, now)
                    )
        for activity in entered:
            properties = self.definition.elements[activity.element].properties
            if reason := properties.get("excluded"):
                leg = self._leg(activity.token, activity.scopes)
                self._spans[activity.token] = Span(leg, activity.token, reason, properties.get("announced"), now, None)
        for activity in entered:
            if activity.type != "multiInstance" and (spec := self._step(activity, now)):
                self._start(spec)

    def accept(self, since: datetime) -> None:
        """The limits of the case run from acceptance (Art. 42)."""
        for basis, limit in self.item.case_limits().items() if self.item else ():
            self._start(self._spec(limit, "case", basis, self._case, None, None, since))

    def decide(self, now: datetime) -> None:
        """They are kept or missed with the decision."""
        for clock in self._clocks.values():
            if clock.spec.level == "case" and clock.stopped_at is None:
                clock.stopped_at = now

    # --- instants

    def timer_due(self, timer: Timer, armed_at: datetime) -> datetime | None:
        """When a timer is due; None while it stands still, or where no calendar reaches. See app/cases/time.py."""
        self.counted = True
        if timer.kind == "date":
            found = datetime.fromisoformat(timer.value)
            try:
                return (found if found.tzinfo else found.replace(tzinfo=self.calendar.zone)).astimezone(UTC)
            except OverflowError:
                return None
        subject = timer.attached or timer.token
        leg = self._leg(timer.attached, timer.scopes)
        duration = timer.value.rpartition("/")[2]
        spec = ClockSpec("step", "step", subject, leg, None, "", timer.calendar, armed_at, None, duration)
        exclusions = self._ledger.exclusions_for(spec) if timer.calendar == "working" else ()
        try:
            return rules.due(self.calendar, armed_at, rules.parse_limit(duration), timer.calendar, exclusions)
        except (NoCalendar, OverflowError, LimitRefused):
            return None

    def after(self, start: datetime, duration: str, *, counting: str = "working") -> datetime | None:
        """When this much time has passed; None where no calendar reaches. Raises LimitRefused."""
        self.counted = True
        limit = rules.parse_limit(duration)
        try:
            return rules.due(self.calendar, start, limit, "civil" if counting == "civil" else "working")
        except (NoCalendar, OverflowError):
            return None

    def turns(self, until: datetime | None = None) -> list[Turn]:
        """The lights that turn next, in order, up to `until`; of each clock that runs, those not raised yet."""
        found = sorted(self._turns(), key=lambda each: (each[0].at, each[1].number))
        return [turn for turn, _clock in found if until is None or turn.at <= until]

    def raise_until(self, until: datetime) -> list[Turn]:
        """The same, taken note of: each turns once. Of one that stopped, nothing turns after it did."""
        found = sorted(self._turns(), key=lambda each: (each[0].at, each[1].number))
        due = [(turn, clock) for turn, clock in found if turn.at <= until]
        for turn, clock in due:
            clock.raised.add(turn.colour)
        return [turn for turn, _clock in due]

    def limit(self, token: UUID) -> datetime | None:
        """When the red light of an open step turns."""
        clock = self._clocks.get(("step", token))
        return self._due(clock)[1] if clock else None

    # ---

    @property
    def _ledger(self) -> Ledger:
        return Ledger(tuple(self._spans.values()))

    def _turns(self) -> Iterator[tuple[Turn, _Clock]]:
        for clock in self._clocks.values():
            if clock.stopped_at is not None or len(clock.raised) == 2:
                continue
            spec = clock.spec
            for colour, at in zip(("yellow", "red"), self._due(clock), strict=True):
                if at is not None and colour not in clock.raised:
                    yield Turn(at, spec.element or self.definition.process_id, colour, spec.level, spec.basis), clock

    def _due(self, clock: _Clock) -> tuple[datetime | None, datetime | None]:
        self.counted = True
        spec = clock.spec
        exclusions: tuple[Exclusion, ...] = self._ledger.exclusions_for(spec)
        facts = ClockFacts(spec.started_at, spec.red, spec.yellow, spec.counting, exclusions)
        try:
            due = rules.due_instants(self.calendar, facts)
        except (NoCalendar, OverflowError, LimitRefused):
            return None, None
        return due.yellow_at, due.red_at

    def _start(self, spec: ClockSpec) -> None:
        key = spec.level if spec.level != "case" else f"case:{spec.basis}"
        self._clocks[key, spec.subject] = _Clock(spec, next(self._numbers))

    def _step(self, activity: Activity, now: datetime) -> ClockSpec | None:
        """As `step_clocks` of app/cases/time.py."""
        lights = {light.colour: light for light in self.definition.lights.get(activity.element, ())}
        limit = self.item.step_limit(activity.element) if self.item else None
        if not lights and limit is None:
            return None
        either = lights.get("red") or lights.get("yellow")
        return ClockSpec(
            level="step",
            basis="step",
            subject=activity.token,
            leg_id=self._leg(activity.token, activity.scopes),
            element=activity.element,
            calendar="",
            counting=either.calendar if either else "working",
            started_at=now,
            yellow=(lights["yellow"].duration if "yellow" in lights else None) if limit is None else limit.yellow,
            red=(lights["red"].duration if "red" in lights else None) if limit is None else limit.duration,
        )

    def _spec(
        self,
        limit: Limit,
        level: Any,
        basis: Any,
        subject: UUID,
        leg: UUID | None,
        element: str | None,
        now: datetime,
    ) -> ClockSpec:
        return ClockSpec(level, basis, subject, leg, element, "", "working", now, limit.yellow, limit.duration)

    def _leg(self, token: UUID | None, scopes: Iterable[str]) -> UUID | None:
        """The leg that `token` is, or lies in."""
        if token in self._legs:
            return token
        return next((scope for scope in map(UUID, reversed(tuple(scopes))) if scope in self._legs), None)
