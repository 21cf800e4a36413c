"""What is settled for all jurisdictions: the patterns of codes, and whether duties are separated in the catalogue."""

from typing import Any

from flask import Response
from marshmallow import fields

from app import edge
from app.api.answers import answer
from app.api.description import Room
from app.api.etags import listed
from app.api.idempotency import once
from app.api.shapes import Body, Shape, text
from app.catalog import acts, settings

room = Room("settings", "What is settled for all jurisdictions: patterns of codes, separation of duties.")


class OfficeSettingsShape(Shape):
    """What is settled for the whole catalogue."""

    case_pattern = fields.String(metadata={"example": settings.FIRST.text})
    case_example = fields.String(metadata={"example": "330300-20261121-0000012-52"})
    earlier = fields.List(fields.String(), metadata={"description": "Patterns whose codes are still read."})
    item_pattern = fields.String(metadata={"description": "Empty: any number is taken.", "example": "{digits:12}"})
    separation = fields.Boolean(metadata={"description": "Whether each act on a version is another person's."})


class OfficeSettingsBody(Body):
    """What is to change; the rest stays.

    In patterns stand {region}, {year}, {month}, {day}, {date}, {serial:7}; in those of items {digits:3}, {letters:2},
    {any:4}; at the end {check:97-10}, {check:11-10}, {check:11-2} or {check:37-36} (ISO 7064).
    """

    case_pattern = text(most=200, load_default=None, metadata={"example": settings.FIRST.text})
    item_pattern = text(least=0, most=200, load_default=None, metadata={"example": "{digits:12}"})
    separation = fields.Boolean(load_default=None)


@room.route("/settings")
@edge.guarded(*acts.ANY, settings.MANAGE)
@room.response(200, OfficeSettingsShape)
def settled() -> Response:
    """Patterns of codes, and whether duties are separated."""
    return listed(_settings())


@room.route("/settings", methods=["PATCH"])
@edge.guarded(settings.MANAGE)
@once
@room.arguments(OfficeSettingsBody)
@room.response(200, OfficeSettingsShape)
def settle(body: dict[str, Any]) -> Response:
    """Settle anew. Codes that were given stay, and are still read."""
    at = edge.session(), edge.actor(), edge.now()
    if body["case_pattern"] is not None:
        settings.set_case_pattern(*at, body["case_pattern"])
    if body["item_pattern"] is not None:
        settings.set_item_pattern(*at, body["item_pattern"])
    if body["separation"] is not None:
        settings.set_separation(*at, body["separation"])
    return answer(_settings())


def _settings() -> dict[str, Any]:
    book = settings.rulebook(edge.session())
    return OfficeSettingsShape.of(book, case_example=settings.example(edge.session()))
