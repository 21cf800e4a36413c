"""One's own cases, beginning a new one, and the steps that wait for the applicant."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import edge
from app.cases import operations, queries, tracking
from app.cases.queries import CaseFilter
from app.cases.types import Application, Channel, Status
from app.catalog.queries import current_item
from app.inbox import queries as inbox
from app.inbox.queries import QueueFilter
from app.org import queries as org
from app.web import steps
from app.web.errors import shown_on
from app.web.once import once

PAGE = 20
WAITING = 50
OVER = (Status.DELIVERED, *tracking.ENDED_EARLY)

blueprint = Blueprint("applicant", __name__)
steps.offer(blueprint, "/my/steps", reads="case.read-own", works="step.complete")


@blueprint.get("/my/cases")
@edge.guarded("case.read-own")
def own() -> ResponseReturnValue:
    """What is expected of one, drafts, and all one's cases, the latest first."""
    session, actor = edge.session(), edge.actor()
    waiting, _more = inbox.queue(session, actor, QueueFilter(), WAITING)
    drafts, _before = queries.listing(session, actor, CaseFilter(status=Status.DRAFT), WAITING)
    rows, before = queries.listing(session, actor, CaseFilter(), PAGE, request.args.get("before", type=UUID))
    handed_in = [row for row in rows if row.case.code]
    return render_template(
        "applicant/own.html",
        waiting=[(step, queries.step_view(session, actor, step.id)) for step in waiting],
        drafts=[row.case for row in drafts],
        under_way=[(row, tracking.journey(session, row.case)) for row in handed_in if row.case.status not in OVER],
        over=[row for row in handed_in if row.case.status in OVER],
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
