"""Tables of the office: regions, departments, posts, holders, roles."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted

_NOT_HANDED_OVER = text("until IS NOT NULL AND handed_over_at IS NULL")


class Region(Base):
    """An administrative division (GB/T 2260). Those that are tenants run an office of their own."""

    __tablename__ = "region"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    parent: Mapped[str | None] = mapped_column(ForeignKey("region.code"))
    is_tenant: Mapped[bool]
    calendar: Mapped[str] = mapped_column(ForeignKey("calendar.code"))
    version: Mapped[int] = mapped_column(server_default="1")


class Department(Tenanted, Base):
    """A department of one jurisdiction. A closed one keeps its code and its past."""

    __tablename__ = "department"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    __table_args__ = (UniqueConstraint("tenant", "code"),)


class Post(Tenanted, Base):
    """A seat in a department. A lane of a diagram is bound to its code."""

    __tablename__ = "post"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    department_id: Mapped[UUID]
    code: Mapped[str]
    name_zh: Mapped[str]
    name_en: Mapped[str]
    is_head: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(server_default="1")
    __table_args__ = (
        UniqueConstraint("tenant", "code"),
        ForeignKeyConstraint(["tenant", "department_id"], ["department.tenant", "department.id"]),
        Index(None, "tenant", "department_id"),
    )


class Holder(Tenanted, Base):
    """Somebody who holds a post from `since` until `until` (open while None).

    After `until` what they had in hand goes to `successor_id`, or back to the queue; `handed_over_at` says when that
    was done with.
    """

    __tablename__ = "holder"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    post_id: Mapped[UUID]
    account_id: Mapped[UUID]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    successor_id: Mapped[UUID | None]
    handed_over_at: Mapped[datetime | None]
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "post_id"], ["post.tenant", "post.id"]),
        Index(None, "tenant", "post_id"),
        Index(None, "account_id"),
        Index("ix_holder_ended", "tenant", "until", postgresql_where=_NOT_HANDED_OVER),
    )


class Role(Base):
    """A named set of permissions. Shared by all tenants."""

    __tablename__ = "role"
    code: Mapped[str] = mapped_column(primary_key=True)
    name_zh: Mapped[str]
    name_en: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1")


class RolePermission(Base):
    """One permission that a role carries."""

    __tablename__ = "role_permission"
    role: Mapped[str] = mapped_column(ForeignKey("role.code"), primary_key=True)
    permission: Mapped[str] = mapped_column(primary_key=True)


class PostRole(Tenanted, Base):
    """A role that a post carries."""

    __tablename__ = "post_role"
    post_id: Mapped[UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(ForeignKey("role.code"), primary_key=True)
    __table_args__ = (ForeignKeyConstraint(["tenant", "post_id"], ["post.tenant", "post.id"]),)
