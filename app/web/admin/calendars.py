"""Calendars: the years that are loaded, a year as twelve months, loading one with a preview of what it would move."""

from calendar import Calendar as Weeks
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Any

import orjson
from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.deadlines import announcements, queries, seed, years
from app.deadlines.announcements import Line
from app.deadlines.models import CalendarYear
from app.deadlines.types import Day, YearStatus
from app.deadlines.years import PERMISSION, Plan, Preview
from app.kernel import sheets
from app.kernel.errors import Invalid, NotFound
from app.kernel.marking import _
from app.web.admin import blueprint
from app.web.errors import shown_on
from app.web.language import ZONE
from app.web.once import once

WAYS = ("lines", "sheet", "provisional")
RECENT = 8
"""Changes shown with a calendar."""
AHEAD = 5
"""Years after this one that are offered for loading."""


@blueprint.get("/calendars")
@edge.guarded(PERMISSION, "org.manage")
def calendars() -> ResponseReturnValue:
    """All calendars, and what is missing."""
    session, found = edge.session(), []
    for each in queries.calendars(session):
        loaded = queries.years(session, each.code)
        found.append((each, loaded, queries.missing_years({year.year for year in loaded}, edge.now())))
    return render_template("admin/calendars.html", calendars=found, this_year=this_year())


@blueprint.get("/calendars/<code>")
@edge.guarded(PERMISSION, "org.manage")
def calendar(code: str) -> ResponseReturnValue:
    """One calendar: its years, office hours, and how far deadlines have been computed anew."""
    session = edge.session()
    found = queries.calendar(session, code)
    loaded = {year.year: year for year in queries.years(session, code)}
    first, last = min(loaded, default=this_year()), max(loaded, default=this_year())
    return render_template(
        "admin/calendar.html",
        calendar=found,
        loaded=loaded,
        missing=queries.missing_years(loaded, edge.now()),
        shown=[*range(first, max(last, this_year() + 1) + 1)],
        open_years=[year for year in range(this_year(), this_year() + AHEAD + 1) if year not in loaded],
        this_year=this_year(),
        **progress_of(code),
    )


@blueprint.get("/calendars/<code>/progress")
@edge.guarded(PERMISSION, "org.manage")
def progress(code: str) -> ResponseReturnValue:
    """The part of the page that says how far deadlines have been computed anew."""
    found = queries.calendar(edge.session(), code)
    return render_template("admin/progress.html", calendar=found, **progress_of(code))


@blueprint.post("/calendars/<code>/recount")
@edge.guarded(PERMISSION)
@once
def recount(code: str) -> ResponseReturnValue:
    """Compute all open deadlines anew."""
    years.recount(edge.session(), edge.actor(), code, edge.now())
    flash(gettext("All open deadlines are being computed anew."), "good")
    return redirect(url_for(".calendar", code=code), 303)


@blueprint.get("/calendars/<code>/years")
@edge.guarded(PERMISSION)
def open_year(code: str) -> ResponseReturnValue:
    """To the form that loads the year that was typed."""
    year = request.args.get("year", type=int)
    if year is None or not announcements.EARLIEST <= year <= announcements.LATEST:
        flash(gettext("A year from 2000 to 2100."), "bad")
        return redirect(url_for(".calendar", code=code), 303)
    return redirect(url_for(".load_form", code=code, year=year), 303)


@blueprint.get("/calendars/<code>/<int:year>")
@edge.guarded(PERMISSION, "org.manage")
def calendar_year(code: str, year: int) -> ResponseReturnValue:
    """A year as twelve months, and as the lines of its notice."""
    session = edge.session()
    _known(year)
    found, held = queries.calendar(session, code), _held(code, year)
    if held is None:
        return render_template("admin/year_missing.html", calendar=found, year=year), 404
    days = queries.days_of(session, code, year)
    return render_template(
        "admin/year.html",
        calendar=found,
        year=year,
        held=held,
        months=months(year, days),
        today=edge.now().astimezone(ZONE).date(),
        spells=spells(days),
        worked=sum(day.weekday() < 5 for day in _all_days(year))
        + sum(1 if d.is_working else -1 for d in days.values()),
        years={each.year for each in queries.years(session, code)},
        **progress_of(code),
    )


@blueprint.get("/calendars/<code>/<int:year>/load")
@edge.guarded(PERMISSION)
def load_form(code: str, year: int) -> ResponseReturnValue:
    """The form: by the lines of the notice, by a sheet, or as provisional."""
    return _form(code, year, None)


@blueprint.post("/calendars/<code>/<int:year>/preview")
@shown_on(load_form)
@edge.guarded(PERMISSION)
def preview(code: str, year: int) -> ResponseReturnValue:
    """What would change and move. Nothing is done."""
    found = years.preview(edge.session(), edge.actor(), _plan(code, year))
    g.page = url_for(".load_form", code=code, year=year)
    return _form(code, year, found)


@blueprint.post("/calendars/<code>/<int:year>/load")
@shown_on(load_form)
@edge.guarded(PERMISSION)
@once
def load(code: str, year: int) -> ResponseReturnValue:
    """Load what was previewed."""
    plan = Plan(code, year, _status(), _kept_days(year), request.form.get("source", ""))
    years.load(edge.session(), edge.actor(), plan, edge.now(), request.form.get("version", type=int))
    said = gettext("%(year)s was loaded. Open deadlines are being computed anew.", year=year)
    flash(said, "good")
    return redirect(url_for(".calendar", code=code, _anchor="changes"), 303)


