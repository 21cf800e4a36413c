"""What keeps failing in a case is set aside, so that it stops no other: listed for an operator, and tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Subquery, func, select, update
from sqlalchemy.orm import Session

from app.cases.models import Case, CaseTimer
from app.deadlines import operations as deadlines
from app.deadlines.models import CaseClock
from app.identity.acts import record_act
from app.identity.types import Actor
from app.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Parked:
    """A case with lights or timers that could not be raised or fired, and why."""

    case_id: UUID
    code: str
    title: str
    clocks: int
    timers: int
    reason: str


def parked(session: Session, actor: Actor) -> Sequence[Parked]:
    """The cases of the actor's jurisdiction with something set aside. Raises Forbidden."""
    actor.require("incident.read")
    clocks = _counted(CaseClock, actor.tenant)
    timers = _counted(CaseTimer, actor.tenant)
    rows = session.execute(
        select(
            Case.id,
            Case.code,
            Case.title,
            func.coalesce(clocks.c.number, 0),
            func.coalesce(timers.c.number, 0),
            func.coalesce(timers.c.reason, clocks.c.reason),
        )
        .outerjoin(clocks, clocks.c.case_id == Case.id)
        .outerjoin(timers, timers.c.case_id == Case.id)
        .where(Case.tenant == actor.tenant, func.coalesce(clocks.c.number, timers.c.number) > 0)
        .order_by(Case.id)
    )
    return [Parked(*row) for row in rows]


def retry(session: Session, actor: Actor, case_id: UUID, now: datetime) -> None:
    """Let the ticker try again what was set aside in a case. Raises Forbidden, NotFound where there is nothing."""
    actor.require("incident.retry")
    if case_id not in {found.case_id for found in parked(session, actor)}:
        raise NotFound(kind="incident", key=case_id)
    deadlines.retry_clocks(session, actor.tenant, case_id)
    session.execute(
        update(CaseTimer).where(CaseTimer.tenant == actor.tenant, CaseTimer.case_id == case_id).values(parked=None)
    )
    record_act(session, actor, actor.tenant, case_id, now, "incident:retried", {"case": str(case_id)})


def _counted(table: type[CaseClock] | type[CaseTimer], tenant: str) -> Subquery:
    return (
        select(table.case_id, func.count().label("number"), func.max(table.parked).label("reason"))
        .where(table.tenant == tenant, table.parked.is_not(None))
        .group_by(table.case_id)
        .subquery()
    )
