"""Batches of cases that are, or were, moved: how far each has come, and why cases stayed."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.engine import Obstacle
from app.identity.types import Actor
from app.kernel.errors import NotFound
from app.studio.models import MoveBatch, MoveCase

MOVE: Final = "case.move"
SHOWN: Final = 50
"""Codes of cases that a group of reasons names; all are counted."""

Reasons = tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Cases that cannot go, for the same reasons. `codes`: the first of them."""

    reasons: Reasons
    number: int
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come, and why cases stayed: texts are made by the edges, from the obstacles."""

    batch: MoveBatch
    counts: Mapping[str, int]
    groups: tuple[Group, ...]
    failed: tuple[tuple[str, str], ...]
    """Code and error of cases that were set aside."""

    @property
    def total(self) -> int:
        """All cases of the batch."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Those that have been looked at."""
        return self.total - self.counts.get("waiting", 0)


def batch_of(session: Session, actor: Actor, batch_id: UUID, item: str | None = None) -> MoveBatch:
    """A batch of the actor's jurisdiction, of the `item` where one is named. Raises NotFound."""
    found = session.get(MoveBatch, (actor.tenant, batch_id), populate_existing=True)
    if found is None or (item is not None and found.item != item):
        raise NotFound(kind="batch", key=batch_id)
    return found


def batches(session: Session, actor: Actor, item: str | None = None, limit: int = 50) -> Sequence[Progress]:
    """The batches in the actor's jurisdiction, of one item or of all, the latest first. Raises Forbidden."""
    actor.require(MOVE)
    rows = select(MoveBatch).where(MoveBatch.tenant == actor.tenant)
    if item is not None:
        rows = rows.where(MoveBatch.item == item)
    found = session.scalars(rows.order_by(MoveBatch.id.desc()).limit(limit)).all()
    counts: dict[UUID, dict[str, int]] = defaultdict(dict)
    counted = select(MoveCase.batch_id, MoveCase.state, func.count()).where(
        MoveCase.tenant == actor.tenant, MoveCase.batch_id.in_([batch.id for batch in found])
    )
    for batch_id, state, number in session.execute(counted.group_by(MoveCase.batch_id, MoveCase.state)):
        counts[batch_id][state] = number
    return [Progress(batch, counts[batch.id], (), ()) for batch in found]


def progress(session: Session, actor: Actor, batch_id: UUID) -> Progress:
    """How far a batch has come. Raises Forbidden, NotFound."""
    actor.require(MOVE)
    batch = batch_of(session, actor, batch_id)
    rows = session.execute(
        select(MoveCase.state, MoveCase.reasons, MoveCase.error, Case.code)
        .join(Case, (Case.tenant == MoveCase.tenant) & (Case.id == MoveCase.case_id))
        .where(MoveCase.tenant == actor.tenant, MoveCase.batch_id == batch_id)
        .order_by(Case.code)
    ).all()
    grouped: dict[str, tuple[Reasons, list[str]]] = {}
    for row in rows:
        if row.state == "refused":
            reasons = tuple(Obstacle(**found) for found in row.reasons)
            grouped.setdefault(repr(row.reasons), (reasons, []))[1].append(row.code)
    groups = [Group(reasons, len(codes), tuple(codes[:SHOWN])) for reasons, codes in grouped.values()]
    failed = tuple((row.code, row.error or "") for row in rows if row.state == "failed")[:SHOWN]
    counts = Counter(row.state for row in rows)
    return Progress(batch, counts, tuple(sorted(groups, key=lambda group: -group.number)), failed)
