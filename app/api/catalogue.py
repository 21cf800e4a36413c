"""The whole catalogue for those who look after it: every version with its state, the acts upon it, its files."""

from collections.abc import Mapping
from typing import Any, get_args

from flask import Response
from flask_babel import force_locale, gettext
from marshmallow import fields

from app import edge
from app.api.answers import file
from app.api.description import Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once
from app.api.items import MainItemShape
from app.api.problems import language
from app.api.publishing import STATES, FindingsShape, VersionShape, created, findings
from app.api.shapes import Body, Names, Query, Shape, instant, list_of, text
from app.cases.services import OPERATIONS
from app.catalog import acts, archive, comparing, life, operations, queries, skeleton, uniform, waiver
from app.catalog.types import Wording
from app.kernel.errors import NotFound
from app.studio import publication

room = Room("catalogue", "The whole catalogue, for those who look after it: versions, their acts and their files.")

_ACTS = list(get_args(acts.Act))


class ItemVersionLineShape(Shape):
    """A version of an item, in a list."""

    version = fields.Integer()
    digest = fields.String()
    state = fields.String(metadata={"enum": list(STATES)})
    published_at = instant(null=True)
    note = fields.String()
    is_current = fields.Boolean(metadata={"description": "Whether new cases take it."})


class CatalogueItemShape(Shape):
    """An item with all of its versions, the latest first."""

    code = fields.String(metadata={"example": "land-preliminary-review"})
    number = fields.String(allow_none=True, metadata={"example": "000115004001"})
    main = fields.Nested(MainItemShape, allow_none=True)
    name = fields.Nested(Names, metadata={"description": "Of the current version, or else of the latest."})
    current = fields.Integer(allow_none=True, metadata={"description": "The version that new cases take."})
    withdrawn = fields.Integer(allow_none=True, metadata={"description": "The version that they took before."})
    versions = fields.List(fields.Nested(ItemVersionLineShape))


class ItemFileShape(Shape):
    """A file of a version."""

    path = fields.String(metadata={"example": "processes/land-preliminary-review/item.yaml"})
    size = fields.Integer(metadata={"description": "Bytes."})


class UniformElementShape(Shape):
    """One of the eight things that are uniform everywhere (八统一)."""

    code = fields.String(metadata={"example": "time-limit"})
    name = fields.String(metadata={"description": "In the reader's language.", "example": "Time limit"})
    present = fields.Boolean()


class ItemVersionShape(ItemVersionLineShape):
    """Everything about one version, published or not."""

    item = fields.String()
    revision = fields.Integer(metadata={"description": "How many acts the item has had: the tag of If-Match."})
    manifest = fields.Dict(keys=fields.String(), metadata={"description": "As in item.yaml."})
    forms = fields.List(fields.String(), metadata={"description": "Ids of its forms."})
    files = fields.List(fields.Nested(ItemFileShape))
    uniform = fields.List(fields.Nested(UniformElementShape))


class ItemActShape(Shape):
    """An act upon an item."""

    seq = fields.Integer()
    version = fields.Integer()
    act = fields.String(metadata={"enum": _ACTS})
    at = instant()
    actor = fields.String(metadata={"description": "Username.", "example": "chen"})
    name = fields.String(allow_none=True, metadata={"description": "Null where it was the office itself."})
    note = fields.String()


class ItemNoteBody(Body):
    """What is to be remembered of the act."""

    note = text(least=0, most=500, load_default="")


class ItemReasonBody(Body):
    """Why."""

    reason = text(most=500, required=True)


class ItemNamesBody(Body):
    """A name in both languages."""

    zh = text(most=100, required=True)
    en = text(most=200, required=True)


class ComparisonQuery(Query):
    """What is compared: the number of a version, or the id of a working copy."""

    before = text(most=40, required=True, metadata={"description": "What it was.", "example": "1"})
    after = text(most=40, required=True, metadata={"description": "What it is now.", "example": "1"})


class DifferenceShape(Shape):
    """One thing that is otherwise."""

    how = fields.String(metadata={"enum": ["added", "removed", "changed"], "description": "How it differs."})
    file = fields.String(metadata={"example": "processes/land-preliminary-review/item.yaml"})
    where = fields.String(metadata={"description": "An element, a path in item.yaml, a field of a form."})
    name = fields.String(metadata={"description": "What it is called, where it has a name.", "example": "受理"})
    part = fields.String(metadata={"description": "What of it; empty: all of it.", "example": "post"})
    before = fields.String(metadata={"description": "What it was.", "example": "P5D"})
    after = fields.String(metadata={"description": "What it is now.", "example": "P3D"})


class VersionComparisonShape(Shape):
    """Two states of an item beside each other."""

    differences = fields.List(fields.Nested(DifferenceShape), metadata={"description": "In order of files."})
    marks = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "How each element of the diagram differs, by its id."},
    )


