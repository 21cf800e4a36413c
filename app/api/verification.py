"""Comparing a file with the document that was issued."""

from hashlib import sha256
from typing import Any

from flask import Response
from flask_smorest.fields import Upload
from marshmallow import fields

from app import edge
from app.api.answers import answer
from app.api.description import FORM, Room
from app.api.documents import PublicRecordShape
from app.api.shapes import Body, Shape
from app.intake import takes_files
from app.kernel.errors import NotFound
from app.notices import documents as issued
from app.notices import queries

room = Room("verification", "Comparing a file with the document that was issued.", takes=FORM)

PIECE = 1024 * 1024


class IssuedFileBody(Body):
    """The file that somebody holds."""

    file = Upload(required=True)


class ComparisonShape(Shape):
    """What is on record, and whether the file is the very one that was issued."""

    record = fields.Nested(PublicRecordShape, metadata={"description": "What is on record."})
    same_file = fields.Boolean(metadata={"description": "Whether the file is byte for byte the one that was issued."})


@room.route("/verify/<code>", methods=["POST"])
@takes_files
@edge.public
@room.arguments(IssuedFileBody, location="files")
@room.response(200, ComparisonShape)
def compare(body: dict[str, Any], code: str) -> Response:
    """Whether a file is the document that bears this code. The file is not kept."""
    found = queries.find_by_code(edge.session(), code)
    if found is None:
        raise NotFound(kind="document", key=code)
    running = sha256()
    while piece := body["file"].stream.read(PIECE):
        running.update(piece)
    shown = PublicRecordShape.of(issued.public(found))
    return answer({"record": shown, "same_file": running.digest() == found.sha256})
