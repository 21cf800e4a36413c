"""Board, lights, entries: take up, urge, ask, explain, close with a finding."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.catalog.queries import item as item_version
from app.supervision import operations, queries
from app.supervision.queries import EntryRow, Place
from app.web.errors import problem, shown_on
from app.web.once import once

PAGE = 40
STATES = {"open": ("open",), "taken": ("taken",), "closed": ("closed",), "": ("open", "taken")}

blueprint = Blueprint("board", __name__)


@blueprint.get("/supervision")
@edge.guarded("supervision.read")
def board() -> ResponseReturnValue:
    """Lights by department, running cases, entries, and the lights that are worst."""
    session, actor = edge.session(), edge.actor()
    worst, _more = queries.lights(session, actor, None, 12)
    entries, _before = queries.entries(session, actor, ("open", "taken"), 8)
    seen = queries.board(session, actor)
    return render_template(
        "supervision/board.html",
        board=seen,
        most=max((row.green + row.yellow + row.red for row in seen.departments), default=0),
        lights=worst,
        entries=entries,
        step_name=_step_name,
        now=edge.now(),
    )


@blueprint.get("/supervision/lights")
@edge.guarded("supervision.read")
def lights() -> ResponseReturnValue:
    """Live yellow and red lights, the longest overdue first."""
    args = request.args
    colour = args.get("colour") if args.get("colour") in ("yellow", "red") else None
    key, at = args.get("after", type=UUID), args.get("at", type=datetime.fromisoformat)
    rows, following = queries.lights(edge.session(), edge.actor(), colour, PAGE, Place(at, key) if key and at else None)
    return render_template(
        "supervision/lights.html",
        lights=rows,
        following=following,
        colour=colour,
        step_name=_step_name,
        now=edge.now(),
        problem=problem(),
    )


@blueprint.get("/supervision/entries")
@edge.guarded("supervision.read")
def entries() -> ResponseReturnValue:
    """Entries by state, the latest first."""
    state = request.args.get("state", "")
    rows, before = queries.entries(
        edge.session(), edge.actor(), STATES.get(state, STATES[""]), PAGE, request.args.get("before", type=UUID)
    )
    return render_template(
        "supervision/entries.html", entries=rows, before=before, state=state, step_name=_step_name, now=edge.now()
    )


@blueprint.get("/supervision/entries/<uuid:entry_id>")
@edge.guarded("supervision.read", "supervision.explain")
def entry(entry_id: UUID) -> ResponseReturnValue:
    """One entry: the light, what was asked and answered, and what can be done now."""
    row = queries.entry(edge.session(), edge.actor(), entry_id)
    edge.about(row.case.id, row.case.tenant)
    return render_template(
        "supervision/entry.html", row=row, step_name=_step_name, now=edge.now(), problem=problem(), form=request.form
    )


@blueprint.post("/supervision/entries/<uuid:entry_id>/take")
@shown_on(entry)
@edge.guarded("supervision.handle")
@once
def take_up(entry_id: UUID) -> ResponseReturnValue:
    """Answer for the entry from now on."""
    operations.take_up(edge.session(), edge.actor(), entry_id, edge.now(), _version())
    return _back(entry_id, gettext("You have taken the entry up."))


@blueprint.post("/supervision/entries/<uuid:entry_id>/ask")
@shown_on(entry)
@edge.guarded("supervision.handle")
@once
def ask(entry_id: UUID) -> ResponseReturnValue:
    """Ask the department for an explanation."""
    operations.ask(edge.session(), edge.actor(), entry_id, request.form.get("question", ""), edge.now(), _version())
    return _back(entry_id, gettext("The department was asked for an explanation."))


@blueprint.post("/supervision/entries/<uuid:entry_id>/explain")
@shown_on(entry)
@edge.guarded("supervision.explain")
@once
def explain(entry_id: UUID) -> ResponseReturnValue:
    """Explain, for the department."""
    operations.explain(edge.session(), edge.actor(), entry_id, request.form.get("explanation", ""), edge.now())
    return _back(entry_id, gettext("Your explanation was given to the supervisor."))


@blueprint.post("/supervision/entries/<uuid:entry_id>/close")
@shown_on(entry)
@edge.guarded("supervision.handle")
@once
def close(entry_id: UUID) -> ResponseReturnValue:
    """Record the finding and close."""
    operations.close(edge.session(), edge.actor(), entry_id, request.form.get("finding", ""), edge.now(), _version())
    return _back(entry_id, gettext("The entry was closed."))


@blueprint.post("/supervision/entries/<uuid:entry_id>/urge")
@shown_on(entry)
@edge.guarded("supervision.urge")
@once
def urge(entry_id: UUID) -> ResponseReturnValue:
    """Urge the step that the entry is about."""
    step_id = request.form.get("step", type=UUID) or entry_id
    operations.urge(edge.session(), edge.actor(), step_id, request.form.get("message", ""), edge.now(), entry_id)
    return _back(entry_id, gettext("The handler and the head of the department were urged."))


@blueprint.post("/supervision/steps/<uuid:step_id>/urge")
@shown_on(lights)
@edge.guarded("supervision.urge")
@once
def urge_step(step_id: UUID) -> ResponseReturnValue:
    """Urge a step before it is red."""
    operations.urge(edge.session(), edge.actor(), step_id, request.form.get("message", ""), edge.now())
    flash(gettext("The handler and the head of the department were urged."), "good")
    return redirect(url_for(".lights"), 303)


def _back(entry_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for(".entry", entry_id=entry_id), 303)


def _version() -> int | None:
    return request.form.get("version", type=int)


def _step_name(row: EntryRow) -> object:
    """What a light is about, in words: the step, the department's part, or the whole case."""
    item = item_version(edge.session(), row.case.item, row.case.item_version)
    return item.step_name(row.clock.element) if row.clock.element else item.name_in_both