class NewItemBody(Body):
    """A new item."""

    code = text(most=60, required=True, metadata={"example": "swing-permit"})
    name = fields.Nested(ItemNamesBody, required=True)
    post = text(
        most=60,
        load_default=skeleton.WINDOW,
        metadata={"description": "Code of the post that reviews and decides.", "example": "land-reviewer"},
    )


class CopyItemBody(Body):
    """What the copy is called. Without a version, the current one is copied."""

    code = text(most=60, required=True, metadata={"example": "swing-permit"})
    name = fields.Nested(ItemNamesBody, load_default=None)
    version = fields.Integer(load_default=None, strict=True)


@room.route("/catalogue")
@edge.guarded(*acts.ANY)
@room.response(200, list_of(CatalogueItemShape))
def catalogue() -> Response:
    """Every item with every version, drafts and withdrawn items included."""
    return listed({"data": [_item(line) for line in queries.whole(edge.session())]})


@room.route("/catalogue/<code>")
@edge.guarded(*acts.ANY)
@room.response(200, CatalogueItemShape)
def item(code: str) -> Response:
    """One item with every version."""
    return listed(_item(queries.line(edge.session(), code)))


@room.route("/catalogue/<code>/history")
@edge.guarded(*acts.ANY)
@room.response(200, list_of(ItemActShape))
def history(code: str) -> Response:
    """What was done with an item, the latest first."""
    queries.line(edge.session(), code)
    return listed({"data": list(map(ItemActShape.of, queries.history(edge.session(), code)))})


@room.route("/catalogue/<code>/versions/<int:number>")
@edge.guarded(*acts.ANY)
@room.response(200, ItemVersionShape)
def version(code: str, number: int) -> Response:
    """One version: its state, its files, what item.yaml says."""
    return _version(code, number)


@room.route("/catalogue/<code>/versions/<int:number>/findings")
@edge.guarded(*acts.ANY)
@room.response(200, FindingsShape)
def checked(code: str, number: int) -> Response:
    """What the check says of a version today."""
    return listed(findings(operations.findings(edge.session(), code, number, OPERATIONS)))


@room.route("/catalogue/<code>/versions/<int:number>/diagram")
@edge.guarded(*acts.ANY)
@room.response(200, {"type": "string"}, content_type="application/xml")
def diagram(code: str, number: int) -> Response:
    """The diagram of a version, BPMN 2.0."""
    return Response(queries.item(edge.session(), code, number).definition.xml, mimetype="application/xml")


@room.route("/catalogue/<code>/versions/<int:number>/forms/<form>")
@edge.guarded(*acts.ANY)
@room.response(200, {"type": "object"})
def form(code: str, number: int, form: str) -> Response:
    """A form of a version, as form-js JSON."""
    found = queries.item(edge.session(), code, number).forms.get(form)
    if found is None:
        raise NotFound(kind="form", key=form)
    return listed(found.schema)


@room.route("/catalogue/<code>/versions/<int:number>/archive")
@edge.guarded(*acts.ANY)
@room.response(200, {"type": "string", "format": "binary"}, content_type=archive.MEDIA_TYPE)
def export(code: str, number: int) -> Response:
    """All files of a version as one ZIP file, byte for byte; `POST /items/drafts` takes it."""
    packed = archive.pack(queries.files(edge.session(), code, number))
    return file(packed, archive.MEDIA_TYPE, f"{code}-{number}.zip")


@room.route("/catalogue/<code>/comparison")
@edge.guarded(*acts.ANY)
@room.arguments(ComparisonQuery, location="query")
@room.response(200, VersionComparisonShape)
def comparison(wanted: dict[str, str], code: str) -> Response:
    """What is otherwise in one version, or working copy, than in another: on the diagram, in item.yaml, in forms."""
    sides = (comparing.side(edge.session(), code, wanted[name]) for name in ("before", "after"))
    found = comparing.compare(*sides)
    return listed(VersionComparisonShape.of(found, differences=list(map(DifferenceShape.of, found.differences))))


@room.route("/catalogue/<code>/versions/<int:number>/review", methods=["POST"])
@edge.guarded(acts.REVIEW)
@once
@if_match(required=False)
@room.arguments(ItemNoteBody)
@room.response(200, ItemVersionShape)
def review(body: dict[str, Any], code: str, number: int, version: int | None) -> Response:
    """Say that a draft is right in its matter."""
    life.review(edge.session(), code, number, edge.actor(), edge.now(), body["note"], version)
    return _version(code, number)


@room.route("/catalogue/<code>/versions/<int:number>/confirm", methods=["POST"])
@edge.guarded(acts.CONFIRM)
@once
@if_match(required=False)
@room.arguments(ItemNoteBody)
@room.response(200, ItemVersionShape)
def confirm(body: dict[str, Any], code: str, number: int, version: int | None) -> Response:
    """Say that what was reviewed may be published."""
    life.confirm(edge.session(), code, number, edge.actor(), edge.now(), body["note"], version)
    return _version(code, number)


