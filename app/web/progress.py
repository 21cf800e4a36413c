"""How far a case came, step by step, in the reader's words: for the list on its page and the marks on its diagram."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from flask_babel import gettext, ngettext

from app import edge
from app.audit.queries import count
from app.cases import queries
from app.cases.models import Case
from app.cases.views import ClockLedger, Overview
from app.deadlines.models import CaseClock
from app.deadlines.queries import clocks
from app.inbox.models import Step
from app.inbox.types import LIVE, StepState
from app.web.clocks import counted_by, days_of, light_of
from app.web.language import ZONE, language, month_day


@dataclass(frozen=True)
class Line:
    """One step of a case: its light, who has it, and the time that it took, as far as it is counted."""

    step: Step
    light: str | None
    who: str
    spent: str
    clock: CaseClock | None


def lines(view: Overview, ledgers: Sequence[ClockLedger], now: datetime) -> list[Line]:
    """The steps of a case, as they came."""
    counted = {found.clock.subject: found for found in ledgers if found.clock.level == "step"}
    kept = {clock.subject: clock for clock in view.clocks}
    return [
        Line(
            step,
            light_of(kept[step.id], now) if step.id in kept else None,
            view.people.get(step.claimed_by, "") if step.claimed_by else "",
            spent(step, counted.get(step.id), now),
            kept.get(step.id),
        )
        for step in view.steps
    ]


def latest_first(found: Sequence[Line]) -> list[Line]:
    """The steps under way, then those that are over, each with the latest first."""
    newest = found[::-1]
    return [
        *(line for line in newest if line.step.state in LIVE),
        *(line for line in newest if line.step.state not in LIVE),
    ]


def marks(found: Case, now: datetime) -> dict[str, dict[str, Any]]:
    """The marks of the diagram, each step's with its light as of now and its time in words; the oldest first."""
    session, reader = edge.session(), edge.actor()
    view = queries.overview(session, found, reader)
    drawn = queries.marks(session, found, reader)
    for line in lines(view, queries.time_ledger(session, found, now), now):
        who = line.who or (str(gettext("waiting")) if line.step.state == StepState.OPEN else "")
        drawn[line.step.element] |= {"light": line.light, "who": who, "note": line.spent}
    return dict(sorted(drawn.items(), key=lambda one: one[1]["since"] or ""))


def state_of(found: Case, now: datetime) -> str:
    """What changes when a page about the case would look different: something was done, a light turned, a new day."""
    session = edge.session()
    acts = count(session, found.tenant, found.id)
    turned = [light_of(clock, now) for clock in clocks(session, found.tenant, found.id)]
    seen = (acts, turned, now.astimezone(ZONE).date(), language(), edge.actor().account_id)
    return blake2b(repr(seen).encode(), digest_size=12).hexdigest()


def spent(step: Step, found: ClockLedger | None, now: datetime) -> str:
    """The time of a step, as its clock counts it: what it took, how far it is, or how far past its limit."""
    if found is None or not found.lines:
        return _plainly(step)
    limit, used = days_of(found.clock.red), counted_by(found.lines, now)
    if found.lines[-1].unit != "days":
        return _plainly(step) if step.state in LIVE else _hours(found)
    if limit and used > limit:
        return str(ngettext("%(num)d day over", "%(num)d days over", used - limit))
    if step.state not in LIVE:
        return str(ngettext("took %(num)d day", "took %(num)d days", used)) if used else str(gettext("same day"))
    if limit:
        return str(gettext("%(used)d of %(limit)d days", used=used, limit=limit))
    return _plainly(step)


def _plainly(step: Step) -> str:
    if step.state in LIVE:
        return str(gettext("since %(day)s", day=month_day(step.opened_at)))
    return str(gettext("until %(day)s", day=month_day(step.closed_at)))


def _hours(found: ClockLedger) -> str:
    total = found.lines[-1].total
    return str(gettext("took %(hours)s h", hours=f"{total // 3600}:{total % 3600 // 60:02d}"))
