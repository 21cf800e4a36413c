"""Running cases moved to another version of their item: looked at beforehand, done in a batch, taken back.

1. `preview` tries every case and changes nothing: how many can go, and the reasons of those that cannot, grouped. Cases
   that stand alike are tried once.
2. `start` writes a batch with a row for each case, and the act into the item's history.
3. `move_one` moves one case in a transaction of its own, from a job, in any number of processes. What cannot go is
   refused with its reasons; what fails is set aside and keeps no other waiting. A job that was stopped goes on where
   it was, since a row says whether its case was moved, in the same transaction in which it was.
4. `take_back` makes a batch that gives each case the state that it had, unless it went on since.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from app.cases import moving
from app.cases.errors import CaseClosed, MovedOn
from app.cases.models import Case
from app.cases.moving import Before
from app.cases.passage import names_written, stored_writes
from app.catalog import acts
from app.catalog.queries import item as item_version
from app.catalog.types import ServiceItem
from app.engine import Migration, NotMovable, Variables, obstacle
from app.identity.types import SYSTEM, Actor
from app.kernel.database import AnyRow
from app.kernel.errors import DomainError
from app.kernel.ids import new_id
from app.studio.batches import MOVE, SHOWN, Group, Reasons, batch_of
from app.studio.errors import NothingToMove, NotPublishedYet, SameVersion, StillMoving, TooManyCases
from app.studio.mapping import checked
from app.studio.models import MoveBatch, MoveCase

MOST: Final = 20_000
"""Cases of one batch."""
PATIENCE: Final = "2s"
"""How long one waits for whoever works on a case."""
_TOGETHER: Final = 500
"""Cases of which it is read at once what they know."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What moving would do. `groups`: the largest first."""

    item: str
    from_version: int
    to_version: int
    steps: Mapping[str, str]
    total: int
    able: int
    groups: tuple[Group, ...]


def preview(
    session: Session,
    actor: Actor,
    item: str,
    from_version: int,
    to_version: int,
    steps: Mapping[str, str],
    codes: Sequence[str] | None = None,
) -> Preview:
    """What would become of the running cases of a version, or of those with these codes, in the actor's jurisdiction.

    The new version may be a draft. Raises Forbidden, NoSuchItem, Invalid, SameVersion, NothingToMove, TooManyCases.
    """
    actor.require(MOVE)
    old, new, said = _versions(session, item, from_version, to_version, steps)
    cases = _cases(session, actor.tenant, old, codes)
    found = _tried(session, actor.tenant, moving.migration(old, new, said), cases)
    grouped: dict[tuple[str, ...], tuple[Reasons, list[str]]] = {}
    for case in cases:
        if reasons := found[case.id]:
            key = tuple(reason.text for reason in reasons)
            grouped.setdefault(key, (reasons, []))[1].append(case.code)
    groups = [Group(reasons, len(them), tuple(them[:SHOWN])) for reasons, them in grouped.values()]
    stay = sum(group.number for group in groups)
    ordered = tuple(sorted(groups, key=lambda group: -group.number))
    return Preview(item, from_version, to_version, said, len(cases), len(cases) - stay, ordered)


def start(
    session: Session,
    actor: Actor,
    item: str,
    from_version: int,
    to_version: int,
    steps: Mapping[str, str],
    now: datetime,
    note: str = "",
    codes: Sequence[str] | None = None,
) -> MoveBatch:
    """Have them moved. Raises as `preview`, and NotPublishedYet, StillMoving."""
    actor.require(MOVE)
    old, new, said = _versions(session, item, from_version, to_version, steps)
    acts.lock(session, item)
    version = acts.version_of(session, item, to_version)
    if version.published_at is None:
        raise NotPublishedYet(item=item, version=to_version)
    _none_under_way(session, actor.tenant, item)
    cases = _cases(session, actor.tenant, old, codes)
    batch = _batch(session, actor, now, old, new, said, note, [case.id for case in cases])
    acts.keep(session, actor, now, version, "cases-moved", _noted(batch, len(cases)))
    return batch


def take_back(session: Session, actor: Actor, batch_id: UUID, now: datetime, note: str = "") -> MoveBatch:
    """Have the cases of a batch go back to where they were. Raises Forbidden, NotFound, StillMoving, NothingToMove."""
    actor.require(MOVE)
    done = batch_of(session, actor, batch_id)
    acts.lock(session, done.item)
    _none_under_way(session, actor.tenant, done.item)
    moved = select(MoveCase.case_id).where(
        MoveCase.tenant == actor.tenant, MoveCase.batch_id == done.id, MoveCase.state == "moved"
    )
    cases = session.scalars(moved.order_by(MoveCase.case_id)).all()
    if not cases or done.back_of is not None:
        raise NothingToMove(item=done.item, version=done.to_version)
    old, new = (item_version(session, done.item, number) for number in (done.to_version, done.from_version))
    batch = _batch(session, actor, now, old, new, {}, note, cases, back_of=done.id)
    version = acts.version_of(session, done.item, done.from_version)
    acts.keep(session, actor, now, version, "cases-moved-back", _noted(batch, len(cases)))
    return batch


