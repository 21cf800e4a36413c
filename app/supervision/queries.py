"""What a supervisor sees: running lights by department and item, and the entries that red lights opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.cases.models import Case
from app.cases.queries import names
from app.deadlines.models import CaseClock, Flip
from app.identity.types import Actor
from app.inbox.models import Step
from app.kernel.database import AnySelect
from app.kernel.errors import NotFound
from app.org.models import Department, Post
from app.supervision.models import Entry, Urging

COLOURS = ("green", "yellow", "red")


@dataclass(frozen=True, slots=True)
class DepartmentLights:
    """How many open steps of a department show which light."""

    department: Department
    green: int
    yellow: int
    red: int


@dataclass(frozen=True, slots=True)
class Board:
    """The supervisor's first page."""

    departments: Sequence[DepartmentLights]
    cases: dict[str, int]
    open_entries: int
    taken_entries: int


@dataclass(frozen=True, slots=True)
class LightRow:
    """A running clock that is yellow or red, with its case and, where it is a step's, the step."""

    clock: CaseClock
    case: Case
    step: Step | None
    handler: str | None


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A supervision entry with its light, case, step, and those who acted on it."""

    entry: Entry
    flip: Flip
    clock: CaseClock
    case: Case
    step: Step | None
    people: dict[UUID, str]
    urgings: Sequence[Urging]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of lights ended."""

    red_at: datetime
    id: UUID


def board(session: Session, actor: Actor) -> Board:
    """Lights of open steps by department, of running cases, and the entries that wait. Needs supervision.read."""
    actor.require("supervision.read")
    tenant = actor.tenant
    counted = {
        row.department_id: row
        for row in session.execute(
            select(Post.department_id, *(_count(colour) for colour in COLOURS))
            .join(Step, and_(Step.tenant == tenant, Step.post == Post.code, Step.closed_at.is_(None)))
            .outerjoin(CaseClock, _of_step(tenant))
            .where(Post.tenant == tenant)
            .group_by(Post.department_id)
        )
    }
    departments = session.scalars(select(Department).where(Department.tenant == tenant).order_by(Department.code)).all()
    return Board(
        departments=[
            DepartmentLights(department, row.green, row.yellow, row.red)
            for department in departments
            if (row := counted.get(department.id)) is not None
        ],
        cases=_running_cases(session, tenant),
        open_entries=_entries_in(session, tenant, "open"),
        taken_entries=_entries_in(session, tenant, "taken"),
    )


