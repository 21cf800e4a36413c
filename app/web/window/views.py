"""What a window clerk starts from: receiving for somebody, drafts begun here, what waits to be accepted, delivered.

What is received anywhere may be for another jurisdiction. The window sees where such a case stands, and does the steps
of applicants who come in person.
"""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import edge
from app.cases import operations, queries, reception
from app.cases.queries import CaseFilter
from app.cases.types import Application, Channel, Status
from app.catalog.queries import current, current_item
from app.inbox import queries as inbox
from app.inbox.queries import QueueFilter
from app.kernel.errors import Invalid
from app.org import queries as org
from app.org.models import Region
from app.web import steps
from app.web.errors import problem, shown_on
from app.web.once import once
from app.web.queues import lines_of

MOST = 100

ELSEWHERE = 20

blueprint = Blueprint("window", __name__)
steps.offer(blueprint, "/window/steps", reads="case.receive", works="case.receive")


@blueprint.get("/window")
@edge.guarded("case.receive")
def overview() -> ResponseReturnValue:
    """What to receive, what to accept, what to deliver."""
    session, actor = edge.session(), edge.actor()
    steps, _more = inbox.queue(session, actor, QueueFilter(), MOST)
    lines = lines_of(session, actor.tenant, steps, edge.now())
    asked, _next = reception.waiting(session, actor, MOST)
    received, before = queries.listing(session, actor, CaseFilter(received_here=True), ELSEWHERE)
    drafts, _before = queries.listing(session, actor, CaseFilter(status=Status.DRAFT, received_here=True), MOST)
    return render_template(
        "window/overview.html",
        items=current(session),
        drafts=[row.case for row in drafts],
        asked=asked,
        received=[row for row in received if row.case.code],
        more=before is not None,
        regions=_regions(session),
        accepting=[line for line in lines if line.step.kind in ("accept", "pre-review")],
        delivering=[line for line in lines if line.step.kind == "deliver"],
        others=[line for line in lines if line.step.kind not in ("accept", "pre-review", "deliver")],
        now=edge.now(),
    )


@blueprint.get("/window/receive/<item>")
@edge.guarded("case.receive")
def begin(item: str) -> ResponseReturnValue:
    """For whom an application is received, and who handles it."""
    found = current_item(edge.session(), item)
    places = org.tenants(edge.session()) if found.manifest.reception == "anywhere" else []
    return render_template("window/begin.html", item=found, tenants=places, problem=problem())


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
        tenant=request.form.get("tenant") or actor.tenant,
        title=found.manifest.name.zh,
        applicant=applicant,
        applicant_id=reception.applicant_of(edge.session(), actor, request.form.get("account", "").strip()),
        channel=Channel.WINDOW,
        data={found.manifest.applicant_field: applicant},
    )
    case = operations.create_draft(edge.session(), actor, application, edge.now())
    return redirect(url_for("draft.form", case_id=case.id), 303)


@blueprint.get("/window/received")
@edge.guarded("case.receive")
def received() -> ResponseReturnValue:
    """What this window received, wherever it is handled, the latest first."""
    wanted = CaseFilter(received_here=True, text=request.args.get("q", "").strip() or None)
    rows, before = queries.listing(edge.session(), edge.actor(), wanted, MOST, request.args.get("before", type=UUID))
    return render_template(
        "window/received.html",
        rows=[row for row in rows if row.case.code],
        before=before,
        wanted=wanted,
        regions=_regions(edge.session()),
        now=edge.now(),
    )


def _regions(session: Session) -> dict[str, Region]:
    return {region.code: region for region in org.tenants(session)}
