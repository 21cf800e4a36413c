"""Working time of an office: which days are worked, and when an office day opens and closes. Pure.

Days are counted with a table of running totals over the loaded years, so an addition costs two look-ups however long
the limit is. A year that is not loaded raises NoCalendar, also where a count would pass over it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.deadlines.errors import CalendarRefused, NoCalendar
from app.deadlines.types import YearStatus
from app.kernel.time import instant

_NONE = timedelta(0)
_SATURDAY = 5


class WorkingCalendar:
    """Office hours in a time zone, the years that are loaded, and the days that differ from their weekday.

    `hours` are the sessions of an office day, in order, e.g. 09:00–12:00 and 13:30–17:00; all days have the same.
    `days` says of a day whether it is worked, `names` what it is called.
    """

    def __init__(
        self,
        code: str,
        timezone: str,
        hours: Sequence[tuple[time, time]],
        years: Mapping[int, YearStatus],
        days: Mapping[date, bool],
        names: Mapping[date, str] | None = None,
    ) -> None:
        edges = [edge for session in hours for edge in session]
        if not edges or any(earlier >= later for earlier, later in pairwise(edges)):
            raise CalendarRefused(calendar=code, reason="office hours must be given, and in order")
        self.code = code
        self.timezone = timezone
        self.years = dict(years)
        self.zone = _zone(code, timezone)
        self._hours = tuple(hours)
        self._lengths = tuple(_since_midnight(end) - _since_midnight(begin) for begin, end in hours)
        self.office_day = sum(self._lengths, _NONE)
        self._differs = dict(days)
        self._names = dict(names or {})
        self._worked = [
            day.toordinal() for year in sorted(years) for day in _days_of(year) if self._differs.get(day, _weekday(day))
        ]

    def with_year(self, year: int, status: YearStatus, days: Mapping[date, bool]) -> "WorkingCalendar":
        """What this calendar would be if the year were loaded so."""
        others = {day: worked for day, worked in self._differs.items() if day.year != year}
        return WorkingCalendar(self.code, self.timezone, self._hours, self.years | {year: status}, others | dict(days))

    def with_hours(self, timezone: str, hours: Sequence[tuple[time, time]]) -> "WorkingCalendar":
        """What this calendar would be with other office hours."""
        return WorkingCalendar(self.code, timezone, hours, self.years, self._differs, self._names)

    @property
    def hours(self) -> tuple[tuple[time, time], ...]:
        """The sessions of an office day."""
        return self._hours

    @property
    def differing(self) -> Mapping[date, bool]:
        """The days that differ from their weekday, and whether they are worked."""
        return self._differs

    # --- days

    def is_working(self, day: date) -> bool:
        """Whether the office works on `day`. Raises NoCalendar."""
        self._require(day.year)
        return self._differs.get(day, _weekday(day))

    def is_moved(self, day: date) -> bool:
        """Whether `day` is a weekend day moved to work (调休)."""
        return self._differs.get(day, False) and not _weekday(day)

    def name(self, day: date) -> str:
        """What the day is called, where it differs from its weekday."""
        return self._names.get(day, "")

    def ordinal(self, day: date) -> int:
        """How many working days there are from the first loaded year up to and including `day`."""
        self._require(day.year)
        return bisect_right(self._worked, day.toordinal())

    def nth(self, ordinal: int, after: date) -> date:
        """The working day with this ordinal, reached by counting from `after`: every year between must be loaded."""
        if ordinal > len(self._worked):
            raise NoCalendar(calendar=self.code, year=max(self.years, default=after.year) + 1)
        found = date.fromordinal(self._worked[ordinal - 1])
        for year in range(after.year, found.year + 1):
            self._require(year)
        return found

    def counted_days(self, after: date, until: date) -> int:
        """The working days after `after` up to and including `until`."""
        return self.ordinal(until) - self.ordinal(after)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`."""
        return self.nth(self.ordinal(day) + 1, day)

    # --- instants

    def local(self, moment: datetime) -> datetime:
        """`moment` on the office's clock."""
        return instant(moment).astimezone(self.zone)

    def midnight(self, day: date) -> datetime:
        """The instant at which `day` begins."""
        return self._at(day, time.min)

    def closes(self, day: date) -> datetime:
        """The close of business of `day`, whether it is worked or not."""
        return self._at(day, self._hours[-1][1])

    def arrival_day(self, moment: datetime) -> date:
        """The working day as whose event `moment` counts.

        What arrives outside office hours (after the close of business, on a day off) counts as arrived on the next
        working day; before opening and at noon it is still the same day.
        """
        here = self.local(moment)
        if self.is_working(here.date()) and here.time() <= self._hours[-1][1]:
            return here.date()
        return self.next_working_day(here.date())

    def worked(self, moment: datetime) -> timedelta:
        """Office time from the first loaded year up to `moment`."""
        here = self.local(moment)
        working = self.is_working(here.date())
        whole = self.office_day * bisect_left(self._worked, here.date().toordinal())
        if not working:
            return whole
        clock = _since_midnight(here.time())
        for (begin, _), length in zip(self._hours, self._lengths, strict=True):
            whole += min(max(clock - _since_midnight(begin), _NONE), length)
        return whole

    def moment(self, worked: timedelta, after: datetime) -> datetime:
        """The first instant at which `worked` office time has passed, counting from `after`."""
        days, rest = divmod(worked, self.office_day)
        start = self.local(after).date()
        return self.closes(self.nth(days, start)) if not rest else self.part(self.nth(days + 1, start), rest)

    def part(self, day: date, rest: timedelta) -> datetime:
        """The instant of `day` at which `rest` of its office time has passed."""
        for (begin, _), length in zip(self._hours, self._lengths, strict=True):
            if rest <= length:
                return self._at(day, begin) + rest
            rest -= length
        return self.closes(day)

    def add_days(self, start: datetime, days: int) -> datetime:
        """The close of business of the `days`-th working day after the day of the event (Civil Code, Art. 201, 203)."""
        event = self.arrival_day(start)
        return self.closes(self.nth(self.ordinal(event) + days, event))

    def add_hours(self, start: datetime, hours: timedelta) -> datetime:
        """The first instant at which `hours` of office time have passed since `start`."""
        return self.moment(self.worked(start) + hours, start)

    def provisional(self, start: datetime, end: datetime) -> bool:
        """Whether a year between the two is not announced."""
        years = range(self.local(start).year, self.local(end).year + 1)
        return any(self.years.get(year) == "provisional" for year in years)

    # ---

    def _require(self, year: int) -> None:
        if year not in self.years:
            raise NoCalendar(calendar=self.code, year=year)

    def _at(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def _zone(code: str, timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CalendarRefused(calendar=code, reason=f"there is no time zone “{timezone}”") from None


def _weekday(day: date) -> bool:
    return day.weekday() < _SATURDAY


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [date.fromordinal(number) for number in range(first, date(year + 1, 1, 1).toordinal())]


def _since_midnight(clock: time) -> timedelta:
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second, microseconds=clock.microsecond)
