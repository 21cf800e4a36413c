"""Tables of the case: the case itself, its legs, what was written into its variables, the timers of its diagram."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKeyConstraint, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted, of_case

SERIAL = Sequence("supervision_serial", metadata=Base.metadata)
"""Numbers for supervision codes. Gaps are allowed; a lock on a counter is not."""


class Case(Tenanted, Base):
    """One application of one item. `state` is the engine's compact state, `version` counts the acts upon it.

    A draft has no code and no state yet. `received_in`: the jurisdiction whose window received it, which need not be
    the one that handles it. `deemed_at`: when it counted as accepted because nobody had answered in time (Art. 32).
    """

    __tablename__ = "case"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str | None]
    item: Mapped[str]
    item_version: Mapped[int]
    status: Mapped[str]
    title: Mapped[str]
    applicant: Mapped[str]
    applicant_id: Mapped[UUID | None]
    channel: Mapped[str]
    received_in: Mapped[str | None]
    received_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    deemed_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    result: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    state: Mapped[bytes]
    version: Mapped[int]
    __table_args__ = (
        ForeignKeyConstraint(["item", "item_version"], ["item_version.item", "item_version.version"]),
        UniqueConstraint("tenant", "code"),
        Index("ix_case_applicant", "applicant_id", "id", postgresql_where=text("applicant_id IS NOT NULL")),
        Index("ix_case_received", "received_in", "id", postgresql_where=text("received_in IS NOT NULL")),
        Index("ix_case_received_at", "tenant", "received_at", "item", postgresql_where=text("code IS NOT NULL")),
        Index(
            "ix_case_concluded_at", "tenant", "concluded_at", "item", postgresql_where=text("concluded_at IS NOT NULL")
        ),
        {"postgresql_with": {"fillfactor": "70"}},
    )


class CaseDraft(Tenanted, Base):
    """What an applicant entered so far. Kept apart from the variables: nothing unchecked ever reaches a condition."""

    __tablename__ = "case_draft"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime]
    __table_args__ = (of_case(),)


class Leg(Tenanted, Base):
    """One department's part of a parallel approval. `id` is the token of its subprocess or user task."""

    __tablename__ = "leg"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    element: Mapped[str]
    kind: Mapped[str]
    is_lead: Mapped[bool]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (of_case(), Index("ix_leg_case", "tenant", "case_id"))


class CaseWrite(Tenanted, Base):
    """What one act wrote into the variables of a case: [[scope, element, name, value], …], in order. Append-only.

    `seq` is the case's version after the act; the present value of a variable is the last one written.
    """

    __tablename__ = "case_write"
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    writes: Mapped[list[Any]] = mapped_column(JSON)
    __table_args__ = (of_case(),)


class CaseTimer(Tenanted, Base):
    """A timer of the diagram that is more than a light. `id` is its token. `parked` says why it stopped being tried.

    `attached` is the token of the activity that it hangs on, None for one in the flow.
    """

    __tablename__ = "case_timer"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    element: Mapped[str]
    attached: Mapped[UUID | None]
    leg_id: Mapped[UUID | None]
    kind: Mapped[str]
    value: Mapped[str]
    counting: Mapped[str]
    armed_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    fired_at: Mapped[datetime | None]
    disarmed_at: Mapped[datetime | None]
    parked: Mapped[str | None]
    __table_args__ = (
        of_case(),
        CheckConstraint("counting IN ('working', 'civil')", name="counting"),
        Index("ix_case_timer_case", "tenant", "case_id"),
        Index(
            "ix_case_timer_due",
            "tenant",
            "due_at",
            postgresql_where=text("fired_at IS NULL AND disarmed_at IS NULL AND parked IS NULL"),
        ),
    )
