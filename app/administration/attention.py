"""What an administrator should look at: posts that nobody holds though items are bound to them, people who leave soon,
work that failed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from app.administration import queries
from app.administration.queries import open_steps_at
from app.administration.types import PostRow
from app.cases import parking
from app.catalog.queries import current, current_item
from app.identity.models import Account
from app.identity.types import Actor
from app.kernel.ids import GLOBAL_TENANT
from app.notices import queries as notices
from app.org.models import Holder, Post

SOON: Final = timedelta(days=30)
"""Who leaves within this time is named, so that somebody else can be found."""


@dataclass(frozen=True, slots=True)
class Vacant:
    """A post that nobody holds: the items that are bound to it (codes), and how many steps wait there now."""

    post: PostRow
    items: tuple[str, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody whose time at a post ends soon."""

    account_id: UUID
    name: str
    post_zh: str
    post_en: str
    until: datetime | None

    @property
    def name_zh(self) -> str:
        """The post in Chinese."""
        return self.post_zh

    @property
    def name_en(self) -> str:
        """The post in English."""
        return self.post_en


@dataclass(frozen=True, slots=True)
class Failed:
    """Work that failed for good, and cases whose lights or timers were set aside."""

    incidents: int
    cases: int


def vacant(session: Session, actor: Actor, now: datetime) -> list[Vacant]:
    """The open posts of the actor's jurisdiction that items are bound to, or steps wait at, and that nobody holds.

    Those at which most waits come first. Raises Forbidden.
    """
    actor.require("org.manage")
    empty = [post for post in queries.posts(session, actor, now) if not post.holders]
    bound = bound_items(session)
    waiting = open_steps_at(session, actor.tenant, [post.code for post in empty])
    found = [Vacant(post, tuple(bound.get(post.code, ())), waiting.get(post.code, 0)) for post in empty]
    return sorted((one for one in found if one.items or one.waiting), key=lambda one: (-one.waiting, one.post.code))


def bound_items(session: Session) -> Mapping[str, Sequence[str]]:
    """The current items that are bound to each post, by its code."""
    found: dict[str, list[str]] = {}
    for entry in current(session):
        item = current_item(session, entry.code)
        for post in sorted({item.post_of(step) or "" for step in item.steps}):
            found.setdefault(post, []).append(entry.code)
    return found


def leaving(session: Session, actor: Actor, now: datetime) -> list[Leaving]:
    """Whose time at a post of the actor's jurisdiction ends soon, the next first. Raises Forbidden."""
    actor.require("org.manage")
    rows = session.execute(
        select(Account.id, Account.name, Post.name_zh, Post.name_en, Holder.until)
        .select_from(Holder)
        .join(Post, and_(Post.tenant == Holder.tenant, Post.id == Holder.post_id))
        .join(Account, and_(Account.tenant == GLOBAL_TENANT, Account.id == Holder.account_id))
        .where(Holder.tenant == actor.tenant, Holder.until > now, Holder.until <= now + SOON)
        .order_by(Holder.until, Account.name)
    )
    return [Leaving(*row) for row in rows]


def failed(session: Session, actor: Actor) -> Failed:
    """How much work of the actor's jurisdiction failed. Raises Forbidden."""
    actor.require("incident.read")
    return Failed(len(notices.incidents(session, actor.tenant)), len(parking.parked(session, actor)))


def people_here(session: Session, actor: Actor, now: datetime) -> int:
    """How many people hold a post in the actor's jurisdiction."""
    held = select(func.count(Holder.account_id.distinct())).where(
        Holder.tenant == actor.tenant, Holder.since <= now, (Holder.until.is_(None)) | (Holder.until > now)
    )
    return session.scalar(held) or 0
