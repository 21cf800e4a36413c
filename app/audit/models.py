"""Tables of the record: one hash chain for each case (and each account), and seals over the heads of a tenant."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted


class AuditChain(Tenanted, Base):
    """The count and the head of one chain, so that a cut tail is seen. `id` is the case's or the account's.

    No index on what changes: each act rewrites its chain's row, and does so within the page (HOT). A seal reads the
    tenant's chains instead.
    """

    __tablename__ = "audit_chain"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    count: Mapped[int]
    head: Mapped[bytes]
    sealed: Mapped[int] = mapped_column(server_default="0")
    __table_args__ = {"postgresql_with": {"fillfactor": "70"}}


class AuditEntry(Tenanted, Base):
    """One act or refusal. `hash` = SHA-256 of the previous hash and the canonical form of this row. Append-only."""

    __tablename__ = "audit"
    chain: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor: Mapped[str]
    tag: Mapped[str]
    data: Mapped[str]
    hash: Mapped[bytes]


class AuditSeal(Tenanted, Base):
    """The heads of the chains that moved since the last seal, chained for each tenant. `heads`: 56 bytes a chain."""

    __tablename__ = "audit_seal"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    heads: Mapped[bytes]
    hash: Mapped[bytes]