def lights(
    session: Session, actor: Actor, colour: str | None, limit: int, after: Place | None = None
) -> tuple[Sequence[LightRow], Place | None]:
    """One page of running clocks that are yellow or red, the longest overdue first."""
    actor.require("supervision.read")
    tenant = actor.tenant
    wanted = (colour,) if colour else ("red", "yellow")
    statement = (
        select(CaseClock, Case, Step)
        .join(Case, and_(Case.tenant == tenant, Case.id == CaseClock.case_id))
        .outerjoin(Step, and_(Step.tenant == tenant, Step.id == CaseClock.subject))
        .where(CaseClock.tenant == tenant, CaseClock.stopped_at.is_(None), CaseClock.light.in_(wanted))
        .where(CaseClock.red_at.is_not(None))
        .order_by(CaseClock.red_at, CaseClock.id)
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(tuple_(CaseClock.red_at, CaseClock.id) > (after.red_at, after.id))
    found = cast("Sequence[tuple[CaseClock, Case, Step | None]]", session.execute(statement).all())
    people = names(session, {handler for _, _, step in found if (handler := _handler(step))})
    rows = [
        LightRow(clock, case, step, people.get(handler) if (handler := _handler(step)) else None)
        for clock, case, step in found[:limit]
    ]
    last = rows[-1].clock if len(found) > limit else None
    return rows, Place(last.red_at, last.id) if last is not None and last.red_at is not None else None


def entries(
    session: Session, actor: Actor, states: Sequence[str], limit: int, before: UUID | None = None
) -> tuple[Sequence[EntryRow], UUID | None]:
    """One page of entries in the given states, the latest first."""
    statement = _entry_rows(actor).where(Entry.state.in_(states)).order_by(Entry.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(Entry.id < before)
    rows = _put_together(session, actor.tenant, session.execute(statement).all())
    return (rows, None) if len(rows) <= limit else (rows[:limit], rows[limit - 1].entry.id)


def entry(session: Session, actor: Actor, entry_id: UUID) -> EntryRow:
    """One entry, for supervisors and for the department that the light concerns. Raises NotFound."""
    found = _put_together(session, actor.tenant, session.execute(_entry_rows(actor).where(Entry.id == entry_id)).all())
    if not found:
        raise NotFound(kind="supervision entry", key=entry_id)
    return found[0]


def asked_of(session: Session, actor: Actor, limit: int = 50) -> Sequence[EntryRow]:
    """The entries on which the actor's department is asked for an explanation and has not given one."""
    statement = _entry_rows(actor).where(
        Entry.state == "taken", Entry.asked_at.is_not(None), Entry.explained_at.is_(None)
    )
    return _put_together(session, actor.tenant, session.execute(statement.order_by(Entry.id).limit(limit)).all())


def urgings(session: Session, tenant: str, case_id: UUID) -> Sequence[Urging]:
    """The urgings of one case, in order."""
    of_case = select(Urging).where(Urging.tenant == tenant, Urging.case_id == case_id)
    return session.scalars(of_case.order_by(Urging.urged_at)).all()


def _entry_rows(actor: Actor) -> AnySelect:
    tenant = actor.tenant
    statement: AnySelect = (
        select(Entry, Flip, CaseClock, Case, Step)
        .join(Flip, and_(Flip.tenant == tenant, Flip.id == Entry.flip_id))
        .join(CaseClock, and_(CaseClock.tenant == tenant, CaseClock.id == Flip.clock_id))
        .join(Case, and_(Case.tenant == tenant, Case.id == Entry.case_id))
        .outerjoin(Step, and_(Step.tenant == tenant, Step.id == CaseClock.subject))
        .where(Entry.tenant == tenant)
    )
    if actor.may("supervision.read"):
        return statement
    own = select(Post.department_id).where(Post.tenant == tenant, Post.code.in_(sorted(actor.posts)))
    theirs = select(Post.code).where(Post.tenant == tenant, Post.department_id.in_(own))
    any_step = aliased(Step)
    took_part = select(any_step.id).where(
        any_step.tenant == tenant, any_step.case_id == Entry.case_id, any_step.post.in_(theirs)
    )
    return statement.where(or_(Step.post.in_(theirs), and_(Step.id.is_(None), took_part.exists())))


def _put_together(session: Session, tenant: str, found: Sequence[Any]) -> list[EntryRow]:
    rows = [tuple(row) for row in found]
    people = names(session, {one for entry, *_, step in rows for one in _involved(entry, step) if one})
    told: dict[UUID, list[Urging]] = {}
    wanted = [entry.id for entry, *_ in rows]
    statement = select(Urging).where(Urging.tenant == tenant, Urging.entry_id.in_(wanted)).order_by(Urging.urged_at)
    for urging in session.scalars(statement) if wanted else ():
        if urging.entry_id:
            told.setdefault(urging.entry_id, []).append(urging)
    return [
        EntryRow(entry, flip, clock, case, step, people, told.get(entry.id, []))
        for entry, flip, clock, case, step in rows
    ]


def _handler(step: Step | None) -> UUID | None:
    return step.claimed_by if step is not None else None


def _involved(entry: Entry, step: Step | None) -> tuple[UUID | None, ...]:
    return entry.taken_by, entry.explained_by, _handler(step)


def _of_step(tenant: str) -> Any:
    return and_(CaseClock.tenant == tenant, CaseClock.subject == Step.id, CaseClock.stopped_at.is_(None))


def _count(colour: str) -> Any:
    return func.count().filter(func.coalesce(CaseClock.light, "green") == colour).label(colour)


def _running_cases(session: Session, tenant: str) -> dict[str, int]:
    """Running cases by the light of their promised limit."""
    rows = session.execute(
        select(CaseClock.light, func.count())
        .where(
            CaseClock.tenant == tenant,
            CaseClock.level == "case",
            CaseClock.basis == "promised",
            CaseClock.stopped_at.is_(None),
        )
        .group_by(CaseClock.light)
    )
    return dict.fromkeys(COLOURS, 0) | dict(rows.all())


def _entries_in(session: Session, tenant: str, state: str) -> int:
    return session.scalar(select(func.count()).where(Entry.tenant == tenant, Entry.state == state)) or 0
