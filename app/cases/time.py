"""The clocks of a case: which ones its item asks for, when they start and stop, and what follows when a limit moves."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Literal, cast
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.cases.models import CaseTimer
from app.cases.passage import Passage
from app.catalog.types import Limit
from app.deadlines import operations as deadlines
from app.deadlines import rules
from app.deadlines.errors import LimitRefused
from app.deadlines.models import CaseClock
from app.deadlines.queries import ledger as load_ledger
from app.deadlines.queries import load_calendar
from app.deadlines.types import ClockSpec, Ledger, Superseded
from app.engine import Activity
from app.inbox import operations as inbox
from app.kernel.database import AnyRow
from app.notices import webhooks
from app.notices.events import Event

Counting = Literal["working", "civil"]

_TIMER = (
    CaseTimer.id,
    CaseTimer.element,
    CaseTimer.attached,
    CaseTimer.kind,
    CaseTimer.value,
    CaseTimer.armed_at,
    CaseTimer.leg_id,
    CaseTimer.counting,
    CaseTimer.due_at,
)


def ledger(p: Passage) -> Ledger:
    """The case's excluded spans and extensions as they stand now; read once for each change of them."""
    if p.ledger is None:
        p.ledger = load_ledger(p.session, p.tenant, p.case.id)
    return p.ledger


def step_clocks(p: Passage, activity: Activity, leg_id: UUID | None) -> Iterator[ClockSpec]:
    """The clock of a step: its lights in the diagram, or its limit in item.yaml (never both: the check sees to it)."""
    lights = {light.colour: light for light in p.item.definition.lights.get(activity.element, ())}
    limit = p.item.step_limit(activity.element)
    if not lights and limit is None:
        return
    either = lights.get("red") or lights.get("yellow")
    yield ClockSpec(
        level="step",
        basis="step",
        subject=activity.token,
        leg_id=leg_id,
        element=activity.element,
        calendar=p.item.calendar,
        counting=either.calendar if either else "working",
        started_at=p.now,
        yellow=(lights["yellow"].duration if "yellow" in lights else None) if limit is None else limit.yellow,
        red=(lights["red"].duration if "red" in lights else None) if limit is None else limit.duration,
    )


def leg_clock(p: Passage, activity: Activity, kind: str) -> ClockSpec | None:
    """The clock of a leg, where item.yaml sets it a limit."""
    limit = p.item.leg_limit(kind)
    return _clock(p, limit, "leg", "promised", activity.token, activity.token, activity.element) if limit else None


def start_case_clocks(p: Passage, since: datetime) -> None:
    """The statutory and the promised limit run from acceptance (Art. 42), which may be deemed and lie back."""
    specs = [
        replace(_clock(p, limit, "case", basis, p.case.id, None, None), started_at=since)
        for basis, limit in p.item.case_limits().items()
    ]
    if specs:
        deadlines.start_clocks(p.session, p.tenant, p.case.id, specs, ledger(p))


def stop_case_clocks(p: Passage) -> None:
    """The limits of the case are kept or missed with the decision."""
    deadlines.stop_clocks(p.session, p.tenant, p.case.id, [p.case.id], p.now)


def _clock(
    p: Passage,
    limit: Limit,
    level: Literal["leg", "case"],
    basis: Literal["promised", "statutory"],
    subject: UUID,
    leg_id: UUID | None,
    element: str | None,
) -> ClockSpec:
    return ClockSpec(
        level=level,
        basis=basis,
        subject=subject,
        leg_id=leg_id,
        element=element,
        calendar=p.item.calendar,
        counting="working",
        started_at=p.now,
        yellow=limit.yellow,
        red=limit.duration,
    )


def timer_due(
    p: Passage,
    subject: UUID,
    kind: str,
    value: str,
    counting: Counting,
    armed_at: datetime,
    leg_id: UUID | None,
) -> datetime | None:
    """When a timer of the diagram is due; None while it stands still in excluded time (working time only).

    `subject` is what it hangs on, or else itself: as with clocks, the time that a step excludes does not stop the timer
    of that step. A date without a zone is the calendar's. Raises LimitRefused for a time that no calendar reaches.
    """
    calendar = load_calendar(p.session, p.item.calendar)
    if kind == "date":
        return _date(value, calendar.zone)
    duration = value.rpartition("/")[2]
    clock = ClockSpec(
        level="step",
        basis="step",
        subject=subject,
        leg_id=leg_id,
        element=None,
        calendar=p.item.calendar,
        counting=counting,
        started_at=armed_at,
        yellow=None,
        red=duration,
    )
    exclusions = ledger(p).exclusions_for(clock) if counting == "working" else ()
    return rules.due(calendar, armed_at, rules.parse_limit(duration), counting, exclusions)


def _date(value: str, zone: tzinfo) -> datetime:
    found = datetime.fromisoformat(value)
    try:
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise LimitRefused(text=value) from None


def recompute(p: Passage) -> None:
    """Compute every running limit of the case anew: clocks, the queues that show them, timers counted on work time."""
    moved = deadlines.recompute(p.session, p.tenant, p.case.id, p.now)
    inbox.move_due(
        p.session, p.tenant, {m.clock.subject: m.clock.red_at for m in moved.moved if m.clock.level == "step"}
    )
    announce_superseded(p.session, p.tenant, moved.superseded, p.now)
    waiting = p.session.execute(
        select(*_TIMER).where(
            CaseTimer.tenant == p.tenant,
            CaseTimer.case_id == p.case.id,
            CaseTimer.counting == "working",
            CaseTimer.fired_at.is_(None),
            CaseTimer.disarmed_at.is_(None),
        )
    ).all()
    for timer in waiting:
        move_timer(p, timer)


def move_timer(p: Passage, timer: AnyRow | CaseTimer) -> None:
    """Compute anew when a waiting timer is due, and with it the applicant's step that it takes away."""
    subject = timer.attached or timer.id
    counting = cast(Counting, timer.counting)
    due_at = timer_due(p, subject, timer.kind, timer.value, counting, timer.armed_at, timer.leg_id)
    if due_at == timer.due_at:
        return
    mine = (CaseTimer.tenant == p.tenant, CaseTimer.id == timer.id)
    p.session.execute(update(CaseTimer).where(*mine).values(due_at=due_at))
    if timer.attached and p.item.ends_step(timer.element):
        inbox.move_end(p.session, p.tenant, timer.attached, due_at)


def announce_superseded(session: Session, tenant: str, flips: Iterable[Superseded], now: datetime) -> None:
    """Let webhooks know that lights are no longer true."""
    events = [
        Event.new(
            "light.superseded",
            case_id=flip.case_id,
            flip_id=flip.flip_id,
            clock_id=flip.clock_id,
            colour=flip.colour,
            became_at=flip.became_at,
            superseded_at=now,
        )
        for flip in flips
    ]
    webhooks.announce(session, tenant, events, now)


def limit_of(p: Passage, basis: str) -> datetime | None:
    """When a limit of the case ends as things stand; None while its clock stands still."""
    return p.session.scalar(
        select(CaseClock.red_at).where(
            CaseClock.tenant == p.tenant,
            CaseClock.case_id == p.case.id,
            CaseClock.level == "case",
            CaseClock.basis == basis,
        )
    )
