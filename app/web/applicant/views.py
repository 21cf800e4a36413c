"""One's own cases, beginning a new one, and the steps that wait for the applicant."""

from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases import operations, queries
from app.cases.queries import CaseFilter
from app.cases.types import Application, Channel
from app.catalog.queries import current, current_item
from app.inbox import queries as inbox
from app.inbox.queries import QueueFilter
from app.intake import takes_files
from app.org import queries as org
from app.web import tasks, uploads
from app.web.errors import shown_on
from app.web.once import once

PAGE = 20
WAITING = 50

blueprint = Blueprint("applicant", __name__)


@blueprint.get("/my/cases")
@edge.guarded("case.read-own")
def own() -> ResponseReturnValue:
    """What waits for one, drafts, and all one's cases, the latest first."""
    session, actor = edge.session(), edge.actor()
    waiting, _more = inbox.queue(session, actor, QueueFilter(), WAITING)
    rows, before = queries.listing(session, actor, CaseFilter(), PAGE, request.args.get("before", type=UUID))
    return render_template(
        "applicant/own.html",
        waiting=[(step, queries.step_view(session, actor, step.id)) for step in waiting],
        drafts=[row.case for row in rows if row.case.status == "draft"],
        rows=[row for row in rows if row.case.code],
        items={entry.code: entry for entry in current(session)},
        before=before,
        now=edge.now(),
    )


@blueprint.get("/apply/<item>")
@edge.guarded("case.apply")
def begin(item: str) -> ResponseReturnValue:
    """Where to apply: in which jurisdiction."""
    found = current_item(edge.session(), item)
    return render_template("applicant/begin.html", item=found, tenants=org.tenants(edge.session()))


@blueprint.post("/apply/<item>")
@shown_on(begin)
@edge.guarded("case.apply")
@once
def create(item: str) -> ResponseReturnValue:
    """Begin a draft."""
    actor, found = edge.actor(), current_item(edge.session(), item)
    application = Application(
        item=found.code,
        tenant=request.form.get("tenant", ""),
        title=found.manifest.name.zh,
        applicant=actor.name,
        applicant_id=actor.account_id,
        channel=Channel.ONLINE,
        data={},
    )
    case = operations.create_draft(edge.session(), actor, application, edge.now())
    return redirect(url_for("draft.form", case_id=case.id), 303)


@blueprint.get("/my/steps/<uuid:step_id>")
@edge.guarded("case.read-own")
def step(step_id: UUID) -> ResponseReturnValue:
    """A step that waits for the applicant, such as a supplement: what was asked, the form, the materials."""
    task = tasks.opened(step_id)
    still = queries.standstills(edge.session(), task.view.case, task.view.item)
    return render_template("applicant/step.html", task=task, view=task.view, standstills=still, desk="applicant")


@blueprint.post("/my/steps/<uuid:step_id>")
@shown_on(step)
@edge.guarded("step.complete")
@once
def complete(step_id: UUID) -> ResponseReturnValue:
    """Hand the step in; the time of the office runs again."""
    done = tasks.completed(step_id)
    flash(gettext("It was handed in. The office goes on with it."), "good")
    return redirect(url_for("case.show", key=done.case_code), 303)


@blueprint.post("/my/steps/<uuid:step_id>/hidden")
@edge.guarded("case.read-own")
def hidden(step_id: UUID) -> ResponseReturnValue:
    """Which fields are hidden as the answers stand."""
    return jsonify(tasks.hidden_fields(step_id))


@blueprint.post("/my/steps/<uuid:step_id>/materials/<requirement>")
@shown_on(step)
@edge.guarded("step.complete")
@takes_files
def attach(step_id: UUID, requirement: str) -> ResponseReturnValue:
    """Take one file that was asked for."""
    task = tasks.opened(step_id)
    uploads.take(task.view.case.id, requirement)
    return redirect(url_for(".step", step_id=step_id, _anchor=f"m-{requirement}"), 303)
