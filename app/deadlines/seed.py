"""The calendar that a deployment starts with: the working days of the State Council, and the year after them."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.deadlines.operations import define_calendar, load_year
from app.deadlines.statutory import CODE, HOLIDAYS, HOURS, announced, announced_years, provisional

__all__ = ["CODE", "HOLIDAYS", "HOURS", "announced", "announced_years", "provisional", "seed"]


def seed(session: Session, now: datetime) -> None:
    """Define the calendar “cn” and load every announced year, and the next one as provisional."""
    define_calendar(
        session,
        CODE,
        name_zh="国务院工作日历",
        name_en="Working days of the State Council",
        timezone="Asia/Shanghai",
        hours=HOURS,
    )
    for year in announced_years():
        load_year(session, CODE, year, "announced", announced(year), "chinesecalendar", now)
    coming = announced_years()[-1] + 1
    load_year(session, CODE, coming, "provisional", provisional(coming), "statutory days", now)
