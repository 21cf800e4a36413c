"""Verbs of the inbox. Claim and release touch one step and the case's record, never the case or its tokens."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.audit.operations import record
from app.identity.types import Actor
from app.inbox.errors import AlreadyClaimed, NotClaimed, NotYours, StepClosed
from app.inbox.models import Step
from app.inbox.policy import works_on
from app.inbox.types import LIVE, NewStep, StepState
from app.kernel.database import AnyRow
from app.kernel.errors import NotFound, Stale

_RETURNED = (Step.id, Step.case_id, Step.element, Step.version, Step.scopes, Step.leg_id, Step.kind, Step.item)


def claim(session: Session, actor: Actor, step_id: UUID, now: datetime, version: int | None = None) -> AnyRow:
    """Take an open step of one's own post. The first wins; raises AlreadyClaimed, StepClosed, Stale, NotFound."""
    actor.require("step.claim")
    statement = (
        update(Step)
        .where(
            Step.tenant == actor.tenant,
            Step.id == step_id,
            Step.state == StepState.OPEN,
            Step.post.in_(sorted(actor.posts)),
        )
        .values(state=StepState.CLAIMED, claimed_by=actor.account_id, claimed_at=now, version=Step.version + 1)
        .returning(*_RETURNED)
    )
    if version is not None:
        statement = statement.where(Step.version == version)
    claimed = session.execute(statement).one_or_none()
    if claimed is None:
        _explain(session, actor, step_id, version)
        raise AlreadyClaimed()
    _record(session, actor, claimed.case_id, now, "claimed", claimed.element, step_id)
    return claimed


def release(session: Session, actor: Actor, step_id: UUID, now: datetime, version: int | None = None) -> AnyRow:
    """Give a claimed step back to its queue. Raises NotClaimed, NotYours, StepClosed, Stale, NotFound."""
    actor.require("step.release")
    statement = (
        update(Step)
        .where(
            Step.tenant == actor.tenant,
            Step.id == step_id,
            Step.state == StepState.CLAIMED,
            Step.claimed_by == actor.account_id,
        )
        .values(state=StepState.OPEN, claimed_by=None, claimed_at=None, version=Step.version + 1)
        .returning(*_RETURNED)
    )
    if version is not None:
        statement = statement.where(Step.version == version)
    released = session.execute(statement).one_or_none()
    if released is None:
        step = _explain(session, actor, step_id, version)
        raise NotClaimed() if step.state == StepState.OPEN else NotYours()
    _record(session, actor, released.case_id, now, "released", released.element, step_id)
    return released


def complete(
    session: Session, actor: Actor, tenant: str, step_id: UUID, outcome: str | None, now: datetime, version: int | None
) -> AnyRow:
    """Close a step as done; the cases room moves the tokens. The applicant's own steps need no claim.

    Raises NotClaimed, NotYours, StepClosed, Stale, NotFound.
    """
    statement = (
        update(Step)
        .where(Step.tenant == tenant, Step.id == step_id)
        .values(
            state=StepState.DONE, closed_at=now, outcome=outcome, claimed_by=actor.account_id, version=Step.version + 1
        )
        .returning(*_RETURNED)
    )
    if actor.kind == "applicant":
        mine = statement.where(Step.state.in_(LIVE), Step.post.is_(None), Step.applicant_id == actor.account_id)
    else:
        mine = statement.where(
            Step.state == StepState.CLAIMED,
            Step.claimed_by == actor.account_id,
            Step.post.in_(sorted(actor.posts)),
        )
    if version is not None:
        mine = mine.where(Step.version == version)
    done = session.execute(mine).one_or_none()
    if done is None:
        step = _explain(session, actor, step_id, version)
        raise NotClaimed() if step.state == StepState.OPEN else NotYours()
    return done


def open_steps(session: Session, tenant: str, steps: Sequence[NewStep]) -> None:
    """Put the steps that the engine opened into their queues."""
    if steps:
        session.execute(insert(Step), [{"tenant": tenant, "state": StepState.OPEN, **asdict(step)} for step in steps])


def cancel(session: Session, tenant: str, step_ids: Iterable[UUID], now: datetime) -> None:
    """Close steps that the case left without their being completed."""
    if ids := list(step_ids):
        session.execute(
            update(Step)
            .where(Step.tenant == tenant, Step.id.in_(ids), Step.state.in_(LIVE))
            .values(state=StepState.CANCELLED, closed_at=now, version=Step.version + 1)
        )


def move_due(session: Session, tenant: str, due: dict[UUID, datetime | None]) -> None:
    """Mirror new red instants of step clocks, by step, so that the queue keeps its order."""
    for step_id, due_at in due.items():
        session.execute(update(Step).where(Step.tenant == tenant, Step.id == step_id).values(due_at=due_at))


def _explain(session: Session, actor: Actor, step_id: UUID, version: int | None) -> Step:
    """Find out why a verb did not apply; raises the reason, or returns the step where it lies with its claim."""
    step = session.scalar(select(Step).where(Step.id == step_id))
    if step is None or not works_on(actor, step):
        raise NotFound(kind="step", key=step_id)
    if step.state not in LIVE:
        raise StepClosed()
    if version is not None and step.version != version:
        raise Stale()
    return step


def _record(
    session: Session, actor: Actor, case_id: UUID, now: datetime, action: str, element: str, step_id: UUID
) -> None:
    record(
        session,
        actor.tenant,
        case_id,
        at=now,
        actor_id=actor.account_id,
        actor=actor.username,
        tag=f"{actor.source}:step:{action}",
        data={"step": str(step_id), "element": element},
    )
