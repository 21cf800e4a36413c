"""The case: where it stands, its time, what came with it, what was issued, its diagram, its history."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.cases import messages, operations, policy, queries, tracking
from app.cases.handing import read_material
from app.cases.models import Case
from app.cases.queries import CaseFilter
from app.cases.types import Status
from app.catalog.queries import current
from app.catalog.types import CaseBasis
from app.inbox.models import Step
from app.inbox.types import LIVE
from app.kernel.errors import NotFound
from app.notices import documents as issued
from app.org import queries as org
from app.org.models import Region
from app.web import incoming, progress
from app.web.clocks import in_order
from app.web.downloads import download
from app.web.errors import problem, shown_on
from app.web.language import pick
from app.web.once import once
from app.web.words import marks_of

READ = ("case.read", "case.read-all", "case.read-own")
PAGE = 30
EXTENDABLE = ("promised", "statutory")

blueprint = Blueprint("case", __name__)


@dataclass(frozen=True)
class Offered:
    """What the reader may do with this case now; nothing else is shown as a button."""

    withdraw: bool
    extend: bool
    deliver: bool


@blueprint.get("/cases")
@edge.guarded(*READ)
def search() -> ResponseReturnValue:
    """The cases that one may see, the latest first; filters stand in the address."""
    args = request.args
    wanted = CaseFilter(
        status=args.get("status") or None,
        item=args.get("item") or None,
        light=args.get("light") or None,
        text=args.get("q", "").strip() or None,
    )
    rows, before = queries.listing(edge.session(), edge.actor(), wanted, PAGE, args.get("before", type=UUID))
    return render_template(
        "cases/search.html",
        rows=rows,
        before=before,
        wanted=wanted,
        statuses=list(Status),
        items=current(edge.session()),
        now=edge.now(),
    )


def fresh(view: Callable[[str], ResponseReturnValue]) -> Callable[[str], ResponseReturnValue]:
    """Let a page about a case be asked for again and again: with `live` it answers its changing part, and nothing while
    the case is as it was (ETag)."""

    @wraps(view)
    def answer(key: str) -> ResponseReturnValue:
        if "live" not in request.args:
            return view(key)
        state = progress.state_of(_seen(key), edge.now())
        same = request.if_none_match.contains_weak(state)
        response = Response(status=304) if same else make_response(view(key))
        response.set_etag(state, weak=True)
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["Vary"] = "Cookie"
        return response

    return answer


@blueprint.get("/cases/<key>")
@edge.guarded(*READ)
@fresh
def show(key: str) -> ResponseReturnValue:
    """Where the case stands: milestones, departments, steps, limits. A draft is shown where it is filled in."""
    found = _seen(key)
    if found.status == Status.DRAFT:
        return redirect(url_for("draft.form", case_id=found.id))
    view = queries.overview(edge.session(), found, edge.actor())
    now, awaited = edge.now(), incoming.awaited(view)
    return render_template(
        "cases/overview.html",
        view=view,
        case=found,
        marks=marks_of(found.status, _milestones(found), view.result, view.item.manifest.results),
        standstills=queries.standstills(edge.session(), found, view.item),
        lines=progress.latest_first(progress.lines(view, queries.time_ledger(edge.session(), found, now), now)),
        state=progress.state_of(found, now),
        own=[step for step in view.steps if step.state in LIVE and _is_mine(found, step)],
        outside=policy.looks_in(edge.actor(), found),
        journey=tracking.journey(edge.session(), found) if policy.looks_in(edge.actor(), found) else None,
        received_in=_received_in(found),
        offered=_offered(found),
        awaited=awaited,
        faults=incoming.faults(awaited, problem()),
        extendable=EXTENDABLE,
        now=now,
    )


@blueprint.get("/cases/<key>/time")
@edge.guarded(*READ)
@fresh
def time(key: str) -> ResponseReturnValue:
    """Every clock of the case, day by day, with the reason for each day that does not count."""
    found = _seen(key)
    view = queries.overview(edge.session(), found, edge.actor())
    return render_template(
        "cases/time.html",
        view=view,
        case=found,
        ledgers=in_order(queries.time_ledger(edge.session(), found, edge.now())),
        state=progress.state_of(found, edge.now()),
        standstills=queries.standstills(edge.session(), found, view.item),
        now=edge.now(),
    )


@blueprint.get("/cases/<key>/application")
@edge.guarded(*READ)
@fresh
def application(key: str) -> ResponseReturnValue:
    """What was applied for: the form as it was handed in, and the materials."""
    found = _seen(key)
    view = queries.overview(edge.session(), found, edge.actor())
    return render_template("cases/application.html", view=view, case=found, state=progress.state_of(found, edge.now()))


@blueprint.get("/cases/<key>/documents")
@edge.guarded(*READ)
@fresh
def documents(key: str) -> ResponseReturnValue:
    """What the office issued and told."""
    found = _seen(key)
    view = queries.overview(edge.session(), found, edge.actor())
    return render_template("cases/documents.html", view=view, case=found, state=progress.state_of(found, edge.now()))


@blueprint.get("/cases/<key>/diagram")
@edge.guarded(*READ)
def diagram(key: str) -> ResponseReturnValue:
    """The diagram: it is part of the page about the case."""
    return redirect(url_for(".show", key=_seen(key).code, _anchor="diagram"))


@blueprint.get("/cases/<key>/diagram.bpmn")
@edge.guarded(*READ)
def bpmn(key: str) -> ResponseReturnValue:
    """The diagram of the version that the case runs on."""
    return Response(queries.diagram_xml(edge.session(), _seen(key)), content_type="application/xml; charset=utf-8")


@blueprint.get("/cases/<key>/marks.json")
@edge.guarded(*READ)
def marks(key: str) -> ResponseReturnValue:
    """Where the tokens stand, for the diagram."""
    return jsonify(elements=progress.marks(_seen(key), edge.now()))


@blueprint.get("/cases/<key>/history")
@edge.guarded(*READ)
@fresh
def history(key: str) -> ResponseReturnValue:
    """The case's record, in order."""
    found = _seen(key)
    view = queries.overview(edge.session(), found, edge.actor())
    lines = queries.history(edge.session(), found, edge.actor())
    state = progress.state_of(found, edge.now())
    return render_template("cases/history.html", view=view, case=found, lines=lines, state=state)


