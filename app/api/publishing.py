"""Publishing items: a designer's files are checked, and become the version that new cases take."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import force_locale, gettext
from flask_smorest.fields import Upload
from marshmallow import fields

from app import edge
from app.api.answers import answer
from app.api.description import FORM, Room
from app.api.idempotency import once
from app.api.problems import language
from app.api.shapes import Body, Query, Shape, instant, text
from app.cases.services import OPERATIONS
from app.catalog import operations
from app.catalog.contents import MAX_FILES
from app.engine import Finding
from app.kernel.errors import Invalid

room = Room("publishing", "Checking and publishing items.", takes=FORM)


class FilesBody(Body):
    """The item's files, each named by its path: processes/<item>/item.yaml, its diagrams, forms/<item>/….json."""

    files = fields.List(Upload(), required=True)


class NoteQuery(Query):
    """What is new in this version."""

    note = text(least=0, most=500, load_default="")


class FindingShape(Shape):
    """Something about the files that their designer should know. An error keeps them from being published."""

    severity = fields.String(metadata={"enum": ["error", "warning"]})
    code = fields.String()
    file = fields.String(allow_none=True)
    element = fields.String(allow_none=True)
    text = fields.String(metadata={"description": "In the reader's language."})
    remedy = fields.String()


class FindingsShape(Shape):
    """All that is to be said about the files, errors first."""

    publishable = fields.Boolean()
    findings = fields.List(fields.Nested(FindingShape))


class VersionShape(Shape):
    """A published version."""

    item = fields.String()
    version = fields.Integer()
    digest = fields.String()
    published_at = instant()
    note = fields.String()


@room.route("/items/check", methods=["POST"])
@edge.guarded("item.publish")
@room.arguments(FilesBody, location="files")
@room.response(200, FindingsShape)
def check(_files: dict[str, Any]) -> Response:
    """Check an item's files."""
    found = operations.check(_by_path(), OPERATIONS)
    with force_locale(language()):
        shown = list(map(_finding, found))
    return answer({"publishable": all(one["severity"] != "error" for one in shown), "findings": shown})


@room.route("/items", methods=["POST"])
@edge.guarded("item.publish")
@once
@room.arguments(NoteQuery, location="query")
@room.arguments(FilesBody, location="files")
@room.response(201, VersionShape)
def publish(wanted: dict[str, Any], _files: dict[str, Any]) -> Response:
    """Publish: new cases take these files from now on. The same files again are the same version."""
    made = operations.publish(edge.session(), _by_path(), edge.actor(), edge.now(), wanted["note"], OPERATIONS)
    return answer(VersionShape.of(made), 201, {"Location": url_for("items.item", code=made.item)})


def _by_path() -> dict[str, bytes]:
    """The uploaded files by the paths that they are named by. What a path may look like is the catalogue's to say."""
    uploaded = request.files.getlist("files")
    if len(uploaded) > MAX_FILES:
        raise Invalid({"files": ["These are more files than an item has."]})
    return {file.filename or "": file.read() for file in uploaded}


def _finding(found: Finding) -> dict[str, Any]:
    said = str(gettext(found.message)) % found.params if found.params else str(gettext(found.message))
    remedy = str(gettext(found.remedy)) if found.remedy else ""
    return FindingShape.of(found, text=said, remedy=remedy % found.params if found.params else remedy)
