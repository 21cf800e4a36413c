"""What the page of one entry shows: whose step it is, its clock day by day, and what was said in turn."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app import edge
from app.cases.views import ClockLedger
from app.catalog.queries import item as item_version
from app.deadlines import queries as deadlines
from app.org.models import Department
from app.supervision import figures, queries
from app.supervision.queries import EntryRow
from app.web.supervision import boards


@dataclass(frozen=True)
class Said:
    """One thing that happened to an entry. `what`: passed, opened, taken, urged, asked, explained or closed."""

    at: datetime
    what: str
    text: str = ""
    by: UUID | None = None


def shown(entry_id: UUID) -> dict[str, Any]:
    """All that the page says of an entry."""
    session, actor, now = edge.session(), edge.actor(), edge.now()
    row = queries.entry(session, actor, entry_id)
    explained = deadlines.explain(session, actor.tenant, row.case.id, now)
    clock = next(ClockLedger(clock, lines) for clock, lines in explained if clock.id == row.clock.id)
    return {
        "row": row,
        "clock": clock,
        "department": _answering(row),
        "story": story(row),
        "step_name": boards.step_name,
        "now": now,
    }


def story(row: EntryRow) -> list[Said]:
    """What happened, in order."""
    entry = row.entry
    happened = [
        Said(row.flip.became_at, "passed"),
        Said(entry.opened_at, "opened"),
        *(Said(urging.urged_at, "urged", urging.message) for urging in row.urgings),
    ]
    marks: Mapping[str, tuple[datetime | None, str | None, UUID | None]] = {
        "taken": (entry.taken_at, None, entry.taken_by),
        "asked": (entry.asked_at, entry.question, None),
        "explained": (entry.explained_at, entry.explanation, entry.explained_by),
        "closed": (entry.closed_at, entry.finding, None),
    }
    happened += [Said(at, what, text or "", by) for what, (at, text, by) in marks.items() if at is not None]
    return sorted(happened, key=lambda said: said.at)


def seen(found: Mapping[str, Any]) -> object:
    """What changes when the page would look different."""
    row: EntryRow = found["row"]
    step = (row.step.version, row.step.state) if row.step else None
    urged = [urging.id for urging in row.urgings]
    return row.entry.version, row.flip.superseded_at, row.clock.red_at, row.clock.stopped_at, step, urged


def _answering(row: EntryRow) -> Department | None:
    """The department of the post that answers: the step's, or the item's lead."""
    lead = item_version(edge.session(), row.case.item, row.case.item_version).lead_post
    post = row.step.post if row.step else lead
    return figures.departments_of_posts(edge.session(), row.case.tenant).get(post or "")
