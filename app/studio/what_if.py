"""What if: concluded cases replayed on a draft, counted: how many would have turned yellow or red, and where.

1. `ask` writes down the question: the version, since when cases were concluded, what is assumed of steps that are new.
   The times to assume are counted once, from the item's own steps.
2. `carry_on` replays the next cases in the order of their ids, in one transaction that also says how far it is, so that
   a job that was stopped goes on there. A case that cannot be replayed is counted with its reason.

The answer holds numbers, elements and reasons, nothing of any case.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from time import monotonic
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.audit.operations import record
from app.cases.models import Case
from app.cases.types import Status
from app.catalog import acts
from app.catalog.queries import item as item_version
from app.catalog.types import ServiceItem
from app.deadlines.calendars import WorkingCalendar
from app.deadlines.queries import load_calendar
from app.engine import DiagramRefused, TooSlow
from app.identity.types import Actor
from app.inbox.models import Step
from app.inbox.types import StepState
from app.kernel.database import AnyRow
from app.kernel.errors import DomainError, Invalid, NotFound
from app.kernel.ids import new_id
from app.kernel.marking import _
from app.studio.errors import NothingToReplay
from app.studio.models import WhatIf
from app.studio.pasts import Pasts, unlike
from app.studio.replaying import Assumed, Replayed, office_time, replay, worst
from app.studio.subject import Subject

BATCH: Final = 25
"""Cases replayed in one transaction."""
MOST: Final = 5_000
"""Cases of one question; the latest are taken."""
_SAMPLE: Final = 2_000
"""Steps from which times are assumed."""
_MOST_SLOW: Final = 10
"""Cases whose replay took too long: after so many the rest are not tried."""
_BATCH_SECONDS: Final = 2.0
"""After so long the transaction ends, however many cases are left of the batch: who stops it need not wait longer."""
STOPPED: Final = "stopped"
"""In place of an error: somebody ended it."""
_OVER: Final = (Status.CONCLUDED, Status.DELIVERED, Status.REFUSED, Status.LAPSED)
TIMES: Final = ("none", "median", "days")


@dataclass(frozen=True, slots=True)
class Place:
    """A step, a leg or the case itself: how many cases had it yellow or red, and how many would have had."""

    key: str
    before: Mapping[str, int]
    after: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it, as far as it has come. `before`, `after`: cases by their worst light."""

    asked: WhatIf
    replayed: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    worse: int
    better: int
    places: tuple[Place, ...]
    missed: tuple[tuple[str, str, int], ...]
    """Reason, element, number of cases that could not be replayed for it."""
    new: Mapping[str, int]
    """Steps that are new → cases that met them, under what is assumed."""


def ask(
    session: Session,
    actor: Actor,
    item: str,
    version: int,
    now: datetime,
    *,
    since: datetime | None = None,
    times: str = "median",
    days: int = 0,
    outcomes: Mapping[str, str] | None = None,
    steps: Mapping[str, str] | None = None,
) -> WhatIf:
    """Ask what a version would have made of the cases of the actor's jurisdiction concluded since.

    `times`: what new steps take: none, the median of the item's steps of their kind, or `days` office days. `steps`:
    new element → the one that it was, where they are called differently. Raises Forbidden, NoSuchItem, Invalid,
    NothingToReplay.
    """
    _allow(actor)
    draft = item_version(session, item, version)
    _checked(draft, times, days, outcomes or {}, steps or {})
    total = session.scalar(select(func.count()).select_from(_cases(actor.tenant, item, since).subquery())) or 0
    if not total:
        raise NothingToReplay(item=item)
    assumed = _assumed(session, actor.tenant, draft, times, days)
    assumed |= {"outcomes": dict(outcomes or {}), "steps": dict(steps or {})}
    asked = WhatIf(
        tenant=actor.tenant,
        id=new_id(),
        item=item,
        version=version,
        since=since,
        assumed=assumed,
        total=min(total, MOST),
        done=0,
        tally={},
        by_id=actor.account_id,
        by=actor.username,
        started_at=now,
    )
    session.add(asked)
    session.flush()
    _record(session, actor, asked, now, "what-if")
    return asked


def answer(session: Session, actor: Actor, what_if_id: UUID) -> Answer:
    """What is known so far. Raises Forbidden, NotFound."""
    _allow(actor)
    found = session.get(WhatIf, (actor.tenant, what_if_id), populate_existing=True)
    if found is None:
        raise NotFound(kind="what-if", key=what_if_id)
    return _answer(found)


