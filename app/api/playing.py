"""Drafts played, and scenarios: files as they are sent, or a version of the catalogue."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from flask import Response
from flask_babel import force_locale, gettext
from marshmallow import fields, validate

from app import edge
from app.api.answers import answer
from app.api.description import FORM, Room
from app.api.etags import listed
from app.api.idempotency import once
from app.api.problems import language
from app.api.publishing import FilesBody, VersionShape, created, sent
from app.api.shapes import Body, Names, Query, Shape, text
from app.catalog import acts, queries
from app.catalog.types import Wording
from app.deadlines.queries import load_calendar
from app.kernel.errors import Invalid, NotFound
from app.kernel.marking import _
from app.studio import play, publication, scenarios, telling

SCHEMAS: Final = Path(__file__).parents[2] / "docs" / "schemas"
_LONGEST: Final = 4_000
_CHOSEN: Final = "Step → outcome, null (nobody does it), or a list with one for each visit."

room = Room("playing", "Drafts played without a case; scenarios of items.")
sending = Room("playing-files", "The same with files that are sent.", takes=FORM)


_TRACE = {"type": "object", "description": "greenlight-trace/1: GET /schemas/trace-1"}
_TESTED = {"type": "object", "description": "One item of greenlight-scenarios/1: GET /schemas/tested-1"}


class PlayQuery(Query):
    """How a play goes. Variables and outcomes are JSON objects, written as text."""

    variables = text(
        most=_LONGEST, load_default="{}", metadata={"description": "A JSON object.", "example": '{"area": 120}'}
    )
    outcomes = text(
        most=_LONGEST,
        load_default="{}",
        metadata={"description": "A JSON object.", "example": '{"review": ["supplement", "approve"]}'},
    )
    at = fields.AwareDateTime(load_default=None, metadata={"description": "When it begins; without it, now."})


class PlayBody(Body):
    """How a play goes: step → outcome, or a list with one for each visit."""

    variables = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "What it begins with.", "example": {"area": 5}},
    )
    outcomes = fields.Dict(
        keys=fields.String(), load_default=dict, metadata={"description": _CHOSEN, "example": {"review": "approve"}}
    )
    at = fields.AwareDateTime(load_default=None, metadata={"description": "When it begins; without it, now."})


class ScenarioBody(Body):
    """A scenario that is kept with the item: schemas/scenarios-1 says what `outcomes` and `expect` may be."""

    name = fields.Nested(Names, required=True)
    data = fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": "What it begins with."})
    outcomes = fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": _CHOSEN})
    expect = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={"description": "What is to become of it.", "example": {"result": "granted"}},
    )


class PublishedSchemasShape(Shape):
    """The formats that have a published schema."""

    schemas = fields.List(fields.String(validate=validate.Length(1, 60)), metadata={"description": "Their names."})


@sending.route("/items/play", methods=["POST"])
@edge.guarded(*acts.ANY)
@sending.arguments(PlayQuery, location="query")
@sending.arguments(FilesBody, location="files")
@sending.response(200, _TRACE)
def play_files(wanted: dict[str, Any], _files: dict[str, Any]) -> Response:
    """Play files to the end: an item's, or diagrams and decision tables by themselves. Nothing is kept."""
    variables, outcomes = (_object(wanted[name], name) for name in ("variables", "outcomes"))
    return answer(_told(play.play(sent(), variables=variables, outcomes=outcomes, at=_at(wanted["at"]))))


@sending.route("/items/scenarios", methods=["POST"])
@edge.guarded(*acts.ANY)
@sending.arguments(FilesBody, location="files")
@sending.response(200, _TESTED)
def try_files(_files: dict[str, Any]) -> Response:
    """Play the scenarios of an item's files."""
    return answer(_tested(sent()))


@room.route("/catalogue/<code>/versions/<int:number>/play", methods=["POST"])
@edge.guarded(*acts.ANY)
@room.arguments(PlayBody)
@room.response(200, _TRACE)
def play_version(body: dict[str, Any], code: str, number: int) -> Response:
    """Play a version to the end, on the calendar of its item. Nothing is kept."""
    files, item = queries.files(edge.session(), code, number), queries.item(edge.session(), code, number)
    calendar = load_calendar(edge.session(), item.calendar)
    variables, outcomes, at = body["variables"], body["outcomes"], _at(body["at"])
    return answer(_told(play.play(files, variables=variables, outcomes=outcomes, at=at, calendar=calendar)))


@room.route("/catalogue/<code>/versions/<int:number>/scenarios")
@edge.guarded(*acts.ANY)
@room.response(200, _TESTED)
def try_version(code: str, number: int) -> Response:
    """Play the scenarios of a version: which pass, and what of the diagram they pass."""
    return listed(_tested(queries.files(edge.session(), code, number)))


@room.route("/catalogue/<code>/versions/<int:number>/scenarios", methods=["POST"])
@edge.guarded(acts.DRAFT)
@once
@room.arguments(ScenarioBody)
@room.response(201, VersionShape)
def keep_scenario(body: dict[str, Any], code: str, number: int) -> Response:
    """Hand a version in anew as a draft, with one scenario more."""
    scenario = {name: body[name] for name in ("data", "outcomes", "expect") if body[name]}
    name = Wording(**body["name"])
    return created(publication.add_scenario(edge.session(), code, number, edge.actor(), edge.now(), name, scenario))


@room.route("/schemas")
@edge.public
@room.response(200, PublishedSchemasShape)
def schemas() -> Response:
    """The names of the published formats."""
    return listed({"schemas": sorted(path.stem for path in SCHEMAS.glob("*.json"))})


@room.route("/schemas/<name>")
@edge.public
@room.response(200, {"type": "object"})
def schema(name: str) -> Response:
    """The JSON Schema of a published format: trace-1, findings-1, scenarios-1, tested-1."""
    found = {path.stem: path for path in SCHEMAS.glob("*.json")}.get(name)
    if found is None:
        raise NotFound(kind="schema", key=name)
    return listed(json.loads(found.read_text("utf-8")))


def _object(given: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(given)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Invalid({name: [_("A JSON object is expected.")]})
    return found


def _at(given: datetime | None) -> datetime:
    return given if given is not None else edge.now().replace(microsecond=0)


def _told(played: Mapping[str, Any]) -> dict[str, Any]:
    with force_locale(language()):
        return telling.trace(played, gettext)


def _tested(files: Mapping[str, bytes]) -> dict[str, Any]:
    with force_locale(language()):
        return telling.scenarios(files, scenarios.test(files), gettext)
