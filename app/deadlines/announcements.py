"""What is announced of a year, as people bring it: lines of the State Council's notice, or a sheet of days. Pure.

The notice reads “元旦：1月1日至3日放假，1月4日（周日）上班”: a name, a first and a last day off, and the weekend
days that are worked instead. A calendar keeps the days that differ from their weekday; the rest follows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from chinese_calendar.constants import Holiday

from app.deadlines.types import Day
from app.kernel.errors import Invalid, Message
from app.kernel.marking import _

EARLIEST: Final = 2000
LATEST: Final = 2100
LONGEST_NAME: Final = 60
MOST_LINES: Final = 30
_LONGEST_HOLIDAY: Final = 31
_MOST_FAULTS: Final = 20
_FRIDAY: Final = 4

_DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_BETWEEN = re.compile(r"[\s,;、,;。]+")
_WORKS: Final = frozenset({"true", "1", "yes", "y", "work", "working", "是", "上班", "班", "工作日", "补班"})
_OFF: Final = frozenset({"false", "0", "no", "n", "off", "holiday", "否", "休", "休息", "放假", "假", "节假日"})
_KNOWN: Final[Mapping[str, str]] = {each.chinese: each.value for each in Holiday} | {
    "清明节": Holiday.tomb_sweeping_day.value,
    "端午节": Holiday.dragon_boat_festival.value,
    "中秋节": Holiday.mid_autumn_festival.value,
    "国庆": Holiday.national_day.value,
    "五一": Holiday.labour_day.value,
}
"""How the holidays are written, and what they are kept as: names that the pages translate."""


NO_DAY = _("This is no date: write it as 2027-01-31 or 1月31日.")
OTHER_YEAR = _("This day does not lie in the year.")


@dataclass(frozen=True, slots=True)
class Line:
    """One holiday of the notice, as typed: `worked` are dates, one after the other."""

    name: str = ""
    first: str = ""
    last: str = ""
    worked: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was said of when; the name may stand there already."""
        return not (self.first or self.last or self.worked)


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that would be another than it was. None: as its weekday says."""

    day: date
    was: Day | None
    will: Day | None

    @property
    def worked(self) -> bool:
        """Whether it would be worked."""
        return self.will.is_working if self.will else self.day.weekday() <= _FRIDAY

    @property
    def was_worked(self) -> bool:
        """Whether it was worked."""
        return self.was.is_working if self.was else self.day.weekday() <= _FRIDAY

    @property
    def is_name_only(self) -> bool:
        """Whether only its name would change."""
        return self.worked == self.was_worked


def check_year(year: int) -> None:
    """Raise Invalid for a year that no calendar holds."""
    if not EARLIEST <= year <= LATEST:
        raise Invalid({"year": [Message(_("A year from %(first)d to %(last)d."), first=EARLIEST, last=LATEST)]})


def of_lines(year: int, lines: Sequence[Line]) -> dict[date, Day]:
    """The days of a year that differ, from the lines of a notice; blank lines say nothing.

    Raises Invalid; the fields are lines.<number>.first, .last, .worked, .name.
    """
    days: dict[date, Day] = {}
    faults: dict[str, list[str]] = {}
    for number, line in enumerate(lines):
        if line.is_blank:
            continue
        wrong = _add_line(days, year, line)
        faults |= {f"lines.{number}.{field}": [said] for field, said in wrong.items()}
    if faults:
        raise Invalid(faults)
    return dict(sorted(days.items()))


def of_sheet(year: int, rows: Sequence[Sequence[str]], field: str = "file") -> dict[date, Day]:
    """The days of a year that differ, from rows of date, is_working, name; a first row of headings is passed over.

    Days that are as their weekday are passed over too, so that a whole year of 365 rows will do. Raises Invalid.
    """
    days: dict[date, Day] = {}
    seen: set[date] = set()
    faults: list[str] = []
    for number, row in enumerate(rows, start=1):
        found = _read_row(number, year, [*row, "", "", ""], seen)
        if isinstance(found, str):
            if number > 1 or _is_date_like(row):
                faults.append(found)
            continue
        seen.add(found[0])
        _put(days, *found)
    if not seen and not faults:
        faults.append(_("There is no day in this table: it needs the columns date, is_working and name."))
    if faults:
        raise Invalid({field: faults[:_MOST_FAULTS]})
    return dict(sorted(days.items()))


def lines_of(days: Mapping[date, Day]) -> list[Line]:
    """The lines of a notice that would make these days, to be changed and sent again."""
    found: list[Line] = []
    worked: dict[str, list[date]] = {}
    for day, kept in sorted(days.items()):
        if kept.is_working:
            worked.setdefault(kept.name, []).append(day)
    runs = _runs([(day, kept.name) for day, kept in sorted(days.items()) if not kept.is_working])
    for name, *ends in runs:
        first, last = (_with_weekend(days, end, step) for end, step in zip(ends, (-1, 1), strict=True))
        instead = " ".join(day.isoformat() for day in worked.pop(name, []))
        found.append(Line(name, first.isoformat(), last.isoformat(), instead))
    found += [Line(name, "", "", " ".join(day.isoformat() for day in left)) for name, left in worked.items()]
    return found


def changes(before: Mapping[date, Day], after: Mapping[date, Day]) -> list[DayChange]:
    """The days that would be others, in order."""
    either = sorted({*before, *after})
    return [DayChange(day, before.get(day), after.get(day)) for day in either if before.get(day) != after.get(day)]


def kept_name(written: str) -> str:
    """A holiday's name as it is kept: those that are known under their English one, which the pages translate."""
    name = written.strip()
    return _KNOWN.get(name, name)


