"""How a limit is counted: the pure function from a clock's facts and a calendar to the instants of its lights.

Days, weeks, months, years (Civil Code, Art. 200–204)
1. The day of the event is not counted (201). What arrives outside office hours has the next working day as its event.
2. Months and years run to the corresponding day, or the month's last (202). Days then follow: working days (Art. 82 of
   the Licensing Law; a week has five) or, counted civilly, all days (a week has seven).
3. Excluded time (Art. 45) is counted like a limit of its own: the day on which a span opens still counts for the limit
   (201), the days after it up to and including the one on which it closes do not. A span within one day excludes
   nothing, and what overlaps is excluded once.
4. A last day that is not a working day moves to the next one (203). In the same way a limit never ends while the clock
   stands still: where a span is open at the close of business of the last day, it ends with the next day that counts.
5. The limit ends at the close of business of its last day (203).

Hours are office hours or, counted civilly, hours of the clock; excluded time is taken out to the microsecond.

So a longer span, or one more, never makes a limit end earlier; and no span changes an instant that had passed when it
opened. While a span is open, only such instants are known.
"""

from collections.abc import Iterable
from datetime import datetime

from app.deadlines.calendars import WorkingCalendar
from app.deadlines.courses import Course, closed_spans
from app.deadlines.explanation import lines
from app.deadlines.limits import Limit, parse_limit, parse_threshold
from app.deadlines.types import ClockFacts, Counting, DueInstants, Exclusion, LedgerLine, Light
from app.kernel.time import instant

__all__ = [
    "Limit",
    "days_promised",
    "days_used",
    "due",
    "due_instants",
    "explain",
    "light_at",
    "next_instant",
    "parse_limit",
    "parse_threshold",
    "yellow_instant",
]

WORKING_WEEK = 5


def due(
    calendar: WorkingCalendar,
    start: datetime,
    limit: Limit,
    counting: Counting = "working",
    exclusions: Iterable[Exclusion] = (),
    extra_days: int = 0,
) -> datetime | None:
    """When `limit`, and `extra_days` more, have passed since `start`. None: the clock stands still before that.

    Raises NoCalendar where a year is not loaded.
    """
    spans, open_from = closed_spans(exclusions)
    return _known(Course(calendar, instant(start), counting, spans).end(limit, extra_days), open_from)


def yellow_instant(
    calendar: WorkingCalendar,
    start: datetime,
    red_at: datetime | None,
    threshold: str,
    limit: Limit | None = None,
    counting: Counting = "working",
    exclusions: Iterable[Exclusion] = (),
) -> datetime | None:
    """When the yellow light turns: P3D after the start, -P1D before the limit, with 20% of the limit left.

    What counts back goes by the days (or hours) that count for `limit`, which ends at `red_at`; without a limit there
    is no such light. It is never before the start, after the limit, or in excluded time. None as in `due`, too.
    """
    spans, open_from = closed_spans(exclusions)
    return _known(_yellow(Course(calendar, instant(start), counting, spans), red_at, threshold, limit), open_from)


def due_instants(calendar: WorkingCalendar, facts: ClockFacts) -> DueInstants:
    """When the lights of a clock turn. Raises NoCalendar, LimitRefused, ThresholdRefused."""
    spans, open_from = closed_spans(facts.exclusions)
    course = Course(calendar, instant(facts.started_at), facts.counting, spans)
    limit = parse_limit(facts.red) if facts.red else None
    red_at = course.end(limit, facts.extra_days) if limit else None
    yellow_at = _yellow(course, red_at, facts.yellow, limit) if facts.yellow else None
    yellow_at, red_at = _known(yellow_at, open_from), _known(red_at, open_from)
    last = red_at or yellow_at
    return DueInstants(yellow_at, red_at, last is not None and calendar.provisional(facts.started_at, last))


def light_at(
    yellow_at: datetime | None, red_at: datetime | None, now: datetime, stopped_at: datetime | None = None
) -> Light:
    """The light at `now`; a clock that stopped keeps the light it had."""
    moment = now if stopped_at is None else min(now, stopped_at)
    if red_at is not None and red_at <= moment:
        return "red"
    return "yellow" if yellow_at is not None and yellow_at <= moment else "green"


def next_instant(light: Light, yellow_at: datetime | None, red_at: datetime | None) -> datetime | None:
    """The next instant at which a light above `light` is to be raised."""
    coming = {"green": (yellow_at, red_at), "yellow": (red_at,), "red": ()}[light]
    return min((moment for moment in coming if moment), default=None)


def days_used(calendar: WorkingCalendar, facts: ClockFacts, until: datetime) -> int:
    """The working days that a clock has counted up to its stop, or up to `until` where it still runs.

    The day of the event is not among them (201), nor are the days that a closed span excludes.
    """
    spans, _ = closed_spans(facts.exclusions)
    course = Course(calendar, instant(facts.started_at), "working", spans)
    last = calendar.local(facts.stopped_at or until).date()
    return max(course.working_days.counted(course.event, last), 0) if last > course.event else 0


def days_promised(facts: ClockFacts) -> int | None:
    """The working days of a limit with its extensions; None where it is not told in working days."""
    limit = parse_limit(facts.red) if facts.red else Limit()
    if not limit.in_days or limit.months or facts.counting != "working":
        return None
    return limit.weeks * WORKING_WEEK + limit.days + facts.extra_days


def explain(calendar: WorkingCalendar, facts: ClockFacts, until: datetime) -> list[LedgerLine]:
    """The record of a clock's time, day by day, from its start to its limit, or to where it stopped before.

    `until` is now: a clock that stands still is recorded up to it. A clock without a limit has no record.
    """
    return list(lines(calendar, facts, due_instants(calendar, facts), instant(until)))


def _yellow(course: Course, red_at: datetime | None, threshold: str, limit: Limit | None) -> datetime | None:
    before, length, share = parse_threshold(threshold)
    if not before:
        found = course.end(length, 0)
    elif red_at is None or limit is None:
        return None
    else:
        found = course.back(red_at, limit, length, share)
    found = course.running(found)
    return found if red_at is None else min(found, red_at)


def _known(moment: datetime | None, open_from: datetime | None) -> datetime | None:
    """`moment`, unless the clock has stood still since before it: then it is still open when it will be."""
    return None if moment is None or (open_from is not None and moment > open_from) else moment
