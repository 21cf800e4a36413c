"""Idempotency keys: a write repeated with the same key is answered as the first time and done once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted


class Idempotency(Tenanted, Base):
    """The answer that was given to a key. Written in the transaction of the act itself."""

    __tablename__ = "idempotency"
    account_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]
