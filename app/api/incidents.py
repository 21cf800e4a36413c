"""Incidents: what failed for good, for an operator to look at and to set going again."""

from uuid import UUID

from flask import Response
from marshmallow import fields

from app import edge
from app.api.answers import nothing
from app.api.description import Room
from app.api.etags import listed
from app.api.idempotency import once
from app.api.shapes import Shape, instant, list_of
from app.cases import parking
from app.notices import operations, queries

room = Room("incidents", "Work that failed for good.")


class IncidentShape(Shape):
    """Work that was tried and failed each time."""

    id = fields.UUID()
    case_id = fields.UUID()
    operation = fields.String()
    params = fields.Dict(keys=fields.String(), metadata={"description": "What it was given: ids, no personal data."})
    attempts = fields.Integer()
    created_at = instant()
    error = fields.String(allow_none=True)


class ParkedShape(Shape):
    """A case whose lights or timers keep failing and were set aside."""

    case_id = fields.UUID()
    code = fields.String()
    title = fields.String()
    clocks = fields.Integer()
    timers = fields.Integer()
    reason = fields.String()


@room.route("/incidents")
@edge.guarded("incident.read")
@room.response(200, list_of(IncidentShape))
def incidents() -> Response:
    """The incidents of one's jurisdiction, the oldest first; two hundred at most."""
    found = queries.incidents(edge.session(), edge.actor().tenant)
    return listed({"data": list(map(IncidentShape.of, found))})


@room.route("/incidents/<uuid:incident_id>/retry", methods=["POST"])
@edge.guarded("incident.retry")
@once
@room.response(204)
def retry(incident_id: UUID) -> Response:
    """Set it going again."""
    operations.retry(edge.session(), edge.actor(), incident_id, edge.now())
    return nothing()


@room.route("/incidents/cases")
@edge.guarded("incident.read")
@room.response(200, list_of(ParkedShape))
def parked() -> Response:
    """Cases with lights or timers that were set aside."""
    found = parking.parked(edge.session(), edge.actor())
    return listed({"data": list(map(ParkedShape.of, found))})


@room.route("/incidents/cases/<uuid:case_id>/retry", methods=["POST"])
@edge.guarded("incident.retry")
@once
@room.response(204)
def retry_case(case_id: UUID) -> Response:
    """Let the ticker try them again."""
    parking.retry(edge.session(), edge.actor(), case_id, edge.now())
    return nothing()
