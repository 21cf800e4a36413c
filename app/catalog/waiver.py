"""A version of which it is not proven that every case ends: a second person answers for it, before it is published."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog import acts, checking, queries
from app.catalog.errors import NothingToWaive, OwnWork, ReasonNeeded
from app.catalog.models import ItemAct, ItemVersion
from app.engine import Finding
from app.identity.types import Actor

WAIVE: Final = acts.CONFIRM
"""Whoever may say that a version may be published may answer for what is not proven."""

NOT_PROVEN: Final = "not-proven"


def waive(
    session: Session,
    code: str,
    version: int,
    actor: Actor,
    now: datetime,
    reason: str,
    seen: int | None = None,
    operations: Collection[str] | None = None,
) -> ItemVersion:
    """Answer for a version whose proof came to its bounds, with a reason. Its author cannot, nor does it help whoever
    publishes it. Raises MayNot, NoSuchItem, Stale, ReasonNeeded, OwnWork, NothingToWaive, Unworkable."""
    acts.allow(session, actor, now, WAIVE)
    acts.lock(session, code, seen=seen)
    found = acts.version_of(session, code, version)
    if not reason.strip():
        raise ReasonNeeded()
    if actor.username in _who(session, code, version, "drafted"):
        raise OwnWork(item=code, version=version)
    files = queries.files(session, code, version)
    if not is_needed(checking.check(files, operations, queries.neighbours(session)).findings):
        raise NothingToWaive(item=code, version=version)
    acts.keep(session, actor, now, found, "waived", reason)
    return found


def is_needed(findings: Iterable[Finding]) -> bool:
    """Whether the proof came to its bounds."""
    return any(finding.code == NOT_PROVEN for finding in findings)


def is_given(session: Session, code: str, version: int, publisher: Actor) -> bool:
    """Whether somebody other than who publishes has answered for a version since it was sent back last."""
    return bool(_who(session, code, version, "waived") - {publisher.username})


def _who(session: Session, code: str, version: int, act: str) -> set[str]:
    """Who did this with a version; what was waived before it was sent back counts no more."""
    found: set[str] = set()
    mine = select(ItemAct).where(ItemAct.item == code, ItemAct.version == version).order_by(ItemAct.seq)
    for done in session.scalars(mine):
        if done.act == act:
            found.add(done.actor)
        elif done.act == "returned" and act == "waived":
            found.clear()
    return found
