"""What leaves the house: notices to people, the outbox of work done after the commit, generated documents."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted, of_case


class Notice(Tenanted, Base):
    """Something told to a person (`account_id`) or to those who hold a post (`post`). Its id is stable: shown once."""

    __tablename__ = "notice"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    account_id: Mapped[UUID | None]
    post: Mapped[str | None]
    template: Mapped[str]
    params: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    __table_args__ = (
        of_case(),
        Index("ix_notice_case", "tenant", "case_id"),
        Index("ix_notice_post", "tenant", "post", "id", postgresql_where=text("post IS NOT NULL")),
        Index("ix_notice_account", "account_id", "id", postgresql_where=text("account_id IS NOT NULL")),
    )


class Outbox(Tenanted, Base):
    """Work that needs minutes or the network: done after the commit, at least once, tried again on failure.

    `state`: pending → done, or failed after the last attempt: an incident that an operator sees and can retry.
    """

    __tablename__ = "outbox"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    operation: Mapped[str]
    params: Mapped[dict[str, Any]]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default="0")
    run_at: Mapped[datetime]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]
    __table_args__ = (
        of_case(),
        CheckConstraint("state IN ('pending', 'done', 'failed')", name="state"),
        Index("ix_outbox_case", "tenant", "case_id"),
        Index("ix_outbox_due", "tenant", "run_at", postgresql_where=text("state = 'pending'")),
        Index("ix_outbox_failed", "tenant", "id", postgresql_where=text("state = 'failed'")),
    )


class Document(Tenanted, Base):
    """A document that the office issued. Anyone can verify it by `verification_code`; `sha256` is that of the file."""

    __tablename__ = "document"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[str]
    verification_code: Mapped[str]
    facts: Mapped[dict[str, Any]]
    sha256: Mapped[bytes]
    size: Mapped[int]
    issued_at: Mapped[datetime]
    __table_args__ = (
        of_case(),
        UniqueConstraint("tenant", "verification_code"),
        UniqueConstraint("tenant", "number"),
        Index("ix_document_case", "tenant", "case_id"),
    )


class DocumentSeries(Tenanted, Base):
    """The last number given in one series (`word`: the characters that stand for office and kind) of one year."""

    __tablename__ = "document_series"
    word: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
