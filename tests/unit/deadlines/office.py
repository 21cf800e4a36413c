"""The office whose time the tests count: the State Council's calendar, 09:00–12:00 and 13:30–17:00 in Shanghai."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from app.deadlines import seed
from app.deadlines.calendars import WorkingCalendar
from app.deadlines.types import Exclusion

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEARS = {2024: "announced", 2025: "announced", 2026: "announced", 2027: "provisional"}


def calendar(years=YEARS, hours=seed.HOURS, extra=None, timezone="Asia/Shanghai") -> WorkingCalendar:
    known = {
        year: (seed.provisional if status == "provisional" else seed.announced)(year) for year, status in years.items()
    }
    days = {day: kept for of_year in known.values() for day, kept in of_year.items()}
    return WorkingCalendar(
        "cn",
        timezone,
        hours,
        years,
        {day: kept.is_working for day, kept in days.items()} | (extra or {}),
        {day: kept.name for day, kept in days.items()},
    )


OFFICE = calendar()


def at(text: str) -> datetime:
    """An instant written as the office's clock shows it: 2026-09-16 10:00."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def here(moment: datetime | None) -> str | None:
    """The other way round, for an assertion that a reader can check against a wall calendar."""
    return None if moment is None else moment.astimezone(SHANGHAI).replace(tzinfo=None).isoformat(" ", "minutes")


def away(opened: str, closed: str | None = None, reason: str = "hearing") -> Exclusion:
    return Exclusion(at(opened), closed and at(closed), reason)


def day(text: str) -> date:
    return date.fromisoformat(text)


def clock(text: str) -> time:
    return time.fromisoformat(text)
