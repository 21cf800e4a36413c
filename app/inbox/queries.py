"""Reading queues. A page of a queue is one index scan: (tenant, post, due instant, id)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    DateTime,
    Integer,
    Text,
    TextClause,
    Uuid,
    and_,
    any_,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Session

from app.identity.types import Actor
from app.inbox.models import Step
from app.inbox.policy import own_queue, works_on
from app.inbox.types import StepState
from app.kernel.errors import NotFound
from app.kernel.prepared import Prepared

_LIKE = re.compile(r"([/%_])")
"""What has a meaning of its own in LIKE."""


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
) -> tuple[Sequence[Any], Cursor | None]:
    """One page of the actor's queue, the most urgent first, and where the next one starts.

    The rows have the columns of Step. Queues are polled all day: each shape of the question is written once.
    """
    posts = sorted(actor.posts)
    shape = replace(wanted, item=_asked(wanted.item), element=_asked(wanted.element), text=_asked(wanted.text))
    place = None if after is None else after.due_at is not None
    page = _page(shape, place, by_applicant=actor.kind == "applicant", one_post=len(posts) == 1)
    found = page.run(
        session,
        of=actor.tenant,
        me=actor.account_id,
        post=posts[0] if len(posts) == 1 else None,
        posts=posts,
        wanted_item=wanted.item,
        wanted_element=wanted.element,
        code=wanted.text,
        like="%" + _LIKE.sub(r"/\1", wanted.text or "") + "%",
        after_due=after.due_at if after else None,
        after_id=after.id if after else None,
        most=limit + 1,
    ).fetchall()
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], Cursor(last.due_at, last.id)


def _asked(value: str | None) -> str | None:
    """Whether a filter is asked for, not for what."""
    return "" if value else None


@lru_cache(maxsize=128)
def _page(shape: QueueFilter, place: bool | None, *, by_applicant: bool, one_post: bool) -> Prepared:
    """The statement for a question of this shape. `place`: whether the page before ended at a step with a due instant.

    One post is compared with “=”, since only then the index gives the order.
    """
    own: tuple[ColumnElement[bool], ...]
    if by_applicant:
        own = (Step.post.is_(None), Step.applicant_id == bindparam("me"))
    else:
        post = bindparam("post") if one_post else any_(bindparam("posts", type_=ARRAY(Text)))
        own = (Step.tenant == bindparam("of"), Step.post == post)
    statement = select(*Step.__table__.columns).where(*own, *_narrowed(shape))
    if place is not None:
        statement = statement.where(_beyond(dated=place))
    return Prepared(statement.order_by(Step.due_at.asc().nulls_last(), Step.id).limit(bindparam("most", type_=Integer)))


def counts(session: Session, actor: Actor) -> Counts:
    """Live steps in the actor's queue: unclaimed, and claimed by the actor."""
    row = session.execute(
        select(
            func.count().filter(Step.state == StepState.OPEN),
            func.count().filter(Step.claimed_by == actor.account_id),
        ).where(own_queue(actor), Step.closed_at.is_(None))
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


def _narrowed(shape: QueueFilter) -> Iterator[ColumnElement[bool] | TextClause]:
    yield Step.closed_at.is_(None)
    if shape.unclaimed:
        yield text("step.state = 'open'")
    if shape.mine:
        yield Step.claimed_by == bindparam("me")
    if shape.item is not None:
        yield Step.item == bindparam("wanted_item")
    if shape.element is not None:
        yield Step.element == bindparam("wanted_element")
    if shape.text is not None:
        like: BindParameter[str] = bindparam("like", type_=Text)
        yield or_(
            Step.title.like(like, escape="/"),
            Step.applicant.like(like, escape="/"),
            Step.case_code == bindparam("code"),
        )


def _beyond(*, dated: bool) -> ColumnElement[bool]:
    """What comes after the place where a page ended: due later, or without a due instant (these come last)."""
    id_ = bindparam("after_id", type_=Uuid)
    if not dated:
        return and_(Step.due_at.is_(None), Step.id > id_)
    due = bindparam("after_due", type_=DateTime(timezone=True))
    return or_(Step.due_at > due, and_(Step.due_at == due, Step.id > id_), Step.due_at.is_(None))
