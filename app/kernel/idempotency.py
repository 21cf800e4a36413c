"""Idempotency keys: a write repeated with the same key is answered as the first time and done once."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.kernel.database import Base, Tenanted

KEPT: Final = timedelta(days=2)
"""How long a key is known. Whoever repeats a request later has given up on it before."""


class Idempotency(Tenanted, Base):
    """The answer that was given to a key. Written in the transaction of the act itself."""

    __tablename__ = "idempotency"
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]


def forget(session: Session, tenant: str, real_now: datetime) -> None:
    """Remove the keys of one tenant that are older than KEPT."""
    session.execute(delete(Idempotency).where(Idempotency.tenant == tenant, Idempotency.at < real_now - KEPT))