@room.route("/catalogue/<code>/versions/<int:number>/publish", methods=["POST"])
@edge.guarded(acts.PUBLISH)
@once
@if_match(required=False)
@room.arguments(ItemNoteBody)
@room.response(200, ItemVersionShape)
def publish(body: dict[str, Any], code: str, number: int, version: int | None) -> Response:
    """Let new cases take this version from now on, a new one or an earlier one; running cases keep theirs."""
    publication.publish(edge.session(), code, number, edge.actor(), edge.now(), body["note"], version)
    return _version(code, number)


@room.route("/catalogue/<code>/versions/<int:number>/return", methods=["POST"])
@edge.guarded(acts.REVIEW, acts.CONFIRM, acts.PUBLISH)
@once
@if_match(required=False)
@room.arguments(ItemReasonBody)
@room.response(200, ItemVersionShape)
def send_back(body: dict[str, Any], code: str, number: int, version: int | None) -> Response:
    """Make a version that is not yet published a draft again, and say why."""
    life.send_back(edge.session(), code, number, edge.actor(), edge.now(), body["reason"], version)
    return _version(code, number)


@room.route("/catalogue/<code>/versions/<int:number>/waive", methods=["POST"])
@edge.guarded(waiver.WAIVE)
@once
@if_match(required=False)
@room.arguments(ItemReasonBody)
@room.response(200, ItemVersionShape)
def waive(body: dict[str, Any], code: str, number: int, version: int | None) -> Response:
    """Answer for a version of which it is not proven that every case ends, and say why; not for one of your own."""
    actor, now = edge.actor(), edge.now()
    waiver.waive(edge.session(), code, number, actor, now, body["reason"], version, OPERATIONS)
    return _version(code, number)


@room.route("/catalogue/<code>/withdraw", methods=["POST"])
@edge.guarded(acts.PUBLISH)
@once
@if_match(required=False)
@room.arguments(ItemReasonBody)
@room.response(200, ItemVersionShape)
def withdraw(body: dict[str, Any], code: str, version: int | None) -> Response:
    """Take an item from the catalogue: no new cases; running ones go on."""
    found = life.withdraw(edge.session(), code, edge.actor(), edge.now(), body["reason"], version)
    return _version(code, found.version)


@room.route("/catalogue/<code>/restore", methods=["POST"])
@edge.guarded(acts.PUBLISH)
@once
@if_match(required=False)
@room.arguments(ItemNoteBody)
@room.response(200, ItemVersionShape)
def restore(body: dict[str, Any], code: str, version: int | None) -> Response:
    """Bring a withdrawn item back, in the version it had."""
    found = publication.restore(edge.session(), code, edge.actor(), edge.now(), body["note"], version)
    return _version(code, found.version)


@room.route("/catalogue/<code>/copies", methods=["POST"])
@edge.guarded(acts.DRAFT)
@once
@room.arguments(CopyItemBody)
@room.response(201, VersionShape)
def copy(body: dict[str, Any], code: str) -> Response:
    """Hand a copy of an item in, under another code, as a draft."""
    chosen = body["version"] or queries.current_item(edge.session(), code).version
    files = skeleton.copy(queries.files(edge.session(), code, chosen), code, body["code"], _name(body["name"]))
    note = f"← {code} {chosen}"
    return created(operations.submit(edge.session(), files, edge.actor(), edge.now(), note, OPERATIONS, new=True))


@room.route("/catalogue", methods=["POST"])
@edge.guarded(acts.DRAFT)
@once
@room.arguments(NewItemBody)
@room.response(201, VersionShape)
def new(body: dict[str, Any]) -> Response:
    """Begin an item: a skeleton that passes the check and can be applied for, handed in as a draft."""
    files = skeleton.new(body["code"], Wording(**body["name"]), body["post"])
    return created(operations.submit(edge.session(), files, edge.actor(), edge.now(), "", OPERATIONS, new=True))


def _item(line: queries.ItemLine) -> dict[str, Any]:
    said = line.manifest
    main = MainItemShape.of(said.main) if said.main else None
    versions = list(map(ItemVersionLineShape.of, line.versions))
    return CatalogueItemShape.of(line, number=said.number, main=main, name=said.name, versions=versions)


def _version(code: str, number: int) -> Response:
    session = edge.session()
    found = queries.item(session, code, number)
    line = next(line for line in queries.versions(session, code) if line.version == number)
    with force_locale(language()):
        eight = [UniformElementShape.of(one, name=str(gettext(one.name))) for one in uniform.elements(found)]
    files = [{"path": path, "size": len(content)} for path, content in queries.files(session, code, number).items()]
    shown = ItemVersionShape.of(
        line,
        item=code,
        revision=acts.revision(session, code),
        manifest=found.manifest,
        forms=sorted(found.forms),
        files=files,
        uniform=eight,
    )
    return versioned(shown, by="revision")


def _name(given: Mapping[str, str] | None) -> Wording | None:
    return Wording(given["zh"], given["en"]) if given else None
