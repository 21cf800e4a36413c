"""Files become a version: checked, written once, never changed. What is running stays on the version it began with."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app import engine
from app.catalog import acts, checking, life, queries, settings
from app.catalog.errors import CodeInUse, SubmitFirst
from app.catalog.models import ItemFile, ItemVersion
from app.catalog.people import who_may
from app.engine import Finding
from app.identity.types import Actor

PUBLISH = acts.PUBLISH
chain_of = acts.chain_of


def check(
    files: Mapping[str, bytes], operations: Collection[str] | None = None, session: Session | None = None
) -> tuple[Finding, ...]:
    """Everything that is to be said about an item's files, errors first; with a session, beside the catalogue too.

    Raises Unworkable where the files take too much.
    """
    beside = None if session is None else queries.neighbours(session)
    return checking.check(files, operations, beside).findings


def findings(
    session: Session, code: str, version: int, operations: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """What is to be said about a version beside today's catalogue, errors first. Raises NoSuchItem, Unworkable."""
    files = queries.files(session, code, version)
    return checking.check(files, operations, queries.neighbours(session), engine.digest(files)).findings


def submit(
    session: Session,
    files: Mapping[str, bytes],
    actor: Actor,
    now: datetime,
    note: str = "",
    operations: Collection[str] | None = None,
    *,
    new: bool = False,
) -> ItemVersion:
    """Hand files in as a draft. Files that are byte for byte those of a version are that version.

    `new`: the item must not be there yet (CodeInUse). Raises MayNot, ItemRefused, Unworkable.
    """
    acts.allow(session, actor, now, acts.DRAFT)
    manifest, data = checking.sound(files, operations, queries.neighbours(session))
    code = manifest.code
    acts.lock(session, code, new=True)
    if new and acts.revision(session, code):
        raise CodeInUse(item=code)
    found = _same(session, code, files)
    if found is None:
        found = _write(session, code, data, files, note, state="draft")
        acts.keep(session, actor, now, found, "drafted", note)
    return found


def publish(
    session: Session,
    files: Mapping[str, bytes],
    actor: Actor,
    now: datetime,
    note: str = "",
    operations: Collection[str] | None = None,
) -> ItemVersion:
    """Make the files the version that new cases take, in one act. Raises MayNot, ItemRefused, Unworkable, and where
    duties are separated what `life.publish` raises, or SubmitFirst.

    1. Check; errors and open questions refuse, and nothing is written.
    2. Lock the item, so that of two who publish at once one waits for the other.
    3. Files that are byte for byte those of a version are that version; others become the next one.
    4. What changed is recorded in the item's history and on its chain, in the actor's jurisdiction.
    """
    acts.allow(session, actor, now, acts.PUBLISH)
    manifest, data = checking.sound(files, operations, queries.neighbours(session), answered=True)
    code = manifest.code
    item = acts.lock(session, code, new=True)
    found = _same(session, code, files)
    separated = settings.separated(session)
    if found is None and separated:
        raise SubmitFirst(who=who_may(session, actor.tenant, acts.REVIEW, now))
    if found is None:
        found = _write(session, code, data, files, note, state="confirmed")
    life.put_in_force(session, item, found, actor, now, note, separated=separated)
    return found


def _same(session: Session, code: str, files: Mapping[str, bytes]) -> ItemVersion | None:
    digest = engine.digest(files)
    return session.scalar(select(ItemVersion).where(ItemVersion.item == code, ItemVersion.digest == digest))


def _write(
    session: Session, code: str, data: Mapping[str, object], files: Mapping[str, bytes], note: str, *, state: str
) -> ItemVersion:
    last = session.scalar(select(func.max(ItemVersion.version)).where(ItemVersion.item == code)) or 0
    made = ItemVersion(
        item=code,
        version=last + 1,
        digest=engine.digest(files),
        manifest=dict(data),
        note=note.strip(),
        state=state,
    )
    session.add(made)
    session.flush()
    session.execute(
        insert(ItemFile),
        [{"item": code, "version": made.version, "path": path, "content": content} for path, content in files.items()],
    )
    session.info.setdefault(queries.UNSETTLED, set()).add((code, made.version))
    return made
