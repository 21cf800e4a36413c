"""Raising lights: the flips themselves are the deadlines room's; here the case's record and the people hear of them.

Whoever notices first wins: the ticker for a batch of cases, or a verb on one case before it touches a step, so that an
overdue light is never lost because its step was completed first.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.operations import record_many
from app.audit.types import Act
from app.cases.models import Case
from app.catalog.queries import item as item_version
from app.catalog.types import ServiceItem
from app.deadlines import operations as deadlines
from app.deadlines.queries import due_clocks
from app.deadlines.types import Raised
from app.identity.types import SYSTEM, Actor
from app.inbox.models import Step
from app.kernel.database import AnyRow
from app.notices import operations as notices
from app.notices import webhooks
from app.notices.events import Event
from app.notices.faults import describe
from app.notices.types import Message
from app.org.queries import head_posts

_AHEAD = 4
"""A sweep looks this many times further than it takes, so that several tickers find work beside each other."""

log = structlog.get_logger(__name__)


def raise_due(session: Session, tenant: str, now: datetime, limit: int = 500) -> int:
    """Raise what is due in up to `limit` cases of one tenant; returns how many lights. What is locked waits for another
    sweep.

    Any number of tickers may do this at once: the case is locked before its clocks are read.
    """
    due = due_clocks(session, tenant, now, _AHEAD * limit)
    if not due:
        return 0
    locked = session.scalars(
        select(Case.id)
        .where(Case.tenant == tenant, Case.id.in_(due))
        .order_by(Case.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    try:
        with session.begin_nested():
            return raise_in(session, tenant, locked, now, SYSTEM)
    except Exception as error:
        log.warning("lights.batch-failed", tenant=tenant, cases=len(locked), error=describe(error))
        return sum(_raise_alone(session, tenant, case_id, now) for case_id in locked)


def _raise_alone(session: Session, tenant: str, case_id: UUID, now: datetime) -> int:
    """One case of a batch that failed: raised by itself, or set aside where an operator sees it and can retry."""
    try:
        with session.begin_nested():
            return raise_in(session, tenant, [case_id], now, SYSTEM)
    except Exception as error:
        log.error("lights.parked", tenant=tenant, case=str(case_id), error=describe(error))
        deadlines.park_clocks(session, tenant, case_id, type(error).__name__, now)
        return 0


def raise_in(session: Session, tenant: str, case_ids: Sequence[UUID], now: datetime, actor: Actor) -> int:
    """Raise what is due in cases that the caller has locked; returns how many lights."""
    raised = deadlines.raise_lights(session, tenant, case_ids, now)
    if raised:
        _record(session, tenant, raised, now, actor)
        _tell(session, tenant, raised, now)
        webhooks.announce(session, tenant, [_event(light, now) for light in raised], now)
    return len(raised)


def _record(session: Session, tenant: str, raised: Sequence[Raised], now: datetime, actor: Actor) -> None:
    by_case: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for light in raised:
        by_case[light.clock.case_id].append(
            {
                "flip": str(light.flip_id),
                "colour": light.colour,
                "level": light.clock.level,
                "element": light.clock.element,
                "became": light.became_at.isoformat(),
            }
        )
    tag = f"{actor.source}:light:raised"
    who = SYSTEM.username
    acts = [
        Act(chain=chain, at=now, actor_id=None, actor=who, tag=tag, data={"lights": told})
        for chain, told in by_case.items()
    ]
    record_many(session, tenant, acts)


def _tell(session: Session, tenant: str, raised: Sequence[Raised], now: datetime) -> None:
    """Both are told to the handler (whoever claimed the step, or else its post) and to the head of the department."""
    cases = _cases(session, tenant, {light.clock.case_id for light in raised})
    steps = _steps(session, tenant, {light.clock.subject for light in raised if light.clock.level == "step"})
    items = {case.id: item_version(session, case.item, case.item_version) for case in cases.values()}
    posts = {light.flip_id: _post(steps.get(light.clock.subject), items[light.clock.case_id]) for light in raised}
    heads = head_posts(session, tenant, {post for post in posts.values() if post})
    messages = []
    for light in raised:
        step, post = steps.get(light.clock.subject), posts[light.flip_id]
        handler = step.claimed_by if step is not None else None
        told = heads.get(post or "", [])
        messages.append(
            Message(
                case_id=light.clock.case_id,
                template=f"light-{light.colour}",
                params=_params(light, cases[light.clock.case_id], items[light.clock.case_id]),
                accounts=(handler,) if handler else (),
                posts=tuple(told if handler or post is None else [post, *told]),
            )
        )
    notices.tell_many(session, tenant, messages, now)


def _event(light: Raised, now: datetime) -> Event:
    clock = light.clock
    return Event.new(
        "light.raised",
        case_id=clock.case_id,
        flip_id=light.flip_id,
        clock_id=clock.id,
        colour=light.colour,
        level=clock.level,
        basis=clock.basis,
        element=clock.element,
        became_at=light.became_at,
        noticed_at=now,
    )


def _params(light: Raised, case: AnyRow, item: ServiceItem) -> dict[str, Any]:
    element = light.clock.element
    return {
        "subject": item.step_name(element) if element else item.name_in_both,
        "code": case.code,
        "title": case.title,
        "due_at": light.clock.red_at,
    }


def _post(step: AnyRow | None, item: ServiceItem) -> str | None:
    """The post that answers for a light: the step's, or for a leg or a case the one that leads it."""
    post: str | None = item.lead_post if step is None else step.post
    return post


def _cases(session: Session, tenant: str, ids: set[UUID]) -> dict[UUID, AnyRow]:
    columns = (Case.id, Case.code, Case.title, Case.item, Case.item_version)
    found = session.execute(select(*columns).where(Case.tenant == tenant, Case.id.in_(ids)))
    return {row.id: row for row in found}


def _steps(session: Session, tenant: str, ids: set[UUID]) -> dict[UUID, AnyRow]:
    found = session.execute(select(Step.id, Step.post, Step.claimed_by).where(Step.tenant == tenant, Step.id.in_(ids)))
    return {row.id: row for row in found}
