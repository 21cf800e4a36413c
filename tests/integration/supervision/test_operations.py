"""From a red light to a closed entry."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.cases import lights
from app.cases import operations as cases
from app.cases.models import Case
from app.catalog.queries import current_item
from app.deadlines.models import CaseClock, Flip
from app.inbox import operations as inbox
from app.kernel.errors import Forbidden, Invalid, NotFound, Stale
from app.materials.store import FileStore
from app.notices.models import Notice
from app.supervision import figures, operations, queries
from app.supervision.errors import EntryState, NothingAsked, StepNotOpen
from app.supervision.models import Entry
from app.supervision.types import LightFilter
from tests.integration.cases.conftest import apply, do, waiting
from tests.office import LAND, MONDAY, TENANT, Office

LATE = MONDAY + timedelta(weeks=6)


@pytest.fixture
def late(session: Session, office: Office, tmp_path: Path) -> Case:
    """A case with all three reviews red."""
    case = apply(session, office, FileStore(tmp_path.as_uri()), MONDAY)
    do(session, office.clerk, case.id, "accept", "accept", MONDAY)
    lights.raise_due(session, TENANT, LATE)
    operations.open_entries(session, TENANT, LATE)
    return case


@pytest.fixture
def entry(session: Session, late: Case) -> Entry:
    """The entry on the land review."""
    return session.scalars(
        select(Entry)
        .join(Flip, Flip.id == Entry.flip_id)
        .join(CaseClock, CaseClock.id == Flip.clock_id)
        .where(CaseClock.element == "review_land")
    ).one()


def told(session: Session, template: str) -> list[Notice]:
    return list(session.scalars(select(Notice).where(Notice.template == template).order_by(Notice.id)))


def test_each_red_light_opens_one_entry(session: Session, late: Case) -> None:
    red = session.scalar(select(func.count()).where(Flip.case_id == late.id, Flip.colour == "red"))
    assert session.scalar(select(func.count()).where(Entry.case_id == late.id)) == red
    assert operations.open_entries(session, TENANT, LATE) == 0


def test_the_life_of_an_entry(session: Session, office: Office, entry: Entry, late: Case) -> None:
    operations.take_up(session, office.supervisor, entry.id, LATE)
    with pytest.raises(NothingAsked):
        operations.explain(session, office.land, entry.id, "材料复杂", LATE)
    asked = operations.ask(session, office.supervisor, entry.id, "为何超期？", LATE)
    assert asked.explain_by == datetime(2026, 4, 16, 9, tzinfo=UTC)  # Monday asked, Thursday at the close of business
    assert [row.entry.id for row in queries.asked_of(session, office.land)] == [entry.id]
    operations.explain(session, office.land, entry.id, "等待测绘成果", LATE)
    closed = operations.close(session, office.supervisor, entry.id, "提醒谈话", LATE)
    assert (closed.state, closed.explanation, closed.finding) == ("closed", "等待测绘成果", "提醒谈话")
    tags = [act.tag for act in history(session, TENANT, late.id)]
    assert tags[-4:] == ["web:entry:taken", "web:entry:asked", "web:entry:explained", "web:entry:closed"]
    assert [notice.account_id for notice in told(session, "explanation-given")] == [office.supervisor.account_id]


def test_verbs_fit_the_state(session: Session, office: Office, entry: Entry) -> None:
    with pytest.raises(EntryState):
        operations.close(session, office.supervisor, entry.id, "x", LATE)
    operations.take_up(session, office.supervisor, entry.id, LATE)
    with pytest.raises(EntryState):
        operations.take_up(session, office.supervisor, entry.id, LATE)
    with pytest.raises(Invalid):
        operations.close(session, office.supervisor, entry.id, "  ", LATE)


def test_what_somebody_changed_meanwhile_is_stale(session: Session, office: Office, entry: Entry) -> None:
    version = entry.version
    operations.take_up(session, office.supervisor, entry.id, LATE, version)
    with pytest.raises(Stale):
        operations.close(session, office.supervisor, entry.id, "x", LATE, version)


def test_another_department_neither_sees_nor_explains(session: Session, office: Office, entry: Entry) -> None:
    operations.take_up(session, office.supervisor, entry.id, LATE)
    operations.ask(session, office.supervisor, entry.id, "为何超期？", LATE)
    with pytest.raises(NotFound):
        operations.explain(session, office.planning, entry.id, "与我无关", LATE)
    with pytest.raises(NotFound):
        queries.entry(session, office.planning, entry.id)
    with pytest.raises(Forbidden):
        operations.take_up(session, office.land, entry.id, LATE)


def test_urging_tells_the_handler_and_the_head(session: Session, office: Office, late: Case, entry: Entry) -> None:
    step = waiting(session, late.id)["review_land"]
    operations.urge(session, office.supervisor, step.id, "请尽快办理", LATE, entry.id)
    assert {notice.post for notice in told(session, "case-urged")} == {"land-reviewer", "land-head"}
    assert len(queries.entry(session, office.supervisor, entry.id).urgings) == 1


def test_once_claimed_the_handler_is_told_in_person(session: Session, office: Office, late: Case) -> None:
    step = waiting(session, late.id)["review_land"]
    inbox.claim(session, office.land, step.id, LATE)
    operations.urge(session, office.supervisor, step.id, "请尽快办理", LATE)
    notices = told(session, "case-urged")
    assert {(notice.account_id, notice.post) for notice in notices} == {
        (office.land.account_id, None),
        (None, "land-head"),
    }


def test_what_no_longer_waits_is_not_urged(session: Session, office: Office, late: Case) -> None:
    step = waiting(session, late.id)["review_land"]
    do(session, office.land, late.id, "review_land", "approve", LATE)
    with pytest.raises(StepNotOpen):
        operations.urge(session, office.supervisor, step.id, "请尽快办理", LATE)
    with pytest.raises(Forbidden):
        operations.urge(session, office.land, step.id, "请尽快办理", LATE)


def test_the_board_counts_lights(session: Session, office: Office, late: Case) -> None:
    board = figures.board(session, office.supervisor)
    assert {row.code: (row.green, row.yellow, row.red) for row in board.departments} == {
        "land": (0, 0, 1),
        "planning": (0, 0, 1),
        "reform": (0, 0, 1),
    }
    assert [(row.code, row.name.zh, row.red) for row in board.items] == [
        (LAND, current_item(session, LAND).name_in_both.zh, 3)
    ]
    assert board.steps == {"green": 0, "yellow": 0, "red": 3}
    assert board.cases["red"] == 1
    rows, after = queries.lights(session, office.supervisor, LightFilter(colour="red"), 2)
    assert len(rows) == 2
    assert after is not None
    more, _ = queries.lights(session, office.supervisor, LightFilter(colour="red"), 50, after)
    assert not {row.clock.id for row in rows} & {row.clock.id for row in more}


def test_an_entry_whose_limit_moved_is_closed_as_such(session: Session, office: Office, late: Case) -> None:
    """vocabulary: a light that is no longer true is closed by a superseding record, its entry as “limit moved”."""
    flip = session.scalars(
        select(Flip).join(CaseClock, CaseClock.id == Flip.clock_id).where(CaseClock.basis == "promised",
        CaseClock.level == "case", Flip.colour == "red")
    ).one()  # fmt: skip
    cases.extend(session, office.decider, late.id, "promised", 15, "案情复杂", LATE)
    session.refresh(flip)
    assert flip.superseded_at == LATE
    operations.open_entries(session, TENANT, LATE)
    closed = session.scalars(select(Entry).where(Entry.flip_id == flip.id)).one()
    assert (closed.state, closed.finding) == ("closed", operations.LIMIT_MOVED)
