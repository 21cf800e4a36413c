"""Tables of the catalogue. Shared by all tenants; the files of a version never change, whatever becomes of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Item(Base):
    """A service item. `current` is the version that new cases take; `withdrawn` the one that did, until it is back."""

    __tablename__ = "item"
    code: Mapped[str] = mapped_column(primary_key=True)
    current: Mapped[int | None]
    withdrawn: Mapped[int | None]


class ItemVersion(Base):
    """One version of an item: its item.yaml as read, and a digest over all its files. `note` says what is new in it.

    `published_at` is when it first was, None before.
    """

    __tablename__ = "item_version"
    item: Mapped[str] = mapped_column(ForeignKey("item.code"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    manifest: Mapped[dict[str, Any]]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None]
    note: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="published")
    __table_args__ = (CheckConstraint("state IN ('draft', 'reviewed', 'confirmed', 'published')", name="state"),)


class ItemFile(Base):
    """One file of a version: item.yaml, a diagram, a form. `path` begins with processes/ or forms/."""

    __tablename__ = "item_file"
    item: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    __table_args__ = (ForeignKeyConstraint(["item", "version"], ["item_version.item", "item_version.version"]),)


class ItemAct(Base):
    """One act upon an item, numbered from 1: who drafted, reviewed, confirmed, published, returned or withdrew what.

    Append-only. The count of its acts is the item's revision.
    """

    __tablename__ = "item_act"
    item: Mapped[str] = mapped_column(ForeignKey("item.code"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    act: Mapped[str]
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor: Mapped[str]
    note: Mapped[str]
    __table_args__ = (ForeignKeyConstraint(["item", "version"], ["item_version.item", "item_version.version"]),)


class Bench(Base):
    """A working copy of an item, as its designer has it on the bench: changed as often as they like, right or wrong,
    until it is handed in and becomes a version. `stamp` counts how often it was saved, from 1.

    `item` need not be there yet: a new one is drawn up here, too. `base` is the version it began from.
    """

    __tablename__ = "item_bench"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    item: Mapped[str]
    base: Mapped[int | None]
    stamp: Mapped[int]
    begun_at: Mapped[datetime]
    begun_by: Mapped[str]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


class BenchFile(Base):
    """A file on a bench, in UTF-8; `path` as in a version."""

    __tablename__ = "item_bench_file"
    bench: Mapped[UUID] = mapped_column(ForeignKey("item_bench.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class BenchSeat(Base):
    """Who has a bench open: since when, and when their page was heard of last."""

    __tablename__ = "item_bench_seat"
    bench: Mapped[UUID] = mapped_column(ForeignKey("item_bench.id", ondelete="CASCADE"), primary_key=True)
    username: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    since: Mapped[datetime]
    seen: Mapped[datetime]
