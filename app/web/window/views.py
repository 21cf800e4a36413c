"""What a window clerk starts from: who stands before the counter, and what waits to be accepted and handed out.

What is received anywhere may be for another jurisdiction. The window sees where such a case stands, and does the steps
of applicants who come in person.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app import edge
from app.cases import operations, queries, reception
from app.cases.queries import CaseFilter
from app.cases.types import Application, Channel, Status
from app.catalog import search
from app.catalog.queries import current_item
from app.inbox import queries as inbox
from app.inbox.queries import QueueFilter
from app.kernel.errors import Invalid
from app.org import queries as org
from app.org.models import Region
from app.web import steps
from app.web.errors import problem, shown_on
from app.web.language import language
from app.web.once import once
from app.web.queues import lines_of, tag_of

MOST = 100
FOUND = 20
RECENT = 9
ACCEPTING, DELIVERING = ("accept", "pre-review"), "deliver"

blueprint = Blueprint("window", __name__)
steps.offer(blueprint, "/window/steps", reads="case.receive", works="case.receive")


@blueprint.get("/window")
@edge.guarded("case.receive")
def overview() -> ResponseReturnValue:
    """Who stands before the counter: one box finds the item to receive or the case that somebody came for."""
    session, actor = edge.session(), edge.actor()
    queues = _queues()
    text = request.args.get("q", "").strip()[:100]
    found, _before = queries.listing(session, actor, CaseFilter(text=text), FOUND) if text else ((), None)
    received, before = queries.listing(session, actor, CaseFilter(received_here=True), RECENT)
    drafts, _before = queries.listing(session, actor, CaseFilter(status=Status.DRAFT, received_here=True), MOST)
    return render_template(
        "window/overview.html",
        **queues,
        text=text,
        items=search.find(session, search.Wanted(text)).entries,
        found=[row for row in found if row.case.code],
        drafts=[row.case for row in drafts],
        received=[row for row in received if row.case.code],
        more=before is not None,
    )


@blueprint.get("/window/lines")
@edge.guarded("case.receive")
def lines() -> ResponseReturnValue:
    """What waits at the window alone: the page asks for it again and again. Unchanged, it is not sent (ETag)."""
    shown = _queues()
    asked = [(one.step.id, one.step.version, one.step.due_at) for one in shown["asked"]]
    tag = tag_of(shown["lines"], shown["now"], asked, language())
    response = Response(status=304)
    if not request.if_none_match.contains_weak(tag):
        response = make_response(render_template("window/lines.html", **shown))
    response.set_etag(tag, weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Cookie"
    return response


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


def _queues() -> dict[str, Any]:
    """What waits at the window: to accept, to hand out, for applicants who may come in person."""
    session, actor, now = edge.session(), edge.actor(), edge.now()
    waiting, _more = inbox.queue(session, actor, QueueFilter(), MOST)
    lines = lines_of(session, actor.tenant, waiting, now)
    asked, _next = reception.waiting(session, actor, MOST)
    return {
        "lines": lines,
        "asked": asked,
        "accepting": [line for line in lines if line.step.kind in ACCEPTING],
        "delivering": [line for line in lines if line.step.kind == DELIVERING],
        "others": [line for line in lines if line.step.kind not in (*ACCEPTING, DELIVERING)],
        "regions": _regions(session),
        "now": now,
    }


def _regions(session: Session) -> dict[str, Region]:
    return {region.code: region for region in org.tenants(session)}
