"""The figures of the supervisor's board: lights now, the weeks behind, the time that cases take."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from app import edge
from app.api.description import Room
from app.api.etags import listed
from app.api.shapes import Names, Query, Shape, list_of, text
from app.supervision import figures
from app.supervision.types import Focus, Lights

room = Room("figures", "Figures for those who supervise: lights now, the weeks behind, the time that cases take.")


class PlaceShape(Shape):
    """A jurisdiction whose figures one may see."""

    code = fields.String(metadata={"example": "330300"})
    name = fields.Nested(Names)
    own = fields.Boolean(metadata={"description": "One's own: its cases may be opened, too."})


class LightCountsShape(Shape):
    """How many open steps of a department, an item or a jurisdiction show which light."""

    code = fields.String()
    name_zh = fields.String()
    name_en = fields.String()
    green = fields.Integer()
    yellow = fields.Integer()
    red = fields.Integer()


class DistrictCountsShape(LightCountsShape):
    """A jurisdiction below one's own."""

    entries = fields.Integer(metadata={"description": "Supervision entries that are not closed."})


class BoardShape(Shape):
    """What a supervisor sees first."""

    departments = fields.List(fields.Nested(LightCountsShape))
    items = fields.List(fields.Nested(LightCountsShape))
    districts = fields.List(
        fields.Nested(DistrictCountsShape),
        metadata={"description": "The jurisdictions below one's own; none where another than one's own is asked for."},
    )
    cases = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "Running cases by the light of their promised limit."},
    )
    open_entries = fields.Integer()
    taken_entries = fields.Integer()


class WeekShape(Shape):
    """What happened in one week."""

    starts = fields.Date(metadata={"description": "Its Monday."})
    received = fields.Integer(metadata={"description": "Cases that were received."})
    concluded = fields.Integer(metadata={"description": "Cases that were concluded."})
    red = fields.Integer(metadata={"description": "Red lights that were raised and stand.", "example": 2})


class PaceShape(Shape):
    """How long the latest concluded cases of an item took."""

    code = fields.String(metadata={"description": "Code of the item.", "example": "land-preliminary-review"})
    name = fields.Nested(Names)
    cases = fields.Integer(metadata={"description": "How many cases that is."})
    late = fields.Integer(metadata={"description": "How many of them were red."})
    used = fields.Float(metadata={"description": "Working days used: the median."})
    promised = fields.Float(metadata={"description": "Working days promised: the median."})


class FocusQuery(Query):
    """What of which office is wanted."""

    region = text(
        most=20,
        load_default=None,
        metadata={"description": "Code of a jurisdiction, as GET /supervision/places lists them; not said: one's own."},
    )
    department = text(most=100, load_default=None, metadata={"description": "Code of a department: its steps only."})
    item = text(most=100, load_default=None)


class WeeksQuery(FocusQuery):
    """How far back one looks."""

    weeks = fields.Integer(
        load_default=12,
        validate=validate.Range(1, figures.WEEKS_MOST),
        metadata={"description": "So many weeks, the running one included."},
    )


@room.route("/supervision/places")
@edge.guarded("supervision.read")
@room.response(200, list_of(PlaceShape))
def places() -> Response:
    """The jurisdictions whose figures one may see."""
    return listed({"data": list(map(PlaceShape.of, figures.places(edge.session(), edge.actor())))})


@room.route("/supervision/board")
@edge.guarded("supervision.read")
@room.arguments(FocusQuery, location="query")
@room.response(200, BoardShape)
def board(wanted: dict[str, Any]) -> Response:
    """Lights by department, item and jurisdiction, running cases by light, entries that wait."""
    session, actor = edge.session(), edge.actor()
    place = figures.place(session, actor, wanted["region"])
    found = figures.board(session, actor, _focus(wanted), place.code)
    districts = figures.districts(session, actor) if place.own else []
    return listed(
        BoardShape.of(
            found,
            departments=list(map(_counts, found.departments)),
            items=list(map(_counts, found.items)),
            districts=[{**_counts(one.lights), "entries": one.entries} for one in districts],
        )
    )


@room.route("/supervision/weeks")
@edge.guarded("supervision.read")
@room.arguments(WeeksQuery, location="query")
@room.response(200, list_of(WeekShape))
def weeks(wanted: dict[str, Any]) -> Response:
    """What was received, concluded and red in each of the last weeks.

    With a department: cases of the items in which it takes part.
    """
    session, actor, code = edge.session(), edge.actor(), _place(wanted)
    found = figures.weeks(session, actor, _focus(wanted), edge.now(), wanted["weeks"], code)
    return listed({"data": list(map(WeekShape.of, found))})


@room.route("/supervision/pace")
@edge.guarded("supervision.read")
@room.arguments(WeeksQuery, location="query")
@room.response(200, list_of(PaceShape))
def pace(wanted: dict[str, Any]) -> Response:
    """Working days used and promised by item, of the latest cases concluded in the last weeks."""
    session, actor, code = edge.session(), edge.actor(), _place(wanted)
    found = figures.pace(session, actor, _focus(wanted), edge.now(), wanted["weeks"], code)
    return listed({"data": list(map(PaceShape.of, found))})


def _place(wanted: dict[str, Any]) -> str:
    return figures.place(edge.session(), edge.actor(), wanted["region"]).code


def _focus(wanted: dict[str, Any]) -> Focus:
    return Focus(wanted["department"], wanted["item"])


def _counts(row: Lights) -> dict[str, Any]:
    return LightCountsShape.of(row, name_zh=row.name.zh, name_en=row.name.en)
