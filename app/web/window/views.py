"""What a window clerk starts from: receiving for somebody, drafts begun here, what waits to be accepted, delivered."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import edge
from app.cases import operations, queries
from app.cases.queries import CaseFilter
from app.cases.types import Application, Channel, Status
from app.catalog.queries import current, current_item
from app.inbox import queries as inbox
from app.inbox.queries import QueueFilter
from app.kernel.errors import Invalid
from app.web.errors import problem, shown_on
from app.web.once import once
from app.web.queues import lines_of

MOST = 100

blueprint = Blueprint("window", __name__)


@blueprint.get("/window")
@edge.guarded("case.receive")
def overview() -> ResponseReturnValue:
    """What to receive, what to accept, what to deliver."""
    session, actor = edge.session(), edge.actor()
    steps, _more = inbox.queue(session, actor, QueueFilter(), MOST)
    lines = lines_of(session, actor.tenant, steps, edge.now())
    drafts, _before = queries.listing(session, actor, CaseFilter(status=Status.DRAFT), MOST)
    return render_template(
        "window/overview.html",
        items=current(session),
        drafts=[row.case for row in drafts],
        accepting=[line for line in lines if line.step.kind in ("accept", "pre-review")],
        delivering=[line for line in lines if line.step.kind == "deliver"],
        others=[line for line in lines if line.step.kind not in ("accept", "pre-review", "deliver")],
        now=edge.now(),
    )


@blueprint.get("/window/receive/<item>")
@edge.guarded("case.receive")
def begin(item: str) -> ResponseReturnValue:
    """For whom an application is received."""
    return render_template("window/begin.html", item=current_item(edge.session(), item), problem=problem())


@blueprint.post("/window/receive/<item>")
@shown_on(begin)
@edge.guarded("case.receive")
@once
def create(item: str) -> ResponseReturnValue:
    """Begin a draft for the applicant at the window."""
    actor, found = edge.actor(), current_item(edge.session(), item)
    applicant = request.form.get("applicant", "").strip()
    if not applicant:
        raise Invalid({"applicant": ["This must be filled in."]})
    application = Application(
        item=found.code,
        tenant=actor.tenant,
        title=found.manifest.name.zh,
        applicant=applicant,
        applicant_id=None,
        channel=Channel.WINDOW,
        data={found.manifest.applicant_field: applicant},
    )
    case = operations.create_draft(edge.session(), actor, application, edge.now())
    return redirect(url_for("draft.form", case_id=case.id), 303)