def progress_of(code: str) -> dict[str, Any]:
    """The latest changes with what followed, and whether something still does."""
    changes = queries.changes_of(edge.session(), code, RECENT)
    parts = queries.recounts_of(edge.session(), [change.id for change in changes])
    return {"changes": changes, "parts": parts, "is_running": any(change.finished_at is None for change in changes)}


def this_year() -> int:
    """The year at the office."""
    return edge.now().astimezone(ZONE).year


def months(year: int, days: Mapping[date, Day]) -> list[tuple[date, list[list[tuple[date | None, Day | None]]]]]:
    """The months, week by week from Monday; None where a week reaches into another month."""
    weeks = Weeks()
    return [
        (
            date(year, month, 1),
            [
                [(day, days.get(day)) if day.month == month else (None, None) for day in week]
                for week in weeks.monthdatescalendar(year, month)
            ],
        )
        for month in range(1, 13)
    ]


def spells(days: Mapping[date, Day]) -> list[tuple[str, Sequence[date], Sequence[date]]]:
    """Each holiday with its days off (weekends between them included) and the weekend days worked instead."""
    found: list[tuple[str, Sequence[date], Sequence[date]]] = []
    for name, lines in groupby(announcements.lines_of(days), key=lambda line: line.name):
        off: list[date] = []
        worked: list[date] = []
        for line in lines:
            if line.first:
                off += [date.fromisoformat(line.first), date.fromisoformat(line.last)]
            worked += map(date.fromisoformat, line.worked.split())
        found.append((name, off, worked))
    return found


def _known(year: int) -> None:
    """Raise NotFound for a year that no calendar holds: there is no page of it."""
    if not announcements.EARLIEST <= year <= announcements.LATEST:
        raise NotFound(kind=_("year"), key=year)


def _form(code: str, year: int, found: Preview | None) -> str:
    _known(year)
    session = edge.session()
    way = request.form.get("way") or request.args.get("way") or WAYS[0]
    held = _held(code, year)
    return render_template(
        "admin/load.html",
        calendar=queries.calendar(session, code),
        year=year,
        held=held,
        way=way if way in WAYS else WAYS[0],
        ways=WAYS,
        lines=_lines(code, year),
        preview=found,
        days=None if found is None else _kept(found.plan.days),
    )


def _held(code: str, year: int) -> CalendarYear | None:
    return next((each for each in queries.years(edge.session(), code) if each.year == year), None)


def _plan(code: str, year: int) -> Plan:
    """What the form says, by the way that was chosen. Raises Invalid."""
    way, source = request.form.get("way"), request.form.get("source", "")
    if way == "provisional":
        announcements.check_year(year)
        return Plan(code, year, "provisional", seed.provisional(year), source)
    faults: dict[str, list[str]] = {}
    days: Mapping[date, Day] = {}
    try:
        days = _of_sheet(year) if way == "sheet" else announcements.of_lines(year, _typed_lines())
    except Invalid as error:
        faults |= error.fields
    if not source.strip():
        faults["source"] = [_("Say where this comes from, such as the number of the notice.")]
    if faults:
        raise Invalid(faults)
    return Plan(code, year, _status(), days, source)


def _of_sheet(year: int) -> Mapping[date, Day]:
    upload = request.files.get("file")
    return announcements.of_sheet(year, sheets.rows(upload.read(sheets.LARGEST + 1) if upload else b""))


def _status() -> YearStatus:
    return "provisional" if request.form.get("status") == "provisional" else "announced"


def _lines(code: str, year: int) -> list[Line]:
    """The lines to be shown: as typed, else those of the year as it is, else the holidays of every year."""
    if "name" in request.form:
        return _typed_lines()
    days = queries.days_of(edge.session(), code, year) or seed.provisional(year)
    held = [replace(line, name=str(gettext(line.name)) if line.name else "") for line in announcements.lines_of(days)]
    return [*held, Line(), Line()][: announcements.MOST_LINES]


def _typed_lines() -> list[Line]:
    form = request.form
    columns = (form.getlist(name)[: announcements.MOST_LINES] for name in ("name", "first", "last", "worked"))
    return [Line(*cells) for cells in zip(*columns, strict=False)]


def _kept(days: Mapping[date, Day]) -> str:
    """The days of a preview, for the form that loads them."""
    return orjson.dumps(
        [[day.isoformat(), str(kept.is_working).lower(), kept.name] for day, kept in days.items()]
    ).decode()


def _kept_days(year: int) -> Mapping[date, Day]:
    with suppress(orjson.JSONDecodeError):
        rows = orjson.loads(request.form.get("days", ""))
        if isinstance(rows, list) and all(isinstance(row, list) and len(row) == 3 for row in rows):
            return announcements.of_sheet(year, [[str(cell) for cell in row] for row in rows]) if rows else {}
    raise Invalid({"days": [_("Preview the year again.")]})


def _all_days(year: int) -> list[date]:
    first = date(year, 1, 1).toordinal()
    return [date.fromordinal(number) for number in range(first, date(year + 1, 1, 1).toordinal())]
