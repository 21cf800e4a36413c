"""The words of counted time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

from app.kernel.marking import _

Level = Literal["step", "leg", "case"]
Basis = Literal["step", "promised", "statutory"]
Counting = Literal["working", "civil"]
Light = Literal["green", "yellow", "red"]
YearStatus = Literal["announced", "provisional"]
Unit = Literal["days", "seconds"]


EXCLUSIONS: Mapping[str, str] = {
    "hearing": _("hearing"),
    "tender": _("tender"),
    "auction": _("auction"),
    "inspection": _("inspection"),
    "testing": _("testing"),
    "quarantine": _("quarantine"),
    "appraisal": _("appraisal"),
    "expert-review": _("expert review"),
    "supplement": _("supplement by the applicant"),
}
"""Reasons for which time is not counted: the special procedures of Art. 45, and a supplement (Art. 32). msgids."""


class Day(NamedTuple):
    """A day that differs from its weekday: a holiday, or a weekend day moved to work (调休). `name` is a msgid."""

    is_working: bool
    name: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A span of time that is not counted. `closed_at` None: it is still open, the clock stands still."""

    opened_at: datetime
    closed_at: datetime | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """All that decides when a clock's lights turn, besides the calendar.

    `red` is the limit, `yellow` the threshold, both as written; `extra_days` the sum of the extensions.
    """

    started_at: datetime
    red: str | None
    yellow: str | None = None
    counting: Counting = "working"
    exclusions: tuple[Exclusion, ...] = ()
    extra_days: int = 0
    stopped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DueInstants:
    """When a clock's lights turn. None: there is no such light, or the clock stands still before it.

    `provisional`: a year that is not announced decided one of them.
    """

    yellow_at: datetime | None
    red_at: datetime | None
    provisional: bool


class Why(StrEnum):
    """Why a day of the ledger is counted or not. The values are msgids."""

    WORKING = _("working day")
    MOVED_TO_WORK = _("weekend day moved to work")
    CIVIL = _("calendar day")
    HOURS = _("office hours")
    ELAPSED = _("hours of the clock")
    OUTSIDE_HOURS = _("arrived outside office hours: counts as arrived on the next working day")
    EVENT = _("the day of the event is not counted (Civil Code, Art. 201)")
    WEEKEND = _("weekend")
    HOLIDAY = _("holiday")
    EXCLUDED = _("excluded time (Art. 45)")
    LAST_DAY_MOVES = _("the last day is not a working day: the limit moves to the next one (Civil Code, Art. 203)")
    OVER = _("past the limit")
    CANNOT_END = _("the limit cannot end while the clock stands still: it ends with the next day that counts")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One day in the record of a clock's time.

    `amount` is what the day adds and `total` what has been counted up to its end, in `unit`. `note` names the holiday
    or the reason of the exclusion. `marks`: the lights that turn on this day, and "stopped".
    """

    day: date
    counted: bool
    why: Why
    note: str
    amount: int
    total: int
    unit: Unit
    marks: tuple[str, ...] = ()
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class ClockSpec:
    """A limit that begins to run. `subject` is the id of the step, leg or case; `red`, `yellow` as written."""

    level: Level
    basis: Basis
    subject: UUID
    leg_id: UUID | None
    element: str | None
    calendar: str
    counting: Counting
    started_at: datetime
    yellow: str | None
    red: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock(ClockSpec):
    """A clock as it is kept: its limit, and what follows from the record of the case's time."""

    id: UUID
    case_id: UUID
    yellow_at: datetime | None
    red_at: datetime | None
    provisional: bool
    light: Light
    next_at: datetime | None
    stopped_at: datetime | None
    parked: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """An excluded span of a case; `leg_id` None: of the whole case. `cause`: the step or subprocess that opened it."""

    leg_id: UUID | None
    cause: UUID
    reason: str
    announced: str | None
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Granted:
    """Days added to a limit of the case (Art. 42)."""

    basis: Basis
    days: int
    reason: str
    approved_by: UUID
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class Ledger:
    """What happened to a case's time: excluded spans and extensions, each in the order of its time."""

    spans: tuple[Span, ...] = ()
    extensions: tuple[Granted, ...] = ()

    def exclusions_for(self, clock: ClockSpec) -> tuple[Exclusion, ...]:
        """The spans that stop `clock`.

        A span in a leg stops the leg's clocks, its steps' included, and the case's; one without a leg stops all. A span
        never stops the clock of what caused it: a hearing (or a supplement) has a limit of its own, and that runs.
        """
        return tuple(
            Exclusion(span.opened_at, span.closed_at, span.reason)
            for span in self.spans
            if span.cause not in (clock.subject, clock.leg_id)
            and (span.leg_id is None or clock.level == "case" or span.leg_id == clock.leg_id)
        )

    def extra_days_for(self, clock: ClockSpec) -> int:
        """The days that extensions add to `clock`: to the case's limit on the same basis."""
        return sum(
            granted.days for granted in self.extensions if clock.level == "case" and granted.basis == clock.basis
        )

    def facts(self, clock: ClockSpec) -> ClockFacts:
        """All that decides when the lights of `clock` turn, besides its calendar."""
        return ClockFacts(
            started_at=clock.started_at,
            red=clock.red,
            yellow=clock.yellow,
            counting=clock.counting,
            exclusions=self.exclusions_for(clock),
            extra_days=self.extra_days_for(clock),
            stopped_at=clock.stopped_at if isinstance(clock, Clock) else None,
        )


@dataclass(frozen=True, slots=True)
class Raised:
    """A light that was raised: by which flip, on which clock (as it is afterwards), and since when it has been true."""

    flip_id: UUID
    clock: Clock
    colour: Light
    became_at: datetime


@dataclass(frozen=True, slots=True)
class Moved:
    """A clock whose lights turn at other instants than before."""

    was: Clock
    clock: Clock


@dataclass(frozen=True, slots=True)
class Superseded:
    """A flip that is no longer true, because the limit moved."""

    flip_id: UUID
    case_id: UUID
    clock_id: UUID
    colour: Light
    became_at: datetime


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What followed from a change of the ledger or of a calendar."""

    moved: tuple[Moved, ...] = ()
    superseded: tuple[Superseded, ...] = ()
