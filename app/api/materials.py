"""Materials: the files that a case came with."""

from typing import Any
from uuid import UUID

from flask import Response
from flask_smorest.fields import Upload

from app import edge
from app.api.answers import answer, file
from app.api.case_shapes import MaterialShape, material
from app.api.cases import APPLY, READ, seen_case
from app.api.description import FORM, Room
from app.api.etags import listed
from app.api.idempotency import once
from app.api.shapes import Body, list_of, text
from app.cases import handing
from app.intake import takes_files
from app.materials import queries
from app.materials.errors import NoMaterial

room = Room("materials", "The files that an application came with.", takes=FORM)


class MaterialQuery(Body):
    """For which of the item's materials the file is."""

    requirement = text(most=100, required=True)


class FileBody(Body):
    """The file."""

    file = Upload(required=True)


@room.route("/cases/<key>/materials")
@edge.guarded(*READ)
@room.response(200, list_of(MaterialShape))
def materials(key: str) -> Response:
    """The files of a case, those that newer ones took the place of included."""
    found = seen_case(key)
    rows = queries.of_case(edge.session(), found.tenant, found.id, replaced=True)
    return listed({"data": list(map(material, rows))})


@room.route("/cases/<key>/materials", methods=["POST"])
@edge.guarded(*APPLY)
@once
@room.arguments(MaterialQuery, location="query")
@room.arguments(FileBody, location="files")
@room.response(201, MaterialShape)
@takes_files
def attach(wanted: dict[str, Any], body: dict[str, Any], key: str) -> Response:
    """Hand in a file; it replaces an earlier one for the same material."""
    found = seen_case(key)
    handed_in = body["file"]
    row = handing.attach_material(
        edge.session(),
        edge.actor(),
        edge.office().store,
        found.id,
        wanted["requirement"],
        handed_in.filename or "",
        handed_in.stream,
        edge.now(),
    )
    return answer(material(row), 201)


@room.route("/cases/<key>/materials/<uuid:material_id>/content")
@edge.guarded(*READ)
@room.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def content(key: str, material_id: UUID) -> Response:
    """The file itself; of which type it is, its `media_type` says."""
    found = seen_case(key)
    row, pieces = handing.read_material(edge.session(), edge.actor(), edge.office().store, material_id)
    if row.case_id != found.id:
        raise NoMaterial(key=material_id)
    return file(pieces, "application/octet-stream", row.filename)
