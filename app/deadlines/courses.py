"""The course of a clock: counting days and hours from its start, past the time that is not counted. Pure.

Days and hours are counted in the same way on two scales: a scale gives each point a number that grows only with time
that the office counts, finds the point of a number, and knows the gaps. Only closed spans come in here.
"""

import calendar as months_of
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

from app.deadlines.calendars import WorkingCalendar
from app.deadlines.errors import NoCalendar
from app.deadlines.limits import Limit
from app.deadlines.types import Counting, Exclusion
from app.kernel.time import instant

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Point = TypeVar("Point", date, datetime)


class ClosedSpan(NamedTuple):
    """Time that was not counted."""

    opened_at: datetime
    closed_at: datetime


def closed_spans(exclusions: Iterable[Exclusion]) -> tuple[tuple[ClosedSpan, ...], datetime | None]:
    """The spans that are closed, in order and with overlaps joined; and since when one is open."""
    closed: list[ClosedSpan] = []
    still_open = []
    for exclusion in sorted(exclusions, key=lambda each: each.opened_at):
        opened_at = instant(exclusion.opened_at)
        if exclusion.closed_at is None:
            still_open.append(opened_at)
            continue
        closed_at = instant(exclusion.closed_at)
        if closed and opened_at <= closed[-1].closed_at:
            closed[-1] = ClosedSpan(closed[-1].opened_at, max(closed[-1].closed_at, closed_at))
        else:
            closed.append(ClosedSpan(opened_at, closed_at))
    return tuple(closed), min(still_open, default=None)


@dataclass(frozen=True, slots=True)
class Scale(Generic[Point]):
    """Points in time with a number each, and the gaps (from, to] in which nothing is counted: in order, disjoint."""

    gaps: Sequence[tuple[Point, Point]]
    number: Callable[[Point], int]
    place: Callable[[int, Point], Point]

    def advance(self, start: Point, amount: int) -> Point:
        """The first point at which `amount` has been counted since `start`."""
        if amount <= 0:
            return start
        mark = start
        for begin, end in self.gaps:
            if end <= mark:
                continue
            before = self.number(max(begin, mark)) - self.number(mark)
            if amount <= before:
                break
            amount -= before
            mark = end
        return self.place(self.number(mark) + amount, mark)

    def counted(self, start: Point, end: Point) -> int:
        """How much is counted after `start` up to `end`."""
        skipped = sum(
            self.number(min(gap[1], end)) - self.number(max(gap[0], start))
            for gap in self.gaps
            if gap[1] > start and gap[0] < end
        )
        return self.number(end) - self.number(start) - skipped