# --- the job


def tenants_due(session: Session, _now: datetime) -> list[str]:
    """The jurisdictions in which cases wait to be moved. Takes no lock."""
    return list(session.scalars(select(MoveBatch.tenant).where(MoveBatch.finished_at.is_(None)).distinct()))


def due(session: Session, tenant: str, limit: int) -> list[tuple[UUID, UUID]]:
    """Batch and case of the next rows that wait. No locks: whoever works on one looks again under the row's lock."""
    rows = session.execute(
        select(MoveCase.batch_id, MoveCase.case_id)
        .where(MoveCase.tenant == tenant, MoveCase.state == "waiting")
        .order_by(MoveCase.batch_id, MoveCase.case_id)
        .limit(limit)
    )
    return [(row.batch_id, row.case_id) for row in rows]


class Mover:
    """Moves case after case; keeps what the cases of a batch have in common. For one job."""

    def __init__(self) -> None:
        self._plans: dict[UUID, Migration] = {}

    def move_one(self, session: Session, tenant: str, batch_id: UUID, case_id: UUID, now: datetime) -> bool:
        """Move one case, or note why not; False where somebody else has it in hand or did it.

        Who works on the case just now is waited for a moment only, lest the others wait; it has its turn again later.
        """
        session.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        row = session.scalar(
            select(MoveCase)
            .where(
                MoveCase.tenant == tenant,
                MoveCase.batch_id == batch_id,
                MoveCase.case_id == case_id,
                MoveCase.state == "waiting",
            )
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        )
        if row is None:
            return False
        batch = session.get_one(MoveBatch, (tenant, batch_id))
        state, reasons = "moved", []
        values: dict[str, Any] = {}
        try:
            with session.begin_nested():
                values = self._moved(session, batch, case_id, now)
        except NotMovable as refused:
            state, reasons = "refused", [asdict(found) for found in refused.obstacles]
        except (CaseClosed, MovedOn) as refused:
            params = {name: value for name, value in refused.params.items() if name != "code"}
            state, reasons = "refused", [{"code": refused.code, "element": None, "params": params}]
        write(session, tenant, batch_id, case_id, state=state, reasons=reasons, at=now, **values)
        return True

    def _moved(self, session: Session, batch: MoveBatch, case_id: UUID, now: datetime) -> dict[str, Any]:
        actor = replace(SYSTEM, tenant=batch.tenant, account_id=batch.by_id, username=batch.by)
        data = {"batch": str(batch.id), "note": batch.note, "steps": batch.steps}
        if batch.back_of is not None:
            kept = session.get_one(MoveCase, (batch.tenant, batch.back_of, case_id))
            before = Before.of(kept.before or b"", kept.version or 0, kept.undo)
            moving.move_back(session, actor, case_id, before, batch.to_version, now, data)
            return {}
        present = select(Case.item_version).where(Case.tenant == batch.tenant, Case.id == case_id)
        if session.scalar(present) != batch.from_version:
            raise NotMovable((obstacle("elsewhere", version=batch.from_version),))
        before = moving.move(session, actor, case_id, self._plan(session, batch), batch.to_version, now, data)
        return {"before": before.state, "version": before.version, "undo": before.plain()}

    def _plan(self, session: Session, batch: MoveBatch) -> Migration:
        if batch.id not in self._plans:
            old, new = (item_version(session, batch.item, n) for n in (batch.from_version, batch.to_version))
            self._plans[batch.id] = moving.migration(old, new, batch.steps)
        return self._plans[batch.id]


def park(session: Session, tenant: str, batch_id: UUID, case_id: UUID, now: datetime, error: str) -> None:
    """Set aside a case that fails, where whoever started the batch sees it and can try it again.

    Not one that somebody else has moved in the meantime.
    """
    mine = (MoveCase.tenant == tenant, MoveCase.batch_id == batch_id, MoveCase.case_id == case_id)
    failed = update(MoveCase).where(*mine, MoveCase.state == "waiting")
    session.execute(
        failed.values(state="failed", error=error[:500], at=now).execution_options(synchronize_session=False)
    )


def finish(session: Session, tenant: str, now: datetime) -> None:
    """Close the batches of which no case waits."""
    waiting = select(MoveCase.case_id).where(
        MoveCase.tenant == tenant, MoveCase.batch_id == MoveBatch.id, MoveCase.state == "waiting"
    )
    done = update(MoveBatch).where(MoveBatch.tenant == tenant, MoveBatch.finished_at.is_(None), ~waiting.exists())
    session.execute(done.values(finished_at=now).execution_options(synchronize_session=False))


