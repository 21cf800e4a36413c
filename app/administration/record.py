"""Where acts upon the office itself are recorded: one chain in each jurisdiction, one for what all share, and the
account's own for acts upon a person.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from app.identity.acts import record_act
from app.identity.types import Actor
from app.kernel.database import acting_in
from app.kernel.ids import GLOBAL_TENANT

OFFICE: Final = UUID(int=1)
"""The chain of acts upon departments, posts and their holders; under “*” of those upon regions and roles."""


def of_office(session: Session, actor: Actor, now: datetime, act: str, **data: Any) -> None:
    """Record an act upon the actor's jurisdiction. `act` reads subject:action; `data` holds ids and codes."""
    record_act(session, actor, actor.tenant, OFFICE, now, act, data)


def of_all(session: Session, actor: Actor, now: datetime, act: str, **data: Any) -> None:
    """Record an act upon what all jurisdictions share."""
    with acting_in(session, GLOBAL_TENANT):
        record_act(session, actor, GLOBAL_TENANT, OFFICE, now, act, data)


def of_person(session: Session, actor: Actor, account_id: UUID, now: datetime, act: str, **data: Any) -> None:
    """Record an act upon a person, on the account's chain."""
    with acting_in(session, GLOBAL_TENANT):
        record_act(session, actor, GLOBAL_TENANT, account_id, now, act, data)
