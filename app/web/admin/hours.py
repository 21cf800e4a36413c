"""Office hours: a calendar's names, time zone and sessions; a calendar of one's own."""

from collections.abc import Sequence
from datetime import time

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.deadlines import queries, years
from app.deadlines.years import PERMISSION, Effect, Hours
from app.kernel.errors import Invalid
from app.kernel.marking import _
from app.web.admin import blueprint
from app.web.admin.forms import number
from app.web.errors import shown_on
from app.web.once import once

SESSIONS = 3
"""Sessions of an office day that the form offers: morning, afternoon, evening."""


@blueprint.get("/calendars/new")
@edge.guarded(PERMISSION)
def new_calendar() -> ResponseReturnValue:
    """The form for a calendar with office hours of its own."""
    return render_template(
        "admin/hours.html", calendar=None, calendars=queries.calendars(edge.session()), effect=None, sessions=SESSIONS
    )


@blueprint.post("/calendars")
@shown_on(new_calendar)
@edge.guarded(PERMISSION)
@once
def add_calendar() -> ResponseReturnValue:
    """Add it."""
    hours = _hours(request.form.get("code", "").strip())
    years.add_calendar(edge.session(), edge.actor(), hours, edge.now(), request.form.get("years_of") or None)
    flash(gettext("The calendar was added."), "good")
    return redirect(url_for(".calendar", code=hours.code), 303)


@blueprint.get("/calendars/<code>/hours")
@edge.guarded(PERMISSION)
def hours_form(code: str) -> ResponseReturnValue:
    """The form for names and office hours."""
    return _form(code, None)


@blueprint.post("/calendars/<code>/hours")
@shown_on(hours_form)
@edge.guarded(PERMISSION)
@once
def change_hours(code: str) -> ResponseReturnValue:
    """Say how many deadlines would move, or do it."""
    session, actor = edge.session(), edge.actor()
    hours = _hours(code)
    if request.form.get("act") != "save":
        g.page = url_for(".hours_form", code=code)
        return _form(code, years.preview_hours(session, actor, hours))
    change = years.change_hours(session, actor, hours, edge.now(), number("version"))
    said = _("Saved. Open deadlines are being computed anew.") if change else _("Saved. No deadline depends on it.")
    flash(gettext(said), "good")
    return redirect(url_for(".calendar", code=code), 303)


def _form(code: str, effect: Effect | None) -> str:
    calendar = queries.calendar(edge.session(), code)
    return render_template("admin/hours.html", calendar=calendar, calendars=[], effect=effect, sessions=SESSIONS)


def _hours(code: str) -> Hours:
    form = request.form
    timezone = form.get("timezone", "").strip()
    return Hours(code, form.get("name_zh", ""), form.get("name_en", ""), timezone, _sessions())


def _sessions() -> Sequence[tuple[time, time]]:
    """The sessions that were typed; blank ones are none. Raises Invalid."""
    found = []
    for begins, ends in zip(request.form.getlist("begins"), request.form.getlist("ends"), strict=False):
        if not (begins or ends):
            continue
        try:
            found.append((time.fromisoformat(begins), time.fromisoformat(ends)))
        except ValueError:
            raise Invalid({"hours": [_("Office hours: give each session in order.")]}) from None
    return found