def answers(session: Session, actor: Actor, item: str) -> Sequence[Answer]:
    """The latest questions about an item in the actor's jurisdiction. Raises Forbidden."""
    _allow(actor)
    rows = select(WhatIf).where(WhatIf.tenant == actor.tenant, WhatIf.item == item)
    return [_answer(found) for found in session.scalars(rows.order_by(WhatIf.id.desc()).limit(20))]


def stop(session: Session, actor: Actor, what_if_id: UUID, now: datetime) -> WhatIf:
    """End a question before it is answered; what was counted stays. One that has ended already stays as it is.

    Waits until the cases that are replayed just now are counted. Raises Forbidden, NotFound.
    """
    _allow(actor)
    found = session.get(WhatIf, (actor.tenant, what_if_id), populate_existing=True, with_for_update=True)
    if found is None:
        raise NotFound(kind="what-if", key=what_if_id)
    if found.finished_at is None:
        found.finished_at, found.error = now, STOPPED
        session.flush()
        _record(session, actor, found, now, "what-if-stopped")
    return found


def tenants_due(session: Session, _now: datetime) -> list[str]:
    """The jurisdictions in which a question is open. Takes no lock."""
    return list(session.scalars(select(WhatIf.tenant).where(WhatIf.finished_at.is_(None)).distinct()))


