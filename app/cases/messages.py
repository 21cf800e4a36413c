"""Messages and signals that come to a case from outside, a program's or what a clerk was told, and what they bring."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import orjson
from sqlalchemy.orm import Session

from app.cases import lights, passage, policy, timers
from app.cases.models import Case
from app.cases.progress import settle
from app.cases.types import ENDED
from app.catalog.queries import item as item_version
from app.engine import Awaited, Instance, NotAwaited, Variables, fits
from app.identity.acts import record_act
from app.identity.types import Actor
from app.kernel.errors import Invalid, Message
from app.kernel.marking import _

MESSAGE: Final = "case.message"
"""The permission to let a case know of what it waits for."""
MOST_BYTES: Final = 64 * 1024
"""Of all that one message brings, as JSON."""
DEEPEST: Final = 20
"""Lists and objects inside each other."""


def deliver_message(
    session: Session,
    actor: Actor,
    case_id: UUID,
    name: str,
    now: datetime,
    kind: Literal["message", "signal"] = "message",
    data: Mapping[str, Any] | None = None,
) -> Case:
    """Let a case have the message that it waits for: what has waited longest takes it. A signal is for all that wait.

    `data`: what it brings; exactly the variables that whatever takes it declares, null where one is not known.
    Lights and timers that are overdue come first, as where a step is done. Raises NotFound, CaseClosed, NotAwaited,
    Invalid.
    """
    actor.require(MESSAGE)
    case = policy.handled_case(session, actor, case_id)
    p = passage.begin(session, actor, passage.lock(session, case.tenant, case_id), now)
    lights.raise_in(session, case.tenant, [case_id], now, actor)
    timers.fire_overdue(p)
    takers = p.instance.takers(kind, name)
    if not takers:
        raise NotAwaited(kind=kind, name=name)
    brought = _checked(takers, data or {})
    p.instance.receive(kind, name, brought)
    settle(p)
    p.close()
    told = {"name": name, "kind": kind, "trace": p.trace, "opened": [str(step) for step in p.opened]}
    if brought:
        told["brought"] = sorted(brought)
    record_act(session, actor, case.tenant, case_id, now, "case:message-received", told)
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


def _checked(takers: Sequence[Awaited], data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was brought, if it is what was declared. Raises Invalid."""
    if not _is_keepable(data):
        raise Invalid({"data": [_("This is too large, too deep, or holds characters that cannot be kept.")]})
    declared = {name: kind for taker in takers for name, kind in taker.brings.items()}
    faults: dict[str, list[str]] = {}
    for name, kind in declared.items():
        if name not in data:
            faults[f"data.{name}"] = [_("Say this, too; null where it is not known.")]
        elif not fits(kind, data[name]):
            faults[f"data.{name}"] = [_OF_KIND[kind]]
    named = ", ".join(declared) or "-"
    for name in [name for name in data if name not in declared][:10]:
        faults[f"data.{name[:100]}"] = [
            Message(_("The message does not bring this. What it brings: %(names)s."), names=named)
        ]
    if faults:
        raise Invalid(faults)
    return data


_OF_KIND: Final[Mapping[str, str]] = {
    "text": _("A text is needed."),
    "number": _("A number is needed."),
    "boolean": _("True or false is needed."),
}


def _is_keepable(data: Mapping[str, Any]) -> bool:
    """Whether the database gives it back as it is."""
    try:
        written = orjson.dumps(data)
    except (orjson.JSONEncodeError, RecursionError):
        return False
    return len(written) <= MOST_BYTES and b"\\u0000" not in written and _depth(data) <= DEEPEST


def _depth(value: Any) -> int:
    if not isinstance(value, dict | list):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_depth, inner), default=0)
