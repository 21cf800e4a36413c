"""Supervision entries (督办件) and urgings (催办)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted, of_case


class Entry(Tenanted, Base):
    """A red light that a supervisor answers for: opened by the flip, taken up, closed with a finding."""

    __tablename__ = "supervision_entry"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    flip_id: Mapped[UUID]
    state: Mapped[str]
    opened_at: Mapped[datetime]
    taken_by: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
    question: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    explain_by: Mapped[datetime | None]
    explanation: Mapped[str | None]
    explained_by: Mapped[UUID | None]
    explained_at: Mapped[datetime | None]
    finding: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    __table_args__ = (
        of_case(),
        CheckConstraint("state IN ('open', 'taken', 'closed')", name="state"),
        UniqueConstraint("tenant", "flip_id"),
        Index("ix_supervision_entry_case", "tenant", "case_id"),
        Index("ix_supervision_entry_open", "tenant", "id", postgresql_where=text("state <> 'closed'")),
    )


class Urging(Tenanted, Base):
    """A supervisor (or the applicant) asks that a step be handled."""

    __tablename__ = "urging"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    step_id: Mapped[UUID]
    entry_id: Mapped[UUID | None]
    urged_by: Mapped[UUID]
    urged_at: Mapped[datetime]
    message: Mapped[str]
    __table_args__ = (of_case(), Index("ix_urging_case", "tenant", "case_id"))