def retry(session: Session, actor: Actor, batch_id: UUID, now: datetime) -> MoveBatch:
    """Try those that failed again. Raises Forbidden, NotFound, StillMoving while another batch of the item runs."""
    actor.require(MOVE)
    batch = batch_of(session, actor, batch_id)
    acts.lock(session, batch.item)
    _none_under_way(session, actor.tenant, batch.item, but=batch.id)
    failed = (MoveCase.tenant == actor.tenant, MoveCase.batch_id == batch.id, MoveCase.state == "failed")
    again = session.scalars(
        update(MoveCase).where(*failed).values(state="waiting", error=None).returning(MoveCase.case_id)
    ).all()
    if again:
        batch.finished_at = None
        version = acts.version_of(session, batch.item, batch.to_version)
        acts.keep(session, actor, now, version, "cases-moved", _noted(batch, len(again)))
    session.flush()
    return batch


def write(session: Session, tenant: str, batch_id: UUID, case_id: UUID, **values: Any) -> None:
    """Write down what became of one case."""
    mine = (MoveCase.tenant == tenant, MoveCase.batch_id == batch_id, MoveCase.case_id == case_id)
    session.execute(update(MoveCase).where(*mine).values(**values).execution_options(synchronize_session=False))


# ---


def _versions(
    session: Session, item: str, from_version: int, to_version: int, steps: Mapping[str, str]
) -> tuple[ServiceItem, ServiceItem, dict[str, str]]:
    if from_version == to_version:
        raise SameVersion(version=to_version)
    old, new = (item_version(session, item, number) for number in (from_version, to_version))
    return old, new, checked(old, new, steps)


def _cases(session: Session, tenant: str, old: ServiceItem, codes: Sequence[str] | None) -> Sequence[AnyRow]:
    found = moving.running_on(session, tenant, old.code, old.version, codes)
    if not found:
        raise NothingToMove(item=old.code, version=old.version)
    if len(found) > MOST:
        raise TooManyCases(number=len(found), most=MOST)
    return found


def _tried(session: Session, tenant: str, plan: Migration, cases: Sequence[AnyRow]) -> Mapping[UUID, Reasons]:
    """The reasons why each case cannot go; none for one that can."""
    by_shape: dict[Any, Reasons] = {}
    found: dict[UUID, Reasons] = {}
    for first in range(0, len(cases), _TOGETHER):
        chunk = cases[first : first + _TOGETHER]
        written = names_written(session, tenant, [case.id for case in chunk], plan.reads)
        for case in chunk:
            try:
                shape = (plan.shape(case.state), written.get(case.id))
                if shape not in by_shape:
                    by_shape[shape] = _reasons(plan, case.state, Variables(_writes(session, tenant, case.id)))
                found[case.id] = by_shape[shape]
            except DomainError as error:
                found[case.id] = (obstacle("cannot-start", reason=error.text),)
    return found


def _writes(session: Session, tenant: str, case_id: UUID) -> Callable[[], Any]:
    return lambda: stored_writes(session, tenant, case_id)


def _reasons(plan: Migration, state: bytes, variables: Variables) -> Reasons:
    try:
        plan.move(state, variables)
    except NotMovable as refused:
        return refused.obstacles
    return ()


def _none_under_way(session: Session, tenant: str, item: str, but: UUID | None = None) -> None:
    open_ = select(MoveBatch.id).where(
        MoveBatch.tenant == tenant, MoveBatch.item == item, MoveBatch.finished_at.is_(None)
    )
    if set(session.scalars(open_)) - {but}:
        raise StillMoving(item=item)


def _batch(
    session: Session,
    actor: Actor,
    now: datetime,
    old: ServiceItem,
    new: ServiceItem,
    steps: Mapping[str, str],
    note: str,
    cases: Sequence[UUID],
    back_of: UUID | None = None,
) -> MoveBatch:
    batch = MoveBatch(
        tenant=actor.tenant,
        id=new_id(),
        item=old.code,
        from_version=old.version,
        to_version=new.version,
        steps=dict(steps),
        note=note.strip(),
        back_of=back_of,
        by_id=actor.account_id,
        by=actor.username,
        started_at=now,
    )
    session.add(batch)
    session.flush()
    rows = [{"tenant": actor.tenant, "batch_id": batch.id, "case_id": case} for case in cases]
    session.execute(insert(MoveCase), rows)
    return batch


def _noted(batch: MoveBatch, number: int) -> str:
    """What the item's history says."""
    return f"{batch.from_version} → {batch.to_version} · {number}" + (f" · {batch.note}" if batch.note else "")
