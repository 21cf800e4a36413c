"""Reading queues. A page of a queue is one index scan: (tenant, post, due instant, id)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.identity.types import Actor
from app.inbox.models import Step
from app.inbox.policy import own_queue, works_on
from app.inbox.types import LIVE, StepState
from app.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the due instant (None sorts last) and the id of its last step."""

    due_at: datetime | None
    id: UUID


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What of a queue is wanted. `mine`: claimed by the actor; `unclaimed`: open; neither: both."""

    mine: bool = False
    unclaimed: bool = False
    item: str | None = None
    element: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many live steps a queue holds."""

    open: int
    mine: int


def queue(
    session: Session, actor: Actor, wanted: QueueFilter, limit: int, after: Cursor | None = None
) -> tuple[Sequence[Step], Cursor | None]:
    """One page of the actor's queue, the most urgent first, and where the next one starts."""
    statement = _narrow(select(Step).where(own_queue(actor)), actor, wanted)
    if after is not None:
        statement = statement.where(_beyond(after))
    statement = statement.order_by(Step.due_at.asc().nulls_last(), Step.id).limit(limit + 1)
    found = session.scalars(statement).all()
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], Cursor(last.due_at, last.id)


def counts(session: Session, actor: Actor) -> Counts:
    """Live steps in the actor's queue: unclaimed, and claimed by the actor."""
    row = session.execute(
        select(
            func.count().filter(Step.state == StepState.OPEN),
            func.count().filter(Step.claimed_by == actor.account_id),
        ).where(own_queue(actor), Step.state.in_(LIVE))
    ).one()
    return Counts(*row)


def step(session: Session, actor: Actor, step_id: UUID) -> Step:
    """A step of the actor's own posts (or the applicant's own); raises NotFound for any other."""
    found = session.scalar(select(Step).where(Step.id == step_id))
    if found is None or not works_on(actor, found):
        raise NotFound(kind="step", key=step_id)
    return found


def of_case(session: Session, tenant: str, case_id: UUID) -> Sequence[Step]:
    """All steps of a case, in the order in which they opened."""
    return session.scalars(
        select(Step).where(Step.tenant == tenant, Step.case_id == case_id).order_by(Step.opened_at, Step.id)
    ).all()


def _narrow(statement: Select[Step], actor: Actor, wanted: QueueFilter) -> Select[Step]:
    statement = statement.where(Step.state.in_([StepState.OPEN] if wanted.unclaimed else LIVE))
    if wanted.mine:
        statement = statement.where(Step.claimed_by == actor.account_id)
    if wanted.item:
        statement = statement.where(Step.item == wanted.item)
    if wanted.element:
        statement = statement.where(Step.element == wanted.element)
    if wanted.text:
        statement = statement.where(
            or_(
                Step.title.contains(wanted.text, autoescape=True),
                Step.applicant.contains(wanted.text, autoescape=True),
                Step.case_code == wanted.text,
            )
        )
    return statement


def _beyond(after: Cursor) -> ColumnElement[bool]:
    if after.due_at is None:
        return and_(Step.due_at.is_(None), Step.id > after.id)
    return or_(
        Step.due_at > after.due_at,
        and_(Step.due_at == after.due_at, Step.id > after.id),
        Step.due_at.is_(None),
    )
