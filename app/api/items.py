"""The catalogue: what can be applied for, and everything about it."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from app import edge
from app.api.description import Room
from app.api.etags import listed
from app.api.shapes import Names, Query, Shape, list_of, text
from app.catalog import queries, search
from app.catalog.types import Manifest
from app.kernel.errors import NotFound

room = Room("items", "What can be applied for.")


class MainItemShape(Shape):
    """The main item (主项) that an item is a sub-item (子项) of."""

    code = fields.String(metadata={"example": "special-equipment"})
    name = fields.Nested(Names)


class ItemsQuery(Query):
    """What of the catalogue is wanted."""

    q = text(
        most=100,
        load_default="",
        metadata={
            "description": "Words that must all occur, in either language: in names and numbers, in what an item is "
            "about, in what it asks for; the nearest come first.",
            "example": "用地",
        },
    )
    audience = fields.String(
        load_default=None,
        validate=validate.OneOf(search.AUDIENCES),
        metadata={"description": "Only what they may apply for."},
    )
    department = text(
        most=100,
        load_default=None,
        metadata={"description": "Only what this department handles: its Chinese name.", "example": "自然资源局"},
    )


class ItemShape(Shape):
    """An item in the catalogue."""

    code = fields.String(metadata={"example": "land-preliminary-review"})
    number = fields.String(allow_none=True, metadata={"example": "000115004001"})
    main = fields.Nested(MainItemShape, allow_none=True)
    version = fields.Integer()
    name = fields.Nested(Names)
    summary = fields.Nested(Names)
    kind = fields.String(metadata={"enum": ["instant", "promised", "referred-up"]})
    audience = fields.List(
        fields.String(metadata={"enum": list(search.AUDIENCES)}),
        metadata={"description": "Who may apply; none named: anybody."},
    )
    departments = fields.List(fields.Nested(Names), metadata={"description": "Who handles it."})
    promised_days = fields.Integer()
    statutory_days = fields.Integer()


class ItemDetailShape(ItemShape):
    """Everything about an item: basis, conditions, materials, limits, steps and what they may lead to."""

    manifest = fields.Dict(keys=fields.String(), metadata={"description": "As in item.yaml."})
    forms = fields.List(fields.String(), metadata={"description": "Ids of its forms."})


@room.route("/items")
@edge.public
@room.arguments(ItemsQuery, location="query")
@room.response(200, list_of(ItemShape))
def items(wanted: dict[str, Any]) -> Response:
    """All items that can be applied for, or those that are looked for; sub-items of one main item stand together."""
    found = search.find(edge.session(), search.Wanted(wanted["q"], wanted["audience"], wanted["department"]))
    return listed({"data": [_row(entry) for entry in found.entries]})


@room.route("/items/<code>")
@edge.public
@room.response(200, ItemDetailShape)
def item(code: str) -> Response:
    """One item."""
    found = queries.current_item(edge.session(), code)
    return listed({**_row(found), "manifest": found.manifest, "forms": sorted(found.forms)})


@room.route("/items/<code>/forms/<form>")
@edge.public
@room.response(200, {"type": "object"})
def form(code: str, form: str) -> Response:
    """One form, as form-js JSON; `properties.label_en` holds the English labels."""
    found = queries.current_item(edge.session(), code).forms.get(form)
    if found is None:
        raise NotFound(kind="form", key=form)
    return listed(found.schema)


@room.route("/items/<code>/diagram")
@edge.public
@room.response(200, {"type": "string"}, content_type="application/xml")
def diagram(code: str) -> Response:
    """Its diagram, BPMN 2.0."""
    return Response(queries.current_item(edge.session(), code).definition.xml, mimetype="application/xml")


def _row(item: Any) -> dict[str, Any]:
    manifest: Manifest = item.manifest
    return ItemShape.of(
        manifest,
        version=item.version,
        main=MainItemShape.of(manifest.main) if manifest.main else None,
        promised_days=manifest.limits.promised.days,
        statutory_days=manifest.limits.statutory.days,
    )
