"""Steps in a queue as a page shows them: with the name of the step, its light as of now, and who works on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import edge
from app.cases.models import Case
from app.cases.queries import names
from app.catalog.queries import item as item_version
from app.catalog.queries import manifest
from app.catalog.types import Wording
from app.deadlines.models import CaseClock
from app.deadlines.rules import light_at
from app.inbox.models import Step
from app.web.language import ZONE


@dataclass(frozen=True)
class QueueLine:
    """One line of a queue."""

    step: Step
    name: Wording
    item: Wording
    light: str
    handler: str | None


def lines_of(session: Session, tenant: str, steps: Sequence[Step], now: datetime) -> list[QueueLine]:
    """The lines for `steps`, in three queries whatever their number."""
    if not steps:
        return []
    clocks = _clocks(session, tenant, steps)
    versions = _versions(session, tenant, steps)
    people = names(session, {step.claimed_by for step in steps if step.claimed_by})
    lines = []
    for step in steps:
        item = item_version(session, step.item, versions[step.case_id])
        light = _light(clocks.get(step.id), now)
        handler = people.get(step.claimed_by) if step.claimed_by else None
        lines.append(QueueLine(step, item.step_name(step.element), item.name_in_both, light, handler))
    return lines


def _light(clock: CaseClock | None, now: datetime) -> str:
    """Green without a clock; “still” where its limit cannot be named because time is not counted now."""
    if clock is None:
        return "green"
    if clock.red is not None and clock.red_at is None:
        return "still"
    return light_at(clock.yellow_at, clock.red_at, now, clock.stopped_at)


def item_name(case: Case) -> Wording:
    """What a case is about: the name of its item in its version. Asked for in the request's transaction."""
    return manifest(edge.session(), case.item, case.item_version).name


def tag_of(lines: Sequence[QueueLine], now: datetime, *more: object) -> str:
    """What changes when the page would look different: a step came, went or was claimed; a light turned; a new day."""
    seen = [(line.step.id.hex, line.step.version, line.light, line.step.due_at) for line in lines]
    return blake2b(repr((seen, now.astimezone(ZONE).date(), more)).encode(), digest_size=12).hexdigest()


def _clocks(session: Session, tenant: str, steps: Sequence[Step]) -> dict[UUID, CaseClock]:
    found = session.scalars(
        select(CaseClock).where(
            CaseClock.tenant == tenant,
            CaseClock.case_id.in_({step.case_id for step in steps}),
            CaseClock.subject.in_([step.id for step in steps]),
        )
    )
    return {clock.subject: clock for clock in found}


def _versions(session: Session, tenant: str, steps: Sequence[Step]) -> dict[UUID, int]:
    cases = select(Case.id, Case.item_version).where(
        Case.tenant == tenant, Case.id.in_({step.case_id for step in steps})
    )
    return {row.id: row.item_version for row in session.execute(cases)}