# ---


def _add_line(days: dict[date, Day], year: int, line: Line) -> dict[str, str]:
    """Add what a line says to `days`; what is wrong with it, by field."""
    name = kept_name(line.name)
    first, last = _day(line.first, year), _day(line.last or line.first, year)
    worked = [_day(part, year) for part in _BETWEEN.split(line.worked) if part]
    wrong = _faults_of_line(year, line, first, last, worked)
    if not name or len(name) > LONGEST_NAME:
        wrong["name"] = Message(_("A name of 1 to %(most)d characters."), most=LONGEST_NAME)
    if wrong:
        return wrong
    for day in _each(first, last):
        _put(days, day, Day(False, name))
    for one in worked:
        if one is not None:
            _put(days, one, Day(True, name))
    return {}


def _faults_of_line(
    year: int, line: Line, first: date | None, last: date | None, worked: Sequence[date | None]
) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if first is None and (line.first or line.last):
        wrong["first"] = NO_DAY
    if last is None and line.last:
        wrong["last"] = NO_DAY
    if first and last and not timedelta(0) <= last - first < timedelta(days=_LONGEST_HOLIDAY):
        wrong["last"] = _("The last day lies after the first, within a month of it.")
    for field, days in (("first", [first]), ("last", [last]), ("worked", worked)):
        if any(day is not None and day.year != year for day in days):
            wrong.setdefault(field, OTHER_YEAR)
    if any(day is None for day in worked):
        wrong["worked"] = NO_DAY
    elif any(day is not None and day.weekday() <= _FRIDAY for day in worked):
        wrong.setdefault("worked", _("Only a Saturday or Sunday can be worked instead: the others are worked anyway."))
    return wrong


def _read_row(number: int, year: int, row: Sequence[str], seen: Iterable[date]) -> tuple[date, Day] | str:
    """What a row says of a day, or what is wrong with it."""
    day, working, name = _day(row[0], year), row[1].casefold(), row[2]
    if day is None:
        return Message(_("Row %(row)d: this is no date. Write it as 2027-01-31."), row=number)
    if day.year != year:
        return Message(_("Row %(row)d: %(day)s does not lie in %(year)d."), row=number, day=day, year=year)
    if day in seen:
        return Message(_("Row %(row)d: %(day)s stands there twice."), row=number, day=day)
    if working not in _WORKS | _OFF:
        return Message(_("Row %(row)d: say in the second column whether the day is worked: true or false."), row=number)
    if len(name) > LONGEST_NAME:
        return Message(_("Row %(row)d: a name has at most %(most)d characters."), row=number, most=LONGEST_NAME)
    return day, Day(working in _WORKS, kept_name(name))


def _is_date_like(row: Sequence[str]) -> bool:
    """Whether a first row is meant as one of days: headings hold no digit."""
    return any(character.isdigit() for character in row[0])


def _put(days: dict[date, Day], day: date, kept: Day) -> None:
    """Keep the day if it differs from its weekday."""
    if kept.is_working is (day.weekday() > _FRIDAY):
        days[day] = kept


def _day(text: str, year: int) -> date | None:
    """2027-01-31, 2027/1/31, 1月31日 (of `year`), 2027年1月31日; None for anything else."""
    match = _DAY.fullmatch(text.strip())
    if match is None:
        return None
    try:
        return date(int(match.group(1) or year), int(match.group(2)), int(match.group(3)))
    except ValueError:
        return None


def _each(first: date | None, last: date | None) -> Iterable[date]:
    if first is not None and last is not None:
        yield from (first + timedelta(days=number) for number in range((last - first).days + 1))


def _runs(days: Iterable[tuple[date, str]]) -> list[tuple[str, date, date]]:
    """Days off of one name in a row, weekends between them included."""
    found: list[tuple[str, date, date]] = []
    for day, name in days:
        if found and found[-1][0] == name and _only_weekend_between(found[-1][2], day):
            found[-1] = (name, found[-1][1], day)
        else:
            found.append((name, day, day))
    return found


def _with_weekend(days: Mapping[date, Day], day: date, step: int) -> date:
    """The end of a holiday as the notice says it: with the weekend days next to it that are not worked."""
    beyond = day + timedelta(days=step)
    while beyond.weekday() > _FRIDAY and beyond not in days and beyond.year == day.year:
        day, beyond = beyond, beyond + timedelta(days=step)
    return day


def _only_weekend_between(one: date, other: date) -> bool:
    between = [one + timedelta(days=number) for number in range(1, (other - one).days)]
    return all(day.weekday() > _FRIDAY for day in between)
