"""Tables of people and how they come in. All global (tenant “*”): one person may hold posts in several tenants."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted


class Account(Tenanted, Base):
    """A person who can log in: staff hold posts, applicants none.

    `must_change_password`: the password was set by somebody else; nothing but a new one can be done with it.
    """

    __tablename__ = "account"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    password_hash: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    id_number: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="zh_CN")
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    must_change_password: Mapped[bool] = mapped_column(server_default="false")
    version: Mapped[int] = mapped_column(server_default="1")
    __table_args__ = (UniqueConstraint("tenant", "username"),)


def _of_account() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "account_id"], ["account.tenant", "account.id"])


class LoginSession(Tenanted, Base):
    """A browser that is logged in. The cookie carries a secret; the row keeps its SHA-256.

    `last_used_at` here and of tokens is exact to the hour: it is written that often, not with each request.
    """

    __tablename__ = "login_session"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    secret_hash: Mapped[bytes]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("tenant", "secret_hash"), _of_account(), Index(None, "tenant", "account_id"))


class ApiToken(Tenanted, Base):
    """A token for the API: scopes (permissions, or “*” for all that the person has) and an end."""

    __tablename__ = "api_token"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID]
    name: Mapped[str]
    secret_hash: Mapped[bytes]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("tenant", "secret_hash"), _of_account(), Index(None, "tenant", "account_id"))


class Throttle(Base):
    """A counter of attempts in a window of time, shared by all processes."""

    __tablename__ = "throttle"
    key: Mapped[str] = mapped_column(primary_key=True)
    hits: Mapped[int]
    expires_at: Mapped[datetime]
    __table_args__ = {"prefixes": ["UNLOGGED"]}
