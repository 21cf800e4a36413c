"""Tables of the studio: running cases that are moved to another version of their item."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted, of_case


class MoveBatch(Tenanted, Base):
    """Cases that somebody had moved together. `steps`: old element → new element, as they said; `back_of`: the batch
    whose cases go back with this one. `finished_at`: when the last case had been looked at."""

    __tablename__ = "move_batch"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str]
    from_version: Mapped[int]
    to_version: Mapped[int]
    steps: Mapped[dict[str, Any]]
    note: Mapped[str]
    back_of: Mapped[UUID | None]
    by_id: Mapped[UUID | None]
    by: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["item", "from_version"], ["item_version.item", "item_version.version"]),
        ForeignKeyConstraint(["item", "to_version"], ["item_version.item", "item_version.version"]),
        Index("ix_move_batch_item", "tenant", "item", "id"),
        Index("ix_move_batch_open", "tenant", "id", postgresql_where=text("finished_at IS NULL")),
    )


class MoveCase(Tenanted, Base):
    """One case of a batch. waiting → moved | refused (with `reasons`) | failed (with `error`, to be tried again).

    `before` and `undo` are what the way back needs, `version` the case's version after the move.
    """

    __tablename__ = "move_case"
    batch_id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default="waiting")
    reasons: Mapped[list[Any]] = mapped_column(server_default="[]")
    error: Mapped[str | None]
    at: Mapped[datetime | None]
    before: Mapped[bytes | None]
    undo: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    version: Mapped[int | None]
    __table_args__ = (
        of_case(),
        ForeignKeyConstraint(["tenant", "batch_id"], ["move_batch.tenant", "move_batch.id"]),
        CheckConstraint("state IN ('waiting', 'moved', 'refused', 'failed')", name="state"),
        Index("ix_move_case_case", "tenant", "case_id"),
        Index("ix_move_case_waiting", "tenant", "batch_id", "case_id", postgresql_where=text("state = 'waiting'")),
    )


class WhatIf(Tenanted, Base):
    """A question what a version would have made of cases that are over, and how far its answer has come.

    Cases are taken from the latest back; `before` is the last one done, so that a program that was stopped goes on
    where it was. `tally`: numbers only, nothing of any case.
    """

    __tablename__ = "what_if"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str]
    version: Mapped[int]
    since: Mapped[datetime | None]
    assumed: Mapped[dict[str, Any]]
    total: Mapped[int]
    done: Mapped[int] = mapped_column(server_default="0")
    before: Mapped[UUID | None]
    tally: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    error: Mapped[str | None]
    by_id: Mapped[UUID | None]
    by: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["item", "version"], ["item_version.item", "item_version.version"]),
        Index("ix_what_if_item", "tenant", "item", "id"),
        Index("ix_what_if_open", "tenant", "id", postgresql_where=text("finished_at IS NULL")),
    )
