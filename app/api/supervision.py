"""E-supervision: lights, the entries that red lights opened, urging."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, validate

from app import edge
from app.api.answers import answer
from app.api.description import Room
from app.api.etags import if_match, versioned
from app.api.idempotency import once
from app.api.pagination import PageQuery, paged, place
from app.api.shapes import Body, Shape, instant, page_of, text
from app.api.steps import refusals_of
from app.supervision import operations, queries
from app.supervision.models import Entry
from app.supervision.queries import EntryRow, LightRow, Place
from app.supervision.types import LightFilter

room = Room("supervision", "Lights seen across cases; entries that supervisors take up; urging.")

STATES = ("open", "taken", "closed")
LEVELS = ("step", "leg", "case")


class LightShape(Shape):
    """A running clock that is yellow or red."""

    clock_id = fields.UUID()
    level = fields.String(metadata={"enum": list(LEVELS)})
    basis = fields.String(metadata={"enum": ["step", "promised", "statutory"]})
    light = fields.String(metadata={"enum": ["yellow", "red"]})
    element = fields.String(allow_none=True)
    yellow_at = instant(null=True)
    red_at = instant(null=True)
    provisional = fields.Boolean(
        metadata={"description": "A year of the calendar that is not announced yet decided the date."}
    )
    case_id = fields.UUID()
    case_code = fields.String()
    title = fields.String()
    step_id = fields.UUID(allow_none=True)
    post = fields.String(allow_none=True)
    handler = fields.String(allow_none=True, metadata={"description": "Who claimed the step."})


class UrgingShape(Shape):
    """A step that was urged."""

    id = fields.UUID()
    case_id = fields.UUID()
    step_id = fields.UUID()
    entry_id = fields.UUID(allow_none=True)
    urged_by = fields.UUID()
    urged_at = instant()
    message = fields.String()


class EntryShape(Shape):
    """A red light that a supervisor answers for."""

    id = fields.UUID()
    case_id = fields.UUID()
    flip_id = fields.UUID()
    state = fields.String(metadata={"enum": list(STATES)})
    opened_at = instant()
    taken_by = fields.UUID(allow_none=True)
    taken_at = instant(null=True)
    question = fields.String(allow_none=True)
    asked_at = instant(null=True)
    explain_by = instant(null=True)
    explanation = fields.String(allow_none=True)
    explained_by = fields.UUID(allow_none=True)
    explained_at = instant(null=True)
    finding = fields.String(allow_none=True)
    closed_at = instant(null=True)
    version = fields.Integer()


class EntryDetailShape(EntryShape):
    """An entry with its light, case and step."""

    became_at = instant(description="When the limit passed.")
    noticed_at = instant(description="When the office noticed.")
    light = fields.Nested(LightShape)
    urgings = fields.List(fields.Nested(UrgingShape))


class LightQuery(PageQuery):
    """Which lights are wanted."""

    colour = fields.String(load_default=None, validate=validate.OneOf(["yellow", "red"]))
    level = fields.String(load_default=None, validate=validate.OneOf(LEVELS))
    department = text(most=100, load_default=None, metadata={"description": "Code of a department: its steps only."})
    item = text(most=100, load_default=None)


class EntryQuery(PageQuery):
    """Which entries are wanted."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class QuestionBody(Body):
    """What the department is asked to explain."""

    question = text(required=True)


class ExplanationBody(Body):
    """What the department says."""

    explanation = text(required=True)


class FindingBody(Body):
    """What the supervisor found."""

    finding = text(required=True)


class UrgeBody(Body):
    """What the handler and the head of the department are told."""

    message = text(required=True)
    entry_id = fields.UUID(load_default=None, allow_none=True)


@room.route("/supervision/lights")
@edge.guarded("supervision.read")
@room.arguments(LightQuery, location="query")
@room.response(200, page_of(LightShape))
def lights(wanted: dict[str, Any]) -> Response:
    """Limits that are close or past, the longest overdue first."""
    found = place(wanted["cursor"])
    after = Place(datetime.fromisoformat(found[0]), UUID(found[1])) if found else None
    lit = LightFilter(wanted["colour"], wanted["level"], wanted["department"], wanted["item"])
    rows, following = queries.lights(edge.session(), edge.actor(), lit, wanted["limit"], after)
    return paged(map(_light, rows), (following.red_at, following.id) if following else None)