@blueprint.get("/cases/<key>/materials/<uuid:material_id>")
@edge.guarded(*READ)
def material(key: str, material_id: UUID) -> ResponseReturnValue:
    """A file that was handed in."""
    found = _seen(key)
    row, pieces = read_material(edge.session(), edge.actor(), edge.office().store, material_id)
    if row.case_id != found.id:
        raise NotFound(kind="material", key=material_id)
    return download(b"".join(pieces), row.media_type, row.filename)


@blueprint.get("/cases/<key>/documents/<uuid:document_id>")
@edge.guarded("document.read")
def document(key: str, document_id: UUID) -> ResponseReturnValue:
    """A document as it was issued (PDF/A), or its English translation."""
    found = _seen(key)
    row, content = issued.read(edge.session(), edge.office().store, found.tenant, document_id)
    if row.case_id != found.id:
        raise NotFound(kind="document", key=document_id)
    translated = request.args.get("translation") == "en"
    return download(issued.translation(row) if translated else content, "application/pdf", issued.filename(row))


@blueprint.post("/cases/<key>/withdraw")
@shown_on(show)
@edge.guarded("case.withdraw")
@once
def withdraw(key: str) -> ResponseReturnValue:
    """Take the application back."""
    found = _seen(key)
    operations.withdraw(edge.session(), edge.actor(), found.id, request.form.get("reason", ""), edge.now())
    flash(gettext("Your application was withdrawn."), "good")
    return redirect(url_for(".show", key=key), 303)


@blueprint.post("/cases/<key>/extend")
@shown_on(show)
@edge.guarded("case.extend")
@once
def extend(key: str) -> ResponseReturnValue:
    """Extend a limit of the case; the applicant is told the reason (Art. 42)."""
    found, form = _seen(key), request.form
    basis: CaseBasis = "statutory" if form.get("basis") == "statutory" else "promised"
    operations.extend(
        edge.session(),
        edge.actor(),
        found.id,
        basis,
        form.get("days", 0, type=int),
        form.get("reason", ""),
        edge.now(),
    )
    flash(gettext("The limit was extended; the applicant is told."), "good")
    return redirect(url_for(".show", key=key), 303)


@blueprint.post("/cases/<key>/messages")
@shown_on(show)
@edge.guarded(messages.MESSAGE)
@once
def deliver(key: str) -> ResponseReturnValue:
    """Let the case have a message or signal that it waits for."""
    found = _seen(key)
    what = incoming.chosen(queries.overview(edge.session(), found, edge.actor()))
    one, data = what.awaited, incoming.typed(what)
    messages.deliver_message(edge.session(), edge.actor(), found.id, one.name, edge.now(), one.kind, data)
    flash(gettext("Delivered: %(name)s.", name=pick(what.called)), "good")
    return redirect(url_for(".show", key=key), 303)


def _seen(key: str) -> Case:
    """The case, if the actor may see it; what is refused from now on is kept in its record."""
    found = queries.by_code(edge.session(), edge.actor(), key)
    edge.about(found.id, found.tenant)
    return found


def _milestones(found: Case) -> dict[str, datetime | None]:
    return {
        name: getattr(found, f"{name}_at") for name in ("received", "accepted", "decided", "concluded", "delivered")
    }


def _is_mine(found: Case, step: Step) -> bool:
    """Whether the reader may work on a step: by post, as the applicant, or at the window that stands in for them."""
    actor = edge.actor()
    if step.post is None:
        return actor.kind == "applicant" or policy.stands_in(actor, found)
    return step.tenant == actor.tenant and step.post in actor.posts


def _received_in(found: Case) -> Region | None:
    """The jurisdiction whose window received the case, where another one handles it."""
    elsewhere = found.received_in not in (None, found.tenant)
    return org.region(edge.session(), found.received_in or "") if elsewhere else None


def _offered(found: Case) -> Offered:
    actor = edge.actor()
    return Offered(
        withdraw=actor.may("case.withdraw") and found.status in (Status.RECEIVED, Status.ACCEPTED),
        extend=actor.may("case.extend") and found.tenant == actor.tenant and found.status == Status.ACCEPTED,
        deliver=actor.may(messages.MESSAGE) and found.tenant == actor.tenant,
    )
