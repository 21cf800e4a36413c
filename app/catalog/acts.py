"""The acts upon an item: taken one at a time, kept in its history and on its audit chain."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.audit.operations import record
from app.catalog.errors import MayNot, NoSuchItem
from app.catalog.models import Item, ItemAct, ItemVersion
from app.catalog.people import who_may
from app.identity.types import Actor
from app.kernel.errors import Stale

Act = Literal[
    "drafted",
    "reviewed",
    "confirmed",
    "published",
    "returned",
    "withdrawn",
    "restored",
    "waived",
    "cases-moved",
    "cases-moved-back",
]

DRAFT: Final = "item.draft"
REVIEW: Final = "item.review"
CONFIRM: Final = "item.confirm"
PUBLISH: Final = "item.publish"
ANY: Final = (DRAFT, REVIEW, CONFIRM, PUBLISH)
"""Whoever may do one of these sees the whole catalogue, drafts included."""

_CHAINS: Final = UUID("6d0f1f0e-3a55-5f0b-9f53-8f0a3f6b2f10")
"""Namespace of the audit chains of items."""


def chain_of(code: str) -> UUID:
    """The audit chain of an item, in the jurisdiction of whoever acted."""
    return uuid5(_CHAINS, code)


def allow(session: Session, actor: Actor, now: datetime, permission: str) -> None:
    """Raise MayNot, which says whom to ask, unless the actor has the permission."""
    if not actor.may(permission):
        raise MayNot(permission=permission, who=who_may(session, actor.tenant, permission, now))


def lock(session: Session, code: str, *, seen: int | None = None, new: bool = False) -> Item:
    """The item, locked: of two who act upon it one waits for the other. Raises NoSuchItem; Stale where it has had acts
    since the revision that the caller has seen. A `new` item is made where there is none."""
    if new:
        session.execute(upsert(Item).values(code=code).on_conflict_do_nothing())
    found = session.scalar(
        select(Item).where(Item.code == code).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NoSuchItem(kind="item", key=code, item=code, version="–")
    if seen is not None and seen != revision(session, code):
        raise Stale()
    return found


def version_of(session: Session, code: str, version: int) -> ItemVersion:
    """One version. Raises NoSuchItem."""
    found = session.get(ItemVersion, (code, version), populate_existing=True)
    if found is None:
        raise NoSuchItem(kind="item", key=code, item=code, version=version)
    return found


def revision(session: Session, code: str) -> int:
    """How many acts the item has had; changes with each."""
    return session.scalar(select(func.max(ItemAct.seq)).where(ItemAct.item == code)) or 0


def keep(session: Session, actor: Actor, now: datetime, version: ItemVersion, act: Act, note: str) -> None:
    """Write down what was done to a version. The item is locked."""
    seq = revision(session, version.item) + 1
    session.add(
        ItemAct(
            item=version.item,
            seq=seq,
            version=version.version,
            act=act,
            at=now,
            actor_id=actor.account_id,
            actor=actor.username,
            note=note.strip(),
        )
    )
    session.flush()
    record(
        session,
        actor.tenant,
        chain_of(version.item),
        at=now,
        actor_id=actor.account_id,
        actor=actor.username,
        tag=f"catalog:item:{act}",
        data={
            "item": version.item,
            "version": version.version,
            "digest": version.digest,
            "act": seq,
            "note": note.strip(),
        },
    )
