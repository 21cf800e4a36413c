"""`flask incidents …`: work that failed for good."""

from uuid import UUID

import click
from flask.cli import AppGroup

from app.cli.desk import as_person, desk
from app.cli.output import show, with_json
from app.notices import operations, queries

group = AppGroup("incidents", help="Look at work that failed for good, and set it going again.")


@group.command("list")
@as_person
@with_json
def list_(username: str, as_json: bool) -> None:
    """List the incidents of one's jurisdiction."""
    with desk(username) as at:
        at.actor.require("incident.read")
        rows = queries.incidents(at.session, at.actor.tenant)
        shown = ("id", "case_id", "operation", "params", "attempts", "created_at", "error")
        show(({name: getattr(row, name) for name in shown} for row in rows), as_json=as_json)


@group.command("retry")
@click.argument("incident_id", type=click.UUID)
@as_person
def retry(incident_id: UUID, username: str) -> None:
    """Set one going again."""
    with desk(username) as at:
        operations.retry(at.session, at.actor, incident_id, at.now)
