"""FEEL on dates, times and durations (DMN 1.5): functions (10.3.4.1, 10.3.4.8), arithmetic (10.3.2.3), their parts."""

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from app.engine.languages import values
from app.engine.languages.errors import Failed
from app.engine.languages.values import CONTEXT, Months, Work


def _made(make: Callable[..., Any]) -> Callable[..., Any]:
    """Null for what is no date."""

    def run(work: Work, *given: Any) -> Any:
        try:
            return make(work, *given)
        except (ValueError, OverflowError, TypeError):
            return None

    return run


_FAR = re.compile(r"-\d{4,9}-\d{2}-\d{2}.*|\d{5,9}-\d{2}-\d{2}.*", re.ASCII)


def date_in(written: str) -> date | None:
    """The date that a text holds; None for none. Raises Failed for one that is not within the years 1 to 9999."""
    return values.date_of(_near(written))


def moment_in(written: str) -> datetime | None:
    """The date and time that a text holds; None for none. Raises Failed as `date_in` does."""
    return values.moment_of(_near(written))


def _near(written: str) -> str:
    if _FAR.fullmatch(written):
        raise Failed(f"“{written[:40]}” is not within the years 1 to 9999")
    return written


def _day(_work: Work, year: Decimal, month: Decimal, day: Decimal) -> date | None:
    if not 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 31:
        raise Failed(f"the year {year} is not within the years 1 to 9999")
    return date(int(year), int(month), int(day))


