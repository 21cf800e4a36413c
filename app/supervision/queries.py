"""What a supervisor goes through: the lights that are on, one by one, and the entries that red lights opened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from app.cases.models import Case
from app.cases.queries import names
from app.deadlines.models import CaseClock, Flip
from app.identity.types import Actor
from app.inbox.models import Step
from app.kernel.database import AnySelect
from app.kernel.errors import NotFound
from app.org.models import Department, Post
from app.supervision.figures import LIT, departments_of_posts, posts_of
from app.supervision.models import Entry, Urging
from app.supervision.types import LightFilter


@dataclass(frozen=True, slots=True)
class LightRow:
    """A running clock that is yellow or red, with its case and, where it is a step's, the step, whose department it is
    and when it was urged last.
    """

    clock: CaseClock
    case: Case
    step: Step | None
    handler: str | None
    department: Department | None = None
    urged_at: datetime | None = None


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


def lights(
    session: Session, actor: Actor, wanted: LightFilter, limit: int, after: Place | None = None
) -> tuple[Sequence[LightRow], Place | None]:
    """One page of running clocks that are yellow or red, the longest overdue first."""
    actor.require("supervision.read")
    tenant = actor.tenant
    statement = (
        select(CaseClock, Case, Step)
        .join(Case, and_(Case.tenant == tenant, Case.id == CaseClock.case_id))
        .outerjoin(Step, and_(Step.tenant == tenant, Step.id == CaseClock.subject))
        .where(CaseClock.tenant == tenant, LIT, CaseClock.red_at.is_not(None), *_narrowed(session, tenant, wanted))
        .order_by(CaseClock.red_at, CaseClock.id)
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(tuple_(CaseClock.red_at, CaseClock.id) > (after.red_at, after.id))
    found = cast("Sequence[tuple[CaseClock, Case, Step | None]]", session.execute(statement).all())
    rows = _with_people(session, tenant, found[:limit])
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


def _narrowed(session: Session, tenant: str, wanted: LightFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.colour:
        yield CaseClock.light == wanted.colour
    if wanted.level:
        yield CaseClock.level == wanted.level
    if wanted.item:
        yield Case.item == wanted.item
    if wanted.department:
        yield Step.post.in_(posts_of(session, tenant, wanted.department))


def _with_people(session: Session, tenant: str, found: Sequence[tuple[CaseClock, Case, Step | None]]) -> list[LightRow]:
    steps = [step for *_, step in found if step is not None]
    people = names(session, {step.claimed_by for step in steps if step.claimed_by})
    departments = departments_of_posts(session, tenant) if steps else {}
    urged = _last_urged(session, tenant, steps)
    return [
        LightRow(clock, case, None, None)
        if step is None
        else LightRow(
            clock,
            case,
            step,
            people.get(step.claimed_by) if step.claimed_by else None,
            departments.get(step.post or ""),
            urged.get(step.id),
        )
        for clock, case, step in found
    ]


def _last_urged(session: Session, tenant: str, steps: Sequence[Step]) -> dict[UUID, datetime]:
    if not steps:
        return {}
    of_cases = Urging.tenant == tenant, Urging.case_id.in_({step.case_id for step in steps})
    last = select(Urging.step_id, func.max(Urging.urged_at)).where(*of_cases).group_by(Urging.step_id)
    return dict(session.execute(last).all())


def _handler(step: Step | None) -> UUID | None:
    return step.claimed_by if step is not None else None


def _involved(entry: Entry, step: Step | None) -> tuple[UUID | None, ...]:
    return entry.taken_by, entry.explained_by, _handler(step)
