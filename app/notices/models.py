"""What leaves the house: notices to people, the outbox of work done after the commit, documents, webhooks."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted, of_case


class Notice(Tenanted, Base):
    """Something told to a person (`account_id`) or to those who hold a post (`post`). Its id is stable: shown once.

    `case_id` None: it is about the office itself, and told to posts only.
    """

    __tablename__ = "notice"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID | None]
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
    """A document that the office issued. Anyone can verify it by `verification_code`; `sha256` is that of the file.

    `revoked_by` is the document by which it was revoked (Art. 69).
    """

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
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
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


class Webhook(Tenanted, Base):
    """An address that is told of events. Its secret is not kept: it follows from `salt` and the office's secret key.

    Until `old_until` messages are signed with the secret of `old_salt` besides. `failing_since`: the first failure
    after the last success. `disabled_at`: when it was switched off for failing too long.
    """

    __tablename__ = "webhook"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    description: Mapped[str]
    active: Mapped[bool]
    salt: Mapped[bytes]
    old_salt: Mapped[bytes | None]
    old_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")


class WebhookDelivery(Tenanted, Base):
    """One event for one address. `id` is the event's: the same for all addresses and in every try.

    `state`: pending → delivered, or failed after the last try. `status` and `error` are those of the last try.
    """

    __tablename__ = "webhook_delivery"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    webhook_id: Mapped[UUID] = mapped_column(primary_key=True)
    event: Mapped[str]
    data: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    run_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    status: Mapped[int | None]
    error: Mapped[str | None]
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "webhook_id"], ["webhook.tenant", "webhook.id"]),
        CheckConstraint("state IN ('pending', 'delivered', 'failed')", name="state"),
        Index("ix_webhook_delivery_due", "tenant", "run_at", postgresql_where=text("state = 'pending'")),
        Index("ix_webhook_delivery_webhook", "tenant", "webhook_id", "id"),
    )
