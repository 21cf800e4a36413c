"""Cases to count the time of, without anything that the other rooms know of a case."""

from contextlib import contextmanager

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert

from app.cases.models import Case
from app.catalog.models import Item, ItemVersion
from app.deadlines import seed
from app.deadlines.operations import define_calendar, load_year
from app.deadlines.types import ClockSpec
from app.kernel.ids import new_id
from tests.statements import sent_statements
from tests.unit.deadlines.office import at

NOW = at("2026-03-02 10:00")
"""A Monday. Five working days end on Monday 9 March at 17:00, one before that on Friday 6 March."""


def load_calendars(session):
    define_calendar(session, "cn", name_zh="工作日", name_en="Working days", timezone="Asia/Shanghai", hours=seed.HOURS)
    for year in (2025, 2026):
        load_year(session, "cn", year, "announced", seed.announced(year), "chinesecalendar", NOW)
    load_year(session, "cn", 2027, "provisional", seed.provisional(2027), "statutory days", NOW)


def add_case(session, tenant):
    session.execute(upsert(Item).values(code="land", current=1).on_conflict_do_nothing())
    version = {"item": "land", "version": 1, "digest": "", "manifest": {}, "published_at": NOW, "note": ""}
    session.execute(upsert(ItemVersion).values(**version).on_conflict_do_nothing())
    case_id = new_id()
    case = {
        "tenant": tenant,
        "id": case_id,
        "item": "land",
        "item_version": 1,
        "status": "accepted",
        "title": "用地预审",
    }
    rest = {"applicant": "某公司", "channel": "online", "received_at": NOW, "state": b"", "version": 1}
    session.execute(insert(Case).values(**case, **rest))
    return case_id


def step_clock(red="P5D", yellow="-P1D", started_at=NOW, leg_id=None, subject=None, counting="working"):
    return ClockSpec("step", "step", subject or new_id(), leg_id, "review", "cn", counting, started_at, yellow, red)


def case_clock(case_id, red="P5D", yellow="-P1D", basis="statutory"):
    return ClockSpec("case", basis, case_id, None, None, "cn", "working", NOW, yellow, red)


def leg_clock(leg_id, red="P5D", yellow="-P1D"):
    return ClockSpec("leg", "promised", leg_id, leg_id, "leg", "cn", "working", NOW, yellow, red)


@contextmanager
def statements(_connection):
    """The statements sent meanwhile, but for savepoints."""
    with sent_statements() as sent:
        yield sent
        sent[:] = [statement for statement in sent if "SAVEPOINT" not in statement]
