"""`flask incidents …`: work that failed for good."""

from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup

from app.cases import parking
from app.cli.desk import as_person, desk
from app.cli.output import show, with_json
from app.notices import operations, queries
from app.notices.errors import NoIncident

group = AppGroup("incidents", help="Look at work that failed for good, and set it going again.")


@group.command("list")
@as_person
@with_json
def list_(username: str, as_json: bool) -> None:
    """List what failed for good: work of the outbox, and cases whose lights or timers were set aside."""
    with desk(username) as at:
        at.actor.require("incident.read")
        rows = queries.incidents(at.session, at.actor.tenant)
        outbox: list[dict[str, Any]] = [
            {"id": row.id, "case": row.case_id, "what": row.operation, "tries": row.attempts, "error": row.error}
            for row in rows
        ]
        parked: list[dict[str, Any]] = [
            {
                "id": row.case_id,
                "case": row.code,
                "what": f"{row.clocks} lights, {row.timers} timers",
                "tries": None,
                "error": row.reason,
            }
            for row in parking.parked(at.session, at.actor)
        ]
        show(outbox + parked, as_json=as_json)


@group.command("retry")
@click.argument("incident_id", type=click.UUID)
@as_person
def retry(incident_id: UUID, username: str) -> None:
    """Set one going again, by its id."""
    with desk(username) as at:
        try:
            operations.retry(at.session, at.actor, incident_id, at.now)
        except NoIncident:
            parking.retry(at.session, at.actor, incident_id, at.now)
