"""Verbs of the inbox. Claim and release touch one step and the case's record, never the case or its tokens."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Text, any_, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from app.identity.acts import record_act
from app.identity.types import Actor
from app.inbox.errors import AlreadyClaimed, NotClaimed, NotYours, StepClosed
from app.inbox.models import Step
from app.inbox.policy import works_on
from app.inbox.types import LIVE, NewStep, StepState
from app.kernel.database import AnyRow
from app.kernel.errors import NotFound, Stale
from app.kernel.prepared import Prepared

_FRESH = Step.version == func.coalesce(bindparam("seen", type_=Integer), Step.version)
"""The step is as the caller saw it; `seen` None: the caller does not say."""


def _moved(*where: ColumnElement[bool], **values: Any) -> Prepared:
    """The statement of a verb on one step: applies where the step is as the verb asks, and says what it moved."""
    statement = (
        update(Step)
        .where(Step.tenant == bindparam("of"), Step.id == bindparam("step"), _FRESH, *where)
        .values(version=Step.version + 1, **values)
        .returning(Step.id, Step.case_id, Step.element, Step.version, Step.scopes, Step.leg_id, Step.kind, Step.item)
    )
    return Prepared(statement)


_AT_POST = Step.post == any_(bindparam("posts", type_=ARRAY(Text)))
_BY_ME = Step.claimed_by == bindparam("me")
_DONE = {"state": StepState.DONE, "closed_at": bindparam("at"), "outcome": bindparam("result")}

_CLAIM = _moved(
    Step.state == StepState.OPEN,
    _AT_POST,
    state=StepState.CLAIMED,
    claimed_by=bindparam("me"),
    claimed_at=bindparam("at"),
)
_RELEASE = _moved(Step.state == StepState.CLAIMED, _BY_ME, state=StepState.OPEN, claimed_by=None, claimed_at=None)
_COMPLETE = _moved(Step.state == StepState.CLAIMED, _BY_ME, _AT_POST, **_DONE)
_COMPLETE_OWN = _moved(
    or_(Step.state == StepState.OPEN, Step.state == StepState.CLAIMED),
    Step.post.is_(None),
    Step.applicant_id == bindparam("me"),
    claimed_by=bindparam("me"),
    **_DONE,
)
_COMPLETE_FOR = _moved(
    or_(Step.state == StepState.OPEN, Step.state == StepState.CLAIMED),
    Step.post.is_(None),
    claimed_by=bindparam("me"),
    **_DONE,
)
_HOLD = _moved(Step.state == StepState.CLAIMED, _BY_ME, _AT_POST)
_SHOWN = tuple(field.name for field in fields(NewStep))
_OPEN = Prepared(insert(Step), ["tenant", "state", *_SHOWN])


def claim(session: Session, actor: Actor, step_id: UUID, now: datetime, version: int | None = None) -> AnyRow:
    """Take an open step of one's own post. The first wins; raises AlreadyClaimed, StepClosed, Stale, NotFound."""
    actor.require("step.claim")
    posts, me = sorted(actor.posts), actor.account_id
    claimed = _CLAIM.run(session, of=actor.tenant, step=step_id, seen=version, posts=posts, me=me, at=now).fetchone()
    if claimed is None:
        _explain(session, actor, step_id, version)
        raise AlreadyClaimed()
    _record(session, actor, claimed.case_id, now, "claimed", claimed.element, step_id)
    return cast(AnyRow, claimed)


def release(session: Session, actor: Actor, step_id: UUID, now: datetime, version: int | None = None) -> AnyRow:
    """Give a claimed step back to its queue. Raises NotClaimed, NotYours, StepClosed, Stale, NotFound."""
    actor.require("step.release")
    released = _RELEASE.run(session, of=actor.tenant, step=step_id, seen=version, me=actor.account_id).fetchone()
    if released is None:
        step = _explain(session, actor, step_id, version)
        raise NotClaimed() if step.state == StepState.OPEN else NotYours()
    _record(session, actor, released.case_id, now, "released", released.element, step_id)
    return cast(AnyRow, released)


def complete(
    session: Session,
    actor: Actor,
    tenant: str,
    step_id: UUID,
    outcome: str | None,
    now: datetime,
    version: int | None,
    *,
    stands_in: bool = False,
) -> AnyRow:
    """Close a step as done; the cases room moves the tokens. The applicant's own steps need no claim.

    `stands_in`: the actor may do the applicant's steps of this case, for an applicant who came in person.
    Raises NotClaimed, NotYours, StepClosed, Stale, NotFound.
    """
    what = {"of": tenant, "step": step_id, "seen": version, "me": actor.account_id, "at": now, "result": outcome}
    done = None
    if actor.kind == "applicant":
        done = _COMPLETE_OWN.run(session, **what).fetchone()
    elif actor.tenant == tenant:
        done = _COMPLETE.run(session, posts=sorted(actor.posts), **what).fetchone()
    if done is None and stands_in:
        done = _COMPLETE_FOR.run(session, **what).fetchone()
    if done is None:
        step = _explain(session, actor, step_id, version, stands_in=stands_in)
        raise NotClaimed() if step.state == StepState.OPEN else NotYours()
    return cast(AnyRow, done)


def hold(session: Session, actor: Actor, step_id: UUID, version: int | None) -> AnyRow:
    """Make sure that a step is the actor's to work on, which it stays. Raises as `complete`."""
    what = {"of": actor.tenant, "step": step_id, "seen": version, "me": actor.account_id}
    held = _HOLD.run(session, posts=sorted(actor.posts), **what).fetchone()
    if held is None:
        step = _explain(session, actor, step_id, version)
        raise NotClaimed() if step.state == StepState.OPEN else NotYours()
    return cast(AnyRow, held)


def open_steps(session: Session, tenant: str, steps: Sequence[NewStep]) -> None:
    """Put the steps that the engine opened into their queues."""
    rows = [{name: getattr(step, name) for name in _SHOWN} for step in steps]
    _OPEN.run_many(session, [{"tenant": tenant, "state": StepState.OPEN, **row} for row in rows])


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


def move_end(session: Session, tenant: str, step_id: UUID, due_at: datetime | None) -> None:
    """Mirror the instant after which a step of the applicant's can no longer be done."""
    session.execute(
        update(Step).where(Step.tenant == tenant, Step.id == step_id, Step.post.is_(None)).values(due_at=due_at)
    )


def _explain(session: Session, actor: Actor, step_id: UUID, version: int | None, *, stands_in: bool = False) -> Step:
    """Find out why a verb did not apply; raises the reason, or returns the step where it lies with its claim."""
    step = session.scalar(select(Step).where(Step.id == step_id))
    if step is None or not (works_on(actor, step) or (stands_in and step.post is None)):
        raise NotFound(kind="step", key=step_id)
    if step.state not in LIVE:
        raise StepClosed()
    if version is not None and step.version != version:
        raise Stale()
    return step


def _record(
    session: Session, actor: Actor, case_id: UUID, now: datetime, action: str, element: str, step_id: UUID
) -> None:
    data = {"step": str(step_id), "element": element}
    record_act(session, actor, actor.tenant, case_id, now, f"step:{action}", data)
