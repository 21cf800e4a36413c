"""Open deadlines are computed anew when the calendar changes: in batches, by one at a time, from where it stopped."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.cases import lights, recounting
from app.cases.models import Case, CaseTimer
from app.deadlines import years
from app.deadlines.models import CalendarChange, CalendarDay, CalendarYear, CaseClock, Flip, Recount
from app.deadlines.operations import load_year
from app.deadlines.queries import days_of, forget_versions
from app.deadlines.types import Day
from app.identity.types import SYSTEM
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.materials.store import FileStore
from app.org.operations import add_region
from app.supervision.models import Entry
from app.supervision.operations import open_entries
from tests.integration.cases.conftest import apply, do, waiting
from tests.office import MONDAY, TENANT, Office, build

FRIDAY = date(2026, 3, 6)
ADMIN = replace(SYSTEM, username="platform", source="web")


@pytest.fixture
def two(session: Session, office: Office, store: FileStore, acting) -> list[Case]:
    """Two cases, of which three departments review one."""
    add_region(session, code="330399", name_zh="空", name_en="Empty", parent=None, is_tenant=True, calendar="cn")
    cases = [apply(acting(office.applicant), office, store, MONDAY) for _ in range(2)]
    do(session, office.clerk, cases[0].id, "accept", "accept", MONDAY + timedelta(hours=1))
    return cases


def close_on(session: Session, *days: date) -> CalendarChange:
    """The office is closed on more days of 2026."""
    known = days_of(session, "cn", 2026) | dict.fromkeys(days, Day(False, "Storm"))
    return years.load(session, ADMIN, years.Plan("cn", 2026, "announced", known, "台风"), MONDAY)


def carry_through(session: Session, now: datetime = MONDAY) -> int:
    """Everything that there is to do; how many parts it took."""
    parts = 0
    while due := recounting.tenants_due(session, now):
        for tenant in due:
            parts += recounting.carry_on(session, tenant, now)
        recounting.finish(session, now)
    return parts


def reds(session: Session, case: Case) -> dict[tuple[str, str | None], datetime | None]:
    rows = session.execute(
        select(CaseClock.basis, CaseClock.element, CaseClock.red_at).where(
            CaseClock.case_id == case.id, CaseClock.stopped_at.is_(None)
        )
    )
    return {(row.basis, row.element): row.red_at for row in rows}


def test_clocks_queues_and_timers_move_and_the_record_says_so(
    session: Session, office: Office, two: list[Case]
) -> None:
    before = {case.id: reds(session, case) for case in two}
    timer = new_id()
    values = {"element": "wait", "kind": "duration", "value": "P4D", "counting": "civil", "armed_at": MONDAY}
    due_at = datetime(2026, 3, 6, 9, tzinfo=UTC)
    session.add(CaseTimer(tenant=TENANT, id=timer, case_id=two[0].id, leg_id=None, due_at=due_at, **values))
    session.flush()
    change = close_on(session, FRIDAY)
    assert recounting.tenants_due(session, MONDAY) == [TENANT, "330399"]
    carry_through(session)

    for case in two:
        after = reds(session, case)
        assert after.keys() == before[case.id].keys()
        assert all(after[key] > before[case.id][key] for key in after), after
        for step in waiting(session, case.id).values():
            clock = session.scalars(select(CaseClock).where(CaseClock.subject == step.id)).one()
            assert step.due_at == clock.red_at
        [*_, act] = history(session, TENANT, case.id)
        assert (act.tag, act.data["year"], act.data["clocks"]) == ("ticker:limits:moved", 2026, len(after))
    # a civil limit that ends on a day off moves to the next working day (Civil Code, Art. 203)
    moved = session.scalars(select(CaseTimer.due_at).where(CaseTimer.id == timer)).one()
    assert moved == datetime(2026, 3, 9, 9, tzinfo=UTC)
    row = session.get_one(Recount, (change.id, TENANT), populate_existing=True)
    assert (row.total, row.done, row.failed, row.failures) == (2, 2, 0, [])
    assert row.moved == sum(len(found) for found in before.values())
    assert session.get_one(CalendarChange, change.id, populate_existing=True).finished_at == MONDAY
    assert recounting.tenants_due(session, MONDAY) == []


def test_what_was_stopped_goes_on_where_it_was(session: Session, two: list[Case], monkeypatch) -> None:
    monkeypatch.setattr(recounting, "BATCH", 1)
    change = close_on(session, FRIDAY)
    assert recounting.carry_on(session, TENANT, MONDAY)  # counts them
    assert recounting.carry_on(session, TENANT, MONDAY)  # one case; here the program is stopped
    row = session.get_one(Recount, (change.id, TENANT))
    assert (row.total, row.done, row.finished_at) == (2, 1, None)
    session.expire_all()
    assert carry_through(session) == 4  # the other case, its end; the empty jurisdiction: begun, ended
    assert (row.done, row.superseded) == (2, 0)
    assert recounting.carry_on(session, TENANT, MONDAY) is False


def test_a_red_light_that_is_no_longer_true_is_closed_with_its_entry(
    session: Session, office: Office, two: list[Case]
) -> None:
    late = MONDAY + timedelta(days=11)
    assert lights.raise_due(session, TENANT, late) > 0
    open_entries(session, TENANT, late)
    entries = select(Entry.state, Entry.finding).where(Entry.case_id == two[1].id)
    assert session.execute(entries).all() == [("open", None)]
    change = close_on(session, *(date(2026, 3, day) for day in range(2, 14)))
    carry_through(session, late)
    open_entries(session, TENANT, late)
    assert session.execute(entries).all() == [("closed", "limit-moved")]
    flips = session.scalars(select(Flip.superseded_because).where(Flip.case_id == two[1].id)).all()
    assert set(flips) == {"limit moved"}
    assert session.get_one(Recount, (change.id, TENANT), populate_existing=True).superseded >= 1


def test_a_case_that_needs_a_missing_year_is_told_to_the_operator_and_keeps_no_other(
    session: Session, office: Office, two: list[Case]
) -> None:
    """No calendar at all for a year is an error, never a guess."""
    before = [reds(session, case) for case in two]
    session.execute(delete(CalendarDay).where(CalendarDay.calendar == "cn", CalendarDay.day >= date(2027, 1, 1)))
    session.execute(delete(CalendarYear).where(CalendarYear.calendar == "cn", CalendarYear.year >= 2027))
    forget_versions(session)
    # 45 working days, and no working day left from April on: the case under review has no end, the other one has
    closed = [date(2026, 4, 1) + timedelta(days=number) for number in range(275)]
    change = close_on(session, *(day for day in closed if day.weekday() < 5), FRIDAY)
    carry_through(session)
    row = session.get_one(Recount, (change.id, TENANT), populate_existing=True)
    assert (row.done, row.failed) == (2, 1)
    [failure] = row.failures
    assert (failure["code"], failure["error"]) == (two[0].code, "no-calendar")
    assert failure["params"] == {"calendar": "cn", "year": "2027"}
    assert reds(session, two[0]) == before[0]
    assert reds(session, two[1]) != before[1]

    load_year(session, "cn", 2027, "provisional", {}, "again", MONDAY)
    again = years.recount(session, ADMIN, "cn", MONDAY)
    carry_through(session)
    assert session.get_one(Recount, (again.id, TENANT), populate_existing=True).failed == 0
    assert reds(session, two[0]) != before[0]


@pytest.fixture
def committed(databases, tmp_path: Path) -> Iterator[tuple[Database, Office]]:
    """An office of its own, whose work is really committed."""
    made = Database(databases.create())
    with made.transaction(TENANT) as session:
        office = build(session)
    yield made, office
    made.dispose()
    databases.drop(made.url)


def test_two_tickers_do_not_take_the_same_part(committed: tuple[Database, Office], tmp_path: Path) -> None:
    database, office = committed
    with database.transaction("*", [TENANT]) as session:
        case = apply(session, office, FileStore(tmp_path.as_uri()), MONDAY)
    with database.transaction(TENANT) as session:
        before = reds(session, case)
        close_on(session, FRIDAY)
    with database.transaction(TENANT) as session:
        assert recounting.carry_on(session, TENANT, MONDAY)
    with database.transaction(TENANT) as one:
        assert recounting.carry_on(one, TENANT, MONDAY)
        with database.transaction(TENANT) as other:
            assert recounting.carry_on(other, TENANT, MONDAY) is False
    with database.transaction(TENANT) as session:
        assert reds(session, case) != before
