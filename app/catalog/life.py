"""The life of a version: draft, reviewed, confirmed, published; and of an item: withdrawn, brought back.

Where duties are separated (`settings.separated`) the states follow one another, and whoever acted on a version since it
was drafted or sent back leaves the next act to somebody else. Where they are not, `publish` goes in one act.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import acts, checking, queries, settings, waiver
from app.catalog.errors import (
    BeyondThat,
    NotConfirmed,
    NotPublished,
    NotReviewed,
    NotWithdrawn,
    ReasonNeeded,
    SomebodyElse,
)
from app.catalog.models import Item, ItemAct, ItemVersion
from app.catalog.people import who_may
from app.identity.types import Actor


def review(
    session: Session, code: str, version: int, actor: Actor, now: datetime, note: str = "", seen: int | None = None
) -> ItemVersion:
    """Say that a draft is right in its matter; one with errors or open questions is not, proven or not that it ends.

    Raises MayNot, NoSuchItem, Stale, BeyondThat, SomebodyElse, ItemRefused, Unworkable.
    """
    acts.allow(session, actor, now, acts.REVIEW)
    acts.lock(session, code, seen=seen)
    found = acts.version_of(session, code, version)
    if found.state != "draft":
        raise BeyondThat(item=code, version=version)
    return _pass(session, found, actor, now, note, "reviewed", acts.REVIEW)


def confirm(
    session: Session, code: str, version: int, actor: Actor, now: datetime, note: str = "", seen: int | None = None
) -> ItemVersion:
    """Say that what was reviewed may be published. Raises as `review`, and NotReviewed."""
    acts.allow(session, actor, now, acts.CONFIRM)
    acts.lock(session, code, seen=seen)
    found = acts.version_of(session, code, version)
    if found.state == "draft":
        raise NotReviewed(item=code, version=version, who=_who(session, found, actor, now, acts.REVIEW))
    if found.state != "reviewed":
        raise BeyondThat(item=code, version=version)
    return _pass(session, found, actor, now, note, "confirmed", acts.CONFIRM)


def publish(
    session: Session,
    code: str,
    version: int,
    actor: Actor,
    now: datetime,
    note: str = "",
    seen: int | None = None,
    operations: Collection[str] | None = None,
) -> ItemVersion:
    """Let new cases take a version from now on, be it a new or an earlier one; a withdrawn item comes back with it.

    Its files are checked as things stand today. Raises MayNot, NoSuchItem, Stale, ItemRefused, NotProven,
    Unworkable, and where duties are separated NotReviewed, NotConfirmed, SomebodyElse.
    """
    acts.allow(session, actor, now, acts.PUBLISH)
    item = acts.lock(session, code, seen=seen)
    found = acts.version_of(session, code, version)
    _still_sound(session, found, actor, operations)
    put_in_force(session, item, found, actor, now, note, separated=settings.separated(session))
    return found


def put_in_force(
    session: Session, item: Item, found: ItemVersion, actor: Actor, now: datetime, note: str, *, separated: bool
) -> None:
    """The end of publishing, for a version that is sound, of an item that is locked. What is in force stays so."""
    if item.current == found.version:
        return
    if separated and found.state != "published":
        if found.state == "draft":
            raise NotReviewed(**_named(found), who=_who(session, found, actor, now, acts.REVIEW))
        if found.state == "reviewed":
            raise NotConfirmed(**_named(found), who=_who(session, found, actor, now, acts.CONFIRM))
        _not_twice(session, found, actor, now, acts.PUBLISH)
    if found.published_at is None:
        found.state, found.published_at, found.published_by = "published", now, actor.account_id
        found.note = note.strip() or found.note
    item.current, item.withdrawn = found.version, None
    session.flush()
    acts.keep(session, actor, now, found, "published", note)


def send_back(
    session: Session, code: str, version: int, actor: Actor, now: datetime, reason: str, seen: int | None = None
) -> ItemVersion:
    """Make a version that is not yet published a draft again, with the reason. Whoever may review or confirm may.

    What was reviewed and confirmed counts no more. Raises MayNot, NoSuchItem, Stale, BeyondThat, ReasonNeeded.
    """
    if not (actor.may(acts.CONFIRM) or actor.may(acts.PUBLISH)):
        acts.allow(session, actor, now, acts.REVIEW)
    acts.lock(session, code, seen=seen)
    found = acts.version_of(session, code, version)
    if found.state == "published":
        raise BeyondThat(item=code, version=version)
    _reason(reason)
    found.state = "draft"
    acts.keep(session, actor, now, found, "returned", reason)
    return found


def withdraw(
    session: Session, code: str, actor: Actor, now: datetime, reason: str, seen: int | None = None
) -> ItemVersion:
    """Take an item from the catalogue: no new cases; running ones go on. Raises MayNot, NoSuchItem, Stale,
    NotPublished, ReasonNeeded."""
    acts.allow(session, actor, now, acts.PUBLISH)
    item = acts.lock(session, code, seen=seen)
    if item.current is None:
        raise NotPublished(item=code)
    _reason(reason)
    found = acts.version_of(session, code, item.current)
    item.current, item.withdrawn = None, found.version
    session.flush()
    acts.keep(session, actor, now, found, "withdrawn", reason)
    return found


def restore(
    session: Session,
    code: str,
    actor: Actor,
    now: datetime,
    note: str = "",
    seen: int | None = None,
    operations: Collection[str] | None = None,
) -> ItemVersion:
    """Bring a withdrawn item back in the version it had.

    Raises MayNot, NoSuchItem, Stale, NotWithdrawn, ItemRefused, Unworkable.
    """
    acts.allow(session, actor, now, acts.PUBLISH)
    item = acts.lock(session, code, seen=seen)
    if item.withdrawn is None:
        raise NotWithdrawn(item=code)
    found = acts.version_of(session, code, item.withdrawn)
    _still_sound(session, found, actor, operations)
    item.current, item.withdrawn = found.version, None
    session.flush()
    acts.keep(session, actor, now, found, "restored", note)
    return found


def _pass(
    session: Session, found: ItemVersion, actor: Actor, now: datetime, note: str, act: acts.Act, permission: str
) -> ItemVersion:
    if settings.separated(session):
        _not_twice(session, found, actor, now, permission)
    files = queries.files(session, found.item, found.version)
    checking.sound(files, None, queries.neighbours(session), answered=True, waived=True, digest=found.digest)
    found.state = act
    acts.keep(session, actor, now, found, act, note)
    return found


def _still_sound(session: Session, found: ItemVersion, actor: Actor, operations: Collection[str] | None) -> None:
    files = queries.files(session, found.item, found.version)
    waived = waiver.is_given(session, found.item, found.version, actor)
    checking.sound(files, operations, queries.neighbours(session), answered=True, waived=waived)


def _not_twice(session: Session, found: ItemVersion, actor: Actor, now: datetime, permission: str) -> None:
    if actor.username in hands(session, found.item, found.version):
        raise SomebodyElse(**_named(found), permission=permission, who=_who(session, found, actor, now, permission))


def _who(session: Session, found: ItemVersion, actor: Actor, now: datetime, permission: str) -> str:
    return who_may(session, actor.tenant, permission, now, hands(session, found.item, found.version))


def hands(session: Session, code: str, version: int) -> set[str]:
    """Who has acted on a version, by username: its author, and whoever reviewed or confirmed it since it was sent back
    last. Where duties are separated the next act is somebody else's."""
    later: set[str] = set()
    author: set[str] = set()
    mine = select(ItemAct).where(ItemAct.item == code, ItemAct.version == version).order_by(ItemAct.seq)
    for act in session.scalars(mine):
        if act.act == "drafted":
            author.add(act.actor)
        elif act.act == "returned":
            later.clear()
        elif act.act != "waived":
            later.add(act.actor)
    return later | author


def _named(found: ItemVersion) -> dict[str, object]:
    return {"item": found.item, "version": found.version}


def _reason(text: str) -> None:
    if not text.strip():
        raise ReasonNeeded()