def carry_on(session: Session, tenant: str, now: datetime) -> bool:
    """Replay the next cases of the oldest open question; False where nothing is left to do."""
    row = session.scalar(
        select(WhatIf)
        .where(WhatIf.tenant == tenant, WhatIf.finished_at.is_(None))
        .order_by(WhatIf.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if row is None:
        return False
    left = min(BATCH, row.total - row.done)
    wanted = _cases(tenant, row.item, row.since)
    if row.before is not None:
        wanted = wanted.where(Case.id < row.before)
    cases = session.execute(wanted.limit(left)).all() if left > 0 else []
    if cases:
        tally = _Tally(row.tally)
        number = _replay_all(session, row, cases, tally)
        row.tally = tally.plain()
        row.done += number
        row.before = cases[number - 1].id
        row.error = TooSlow.code if tally.slow >= _MOST_SLOW else None
    if not cases or row.done >= row.total or row.error is not None:
        row.finished_at = now
    session.flush()
    return True


def give_up(session: Session, tenant: str, now: datetime, reason: str) -> None:
    """End the oldest open question, which keeps failing, with the reason."""
    oldest = select(WhatIf).where(WhatIf.tenant == tenant, WhatIf.finished_at.is_(None)).order_by(WhatIf.id).limit(1)
    if (row := session.scalar(oldest)) is not None:
        row.finished_at, row.error = now, reason[:500]
        session.flush()


# ---


class _Tally:
    """Numbers that are added up from case to case."""

    def __init__(self, plain: Mapping[str, Any]) -> None:
        self.counts = Counter[str](plain.get("counts", {}))
        self.missed = Counter[str](plain.get("missed", {}))
        self.new = Counter[str](plain.get("new", {}))
        self.places = Counter[str](plain.get("places", {}))

    def add(self, before: Mapping[str, str], found: Replayed) -> None:
        """One case."""
        if found.missed is not None:
            self.missed[" ".join(found.missed)] += 1
            return
        was, would = worst(*before.values()), worst(*found.lights.values())
        self.counts.update(["replayed", f"before {was}", f"after {would}"])
        if was != would:
            self.counts["worse" if worst(was, would) == would else "better"] += 1
        self.new.update(found.new)
        for side, lights in (("before", before), ("after", found.lights)):
            self.places.update(f"{side} {light} {key}" for key, light in lights.items() if light != "green")

    @property
    def slow(self) -> int:
        """Cases whose replay took too long."""
        return sum(number for name, number in self.missed.items() if name.startswith(f"{TooSlow.code} "))

    def plain(self) -> dict[str, Any]:
        return {name: dict(getattr(self, name)) for name in ("counts", "missed", "new", "places")}


def _answer(found: WhatIf) -> Answer:
    tally = _Tally(found.tally)
    places: dict[str, dict[str, dict[str, int]]] = defaultdict(lambda: {"before": {}, "after": {}})
    for name, number in tally.places.items():
        side, light, key = name.split(" ", 2)
        places[key][side][light] = number
    missed = [(*name.partition(" ")[::2], number) for name, number in tally.missed.most_common()]
    lights = ("green", "yellow", "red")
    return Answer(
        asked=found,
        replayed=tally.counts["replayed"],
        before={light: tally.counts[f"before {light}"] for light in lights},
        after={light: tally.counts[f"after {light}"] for light in lights},
        worse=tally.counts["worse"],
        better=tally.counts["better"],
        places=tuple(Place(key, sides["before"], sides["after"]) for key, sides in sorted(places.items())),
        missed=tuple(missed),
        new=dict(tally.new),
    )


def _allow(actor: Actor) -> None:
    if not any(actor.may(permission) for permission in acts.ANY):
        actor.require(acts.DRAFT)


def _checked(draft: ServiceItem, times: str, days: int, outcomes: Mapping[str, str], steps: Mapping[str, str]) -> None:
    faults: dict[str, list[str]] = {}
    if times not in TIMES:
        faults["times"] = [_("Say none, median or days.")]
    if not 0 <= days <= 366:
        faults["days"] = [_("A number of days from 0 to 366.")]
    for element, outcome in outcomes.items():
        if outcome not in draft.outcomes(element):
            faults[f"outcomes.{element}"] = [_("The version has no such step, or the step no such outcome.")]
    for element in steps:
        if element not in draft.definition.elements:
            faults[f"steps.{element}"] = [_("The version has no such step, or the step no such outcome.")]
    if faults:
        raise Invalid(faults)


def _assumed(session: Session, tenant: str, draft: ServiceItem, times: str, days: int) -> dict[str, Any]:
    """The times that new steps take, in seconds of office time."""
    calendar = load_calendar(session, draft.calendar)
    return {
        "times": times,
        "days": days,
        "seconds": _medians(session, tenant, draft.code, calendar) if times == "median" else {},
        "otherwise": days * calendar.office_day.total_seconds() if times == "days" else 0,
    }


def _record(session: Session, actor: Actor, asked: WhatIf, now: datetime, act: str) -> None:
    data = {"item": asked.item, "version": asked.version, "cases": asked.total, "what_if": str(asked.id)}
    data |= {"done": asked.done} if asked.done else {}
    tag = f"{actor.source}:item:{act}"
    chain = acts.chain_of(asked.item)
    record(session, actor.tenant, chain, at=now, actor_id=actor.account_id, actor=actor.username, tag=tag, data=data)


def _cases(tenant: str, item: str, since: datetime | None) -> Select[UUID, int, datetime]:
    """Cases that are over, the latest first: ids come in the order of time."""
    found = select(Case.id, Case.item_version, Case.received_at).where(
        Case.tenant == tenant, Case.item == item, Case.status.in_(_OVER)
    )
    if since is not None:
        found = found.where(func.coalesce(Case.concluded_at, Case.received_at) >= since)
    return found.order_by(Case.id.desc())


def _medians(session: Session, tenant: str, item: str, calendar: WorkingCalendar) -> dict[str, float]:
    """Office time that the office's latest steps took, in seconds, by their kind."""
    rows = session.execute(
        select(Step.kind, Step.opened_at, Step.closed_at)
        .where(Step.tenant == tenant, Step.item == item, Step.state == StepState.DONE, Step.post.is_not(None))
        .order_by(Step.id.desc())
        .limit(_SAMPLE)
    )
    taken: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        taken[row.kind].append(office_time(calendar, row.opened_at, row.closed_at).total_seconds())
    return {kind: median(times) for kind, times in taken.items()}


def _replay_all(session: Session, row: WhatIf, cases: Sequence[AnyRow], tally: _Tally) -> int:
    """Replay what can be done in the time of one transaction; returns how many cases, at least one."""
    begun = monotonic()
    draft = item_version(session, row.item, row.version)
    calendar = load_calendar(session, draft.calendar)
    subject = Subject(draft.definition, draft, ())
    said = row.assumed
    assumed = Assumed(
        {kind: timedelta(seconds=seconds) for kind, seconds in said["seconds"].items()},
        timedelta(seconds=said["otherwise"] or median(said["seconds"].values() or [0])),
        said["outcomes"],
    )
    ids = [case.id for case in cases]
    apart = unlike(session, row.tenant, ids)
    pasts = Pasts(session, row.tenant, ids, {was: now for now, was in said["steps"].items()})
    for number, case in enumerate(cases, 1):
        if case.id in apart:
            tally.add({}, Replayed({}, (apart[case.id], ""), frozenset()))
            continue
        past = pasts.past(case, _elements(session, row.item, case.item_version))
        try:
            found = replay(subject, calendar, past, assumed, row.started_at)
        except DomainError as error:
            found = Replayed({}, (error.code, ""), frozenset())
        tally.add(past.lights, found)
        if monotonic() - begun > _BATCH_SECONDS:
            return number
    return len(cases)


def _elements(session: Session, item: str, version: int) -> frozenset[str]:
    try:
        return frozenset(item_version(session, item, version).definition.elements)
    except DiagramRefused:
        return frozenset()
