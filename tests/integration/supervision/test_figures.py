"""The figures of the board: lights now, the weeks behind, time used against what was promised."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from app.cases import lights
from app.cases.models import Case
from app.catalog.queries import current_item
from app.deadlines.models import CaseClock
from app.inbox import operations as inbox
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from app.org import operations as org
from app.supervision import figures, operations, queries
from app.supervision.types import Focus, LightFilter
from tests.integration.cases.conftest import apply, do, waiting
from tests.office import LAND, MONDAY, TENANT, Office

LATE = MONDAY + timedelta(weeks=6)
DISTRICT = "330302"


@pytest.fixture
def late(session: Session, office: Office, tmp_path: Path) -> Case:
    """A case with all three reviews red."""
    case = apply(session, office, FileStore(tmp_path.as_uri()), MONDAY)
    do(session, office.clerk, case.id, "accept", "accept", MONDAY)
    lights.raise_due(session, TENANT, LATE)
    operations.open_entries(session, TENANT, LATE)
    return case


@pytest.fixture
def concluded(session: Session, office: Office, tmp_path: Path) -> Case:
    """A case that was received on a Monday and concluded on the Thursday of the week after."""
    case = apply(session, office, FileStore(tmp_path.as_uri()), MONDAY)
    do(session, office.clerk, case.id, "accept", "accept", MONDAY)
    then = MONDAY + timedelta(days=10)
    session.execute(update(Case).where(Case.id == case.id).values(concluded_at=then))
    session.execute(update(CaseClock).where(CaseClock.case_id == case.id).values(stopped_at=then, next_at=None))
    return case


def test_a_focus_narrows_the_steps_to_a_department_and_an_item(session: Session, office: Office, late: Case) -> None:
    land = figures.board(session, office.supervisor, Focus("land"))
    assert [row.code for row in land.departments] == ["land"]
    assert land.steps["red"] == 1
    assert figures.board(session, office.supervisor, Focus(item="another")).items == []


def test_each_count_is_as_long_as_the_list_behind_it(session: Session, office: Office, late: Case) -> None:
    """One click on a figure leads to the lights that it counts."""
    for row in figures.board(session, office.supervisor).departments:
        behind = LightFilter(colour="red", level="step", department=row.code)
        rows, _ = queries.lights(session, office.supervisor, behind, 50)
        assert len(rows) == row.red
        assert {one.department.code for one in rows if one.department} == {row.code}
    assert queries.lights(session, office.supervisor, LightFilter(item="another"), 50) == ([], None)


def test_a_light_tells_when_its_step_was_urged(session: Session, office: Office, late: Case) -> None:
    step = waiting(session, late.id)["review_land"]
    inbox.claim(session, office.land, step.id, LATE)
    operations.urge(session, office.supervisor, step.id, "请尽快办理", LATE)
    session.expire_all()
    rows, _ = queries.lights(session, office.supervisor, LightFilter(department="land"), 50)
    assert {(row.urged_at, row.handler) for row in rows} == {(LATE, "land-reviewer 甲")}


def test_the_weeks_count_what_was_received_concluded_and_red(session: Session, office: Office, late: Case) -> None:
    red = sum(row.red for row in figures.weeks(session, office.supervisor, Focus(), LATE, 8))
    assert red == len(queries.lights(session, office.supervisor, LightFilter(colour="red"), 50)[0])
    weeks = figures.weeks(session, office.supervisor, Focus("planning"), LATE, 7)
    assert [week.starts for week in weeks] == [date(2026, 3, 2) + timedelta(weeks=number) for number in range(7)]
    assert [week.received for week in weeks] == [1, 0, 0, 0, 0, 0, 0]
    assert sum(week.received for week in figures.weeks(session, office.supervisor, Focus("supervision"), LATE, 7)) == 0
    assert len(figures.weeks(session, office.supervisor, Focus(), LATE, 999)) == figures.WEEKS_MOST


def test_a_week_begins_with_monday_in_the_office_not_in_utc(session: Session, office: Office, late: Case) -> None:
    """Monday 9 March, half past midnight in Shanghai, is Sunday in UTC."""
    early = MONDAY.replace(day=8, hour=16, minute=30)
    session.execute(update(Case).where(Case.id == late.id).values(received_at=early))
    weeks = figures.weeks(session, office.supervisor, Focus(), LATE, 7)
    assert [week.starts for week in weeks if week.received] == [date(2026, 3, 9)]


def test_time_is_counted_in_working_days_against_the_promise(session: Session, office: Office, concluded: Case) -> None:
    (one,) = figures.pace(session, office.supervisor, Focus(), LATE, 12)
    promised = current_item(session, LAND).manifest.limits.promised.days
    assert (one.code, one.cases, one.late, one.used, one.promised) == (LAND, 1, 0, 8, promised)
    assert figures.pace(session, office.supervisor, Focus(), LATE + timedelta(weeks=30), 12) == []
    (week,) = [week for week in figures.weeks(session, office.supervisor, Focus(), LATE, 8) if week.concluded]
    assert (week.starts, week.concluded) == (date(2026, 3, 9), 1)


def test_who_supervises_sees_the_figures_of_the_districts_below(session: Session, office: Office, late: Case) -> None:
    enter_tenant(session, GLOBAL_TENANT)
    org.add_region(
        session, code=DISTRICT, name_zh="鹿城区", name_en="Lucheng", parent=TENANT, is_tenant=True, calendar="cn"
    )
    enter_tenant(session, TENANT)
    (district,) = figures.districts(session, office.supervisor)
    assert (district.lights.code, district.lights.all, district.entries) == (DISTRICT, 0, 0)
    assert figures.board(session, office.supervisor, tenant=DISTRICT).departments == []
    assert figures.place(session, office.supervisor, DISTRICT).own is False
    assert figures.districts(session, office.land_head) == []
    with pytest.raises(NotFound):
        figures.place(session, office.land_head, DISTRICT)
    below = replace(office.supervisor, tenant=DISTRICT)
    with pytest.raises(NotFound):
        figures.place(session, below, TENANT)


def test_figures_are_for_those_who_may_read_them(session: Session, office: Office) -> None:
    for look in (figures.board, figures.districts, figures.places):
        with pytest.raises(Forbidden):
            look(session, office.land)
    for look in (figures.weeks, figures.pace):
        with pytest.raises(Forbidden):
            look(session, office.land, Focus(), LATE, 12)


@pytest.mark.parametrize(
    ("index", "statement"),
    [
        ("ix_case_clock_lit", f"SELECT count(*) FROM case_clock WHERE tenant = '1' AND {figures.LIT}"),
        ("ix_case_clock_running", f"SELECT count(*) FROM case_clock WHERE tenant = '1' AND {figures.PROMISED}"),
    ],
)
def test_what_is_polled_is_read_from_an_index(session: Session, index: str, statement: str) -> None:
    """So a board costs what is live, however many cases were ever concluded. (Of empty tables the planner may take any
    index; these two have no rival.)"""
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(session.scalars(text(f"EXPLAIN {statement}")))
    assert index in plan, plan
