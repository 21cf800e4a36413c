"""Documents that the office issued; verifying one, and seeing where a case stands, is open to everybody."""

from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields

from app import edge
from app.api.answers import file
from app.api.case_shapes import DocumentShape, document
from app.api.cases import seen_case
from app.api.description import Room
from app.api.etags import listed
from app.api.shapes import Names, Query, Shape, instant, list_of
from app.cases import queries as cases
from app.cases.types import Status
from app.identity.attempts import LOOKING_UP
from app.kernel.errors import NotFound
from app.notices import documents as issued
from app.notices import queries

room = Room("documents", "Documents that the office issued; what anybody may know of a case.")


class PublicRecordShape(Shape):
    """What anybody who holds a document may compare it with. A person's name is masked."""

    title = fields.Nested(Names)
    authority = fields.Nested(Names)
    number = fields.String()
    supervision_code = fields.String()
    verification_code = fields.String()
    item = fields.Nested(Names)
    applicant = fields.String()
    issued_at = instant()
    sha256 = fields.String(metadata={"description": "Of the file as it was issued."})
    revoked_at = instant(null=True, description="Since when what it decided has been revoked (Art. 69).")


class StandstillShape(Shape):
    """Why the time does not run, and until when as announced (Art. 45)."""

    reason = fields.String()
    since = instant()
    until = instant(null=True)


class TrackShape(Shape):
    """Where a case stands: no name, no content."""

    code = fields.String()
    item = fields.Nested(Names)
    status = fields.String(metadata={"enum": list(Status)})
    result = fields.String(allow_none=True)
    milestones = fields.Dict(keys=fields.String(), values=instant(null=True))
    due_at = instant(null=True)
    light = fields.String()
    standstills = fields.List(fields.Nested(StandstillShape))
    respond_by = instant(null=True, description="By when what is missing has to be there.")
    lapses = fields.Boolean(metadata={"description": "Whether it lapses at `respond_by`."})
    deemed = fields.Boolean(metadata={"description": "It counts as accepted: nobody answered in time (Art. 32)."})
    revoked_at = instant(null=True)


class LanguageQuery(Query):
    """In which language."""

    translation = fields.Boolean(load_default=False, metadata={"description": "The English translation."})


@room.route("/cases/<key>/documents")
@edge.guarded("document.read")
@room.response(200, list_of(DocumentShape))
def documents(key: str) -> Response:
    """The documents issued for a case."""
    found = seen_case(key)
    return listed({"data": list(map(document, queries.documents_of(edge.session(), found.tenant, found.id)))})


@room.route("/cases/<key>/documents/<uuid:document_id>/content")
@edge.guarded("document.read")
@room.arguments(LanguageQuery, location="query")
@room.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def content(wanted: dict[str, Any], key: str, document_id: UUID) -> Response:
    """The document as it was issued (PDF/A), or its translation."""
    found = seen_case(key)
    row, original = issued.read(edge.session(), edge.office().store, found.tenant, document_id)
    if row.case_id != found.id:
        raise NotFound(kind="document", key=document_id)
    return file(issued.translation(row) if wanted["translation"] else original, "application/pdf", issued.filename(row))


@room.route("/verify/<code>")
@edge.public
@room.response(200, PublicRecordShape)
def verify(code: str) -> Response:
    """Whether a document is genuine, by the code that it bears."""
    found = queries.find_by_code(edge.session(), code)
    if found is None:
        raise NotFound(kind="document", key=code)
    return listed(PublicRecordShape.of(issued.public(found)))


@room.route("/track/<code>")
@edge.throttled(LOOKING_UP)
@edge.public
@room.response(200, TrackShape)
def track(code: str) -> Response:
    """Where the case with this supervision code stands."""
    found = cases.track(edge.session(), code)
    return listed(TrackShape.of(found, standstills=list(map(StandstillShape.of, found.standstills))))
