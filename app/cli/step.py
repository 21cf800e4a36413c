"""`flask step …`: queues, claiming, releasing, completing."""

from collections.abc import Sequence
from io import BufferedReader
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cases import operations as cases
from app.cases import queries as case_queries
from app.cases import reception, reporting
from app.cli.case import as_data
from app.cli.desk import Desk, as_person, desk
from app.cli.output import print_json, show, show_one, with_json
from app.inbox import operations, queries
from app.inbox.models import Step
from app.inbox.queries import QueueFilter

group = AppGroup("step", help="Work on what waits in one's queue.")


@group.command("list")
@click.option("--for-applicants", is_flag=True, help="What waits for applicants whom one's window received.")
@click.option("--mine", is_flag=True, help="Only what one has claimed.")
@click.option("--unclaimed", is_flag=True, help="Only what nobody has claimed.")
@click.option("--element", help="Id of the step in the diagram.")
@click.option("--text", help="Part of title or applicant, or a code.")
@click.option("--limit", default=50, show_default=True)
@as_person
@with_json
def list_(
    for_applicants: bool, mine: bool, unclaimed: bool, element: str | None, text: str | None, limit: int,
    username: str, as_json: bool,
) -> None:  # fmt: skip
    """List one's queue, the most urgent first."""
    with desk(username) as at:
        wanted = QueueFilter(mine=mine, unclaimed=unclaimed, element=element, text=text)
        steps: Sequence[Any]
        if for_applicants:
            steps = [found.step for found in reception.waiting(at.session, at.actor, limit)[0]]
        else:
            steps, _ = queries.queue(at.session, at.actor, wanted, limit)
        show(
            (
                {
                    "id": step.id,
                    "element": step.element,
                    "case": step.case_code,
                    "title": step.title,
                    "state": step.state,
                    "opened": step.opened_at,
                    "due": step.due_at,
                }
                for step in steps
            ),
            as_json=as_json,
        )


@group.command("show")
@click.argument("step_id", type=click.UUID)
@as_person
@with_json
def show_(step_id: UUID, username: str, as_json: bool) -> None:
    """Show what one needs to do a step: its outcomes, form, checklist, what others said."""
    with desk(username) as at:
        view = case_queries.step_view(at.session, at.actor, step_id)
        facts: dict[str, Any] = {
            "id": view.step.id,
            "element": view.step.element,
            "name": f"{view.name.zh} · {view.name.en}",
            "case": view.case.code,
            "title": view.case.title,
            "state": view.step.state,
            "due": view.step.due_at,
            "light": view.clock.light if view.clock else "green",
            "outcomes": [outcome.code for outcome in view.outcomes],
            "reports": list(view.reports),
            "needs opinion": [outcome.code for outcome in view.outcomes if outcome.requires_opinion],
        }
        fields = [
            {"field": name, "label": f"{field.label.zh} · {field.label.en}", "required": field.rules.required,
             "value": view.values.get(name), "options": [option.value for option in field.options]}
            for name, field in (view.form.variables if view.form else {}).items()
        ]  # fmt: skip
        if as_json:
            print_json({**facts, "fields": fields, "application": view.application})
            return
        show_one(facts, as_json=False)
        for title, rows in (
            ("checklist", [{"": f"{line.zh} · {line.en}"} for line in view.checklist]),
            ("fields", fields),
            ("opinions", [{"step": o.name.zh, "by": o.by, "outcome": o.step.outcome, "opinion": o.opinion}
                          for o in view.opinions]),
        ):  # fmt: skip
            if rows:
                click.echo(f"\n{title}")
                show(rows, as_json=False)


@group.command("claim")
@click.argument("step_id", type=click.UUID)
@as_person
def claim(step_id: UUID, username: str) -> None:
    """Take a step from the queue."""
    with desk(username) as at:
        _about(at, step_id)
        operations.claim(at.session, at.actor, step_id, at.now)


@group.command("release")
@click.argument("step_id", type=click.UUID)
@as_person
def release(step_id: UUID, username: str) -> None:
    """Give a claimed step back to its queue."""
    with desk(username) as at:
        _about(at, step_id)
        operations.release(at.session, at.actor, step_id, at.now)


@group.command("complete")
@click.argument("step_id", type=click.UUID)
@click.argument("outcome", required=False)
@click.option("--opinion", default="", help="The reasons, where the outcome needs them.")
@click.option("--data", "file", type=click.File("rb"), help="JSON: the fields of the form.")
@as_person
@with_json
def complete(
    step_id: UUID, outcome: str | None, opinion: str, file: BufferedReader | None, username: str, as_json: bool
) -> None:
    """Do a step with OUTCOME: the case moves on."""
    data = as_data(file)
    with desk(username) as at:
        _about(at, step_id)
        done = cases.complete_step(
            at.session, at.actor, step_id, outcome=outcome, data=data, opinion=opinion, now=at.now
        )
        facts = {"case": done.case_code, "opened": list(done.opened), "ended": done.ended, "at": done.at}
        show_one(facts, as_json=as_json)


@group.command("report")
@click.argument("step_id", type=click.UUID)
@click.argument("event")
@click.option("--reason", required=True, help="What stands in the way; it is kept in the case.")
@as_person
@with_json
def report(step_id: UUID, event: str, reason: str, username: str, as_json: bool) -> None:
    """Report EVENT, which the diagram catches on a step: the case goes on from there."""
    with desk(username) as at:
        _about(at, step_id)
        done = reporting.report_step(at.session, at.actor, step_id, event, reason, at.now)
        facts = {"case": done.case_code, "opened": list(done.opened), "ended": done.ended, "at": done.at}
        show_one(facts, as_json=as_json)


def _about(at: Desk, step_id: UUID) -> None:
    found = at.session.execute(select(Step.tenant, Step.case_id).where(Step.id == step_id)).one_or_none()
    at.about = (found.tenant, found.case_id) if found else None
