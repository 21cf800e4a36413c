"""Reading the record."""

from collections.abc import Sequence
from uuid import UUID

import orjson
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.audit.models import AuditChain, AuditEntry
from app.audit.types import RecordedAct


def history(session: Session, tenant: str, chain: UUID) -> list[RecordedAct]:
    """What was done on one chain, oldest first."""
    columns = AuditEntry.__table__.c
    rows = session.execute(
        select(columns.chain, columns.seq, columns.at, columns.actor_id, columns.actor, columns.tag, columns.data)
        .where(columns.tenant == tenant, columns.chain == chain)
        .order_by(columns.seq)
    )
    return [RecordedAct(**{**row._mapping, "data": orjson.loads(row.data)}) for row in rows]


def count(session: Session, tenant: str, chain: UUID) -> int:
    """How many acts one chain has; 0 where there is none."""
    found = select(AuditChain.count).where(AuditChain.tenant == tenant, AuditChain.id == chain)
    return session.scalar(found) or 0


def chains_with(session: Session, tenant: str, chains: Sequence[UUID], acts: Sequence[str]) -> set[UUID]:
    """Those of the `chains` in which one of the `acts` (subject:action) stands, whatever its source."""
    told = or_(*(AuditEntry.tag.endswith(f":{act}") for act in acts))
    found = select(AuditEntry.chain).where(AuditEntry.tenant == tenant, AuditEntry.chain.in_(chains), told)
    return set(session.scalars(found.distinct()))
