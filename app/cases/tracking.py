"""A case followed like a parcel: what happened to it and what comes next, without a name, a number or a content."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases import queries
from app.cases.models import Case, Leg
from app.cases.types import Status
from app.cases.views import PublicView
from app.catalog.queries import item as item_version
from app.catalog.settings import region_of
from app.catalog.types import ServiceItem, Wording
from app.deadlines.models import CaseClock, Extension
from app.deadlines.queries import ends_at
from app.deadlines.queries import ledger as ledger_of
from app.inbox import queries as inbox
from app.inbox.models import Step
from app.inbox.types import LIVE

Happening = Literal[
    "received",
    "accepted",
    "decided",
    "concluded",
    "delivered",
    "ended",
    "revoked",
    "part",
    "still",
    "over",
    "again",
    "extended",
]
"""Milestones; `ended`: before a decision; `part`: a department's own part was done; `still`: time stands still since;
`over`, `again`: a reason for that is gone, and with the last one time runs again; `extended`: a limit was."""

ENDED_EARLY = (Status.REFUSED, Status.WITHDRAWN, Status.LAPSED)

_MILESTONES: tuple[Happening, ...] = ("received", "accepted", "decided", "concluded", "delivered")
_ORDER = (*_MILESTONES[:2], "over", "again", "still", "extended", "part", *_MILESTONES[2:], "ended", "revoked")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `name`: whose part it was; `reason`: why time stands still; `until`: as announced."""

    what: Happening
    at: datetime
    name: Wording | None = None
    reason: str = ""
    until: datetime | None = None
    days: int = 0


@dataclass(frozen=True, slots=True)
class Following:
    """What comes next: an `answer` by the applicant, the end of a standstill (`still`), a milestone; `by`: if known."""

    what: str
    by: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Journey:
    """A case on its way: what happened, the latest first, and what comes next (None once it is over)."""

    events: Sequence[Event]
    following: Following | None


def followed(session: Session, code: str) -> tuple[PublicView, Journey]:
    """What anybody with the code may know of a case, and its way so far. Raises NotFound, also for a mistyped code."""
    view = queries.track(session, code)
    tenant = region_of(session, view.code)
    found = session.scalars(select(Case).where(Case.tenant == tenant, Case.code == view.code)).one()
    return view, journey(session, found)


def journey(session: Session, found: Case) -> Journey:
    """The way of one case so far, and what comes next."""
    item = item_version(session, found.item, found.item_version)
    happened = [*_milestones(found), *_parts(session, found, item), *_standing(session, found, item)]
    granted = select(Extension).where(Extension.tenant == found.tenant, Extension.case_id == found.id)
    happened += [Event("extended", one.granted_at, days=one.days) for one in session.scalars(granted)]
    happened.sort(key=lambda event: (event.at, _ORDER.index(event.what)), reverse=True)
    return Journey(happened, _following(session, found, item))


def _following(session: Session, found: Case, item: ServiceItem) -> Following | None:
    """The applicant's own part comes before everything; then whatever keeps the clock standing; then the office's."""
    live = [step for step in inbox.of_case(session, found.tenant, found.id) if step.state in LIVE]
    if found.delivered_at or found.status in ENDED_EARLY or not live:
        return None
    own = [step for step in live if step.post is None]
    if own:
        return Following("answer", _soonest(own))
    standing = queries.standstills(session, found, item)
    if standing:
        first = min(standing, key=lambda one: one.since)
        return Following("still", first.until, first.reason)
    if found.status == Status.RECEIVED:
        return Following("accepted", _soonest(live))
    if found.status == Status.ACCEPTED:
        return Following("decided", _promised(session, found))
    return Following("delivered", _soonest([step for step in live if step.kind == "deliver"]))


def _soonest(steps: Sequence[Step]) -> datetime | None:
    return min((step.due_at for step in steps if step.due_at), default=None)


def _promised(session: Session, found: Case) -> datetime | None:
    of_case = (CaseClock.tenant == found.tenant, CaseClock.case_id == found.id, CaseClock.level == "case")
    return session.scalar(select(func.min(CaseClock.red_at)).where(*of_case, CaseClock.stopped_at.is_(None)))


def _milestones(found: Case) -> Iterator[Event]:
    ended = found.status in ENDED_EARLY
    for name in _MILESTONES:
        at: datetime | None = getattr(found, f"{name}_at")
        if at is not None and not (ended and at == found.concluded_at):
            yield Event(name, at)
    if ended and found.concluded_at:
        yield Event("ended", found.concluded_at)
    if found.revoked_at:
        yield Event("revoked", found.revoked_at)


def _parts(session: Session, found: Case, item: ServiceItem) -> Iterator[Event]:
    of_case = select(Leg).where(Leg.tenant == found.tenant, Leg.case_id == found.id, Leg.closed_at.is_not(None))
    for leg in session.scalars(of_case):
        if leg.closed_at is not None:
            yield Event("part", leg.closed_at, name=item.leg_name(leg.kind))


def _standing(session: Session, found: Case, item: ServiceItem) -> Iterator[Event]:
    spans = ledger_of(session, found.tenant, found.id).spans
    for span in spans:
        until = None if span.reason == "supplement" else ends_at(session, item.calendar, span)
        yield Event("still", span.opened_at, reason=span.reason, until=until)
        if (at := span.closed_at) is not None:
            others = (other for other in spans if other is not span and other.opened_at <= at)
            stands = any(other.closed_at is None or other.closed_at > at for other in others)
            what: Happening = "over" if stands else "again"
            yield Event(what, at, reason=span.reason)
