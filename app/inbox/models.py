"""The inbox: one row for each step that waits, or waited, for a person. A projection of the engine's tokens."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted, of_case

_LIVE = text("closed_at IS NULL")  # not by state: a claim would move the row in every index


class Step(Tenanted, Base):
    """A user task of a case. `id` is its token in the engine. `post` None: it is the applicant's.

    Code, title, item and applicant are the case's, copied so that a queue is read from one index.
    """

    __tablename__ = "step"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    element: Mapped[str]
    kind: Mapped[str]
    post: Mapped[str | None]
    leg_id: Mapped[UUID | None]
    scopes: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    claimed_by: Mapped[UUID | None]
    claimed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default="1")
    item: Mapped[str]
    case_code: Mapped[str]
    title: Mapped[str]
    applicant: Mapped[str]
    applicant_id: Mapped[UUID | None]
    __table_args__ = (
        of_case(),
        CheckConstraint("state IN ('open', 'claimed', 'done', 'cancelled')", name="state"),
        Index("ix_step_case", "tenant", "case_id"),
        Index("ix_step_queue", "tenant", "post", "due_at", "id", postgresql_where=_LIVE),
        {"postgresql_with": {"fillfactor": "80"}},
    )
