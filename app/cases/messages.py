"""Messages and signals that come to a case from outside: a program's, or what a clerk was told."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from app.cases import lights, passage, policy, timers
from app.cases.models import Case
from app.cases.progress import settle
from app.cases.types import ENDED
from app.catalog.queries import item as item_version
from app.engine import Awaited, Instance, NotAwaited, Variables
from app.identity.acts import record_act
from app.identity.types import Actor

MESSAGE = "case.message"
"""The permission to let a case know of what it waits for."""


def deliver_message(
    session: Session,
    actor: Actor,
    case_id: UUID,
    name: str,
    now: datetime,
    kind: Literal["message", "signal"] = "message",
) -> Case:
    """Let a case have the message that it waits for: what has waited longest takes it. A signal is for all that wait.

    Lights and timers that are overdue come first, as where a step is done. Raises NotFound, CaseClosed, NotAwaited.
    """
    actor.require(MESSAGE)
    case = policy.handled_case(session, actor, case_id)
    p = passage.begin(session, actor, passage.lock(session, case.tenant, case_id), now)
    lights.raise_in(session, case.tenant, [case_id], now, actor)
    timers.fire_overdue(p)
    if not any((one.kind, one.name) == (kind, name) for one in p.instance.awaited):
        raise NotAwaited(kind=kind, name=name)
    p.instance.receive(kind, name)
    settle(p)
    p.close()
    data = {"name": name, "kind": kind, "trace": p.trace, "opened": [str(step) for step in p.opened]}
    record_act(session, actor, case.tenant, case_id, now, "case:message-received", data)
    session.refresh(case)
    return case


def awaited(session: Session, case: Case, reader: Actor) -> tuple[Awaited, ...]:
    """What a case waits for from outside, longest first; nothing is told to who is outside the office."""
    if policy.looks_in(reader, case) or case.status in ENDED or not case.state:
        return ()
    definition = item_version(session, case.item, case.item_version).definition
    if not definition.awaits:
        return ()
    return Instance.restore(definition, case.state, Variables()).awaited