@room.route("/supervision/entries")
@edge.guarded("supervision.read", "supervision.explain")
@room.arguments(EntryQuery, location="query")
@room.response(200, page_of(EntryDetailShape))
def entries(wanted: dict[str, Any]) -> Response:
    """Entries, the latest first; a department sees those about its own work."""
    found = place(wanted["cursor"])
    states = (wanted["state"],) if wanted["state"] else STATES
    rows, following = queries.entries(
        edge.session(), edge.actor(), states, wanted["limit"], UUID(found[0]) if found else None
    )
    return paged(map(_detail, rows), (following,) if following else None)


@room.route("/supervision/entries/<uuid:entry_id>")
@edge.guarded("supervision.read", "supervision.explain")
@room.response(200, EntryDetailShape)
def entry(entry_id: UUID) -> Response:
    """One entry."""
    return versioned(_detail(queries.entry(edge.session(), edge.actor(), entry_id)))


@room.route("/supervision/entries/<uuid:entry_id>/take", methods=["POST"])
@edge.guarded("supervision.handle")
@once
@if_match(required=True)
@room.response(200, EntryShape)
def take(entry_id: UUID, version: int | None) -> Response:
    """Answer for an entry from now on."""
    return _changed(operations.take_up(edge.session(), edge.actor(), entry_id, edge.now(), version))


@room.route("/supervision/entries/<uuid:entry_id>/ask", methods=["POST"])
@edge.guarded("supervision.handle")
@once
@if_match(required=True)
@room.arguments(QuestionBody)
@room.response(200, EntryShape)
def ask(body: dict[str, Any], entry_id: UUID, version: int | None) -> Response:
    """Ask the department to explain."""
    asked = operations.ask(edge.session(), edge.actor(), entry_id, body["question"], edge.now(), version)
    return _changed(asked)


@room.route("/supervision/entries/<uuid:entry_id>/explain", methods=["POST"])
@edge.guarded("supervision.explain")
@once
@room.arguments(ExplanationBody)
@room.response(200, EntryShape)
def explain(body: dict[str, Any], entry_id: UUID) -> Response:
    """Explain, for the department that the light concerns."""
    return _changed(operations.explain(edge.session(), edge.actor(), entry_id, body["explanation"], edge.now()))


@room.route("/supervision/entries/<uuid:entry_id>/close", methods=["POST"])
@edge.guarded("supervision.handle")
@once
@if_match(required=True)
@room.arguments(FindingBody)
@room.response(200, EntryShape)
def close(body: dict[str, Any], entry_id: UUID, version: int | None) -> Response:
    """Record the finding and close."""
    closed = operations.close(edge.session(), edge.actor(), entry_id, body["finding"], edge.now(), version)
    return _changed(closed)


@room.route("/steps/<uuid:step_id>/urge", methods=["POST"])
@edge.guarded("supervision.urge")
@once
@room.arguments(UrgeBody)
@room.response(201, UrgingShape)
def urge(body: dict[str, Any], step_id: UUID) -> Response:
    """Urge a step: its handler and the head of the department are told."""
    with refusals_of(step_id):
        urging = operations.urge(edge.session(), edge.actor(), step_id, body["message"], edge.now(), body["entry_id"])
    return answer(UrgingShape.of(urging), 201)


def _light(row: LightRow | EntryRow) -> dict[str, Any]:
    step = row.step
    return LightShape.of(
        row.clock,
        clock_id=row.clock.id,
        case_code=row.case.code,
        title=row.case.title,
        step_id=step.id if step else None,
        post=step.post if step else None,
        handler=_handler(row),
    )


def _handler(row: LightRow | EntryRow) -> str | None:
    if isinstance(row, LightRow):
        return row.handler
    return row.people.get(row.step.claimed_by) if row.step and row.step.claimed_by else None


def _detail(row: EntryRow) -> dict[str, Any]:
    return EntryDetailShape.of(
        row.entry,
        became_at=row.flip.became_at,
        noticed_at=row.flip.noticed_at,
        light=_light(row),
        urgings=list(map(UrgingShape.of, row.urgings)),
    )


def _changed(entry: Entry) -> Response:
    return versioned(EntryShape.of(entry))
