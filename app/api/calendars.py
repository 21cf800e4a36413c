"""Calendars of working days: what is loaded, loading a year, office hours, and deadlines computed anew."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from flask import Response, request
from flask_smorest.fields import Upload
from marshmallow import fields, validate

from app import edge
from app.api.answers import answer, nothing
from app.api.description import FORM, Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once
from app.api.shapes import Body, Shape, instant, list_of, text
from app.deadlines import announcements, queries, seed, years
from app.deadlines.models import Calendar, CalendarChange, Recount
from app.deadlines.types import Day, YearStatus
from app.deadlines.years import Hours, Plan
from app.kernel import sheets
from app.kernel.errors import Invalid, NotFound

room = Room("calendars", "Working days: the years that are loaded, and loading more. Shared by all jurisdictions.")
reading = Room("calendar-sheets", "Reading the days of a year from a sheet.", takes=FORM)

STATUSES = ("announced", "provisional")
MOST_DAYS = 366
RECENT = 50


class LoadedYearShape(Shape):
    """A year that is loaded: as announced, or provisional (weekends and statutory days only)."""

    year = fields.Integer()
    status = fields.String(metadata={"enum": list(STATUSES)})
    source = fields.String()
    loaded_at = instant()


class CalendarShape(Shape):
    """A calendar. `hours`: the sessions of an office day, each from and until, in its time zone."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    timezone = fields.String()
    hours = fields.List(fields.List(fields.String()))
    years = fields.List(fields.Nested(LoadedYearShape))
    missing = fields.List(fields.Integer(), metadata={"description": "Years that will soon be needed."})
    version = fields.Integer()


class CalendarDayShape(Shape):
    """A day that differs from its weekday: a holiday, or a weekend day that is worked instead."""

    date = fields.Date()
    is_working = fields.Boolean()
    name = fields.String()


class YearShape(LoadedYearShape):
    """A year with the days that differ from their weekday; all other days are as their weekday says."""

    calendar = fields.String()
    days = fields.List(fields.Nested(CalendarDayShape))
    version = fields.Integer(metadata={"description": "How often the year was changed."})


class CalendarDayBody(Body):
    """One day. Those that are as their weekday are passed over."""

    date = fields.Date(required=True)
    is_working = fields.Boolean(required=True)
    name = text(least=0, most=announcements.LONGEST_NAME, load_default="")


class YearBody(Body):
    """A year as it is to be. Without `days` a provisional year has the statutory ones."""

    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    source = text(most=200, required=True, metadata={"description": "Where it comes from, e.g. the notice's number."})
    days = fields.List(
        fields.Nested(CalendarDayBody), load_default=None, allow_none=True, validate=validate.Length(max=MOST_DAYS)
    )


class EffectShape(Shape):
    """What would happen to the open deadlines of all jurisdictions."""

    clocks = fields.Integer(metadata={"description": "Clocks that depend on what changes."})
    counted = fields.Integer(metadata={"description": "Those that were computed: of very many not all are."})
    moved = fields.Integer()
    sooner = fields.Integer()
    later = fields.Integer()
    lights = fields.Integer(metadata={"description": "Of those moved, how many are yellow or red now."})
    failing = fields.Integer(metadata={"description": "Clocks that would need a year that is not loaded."})


class DayChangeShape(Shape):
    """A day that would be another."""

    date = fields.Date()
    was_working = fields.Boolean()
    is_working = fields.Boolean()
    name = fields.String()


class YearPreviewShape(Shape):
    """A load that was not done. Send `version` in If-Match, so that nobody's load in between is lost."""

    changes = fields.List(fields.Nested(DayChangeShape))
    effect = fields.Nested(EffectShape)
    version = fields.Integer()


class RecountShape(Shape):
    """How far the deadlines of one jurisdiction have been computed anew."""

    region = fields.String()
    total = fields.Integer(metadata={"description": "Cases that depended on what changed."})
    done = fields.Integer()
    moved = fields.Integer(metadata={"description": "Clocks that turn at other instants."})
    superseded = fields.Integer(metadata={"description": "Lights that were no longer true."})
    failed = fields.Integer(metadata={"description": "Cases that could not be computed and keep what they had."})
    finished_at = instant(null=True)


