"""The record of a clock's time, day by day, with the reason for each. Pure.

It goes over the days one by one, and so is a second way to the limit that app/deadlines/courses finds by look-ups: a
test holds the two together.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property

from app.deadlines.calendars import WorkingCalendar
from app.deadlines.courses import Course, closed_spans
from app.deadlines.limits import Limit, parse_limit
from app.deadlines.types import ClockFacts, DueInstants, Exclusion, LedgerLine, Why
from app.kernel.time import instant

_DAY = timedelta(days=1)


def lines(calendar: WorkingCalendar, facts: ClockFacts, ends: DueInstants, until: datetime) -> Iterator[LedgerLine]:
    """One line for each day from the start of a clock to its end; see rules.explain."""
    if facts.red is None:
        return
    record = _Record(calendar, facts, ends, until)
    total = 0
    for day in record.days():
        why, amount = record.by_day(day) if record.limit.in_days else record.by_hours(day)
        total += amount
        yield LedgerLine(
            day=day,
            counted=amount > 0,
            why=why,
            note=record.note(day, why),
            amount=amount,
            total=total,
            unit="days" if record.limit.in_days else "seconds",
            marks=record.marks(day),
            provisional=calendar.years[day.year] == "provisional",
        )


@dataclass(frozen=True)
class _Record:
    calendar: WorkingCalendar
    facts: ClockFacts
    ends: DueInstants
    until: datetime

    @cached_property
    def limit(self) -> Limit:
        return parse_limit(self.facts.red or "")

    @cached_property
    def exclusions(self) -> tuple[Exclusion, ...]:
        """What is still open lasts, for this record, until now."""
        return tuple(
            replace(each, closed_at=each.closed_at or max(self.until, each.opened_at)) for each in self.facts.exclusions
        )

    @cached_property
    def course(self) -> Course:
        spans, _ = closed_spans(self.exclusions)
        return Course(self.calendar, instant(self.facts.started_at), self.facts.counting, spans)

    @cached_property
    def month_end(self) -> date:
        return self.course.month_end(self.limit)

    @cached_property
    def nominal(self) -> date | None:
        """The last day before it is moved; None where the clock stands still before it."""
        return self.course.nominal_day(self.limit, self.facts.extra_days) if self.ends.red_at else None

    @cached_property
    def finish(self) -> datetime:
        """Where the record ends: the stop; of what still runs its limit, or now where that is later."""
        red_at = self.ends.red_at
        running = max(self.until, red_at) if red_at else self.until
        return max(self.facts.stopped_at or running, self.course.start)

    def days(self) -> Iterator[date]:
        day = self._day(self.course.start)
        while day <= self._day(self.finish):
            yield day
            day += _DAY

    def by_day(self, day: date) -> tuple[Why, int]:
        """Why `day` counts as one day, or as none."""
        course, office = self.course, self.calendar
        if day <= course.event:
            return self._before_the_course(day), 0
        if self.ends.red_at and day > self._day(self.ends.red_at):
            return self._over(day)
        civil = day <= self.month_end or self.facts.counting == "civil"
        past_limit = self.nominal is not None and day > self.nominal
        if not office.is_working(day) and (past_limit or not civil):
            return self._day_off(day), 0
        if any(first < day <= last for first, last in course.gap_days):
            return Why.EXCLUDED, 0
        if past_limit and self.nominal is not None:
            standing = course.standing(office.closes(self.nominal))
            return (Why.CANNOT_END if standing else Why.LAST_DAY_MOVES), 0
        if civil:
            return Why.CIVIL, 1
        return (Why.MOVED_TO_WORK if office.is_moved(day) else Why.WORKING), 1

    def _over(self, day: date) -> tuple[Why, int]:
        """A day past the limit: what counts before it counts after it, so that one reads by how much it was missed."""
        if self.facts.counting == "working" and not self.calendar.is_working(day):
            return self._day_off(day), 0
        if any(first < day <= last for first, last in self.course.gap_days):
            return Why.EXCLUDED, 0
        return Why.OVER, 1

    def by_hours(self, day: date) -> tuple[Why, int]:
        """Why `day` counts with so many seconds."""
        office = self.calendar
        begin = max(office.midnight(day), self.course.start)
        end = max(min(office.midnight(day + _DAY), self.finish), begin)
        seconds = self.course.clock.counted(begin, end) // 10**6
        if self.facts.counting == "civil":
            return (Why.ELAPSED if seconds or not self._excluded(begin, end) else Why.EXCLUDED), seconds
        if not office.is_working(day):
            return self._day_off(day), 0
        if seconds:
            return (Why.MOVED_TO_WORK if office.is_moved(day) else Why.HOURS), seconds
        return (Why.EXCLUDED if self._excluded(begin, end) else Why.OUTSIDE_HOURS), 0

    def note(self, day: date, why: Why) -> str:
        if why is Why.EXCLUDED:
            begin, end = self.calendar.midnight(day), self.calendar.midnight(day + _DAY)
            return ", ".join(dict.fromkeys(self._excluded(begin, end)))
        return self.calendar.name(day) if why in (Why.HOLIDAY, Why.MOVED_TO_WORK) else ""

    def marks(self, day: date) -> tuple[str, ...]:
        """The lights that turned, or will turn, on this day; and whether the clock stopped."""
        stopped_at = self.facts.stopped_at
        found = {"yellow": self.ends.yellow_at, "red": self.ends.red_at}
        kept = {name: at for name, at in found.items() if at and (stopped_at is None or at <= stopped_at)}
        return tuple(name for name, at in {**kept, "stopped": stopped_at}.items() if at and self._day(at) == day)

    def _before_the_course(self, day: date) -> Why:
        if day == self.course.event:
            return Why.EVENT
        return Why.OUTSIDE_HOURS if day == self._day(self.course.start) else self._day_off(day)

    def _day_off(self, day: date) -> Why:
        return Why.HOLIDAY if self.calendar.name(day) or day.weekday() < 5 else Why.WEEKEND

    def _excluded(self, begin: datetime, end: datetime) -> list[str]:
        """The reasons of the spans that touch a stretch of time."""
        return [
            each.reason
            for each in self.exclusions
            if each.opened_at < end and (each.closed_at is None or each.closed_at > begin)
        ]

    def _day(self, moment: datetime) -> date:
        return self.calendar.local(moment).date()
