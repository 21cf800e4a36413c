"""Publishing items. A version is written once; what is running stays on the version it began with."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app import engine
from app.audit.operations import record
from app.catalog import checking
from app.catalog.errors import ItemRefused
from app.catalog.models import Item, ItemFile, ItemVersion
from app.catalog.queries import UNSETTLED
from app.engine import Finding
from app.identity.types import Actor

PUBLISH: Final = "item.publish"
_CHAINS: Final = UUID("6d0f1f0e-3a55-5f0b-9f53-8f0a3f6b2f10")
"""Namespace of the audit chains of items."""


def check(files: Mapping[str, bytes], operations: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything that is to be said about an item's files, errors first. Raises Unworkable where they take too much."""
    return checking.check(files, operations).findings


def publish(
    session: Session,
    files: Mapping[str, bytes],
    actor: Actor,
    now: datetime,
    note: str = "",
    operations: Collection[str] | None = None,
) -> ItemVersion:
    """Make the files the version that new cases take. Raises Forbidden, ItemRefused, Unworkable.

    1. Check; errors refuse, and nothing is written.
    2. Lock the item, so that of two who publish at once one waits for the other.
    3. Files that are byte for byte those of a version are that version; others become the next one.
    4. What changed is recorded on the item's chain, in the actor's jurisdiction.
    """
    actor.require(PUBLISH)
    checked = checking.check(files, operations)
    manifest = checked.manifest
    if checked.refused or manifest is None:
        raise ItemRefused(checked.findings)
    code, digest = manifest.code, engine.digest(files)
    session.execute(upsert(Item).values(code=code).on_conflict_do_nothing())
    current = session.execute(select(Item.current).where(Item.code == code).with_for_update()).scalar_one()
    found = session.scalar(select(ItemVersion).where(ItemVersion.item == code, ItemVersion.digest == digest))
    if found is None:
        found = _write(session, code, digest, checked.data, files, actor, now, note)
    if found.version != current:
        session.execute(update(Item).where(Item.code == code).values(current=found.version))
        record(
            session,
            actor.tenant,
            chain_of(code),
            at=now,
            actor_id=actor.account_id,
            actor=actor.username,
            tag="catalog:item:published",
            data={"item": code, "version": found.version, "digest": digest, "before": current},
        )
    return found


def chain_of(code: str) -> UUID:
    """The audit chain of an item."""
    return uuid5(_CHAINS, code)


def _write(
    session: Session,
    code: str,
    digest: str,
    data: Mapping[str, object],
    files: Mapping[str, bytes],
    actor: Actor,
    now: datetime,
    note: str,
) -> ItemVersion:
    last = session.scalar(select(func.max(ItemVersion.version)).where(ItemVersion.item == code)) or 0
    made = ItemVersion(
        item=code,
        version=last + 1,
        digest=digest,
        manifest=dict(data),
        published_at=now,
        published_by=actor.account_id,
        note=note.strip(),
    )
    session.add(made)
    session.flush()
    session.execute(
        insert(ItemFile),
        [{"item": code, "version": made.version, "path": path, "content": content} for path, content in files.items()],
    )
    session.info.setdefault(UNSETTLED, set()).add((code, made.version))
    return made
