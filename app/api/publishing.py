"""Items as files: checked, handed in as a draft, or published in one act."""

from typing import Any, BinaryIO, cast

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
from app.catalog import acts, bench, intake, operations
from app.catalog.errors import ItemRefused
from app.catalog.models import ItemVersion
from app.engine import Finding
from app.studio import publication, telling

room = Room("publishing", "Items as files: checked, handed in as drafts, published.", takes=FORM)

STATES = ("draft", "reviewed", "confirmed", "published")


class FilesBody(Body):
    """The item's files, each named by its path: processes/<item>/item.yaml, its diagrams, forms/<item>/….json.

    Or one ZIP file that holds them under these paths, as the export makes it. Files that are sent without folders are
    put where they belong by their kind and the code in item.yaml.
    """

    files = fields.List(Upload(), required=True)


class NoteQuery(Query):
    """What is new in this version."""

    note = text(least=0, most=500, load_default="")


class FindingShape(Shape):
    """Something about the files that their designer should know. An error keeps them from being taken."""

    severity = fields.String(metadata={"enum": ["error", "question", "warning", "rewritten"]})
    code = fields.String(metadata={"example": "promise-too-long"})
    file = fields.String(allow_none=True, metadata={"example": "processes/land-preliminary-review/item.yaml"})
    element = fields.String(allow_none=True, metadata={"example": "limits.promised.days"})
    text = fields.String(metadata={"description": "In the reader's language."})
    remedy = fields.String(metadata={"example": "Promise no more than the statutory limit."})
    offer = fields.String(metadata={"description": "Of a question: the answer that is taken until one is given."})
    way = fields.List(fields.String(), metadata={"description": "Where it is a way through the diagram: its elements."})
    place = fields.String(metadata={"description": "Of a decision: the cell, as row and column, or the column."})
    rows = fields.List(fields.Integer(), metadata={"description": "Of a decision table: the rows, from 1."})


class FindingsShape(Shape):
    """All that is to be said about the files, errors first."""

    publishable = fields.Boolean()
    findings = fields.List(fields.Nested(FindingShape))


class BroughtShape(Shape):
    """A working copy that was made of files."""

    id = fields.UUID()
    item = fields.String()
    stamp = fields.Integer(metadata={"description": "How often it was saved: the tag of If-Match."})


class VersionShape(Shape):
    """A version of an item."""

    item = fields.String()
    version = fields.Integer()
    digest = fields.String(metadata={"description": "SHA-256 over all files: the same files are the same version."})
    state = fields.String(metadata={"enum": list(STATES)})
    published_at = instant(null=True, description="When it was published for the first time.")
    note = fields.String(metadata={"example": "承诺时限缩短至 9 个工作日"})


@room.route("/items/check", methods=["POST"])
@edge.guarded(*acts.ANY)
@room.arguments(FilesBody, location="files")
@room.response(200, FindingsShape)
def check(_files: dict[str, Any]) -> Response:
    """Check an item's files, beside what is published too."""
    try:
        found = operations.check(sent(), OPERATIONS, edge.session())
    except ItemRefused as refused:
        found = refused.findings
    return answer(findings(found))


@room.route("/items/drafts", methods=["POST"])
@edge.guarded(acts.DRAFT)
@once
@room.arguments(NoteQuery, location="query")
@room.arguments(FilesBody, location="files")
@room.response(201, VersionShape)
def submit(wanted: dict[str, Any], _files: dict[str, Any]) -> Response:
    """Hand files in as a draft. The same files again are the same version, whatever has become of it."""
    made = operations.submit(edge.session(), sent(), edge.actor(), edge.now(), wanted["note"], OPERATIONS)
    return created(made)


@room.route("/items/benches", methods=["POST"])
@edge.guarded(acts.DRAFT)
@once
@room.arguments(FilesBody, location="files")
@room.response(201, BroughtShape)
def bring(_files: dict[str, Any]) -> Response:
    """Lay files on a bench, right or wrong. Of a diagram alone an item is made: steps, forms and outcomes as drawn."""
    made = bench.bring(edge.session(), sent(), edge.actor(), edge.now())
    return answer(BroughtShape.of(made), 201, {"Location": url_for("benches.one", bench_id=made.id)})


@room.route("/items", methods=["POST"])
@edge.guarded(acts.PUBLISH)
@once
@room.arguments(NoteQuery, location="query")
@room.arguments(FilesBody, location="files")
@room.response(201, VersionShape)
def publish(wanted: dict[str, Any], _files: dict[str, Any]) -> Response:
    """Publish: new cases take these files from now on. The same files again are the same version.

    Where duties are separated, files are handed in as a draft first; what was confirmed is published as a version.
    """
    made = publication.publish_files(edge.session(), sent(), edge.actor(), edge.now(), wanted["note"])
    return answer(VersionShape.of(made), 201, {"Location": url_for("items.item", code=made.item)})


def sent() -> dict[str, bytes]:
    """The uploaded files. What a path may look like is the catalogue's to say. Raises ItemRefused."""
    return intake.take((part.filename or "", cast(BinaryIO, part.stream)) for part in request.files.getlist("files"))


def created(made: ItemVersion) -> Response:
    """A version that was handed in."""
    where = url_for("catalogue.version", code=made.item, number=made.version)
    return answer(VersionShape.of(made), 201, {"Location": where})


def findings(found: tuple[Finding, ...]) -> dict[str, Any]:
    """Findings in the reader's language."""
    with force_locale(language()):
        shown = list(map(_finding, found))
    return {"publishable": all(one["severity"] not in {"error", "question"} for one in shown), "findings": shown}


def _finding(found: Finding) -> dict[str, Any]:
    said = telling.filled(gettext(found.message), found.params, gettext)
    remedy = telling.filled(gettext(found.remedy), found.params, gettext) if found.remedy else ""
    way = [str(element) for element in found.params.get("way", ()) if isinstance(found.params.get("way"), list | tuple)]
    named = (found.params.get(name) for name in ("one", "other", "row"))
    rows = [row for row in named if isinstance(row, int)] if found.code.startswith("decision-") else []
    place = str(found.params.get("place", "")) if found.code == "decision-cell" else ""
    shown = {"text": said, "remedy": remedy, "way": way}
    return FindingShape.of(found, **shown, place=place, rows=rows)
