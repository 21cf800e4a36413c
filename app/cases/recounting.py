"""Open deadlines computed anew after a calendar changed: in each jurisdiction by itself, in batches, and restartable.

1. `carry_on` begins a change in a jurisdiction: it waits until nobody counts with the calendar as it was, and counts
   the cases that depend on what changed.
2. Each further call takes the next cases in the order of their ids, locks them, and computes their clocks, queues and
   timers. A case that cannot be computed (its limit runs into a year that no calendar holds) keeps what it had and is
   noted for the operator; it keeps no other waiting.
3. Where no case is left the jurisdiction is done; where all are, `finish` closes the change.

Any number of tickers may do this at once: one of them at a time has a jurisdiction's row. Superseded lights are closed
with their entries by the sweep over supervision; what is due again is raised by the sweep over lights.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit.operations import record_many
from app.audit.types import Act
from app.cases import passage
from app.cases.models import Case, CaseTimer
from app.cases.time import announce_superseded, move_timer
from app.deadlines import operations as deadlines
from app.deadlines.models import CalendarChange, CaseClock, Recount
from app.deadlines.queries import depending, lock_calendars, span_of
from app.deadlines.types import Recomputed
from app.identity.types import SYSTEM
from app.inbox import operations as inbox
from app.kernel.database import AnyRow
from app.kernel.errors import DomainError
from app.notices.faults import describe
from app.org.models import Region

BATCH: Final = 200
"""Cases computed in one transaction."""
MOST_FAILURES: Final = 50
"""Failures that are written down; all are counted."""


_CARRIED_THROUGH = (
    select(Recount.region)
    .where(Recount.change_id == CalendarChange.id, Recount.region == Region.code, Recount.finished_at.is_not(None))
    .correlate(CalendarChange, Region)
    .exists()
)


def tenants_due(session: Session, _now: datetime) -> list[str]:
    """The jurisdictions in which a change has not been carried through. Takes no lock."""
    open_changes = select(Region.code).join(CalendarChange, CalendarChange.finished_at.is_(None))
    unfinished = open_changes.where(Region.is_tenant, ~_CARRIED_THROUGH)
    return list(session.scalars(unfinished.distinct().order_by(Region.code)))


def carry_on(session: Session, tenant: str, now: datetime) -> bool:
    """Do the next part of the oldest open change in a jurisdiction; False where nothing is left to do."""
    change, begun = _next(session, tenant)
    if change is None:
        return False
    if not begun:
        _begin(session, tenant, change, now)
        return True
    row = session.scalar(
        select(Recount)
        .where(Recount.change_id == change.id, Recount.region == tenant, Recount.finished_at.is_(None))
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return False
    cases: Sequence[UUID] = session.scalars(_touched(session, tenant, change, row.after).limit(BATCH)).all()
    if cases:
        _add(row, cases, *_recount(session, tenant, change, cases, now))
    else:
        row.finished_at = now
    session.flush()
    return True


def finish(session: Session, now: datetime) -> None:
    """Close the changes that have been carried through everywhere."""
    waiting = select(Region.code).where(Region.is_tenant, ~_CARRIED_THROUGH).correlate(CalendarChange)
    done = update(CalendarChange).where(CalendarChange.finished_at.is_(None), ~waiting.exists())
    session.execute(done.values(finished_at=now).execution_options(synchronize_session=False))


# ---


def _next(session: Session, tenant: str) -> tuple[CalendarChange | None, bool]:
    """The oldest change that is open here, and whether it was begun."""
    found = session.execute(
        select(CalendarChange, Recount.region)
        .outerjoin(Recount, and_(Recount.change_id == CalendarChange.id, Recount.region == tenant))
        .where(CalendarChange.finished_at.is_(None), Recount.finished_at.is_(None))
        .order_by(CalendarChange.id)
        .limit(1)
    ).first()
    return (found[0], found[1] is not None) if found else (None, False)


def _begin(session: Session, tenant: str, change: CalendarChange, now: datetime) -> None:
    """Nothing that was counted before the change is missed: whoever counted then has ended, and is seen now."""
    lock_calendars(session)
    total = select(func.count()).select_from(_touched(session, tenant, change, None).subquery())
    row = {"change_id": change.id, "region": tenant, "total": session.scalar(total), "started_at": now}
    session.execute(insert(Recount).values(row).on_conflict_do_nothing())


def _touched(session: Session, tenant: str, change: CalendarChange, after: UUID | None) -> Select[Any]:
    """The cases with a running clock or a waiting timer that depends on what changed, in the order of their ids."""
    begins, ends = span_of(session, change.calendar, change.year)
    clocks = select(CaseClock.case_id).where(*depending(session, tenant, change.calendar, change.year))
    timers = select(CaseTimer.case_id).where(
        CaseTimer.tenant == tenant,
        *_COUNTED,
        CaseTimer.armed_at < ends,
        or_(CaseTimer.due_at.is_(None), CaseTimer.due_at >= begins),
    )
    either = clocks.union(timers).subquery()
    cases = select(either.c.case_id).order_by(either.c.case_id)
    return cases if after is None else cases.where(either.c.case_id > after)


_COUNTED = (CaseTimer.kind != "date", CaseTimer.fired_at.is_(None), CaseTimer.disarmed_at.is_(None))
"""Timers that wait, and whose day a calendar decides."""


def _add(row: Recount, cases: Sequence[UUID], counts: Counter[str], failures: Sequence[Mapping[str, Any]]) -> None:
    row.done += len(cases)
    row.moved += counts["moved"]
    row.superseded += counts["superseded"]
    row.failed += len(failures)
    row.failures = [*row.failures, *failures][:MOST_FAILURES]
    row.after = cases[-1]


def _recount(
    session: Session, tenant: str, change: CalendarChange, cases: Sequence[UUID], now: datetime
) -> tuple[Counter[str], list[Mapping[str, Any]]]:
    """Compute a batch at once; where that fails each case by itself, so that one is kept from it and not all."""
    locked = session.execute(
        select(*Case.__table__.columns)
        .where(Case.tenant == tenant, Case.id.in_(cases))
        .order_by(Case.id)
        .with_for_update()
    ).all()
    try:
        with session.begin_nested():
            return _together(session, tenant, change, locked, now), []
    except Exception:  # whatever it was, it is met again below, by the case that it belongs to
        counts: Counter[str] = Counter()
        failures: list[Mapping[str, Any]] = []
        for case in locked:
            try:
                with session.begin_nested():
                    counts += _together(session, tenant, change, [case], now)
            except Exception as error:
                failures.append(_failure(case, error))
        return counts, failures


def _failure(case: AnyRow, error: Exception) -> Mapping[str, Any]:
    if isinstance(error, DomainError):
        said = {name: str(value) for name, value in error.params.items()}
        return {"case": str(case.id), "code": case.code, "error": error.code, "text": error.text, "params": said}
    return {"case": str(case.id), "code": case.code, "error": "failed", "text": describe(error), "params": {}}


def _together(
    session: Session, tenant: str, change: CalendarChange, cases: Sequence[AnyRow], now: datetime
) -> Counter[str]:
    """Clocks, the queues that show them, timers; what moved stands in the record of each case."""
    found = deadlines.recompute_cases(session, tenant, [case.id for case in cases], now)
    inbox.move_due(session, tenant, {m.clock.subject: m.clock.red_at for m in found.moved if m.clock.level == "step"})
    announce_superseded(session, tenant, found.superseded, now)
    _move_timers(session, tenant, cases, now)
    moved = _tell_record(session, tenant, change, found, now)
    return Counter(moved=moved, superseded=len(found.superseded))


def _move_timers(session: Session, tenant: str, cases: Sequence[AnyRow], now: datetime) -> None:
    waiting: dict[UUID, list[CaseTimer]] = defaultdict(list)
    of_cases = select(CaseTimer).where(
        CaseTimer.tenant == tenant, CaseTimer.case_id.in_([case.id for case in cases]), *_COUNTED
    )
    for timer in session.scalars(of_cases.execution_options(populate_existing=True)):
        waiting[timer.case_id].append(timer)
    for case in cases:
        if case.id not in waiting:
            continue
        p = passage.begin(session, SYSTEM, case, now)
        for timer in waiting[case.id]:
            move_timer(p, timer)


def _tell_record(session: Session, tenant: str, change: CalendarChange, found: Recomputed, now: datetime) -> int:
    """Write into the record of each case that limits moved; how many did."""
    moved: dict[UUID, int] = Counter(
        each.clock.case_id
        for each in found.moved
        if (each.was.yellow_at, each.was.red_at) != (each.clock.yellow_at, each.clock.red_at)
    )
    acts = [
        Act(
            chain=case_id,
            at=now,
            actor_id=None,
            actor=SYSTEM.username,
            tag="ticker:limits:moved",
            data={"calendar": change.calendar, "year": change.year, "change": str(change.id), "clocks": number},
        )
        for case_id, number in moved.items()
    ]
    record_many(session, tenant, acts)
    return sum(moved.values())