@dataclass(frozen=True)
class Course:
    """A clock that starts at `start` and stands still in `spans`. The rules are numbered as in app/deadlines/rules."""

    calendar: WorkingCalendar
    start: datetime
    counting: Counting
    spans: tuple[ClosedSpan, ...]

    @cached_property
    def event(self) -> date:
        """The day of the event: from it days are counted (rule 1)."""
        return self.calendar.arrival_day(self.start)

    @cached_property
    def gap_days(self) -> tuple[tuple[date, date], ...]:
        """The days that each span excludes: after its first day, up to and including its last (rule 3)."""
        local = self.calendar.local
        return tuple((local(span.opened_at).date(), local(span.closed_at).date()) for span in self.spans)

    @cached_property
    def working_days(self) -> Scale[date]:
        """Counts working days."""
        return Scale(self.gap_days, self.calendar.ordinal, self.calendar.nth)

    @cached_property
    def civil_days(self) -> Scale[date]:
        """Counts every day."""
        return Scale(self.gap_days, date.toordinal, lambda number, _after: date.fromordinal(number))

    @cached_property
    def days(self) -> Scale[date]:
        """Counts days as the clock does."""
        return self.working_days if self.counting == "working" else self.civil_days

    @cached_property
    def clock(self) -> Scale[datetime]:
        """Counts microseconds: of office time, or of all time."""
        if self.counting == "civil":
            return Scale(self.spans, lambda at: (at - _EPOCH) // _TICK, lambda number, _after: _EPOCH + number * _TICK)
        office = self.calendar
        return Scale(
            self.spans,
            lambda at: office.worked(at) // _TICK,
            lambda number, after: office.moment(number * _TICK, after),
        )

    @property
    def day_length(self) -> timedelta:
        """What a day holds, where part of one is asked for."""
        return self.calendar.office_day if self.counting == "working" else _DAY

    def in_days(self, limit: Limit) -> int:
        """The weeks and days of `limit`."""
        return limit.weeks * (5 if self.counting == "working" else 7) + limit.days

    def month_end(self, limit: Limit) -> date:
        """The day to which the months and years of a limit run: the day of the event where it has none (rule 2)."""
        if not limit.months:
            return self.event
        return self.civil_days.advance(self.event, (self._corresponding(self.event, limit.months) - self.event).days)

    def nominal_day(self, limit: Limit, extra_days: int) -> date:
        """The last day of a limit, before it is moved (rule 2)."""
        return self.days.advance(self.month_end(limit), self.in_days(limit) + extra_days)

    def last_day(self, day: date) -> date:
        """Where the last day `day` moves to: a day that is worked and at whose close the clock runs (rule 4)."""
        while True:
            standing = self.standing(self.calendar.closes(day))
            if standing:
                day = self.working_days.advance(self.calendar.local(standing.closed_at).date(), 1)
            elif not self.calendar.is_working(day):
                day = self.working_days.advance(day, 1)
            else:
                return day

    def end(self, limit: Limit, extra_days: int) -> datetime:
        """The instant at which `limit`, with `extra_days`, has passed (rules 1–5)."""
        reached = self.start
        if limit.months or self.in_days(limit) + extra_days:
            reached = self.calendar.closes(self.last_day(self.nominal_day(limit, extra_days)))
        return self.clock.advance(reached, limit.time // _TICK)

    def back(self, end: datetime, limit: Limit, length: Limit, share: Fraction | None) -> datetime:
        """The instant at which `length`, or a `share` of all that is counted, is left until `end`."""
        if not limit.in_days:
            total = self.clock.counted(self.start, end)
            left = self.in_days(length) * self.day_length + length.time
            return self.clock.advance(self.start, total - (left // _TICK if share is None else int(total * share)))
        last = self.calendar.local(end).date()
        total = self.days.counted(self.event, last)
        if share is not None:
            return self._at_day(total * (1 - share))
        position: Fraction | int = total - self.in_days(length)
        if length.months:
            position -= self.days.counted(max(self._corresponding(last, -length.months), self.event), last)
        if length.time:
            position -= Fraction(length.time // _TICK, self.day_length // _TICK)
        return self._at_day(position)

    def standing(self, at: datetime) -> ClosedSpan | None:
        """The span within which `at` lies, its edges apart."""
        return next((span for span in self.spans if span.opened_at < at < span.closed_at), None)

    def running(self, at: datetime) -> datetime:
        """`at`, or, where the clock stands still then, the moment at which it runs again."""
        standing = self.standing(at)
        return standing.closed_at if standing else at

    def _at_day(self, position: Fraction | int) -> datetime:
        """The instant at which `position` days, and part of the next, have been counted."""
        if position < 0:
            return self.start
        whole = int(position)
        if whole == position:
            return self.calendar.closes(self.days.advance(self.event, whole))
        rest = Fraction(position) - whole
        day = self.days.advance(self.event, whole + 1)
        part = self.day_length * rest.numerator / rest.denominator
        return self.calendar.part(day, part) if self.counting == "working" else self.calendar.midnight(day) + part

    def _corresponding(self, day: date, months: int) -> date:
        """The day of the same number, or else the last, in the month that lies `months` on (Civil Code, Art. 202)."""
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        if not 1 <= year <= MAXYEAR:
            raise NoCalendar(calendar=self.calendar.code, year=year)
        return date(year, month + 1, min(day.day, months_of.monthrange(year, month + 1)[1]))
