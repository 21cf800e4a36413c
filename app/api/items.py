"""The catalogue: what can be applied for, and everything about it."""

from typing import Any

from flask import Response
from marshmallow import fields

from app import edge
from app.api.description import Room
from app.api.etags import listed
from app.api.shapes import Names, Query, Shape, list_of, text
from app.catalog import queries
from app.catalog.types import Manifest
from app.kernel.errors import NotFound

room = Room("items", "What can be applied for.")


class MainItemShape(Shape):
    """The main item (主项) that an item is a sub-item (子项) of."""

    code = fields.String(metadata={"example": "special-equipment"})
    name = fields.Nested(Names)


class ItemsQuery(Query):
    """What of the catalogue is wanted."""

    q = text(most=100, load_default="", metadata={"description": "Part of a name or a number.", "example": "用地"})


class ItemShape(Shape):
    """An item in the catalogue."""

    code = fields.String(metadata={"example": "land-preliminary-review"})
    number = fields.String(allow_none=True, metadata={"example": "000115004001"})
    main = fields.Nested(MainItemShape, allow_none=True)
    version = fields.Integer()
    name = fields.Nested(Names)
    summary = fields.Nested(Names)
    kind = fields.String(metadata={"enum": ["instant", "promised", "referred-up"]})
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
    """All items that can be applied for."""
    return listed({"data": [_row(item) for item in queries.current(edge.session(), wanted["q"])]})


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
