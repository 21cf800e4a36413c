"""`flask supervision …`: lights, entries, urging."""

from uuid import UUID

import click
from flask.cli import AppGroup

from app.cli.desk import as_person, desk
from app.cli.output import show, show_one, with_json
from app.supervision import operations, queries
from app.supervision.models import Entry
from app.supervision.types import LightFilter

group = AppGroup("supervision", help="See lights across cases, take entries up, urge.")

STATES = ("open", "taken", "closed")


@group.command("lights")
@click.option("--colour", type=click.Choice(["yellow", "red"]))
@click.option("--limit", default=50, show_default=True)
@as_person
@with_json
def lights(colour: str | None, limit: int, username: str, as_json: bool) -> None:
    """List limits that are close or past, the longest overdue first."""
    with desk(username) as at:
        rows, _ = queries.lights(at.session, at.actor, LightFilter(colour=colour), limit)
        show(
            (
                {
                    "light": row.clock.light,
                    "level": row.clock.level,
                    "basis": row.clock.basis,
                    "element": row.clock.element,
                    "limit": row.clock.red_at,
                    "case": row.case.code,
                    "title": row.case.title,
                    "step": row.step.id if row.step else None,
                    "handler": row.handler,
                }
                for row in rows
            ),
            as_json=as_json,
        )


@group.command("entries")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), default=("open", "taken"))
@click.option("--limit", default=50, show_default=True)
@as_person
@with_json
def entries(states: tuple[str, ...], limit: int, username: str, as_json: bool) -> None:
    """List supervision entries, the latest first."""
    with desk(username) as at:
        rows, _ = queries.entries(at.session, at.actor, states, limit)
        show(
            (
                {
                    "id": row.entry.id,
                    "state": row.entry.state,
                    "case": row.case.code,
                    "title": row.case.title,
                    "level": row.clock.level,
                    "element": row.clock.element,
                    "step": row.step.id if row.step else None,
                    "became": row.flip.became_at,
                    "noticed": row.flip.noticed_at,
                    "finding": row.entry.finding,
                }
                for row in rows
            ),
            as_json=as_json,
        )


@group.command("take")
@click.argument("entry_id", type=click.UUID)
@as_person
@with_json
def take(entry_id: UUID, username: str, as_json: bool) -> None:
    """Answer for an entry from now on."""
    with desk(username) as at:
        _show(operations.take_up(at.session, at.actor, entry_id, at.now), as_json)


@group.command("ask")
@click.argument("entry_id", type=click.UUID)
@click.argument("question")
@as_person
@with_json
def ask(entry_id: UUID, question: str, username: str, as_json: bool) -> None:
    """Ask the department to explain."""
    with desk(username) as at:
        _show(operations.ask(at.session, at.actor, entry_id, question, at.now), as_json)


@group.command("explain")
@click.argument("entry_id", type=click.UUID)
@click.argument("explanation")
@as_person
@with_json
def explain(entry_id: UUID, explanation: str, username: str, as_json: bool) -> None:
    """Explain, for the department that the light concerns."""
    with desk(username) as at:
        _show(operations.explain(at.session, at.actor, entry_id, explanation, at.now), as_json)


@group.command("close")
@click.argument("entry_id", type=click.UUID)
@click.argument("finding")
@as_person
@with_json
def close(entry_id: UUID, finding: str, username: str, as_json: bool) -> None:
    """Record the finding and close."""
    with desk(username) as at:
        _show(operations.close(at.session, at.actor, entry_id, finding, at.now), as_json)


@group.command("urge")
@click.argument("step_id", type=click.UUID)
@click.argument("message")
@click.option("--entry", "entry_id", type=click.UUID, help="The entry that it belongs to.")
@as_person
def urge(step_id: UUID, message: str, entry_id: UUID | None, username: str) -> None:
    """Urge a step: its handler and the head of the department are told."""
    with desk(username) as at:
        operations.urge(at.session, at.actor, step_id, message, at.now, entry_id)


def _show(entry: Entry, as_json: bool) -> None:
    asked = ("question", "asked_at", "explain_by", "explanation", "explained_at")
    facts = ("id", "state", "taken_at", *asked, "finding", "closed_at")
    show_one({name: getattr(entry, name) for name in facts}, as_json=as_json)