class CalendarChangeShape(Shape):
    """A change of a calendar: a year was loaded, or (year null) its office hours changed."""

    id = fields.UUID()
    calendar = fields.String()
    year = fields.Integer(allow_none=True)
    status = fields.String(allow_none=True)
    source = fields.String()
    at = instant()
    by = fields.String()
    finished_at = instant(null=True)
    progress = fields.List(fields.Nested(RecountShape))


class HoursBody(Body):
    """Names, time zone and office hours of a calendar."""

    name_zh = text(most=100, required=True)
    name_en = text(most=100, required=True)
    timezone = text(most=60, load_default="Asia/Shanghai")
    hours = fields.List(
        fields.List(fields.Time(format="%H:%M"), validate=validate.Length(2, 2)),
        required=True,
        validate=validate.Length(1, 4),
        metadata={"example": [["09:00", "12:00"], ["13:30", "17:00"]]},
    )


class CalendarBody(HoursBody):
    """A calendar that is to be added."""

    code = text(most=32, required=True)
    years_of = text(
        most=32, load_default=None, allow_none=True, metadata={"description": "Take all years of this calendar over."}
    )


class SheetBody(Body):
    """CSV (UTF-8 or GB 18030) or XLSX with the columns date, is_working, name."""

    file = Upload(required=True)


class ReadDaysShape(Shape):
    """What a sheet says of a year: to be sent as `days`."""

    days = fields.List(fields.Nested(CalendarDayShape))


@room.route("/calendars")
@edge.public
@room.response(200, list_of(CalendarShape))
def calendars() -> Response:
    """All calendars with their years."""
    return listed({"data": list(map(_calendar, queries.calendars(edge.session())))})


@room.route("/calendars", methods=["POST"])
@edge.guarded(years.PERMISSION)
@once
@room.arguments(CalendarBody)
@room.response(201, CalendarShape)
def add(body: dict[str, Any]) -> Response:
    """Add a calendar with office hours of its own."""
    hours = _hours(body["code"], body)
    years.add_calendar(edge.session(), edge.actor(), hours, edge.now(), body["years_of"])
    return versioned(_calendar(queries.calendar(edge.session(), hours.code)), 201)


@room.route("/calendars/<code>")
@edge.public
@room.response(200, CalendarShape)
def calendar(code: str) -> Response:
    """One calendar."""
    return versioned(_calendar(queries.calendar(edge.session(), code)))


@room.route("/calendars/<code>", methods=["PUT"])
@edge.guarded(years.PERMISSION)
@if_match(required=True)
@room.arguments(HoursBody)
@room.response(200, CalendarShape)
def change(body: dict[str, Any], code: str, version: int | None) -> Response:
    """Change names and office hours. Open deadlines are computed anew."""
    years.change_hours(edge.session(), edge.actor(), _hours(code, body), edge.now(), version)
    return versioned(_calendar(queries.calendar(edge.session(), code)))


@room.route("/calendars/<code>/years/<int:year>")
@edge.public
@room.response(200, YearShape)
def loaded_year(code: str, year: int) -> Response:
    """A year with its days."""
    return versioned(_year(code, year))


@room.route("/calendars/<code>/years/<int:year>", methods=["PUT"])
@edge.guarded(years.PERMISSION)
@if_match(required=True)
@room.arguments(YearBody)
@room.response(200, YearShape)
def load(body: dict[str, Any], code: str, year: int, version: int | None) -> Response:
    """Load or replace a year. Open deadlines are computed anew after it: see the calendar's changes."""
    years.load(edge.session(), edge.actor(), _plan(code, year, body), edge.now(), version)
    return versioned(_year(code, year))


