"""Board, lights, entries: take up, urge, ask, explain, close with a finding."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.supervision import operations, queries
from app.supervision.queries import Place
from app.web.errors import problem, shown_on
from app.web.once import once
from app.web.supervision import boards
from app.web.supervision import entries as entries_page

PAGE = 40
STATES = {"open": ("open",), "taken": ("taken",), "closed": ("closed",), "": ("open", "taken")}

blueprint = Blueprint("board", __name__)


@blueprint.get("/supervision")
@edge.guarded("supervision.read")
def board() -> ResponseReturnValue:
    """Lights by department, item and district, the weeks behind, entries, and the lights that are worst.

    With `wall` in the address for a screen on the wall: large, and without names of people.
    """
    template = "supervision/wall.html" if boards.on_wall() else "supervision/board.html"
    return render_template(template, **(boards.live() | boards.behind() | boards.choices()), problem=problem())


@blueprint.get("/supervision/live")
@edge.guarded("supervision.read")
def live() -> ResponseReturnValue:
    """What the board asks for again and again: the lights as they are now. Unchanged, it is not sent (ETag)."""
    template = "supervision/wall_live.html" if boards.on_wall() else "supervision/live.html"
    return boards.unless_seen(template, boards.live())


@blueprint.get("/supervision/weeks")
@edge.guarded("supervision.read")
def weeks() -> ResponseReturnValue:
    """The weeks behind and the time used; asked for more seldom."""
    return boards.unless_seen("supervision/weeks.html", boards.behind())


@blueprint.get("/supervision/lights")
@edge.guarded("supervision.read")
def lights() -> ResponseReturnValue:
    """Live yellow and red lights, the longest overdue first; the filters stand in the address."""
    args = request.args
    key, at = args.get("after", type=UUID), args.get("at", type=datetime.fromisoformat)
    wanted = boards.wanted_lights()
    rows, following = queries.lights(edge.session(), edge.actor(), wanted, PAGE, Place(at, key) if key and at else None)
    return render_template(
        "supervision/lights.html",
        lights=rows,
        following=following,
        wanted=wanted,
        step_name=boards.step_name,
        now=edge.now(),
        problem=problem(),
        **boards.choices(),
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
        "supervision/entries.html", entries=rows, before=before, state=state, step_name=boards.step_name, now=edge.now()
    )


@blueprint.get("/supervision/entries/<uuid:entry_id>")
@edge.guarded("supervision.read", "supervision.explain")
def entry(entry_id: UUID) -> ResponseReturnValue:
    """One entry: the light, what was asked and answered, and what can be done now."""
    found = entries_page.shown(entry_id)
    edge.about(found["row"].case.id, found["row"].case.tenant)
    return render_template("supervision/entry.html", **found, problem=problem(), form=request.form)


@blueprint.get("/supervision/entries/<uuid:entry_id>/story")
@edge.guarded("supervision.read", "supervision.explain")
def story(entry_id: UUID) -> ResponseReturnValue:
    """What others do to an entry while one looks at it: its page asks again and again. Unchanged, it is not sent."""
    found = entries_page.shown(entry_id)
    edge.about(found["row"].case.id, found["row"].case.tenant)
    return boards.unless_seen("supervision/story.html", found, entries_page.seen(found))


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
    """Urge a step from a list of lights, and go back to that list as it was filtered, to the line of the step."""
    operations.urge(edge.session(), edge.actor(), step_id, request.form.get("message", ""), edge.now())
    flash(gettext("The handler and the head of the department were urged."), "good")
    listed = ".board" if request.args.get("from") == "board" else ".lights"
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name in boards.FILTERS}
    return redirect(url_for(listed, **kept, _anchor=f"s-{step_id}"), 303)


def _back(entry_id: UUID, said: str) -> ResponseReturnValue:
    flash(said, "good")
    return redirect(url_for(".entry", entry_id=entry_id), 303)


def _version() -> int | None:
    return request.form.get("version", type=int)
