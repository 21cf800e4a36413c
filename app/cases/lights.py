"""Raising lights: the flips themselves are the deadlines room's; here the case's record and the people hear of them.

Whoever notices first wins: the ticker for a batch of cases, or a verb on one case before it touches a step, so that an
overdue light is never lost because its step was completed first.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.operations import record_many
from app.audit.types import Act
from app.cases.models import Case
from app.catalog.queries import item as item_version
from app.deadlines import operations as deadlines
from app.deadlines.types import RaisedLight
from app.identity.types import SYSTEM, Actor
from app.inbox.models import Step
from app.notices import operations as notices
from app.org.queries import head_posts


def raise_due(session: Session, tenant: str, now: datetime, limit: int = 500) -> int:
    """Raise what is due in one tenant; returns how many lights. Cases that somebody works on are left for the next time.

    Any number of tickers may do this at once: the case is locked before its clocks are read.
    """
    due = deadlines.due_cases(session, tenant, now, limit)
    if not due:
        return 0
    locked = session.scalars(
        select(Case.id)
        .where(Case.tenant == tenant, Case.id.in_(due))
        .order_by(Case.id)
        .with_for_update(skip_locked=True)
    ).all()
    return raise_in(session, tenant, locked, now, SYSTEM) if locked else 0


def raise_in(session: Session, tenant: str, case_ids: Sequence[UUID], now: datetime, actor: Actor) -> int:
    """Raise what is due in cases that the caller has locked; returns how many lights."""
    raised = deadlines.raise_lights(session, tenant, case_ids, now)
    if raised:
        _record(session, tenant, raised, now, actor)
        _tell(session, tenant, raised, now)
    return len(raised)


def _record(session: Session, tenant: str, raised: Sequence[RaisedLight], now: datetime, actor: Actor) -> None:
    by_case: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for light in raised:
        by_case[light.case_id].append(
            {
                "flip": str(light.flip_id),
                "colour": light.colour,
                "level": light.level,
                "element": light.element,
                "became": light.became_at.isoformat(),
            }
        )
    record_many(
        session,
        tenant,
        [
            Act(
                chain,
                at=now,
                actor_id=None,
                actor=SYSTEM.username,
                tag=f"{actor.source}:light:raised",
                data={"lights": lights},
            )
            for chain, lights in by_case.items()
        ],
    )


def _tell(session: Session, tenant: str, raised: Sequence[RaisedLight], now: datetime) -> None:
    """Yellow and red are told to the handler (whoever claimed the step, or else its post) and to the department's head."""
    cases = {
        row.id: row
        for row in session.execute(
            select(Case.id, Case.code, Case.title, Case.item, Case.item_version).where(
                Case.tenant == tenant, Case.id.in_({light.case_id for light in raised})
            )
        )
    }
    steps = {
        row.id: row
        for row in session.execute(
            select(Step.id, Step.post, Step.claimed_by).where(
                Step.tenant == tenant, Step.id.in_({light.subject for light in raised if light.level == "step"})
            )
        )
    }
    heads = head_posts(session, tenant)
    for light in raised:
        step, case = steps.get(light.subject), cases[light.case_id]
        item = item_version(session, case.item, case.item_version)
        post = step.post if step is not None else item.lead_post
        notices.tell(
            session,
            tenant,
            light.case_id,
            template=f"light-{light.colour}",
            params={
                "subject": item.step_name(light.element) if light.element else item.name_in_both,
                "code": case.code,
                "title": case.title,
                "due_at": light.red_at,
            },
            now=now,
            accounts=[step.claimed_by] if step is not None and step.claimed_by else [],
            posts=_posts(post, heads, claimed=step is not None and step.claimed_by is not None),
        )


def _posts(post: str | None, heads: dict[str, tuple[str, ...]], *, claimed: bool) -> list[str]:
    told = list(heads.get(post or "", ()))
    return told if claimed or post is None else [post, *told]