@room.route("/calendars/<code>/years/<int:year>/preview", methods=["POST"])
@edge.guarded(years.PERMISSION)
@room.arguments(YearBody)
@room.response(200, YearPreviewShape)
def preview(body: dict[str, Any], code: str, year: int) -> Response:
    """What would loading the year change, and how many open deadlines would move? Nothing is done."""
    found = years.preview(edge.session(), edge.actor(), _plan(code, year, body))
    changes = [
        DayChangeShape.of(
            each,
            date=each.day,
            was_working=each.was_worked,
            is_working=each.worked,
            name=each.will.name if each.will else "",
        )
        for each in found.changes
    ]
    return answer(YearPreviewShape.of(found, changes=changes, effect=EffectShape.of(found.effect)))


@reading.route("/calendars/<code>/years/<int:year>/sheet", methods=["POST"])
@edge.guarded(years.PERMISSION)
@reading.arguments(SheetBody, location="files")
@reading.response(200, ReadDaysShape)
def read_sheet(_files: dict[str, Any], code: str, year: int) -> Response:
    """Read the days of a year from a sheet. Nothing is loaded."""
    queries.calendar(edge.session(), code)
    announcements.check_year(year)
    days = announcements.of_sheet(year, sheets.rows(request.files["file"].read(sheets.LARGEST + 1)))
    return answer({"days": _days(days)})


@room.route("/calendars/<code>/changes")
@edge.guarded(years.PERMISSION, "org.manage")
@room.response(200, list_of(CalendarChangeShape))
def changes(code: str) -> Response:
    """The latest changes, and how far deadlines have been computed anew after each."""
    queries.calendar(edge.session(), code)
    found = queries.changes_of(edge.session(), code, RECENT)
    progress = queries.recounts_of(edge.session(), [each.id for each in found])
    return listed({"data": [_change(each, progress[each.id]) for each in found]})


@room.route("/calendars/<code>/recount", methods=["POST"])
@edge.guarded(years.PERMISSION)
@once
@room.response(204)
def recount(code: str) -> Response:
    """Compute all open deadlines anew, as after a missing year was loaded."""
    years.recount(edge.session(), edge.actor(), code, edge.now())
    return nothing()


def _calendar(found: Calendar) -> dict[str, Any]:
    loaded = queries.years(edge.session(), found.code)
    missing = queries.missing_years({each.year for each in loaded}, edge.now())
    return CalendarShape.of(found, years=list(map(LoadedYearShape.of, loaded)), missing=missing)


def _year(code: str, year: int) -> dict[str, Any]:
    queries.calendar(edge.session(), code)
    found = next((each for each in queries.years(edge.session(), code) if each.year == year), None)
    if found is None:
        raise NotFound(kind="year", key=year)
    days = _days(queries.days_of(edge.session(), code, year))
    return YearShape.of(found, days=days, version=queries.change_number(edge.session(), code, year))


def _days(days: Mapping[date, Day]) -> list[dict[str, Any]]:
    return [{"date": day, "is_working": kept.is_working, "name": kept.name} for day, kept in days.items()]


def _plan(code: str, year: int, body: dict[str, Any]) -> Plan:
    announcements.check_year(year)
    status: YearStatus = body["status"]
    if body["days"] is None:
        if status != "provisional":
            raise Invalid({"days": ["Missing data for required field."]})
        return Plan(code, year, status, seed.provisional(year), body["source"])
    rows = [
        [each["date"].isoformat(), "true" if each["is_working"] else "false", each["name"]] for each in body["days"]
    ]
    days = announcements.of_sheet(year, rows, "days") if rows else {}
    return Plan(code, year, status, days, body["source"])


def _hours(code: str, body: dict[str, Any]) -> Hours:
    sessions: Sequence[tuple[time, time]] = [(begins, ends) for begins, ends in body["hours"]]
    return Hours(code, body["name_zh"], body["name_en"], body["timezone"], sessions)


def _change(found: CalendarChange, progress: Sequence[Recount]) -> dict[str, Any]:
    return CalendarChangeShape.of(found, progress=list(map(RecountShape.of, progress)))
