"""What somebody did, written down: who acts, from where, and what it was, at the end of a chain of the record."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.audit.operations import record
from app.identity.types import Actor


def record_act(
    session: Session, actor: Actor, tenant: str, chain: UUID, now: datetime, act: str, data: Mapping[str, Any]
) -> None:
    """Record an act of the actor; see `audit.operations.record`. `act` reads subject:action, as in “step:claimed”; the
    tag says before it where the actor came from."""
    tag = f"{actor.source}:{act}"
    record(session, tenant, chain, at=now, actor_id=actor.account_id, actor=actor.username, tag=tag, data=data)
