"""The calendar on which a play counts time: an office's own, handed over as plain data, or one that is built in."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

from app.deadlines.calendars import WorkingCalendar
from app.deadlines.types import YearStatus

HORIZON: Final = 30
"""Years beyond the start that a play can reach."""

HOURS: Final = ((time(9), time(12)), (time(13, 30), time(17)))
TIMEZONE: Final = "Asia/Shanghai"
ASSUMED: Final = "Mon-Fri 09:00-12:00 13:30-17:00 Asia/Shanghai"
"""How the built-in calendar is told."""

_STATE_COUNCIL: Final = "cn"


def made(given: Mapping[str, Any] | None, code: str, at: datetime) -> tuple[WorkingCalendar, str]:
    """The calendar to play on from `at`, and what is assumed of it ("" for an office's own).

    Without one that is given: that of the State Council where `code` is it, else Monday to Friday. Years that are not
    loaded, up to the horizon, are provisional: weekends only.
    """
    days: dict[date, bool] = {}
    years: dict[int, YearStatus] = {}
    if given is not None:
        hours = tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in given["hours"])
        days = {date.fromisoformat(day): worked for day, worked in given["days"].items()}
        years = {int(year): status for year, status in given["years"].items()}
        code, timezone, assumed = given["code"], given["timezone"], ""
    else:
        hours, timezone, assumed = HOURS, TIMEZONE, ASSUMED
        if code == _STATE_COUNCIL:
            years, days = _announced()
            assumed = f"{_STATE_COUNCIL}, {ASSUMED}"
    reached: dict[int, YearStatus] = dict.fromkeys(range(at.year - 1, min(at.year + HORIZON, 9_998)), "provisional")
    return WorkingCalendar(code or "assumed", timezone, hours, reached | years, days), assumed


def _announced() -> tuple[dict[int, YearStatus], dict[date, bool]]:
    """The years that the State Council announced."""
    from app.deadlines import statutory  # slow to import, and seldom needed

    years = statutory.announced_years()
    found = {day: kept.is_working for year in years for day, kept in statutory.announced(year).items()}
    return dict.fromkeys(years, "announced"), found
