"""Timers of the diagram that are more than lights: fired in the order in which they were due, each in its own case."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.cases import lights, passage
from app.cases.models import Case, CaseTimer
from app.cases.passage import Passage
from app.cases.progress import settle
from app.engine import TooDeep
from app.identity.acts import record_act
from app.identity.types import SYSTEM

MOST_AT_ONCE = 1000
"""Timers that fire in one case in one go. More come only from a loop in which nothing ever rests."""

_WAITING = (CaseTimer.fired_at.is_(None), CaseTimer.disarmed_at.is_(None), CaseTimer.parked.is_(None))


def tenants_due(session: Session, now: datetime) -> list[str]:
    """The tenants, among those that the transaction reads, with a timer that is due. Takes no lock."""
    return list(session.scalars(select(CaseTimer.tenant).where(CaseTimer.due_at <= now, *_WAITING).distinct()))


def due_cases(session: Session, tenant: str, now: datetime, limit: int) -> list[UUID]:
    """Cases with a timer that is due. No locks: whoever works on one reads it again under the case's lock."""
    statement = (
        select(CaseTimer.case_id)
        .where(CaseTimer.tenant == tenant, CaseTimer.due_at <= now, *_WAITING)
        .order_by(CaseTimer.due_at)
        .limit(limit)
    )
    return list(dict.fromkeys(session.scalars(statement)))


def fire_in(session: Session, tenant: str, case_id: UUID, now: datetime) -> int:
    """Fire what is due in one case, unless somebody else works on it just now; returns how many timers."""
    free = session.scalar(
        select(Case.id).where(Case.tenant == tenant, Case.id == case_id).with_for_update(skip_locked=True)
    )
    if free is None:
        return 0
    p = passage.begin(session, SYSTEM, passage.lock(session, tenant, case_id), now)
    lights.raise_in(session, tenant, [case_id], now, SYSTEM)
    fired = fire_overdue(p)
    if fired:
        p.close()
    return fired


def fire_overdue(p: Passage) -> int:
    """Fire every timer of a locked case that is due, also those that a fired one arms; returns how many.

    Raises TooDeep where there is no end of them.
    """
    fired = 0
    while p.instance.timers and (timer_id := _next_due(p)):
        p.session.execute(
            update(CaseTimer).where(CaseTimer.tenant == p.tenant, CaseTimer.id == timer_id).values(fired_at=p.now)
        )
        element = next(timer.element for timer in p.instance.timers if timer.token == timer_id)
        if fired == MOST_AT_ONCE:
            raise TooDeep(element=element, bound=MOST_AT_ONCE)
        was_deemed = "deemed_at" in p.changes
        p.instance.fire(timer_id)
        p.by_timer = True
        settle(p)
        p.by_timer = False
        _record(p, "timer:fired", {"timer": str(timer_id), "element": element})
        if "deemed_at" in p.changes and not was_deemed:
            _record(p, "case:deemed-accepted", {"since": p.changes["accepted_at"].isoformat()})
        fired += 1
    return fired


def _record(p: Passage, action: str, data: dict[str, str]) -> None:
    record_act(p.session, p.actor, p.tenant, p.case.id, p.now, action, data)


def park(session: Session, tenant: str, case_id: UUID, now: datetime, reason: str) -> None:
    """Set aside the due timers of a case that keeps failing, where an operator sees them and can retry."""
    session.execute(
        update(CaseTimer)
        .where(CaseTimer.tenant == tenant, CaseTimer.case_id == case_id, CaseTimer.due_at <= now, *_WAITING)
        .values(parked=reason[:500])
    )


def disarm_all(p: Passage) -> None:
    """Nothing of a withdrawn case is due any more."""
    p.session.execute(
        update(CaseTimer)
        .where(CaseTimer.tenant == p.tenant, CaseTimer.case_id == p.case.id, *_WAITING)
        .values(disarmed_at=p.now)
    )


def _next_due(p: Passage) -> UUID | None:
    return p.session.scalar(
        select(CaseTimer.id)
        .where(CaseTimer.tenant == p.tenant, CaseTimer.case_id == p.case.id, CaseTimer.due_at <= p.now, *_WAITING)
        .order_by(CaseTimer.due_at, CaseTimer.id)
        .limit(1)
    )
