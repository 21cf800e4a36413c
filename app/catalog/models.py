"""Tables of the catalogue. Shared by all tenants; a published version never changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base


class Item(Base):
    """A service item. `current` is the version that new cases take."""

    __tablename__ = "item"
    code: Mapped[str] = mapped_column(primary_key=True)
    current: Mapped[int | None]


class ItemVersion(Base):
    """One version of an item: its item.yaml as read, and a digest over all its files."""

    __tablename__ = "item_version"
    item: Mapped[str] = mapped_column(ForeignKey("item.code"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    manifest: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    note: Mapped[str]


class ItemFile(Base):
    """One file of a version: item.yaml, a diagram, a form. `path` begins with processes/ or forms/."""

    __tablename__ = "item_file"
    item: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    __table_args__ = (ForeignKeyConstraint(["item", "version"], ["item_version.item", "item_version.version"]),)