def _time(_work: Work, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> time:
    micro = int(second % 1 * 1_000_000)
    return time(int(hour), int(minute), int(second), micro, timezone(offset) if offset is not None else None)


def _clock_of(_work: Work, moment: datetime) -> time:
    return moment.timetz()


def _moment(_work: Work, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock)


def months_between(_work: Work, start: date, end: date) -> Months:
    """Whole months from one day to the other, negative where it lies before."""
    if (end.year, end.month, end.day) < (start.year, start.month, start.day):
        return Months(-months_between(_work, end, start).count)
    count = (end.year - start.year) * 12 + end.month - start.month
    return Months(count - 1 if end.day < start.day else count)


def _now(work: Work) -> datetime:
    return work.now()


def _last_day(_work: Work, day: date) -> date:
    return date(day.year, day.month, calendar.monthrange(day.year, day.month)[1])


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

FUNCTIONS: dict[tuple[str, str], Callable[..., Any]] = {
    ("date", "from:text"): lambda _work, written: date_in(written),
    ("date", "from:moment"): lambda _work, moment: moment.date(),
    ("date", "from:date"): lambda _work, day: day,
    ("date", "year:number, month:number, day:number"): _made(_day),
    ("time", "from:text"): lambda _work, written: values.time_of(written),
    ("time", "from:moment"): _clock_of,
    ("time", "from:time"): lambda _work, clock: clock,
    ("time", "hour:number, minute:number, second:number, offset:days?"): _made(_time),
    ("date and time", "from:text"): lambda _work, written: moment_in(written),
    ("date and time", "from:moment"): lambda _work, moment: moment,
    ("date and time", "date:day, time:time"): _made(_moment),
    ("duration", "from:text"): lambda _work, written: values.duration_of(written),
    ("duration", "from:length"): lambda _work, length: length,
    ("years and months duration", "from:day, to:day"): months_between,
    ("now", ""): _now,
    ("today", ""): lambda work: _now(work).date(),
    ("day of year", "date:day"): lambda _work, day: Decimal(day.timetuple().tm_yday),
    ("day of week", "date:day"): lambda _work, day: _DAYS[day.weekday()],
    ("month of year", "date:day"): lambda _work, day: _MONTHS[day.month - 1],
    ("week of year", "date:day"): lambda _work, day: Decimal(day.isocalendar().week),
    ("last day of month", "date:day"): _last_day,
}


def added(left: Any, right: Any) -> Any:
    """The sum of two of which one is a date, time or duration; null where there is none."""
    try:
        if isinstance(left, timedelta | Months) and not isinstance(right, timedelta | Months):
            left, right = right, left
        if isinstance(right, Months):
            if isinstance(left, Months):
                return Months(left.count + right.count)
            return _months_on(left, right.count) if isinstance(left, date) else None
        if not isinstance(right, timedelta):
            return None
        if isinstance(left, time):
            return (datetime.combine(date(2000, 1, 1), left) + right).timetz()
        return left + right if isinstance(left, timedelta | date) else None
    except OverflowError:
        return None


def _months_on(day: date, count: int) -> date | None:
    years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not 1 <= years <= 9999:
        return None
    return day.replace(year=years, month=month + 1, day=min(day.day, calendar.monthrange(years, month + 1)[1]))


def taken(left: Any, right: Any) -> Any:
    """The difference of two of which one is a date, time or duration; null where there is none."""
    try:
        if isinstance(right, timedelta):
            return added(left, -right)
        if isinstance(right, Months):
            return added(left, Months(-right.count))
        if isinstance(left, time) and isinstance(right, time):
            left, right = values.settled(left), values.settled(right)
            return datetime.combine(date(2000, 1, 1), left) - datetime.combine(date(2000, 1, 1), right)
        if isinstance(left, date) and isinstance(right, date):
            zone = getattr(left, "tzinfo", None) or getattr(right, "tzinfo", None)
            return _midnight(left, zone) - _midnight(right, zone)
    except (OverflowError, TypeError):
        return None
    return None


def _midnight(day: date, zone: Any) -> datetime:
    """A date beside a date and time is its midnight, in UTC where the other has a zone (10.3.2.3.5)."""
    return day if isinstance(day, datetime) else datetime.combine(day, time(), UTC if zone else None)


def scaled(length: Any, by: Decimal, *, divide: bool = False) -> Any:
    """A duration so many times as long; null for one that is too long."""
    if divide and not by:
        return None
    join = CONTEXT.divide if divide else CONTEXT.multiply
    try:
        if isinstance(length, Months):
            return Months(int(join(Decimal(length.count), by)))
        return timedelta(microseconds=int(join(Decimal(_micro(length)), by)))
    except (OverflowError, ValueError):
        return None


def ratio(left: Any, right: Any) -> Decimal | None:
    """How many times a duration goes into another of its kind."""
    one, other = (left.count, right.count) if isinstance(left, Months) else (_micro(left), _micro(right))
    return values.number(CONTEXT.divide(Decimal(one), Decimal(other))) if other else None


def _micro(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


def part(value: Any, name: str) -> Any:
    """A property of a date, time, duration or range (10.3.2.7); null for one that it has not."""
    read = _PARTS.get(type(value), {}).get(name)
    return None if read is None else read(value)


def _whole(read: Callable[[Any], int]) -> Callable[[Any], Decimal]:
    return lambda value: Decimal(read(value))


def _truncated(unit: int, within: int | None = None) -> Callable[[timedelta], Decimal]:
    def run(value: timedelta) -> Decimal:
        seconds = int(abs(value).total_seconds())
        found = seconds // unit if within is None else seconds % within // unit
        return Decimal(-found if value < timedelta() else found)

    return run


_DAY: dict[str, Callable[[Any], Any]] = {
    "year": _whole(lambda day: day.year),
    "month": _whole(lambda day: day.month),
    "day": _whole(lambda day: day.day),
    "weekday": _whole(lambda day: day.isoweekday()),
}
_CLOCK: dict[str, Callable[[Any], Any]] = {
    "hour": _whole(lambda clock: clock.hour),
    "minute": _whole(lambda clock: clock.minute),
    "second": _whole(lambda clock: clock.second),
    "time offset": lambda clock: values.settled(clock).utcoffset(),
    "timezone": lambda clock: getattr(clock.tzinfo, "key", None),
}
_PARTS: dict[type, dict[str, Callable[[Any], Any]]] = {
    date: _DAY,
    time: _CLOCK,
    datetime: {**_DAY, **_CLOCK},
    timedelta: {
        "days": _truncated(86_400),
        "hours": _truncated(3_600, 86_400),
        "minutes": _truncated(60, 3_600),
        "seconds": _truncated(1, 60),
    },
    Months: {
        "years": _whole(lambda months: int(months.count / 12)),
        "months": _whole(lambda months: months.count - int(months.count / 12) * 12),
    },
    values.Span: {
        "start": lambda span: span.low,
        "end": lambda span: span.high,
        "start included": lambda span: span.with_low,
        "end included": lambda span: span.with_high,
    },
}
