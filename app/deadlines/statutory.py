"""The working days of the State Council: the announced years, and what is known of others. Pure.

What is announced comes from chinesecalendar. Another year is provisional: weekends and statutory days, a day in lieu
for those that fall on a weekend (Measures on Holidays of Annual Festivals and Memorial Days), nothing moved.
"""

from collections.abc import Iterable, Mapping
from datetime import date, time

from chinese_calendar.constants import Holiday, holidays, workdays

from app.deadlines.types import Day
from app.kernel.marking import _

CODE = "cn"
HOURS = ((time(9), time(12)), (time(13, 30), time(17)))
_FRIDAY = 4


HOLIDAYS = (
    _("New Year's Day"),
    _("Spring Festival"),
    _("Tomb-sweeping Day"),
    _("Labour Day"),
    _("Dragon Boat Festival"),
    _("Mid-autumn Festival"),
    _("National Day"),
    _("Anti-Fascist 70th Day"),
)
"""What chinesecalendar calls the holidays: all names that the seed gives to a day."""

_STATUTORY = {
    "New Year's Day": Holiday.new_years_day,
    "Chinese New Year's Eve": Holiday.spring_festival,
    "Chinese New Year (Spring Festival)": Holiday.spring_festival,
    "Tomb-Sweeping Day": Holiday.tomb_sweeping_day,
    "Labor Day": Holiday.labour_day,
    "Dragon Boat Festival": Holiday.dragon_boat_festival,
    "Mid-Autumn Festival": Holiday.mid_autumn_festival,
    "National Day": Holiday.national_day,
}
"""What the library holidays calls the statutory days."""


def announced_years() -> list[int]:
    """The years whose working days chinesecalendar knows."""
    return sorted({day.year for day in holidays})


def announced(year: int) -> Mapping[date, Day]:
    """The days of an announced year that differ from their weekday."""
    off = _differing(year, holidays.items(), is_working=False)
    return off | _differing(year, workdays.items(), is_working=True)


def provisional(year: int) -> Mapping[date, Day]:
    """The statutory days of a year that is not announced, those on a weekend moved to the next working day."""
    from holidays import country_holidays  # slow to import, and seldom needed

    statutory = country_holidays("CN", years=year, language="en_US")
    named = ((day, name.split("; ")[0].removesuffix(" (observed)")) for day, name in statutory.items())
    known = ((day, _STATUTORY[name].value) for day, name in named if name in _STATUTORY)
    return _differing(year, known, is_working=False)


def _differing(year: int, days: Iterable[tuple[date, str]], *, is_working: bool) -> dict[date, Day]:
    return {
        day: Day(is_working, name) for day, name in days if day.year == year and (day.weekday() > _FRIDAY) is is_working
    }
