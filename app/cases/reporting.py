"""What stands in the way of a step, reported by whoever does it, where the diagram catches it on the step's border.

Which of the events it is says the diagram; why says the reporter. An event that interrupts ends the step, which counts
as done by its reporter; beside one that does not the step stays with them, and it may be reported again.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import lights, passage, timers
from app.cases.errors import NothingToReport, OpinionNeeded
from app.cases.progress import settle
from app.cases.types import ENDED, Completed
from app.engine import CASE
from app.identity.acts import record_act
from app.identity.types import Actor
from app.inbox import operations as inbox


def report_step(
    session: Session,
    actor: Actor,
    step_id: UUID,
    event: str,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Completed:
    """Report the `event` that the diagram catches on a step that the actor has claimed; the case goes on from there.

    Lights and timers that are overdue come first, as where a step is done. Raises NothingToReport, OpinionNeeded, and
    what inbox.complete raises.
    """
    actor.require("step.complete")
    p = passage.begin(session, actor, passage.lock_by_step(session, actor.tenant, step_id), now)
    lights.raise_in(session, p.tenant, [p.case.id], now, actor)
    timers.fire_overdue(p)
    drawn = p.item.definition.elements.get(event)
    ends = drawn is not None and drawn.interrupting
    if ends:
        step = inbox.complete(session, actor, p.tenant, step_id, event, now, version)
    else:
        step = inbox.hold(session, actor, step_id, version)
    offered = p.item.reports(step.element)
    if event not in offered:
        raise NothingToReport(step=step.element, event=event, offered=", ".join(offered) or "-")
    if not reason.strip():
        raise OpinionNeeded(outcome=event)
    p.variables.set(CASE, event, {"outcome": event, "opinion": reason.strip()}, event)
    p.instance.report(step_id, event)
    settle(p)
    p.close()
    data = {"step": str(step_id), "element": step.element, "event": event, "reason": reason.strip()}
    data |= {"trace": p.trace, "opened": [str(one) for one in p.opened]}
    record_act(session, actor, p.tenant, p.case.id, now, "step:reported", data)
    return Completed(p.case.id, p.case.code, step_id, tuple(p.opened), p.status in ENDED, now)
