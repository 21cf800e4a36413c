"""The messages that webhooks send, for the description of the API (OpenAPI 3.1, “webhooks”)."""

from typing import Any, Final

from apispec import APISpec
from marshmallow import fields

from app.api.answers import JSON
from app.api.shapes import Shape, instant
from app.cases.types import Status
from app.notices.events import EVENTS, TEST


class CaseEventShape(Shape):
    """Something happened to a case. No name, no content: `GET /api/v1/cases/{code}` tells them to who may see them."""

    tenant = fields.String()
    case_id = fields.UUID()
    code = fields.String(metadata={"description": "Supervision code."})
    item = fields.String()
    item_version = fields.Integer()
    status = fields.String(metadata={"enum": list(Status), "description": "Where the case stands after what happened."})
    result = fields.String(allow_none=True)
    at = instant()


class MessageEventShape(CaseEventShape):
    """A case sent a message that nothing in it waited for: whoever is meant by it is outside."""

    message = fields.String(metadata={"description": "Its name in the diagram."})
    element = fields.String(metadata={"description": "What sent it, by its id in the diagram."})


class LightEventShape(Shape):
    """A light was raised."""

    tenant = fields.String()
    case_id = fields.UUID()
    flip_id = fields.UUID()
    clock_id = fields.UUID()
    colour = fields.String(metadata={"enum": ["yellow", "red"]})
    level = fields.String(metadata={"enum": ["step", "leg", "case"]})
    basis = fields.String(metadata={"enum": ["step", "promised", "statutory"]})
    element = fields.String(allow_none=True)
    became_at = instant(description="When the limit passed.")
    noticed_at = instant(description="When the office noticed.")


class SupersededEventShape(Shape):
    """A light is no longer true: its limit moved."""

    tenant = fields.String()
    case_id = fields.UUID()
    flip_id = fields.UUID()
    clock_id = fields.UUID()
    colour = fields.String(metadata={"enum": ["yellow", "red"]})
    became_at = instant(description="When the limit had passed.")
    superseded_at = instant(description="When it was no longer true.")


class EntryEventShape(Shape):
    """A supervision entry was opened or closed."""

    tenant = fields.String()
    entry_id = fields.UUID()
    case_id = fields.UUID()
    flip_id = fields.UUID()
    at = instant()


class ItemEventShape(Shape):
    """A version of an item was published."""

    tenant = fields.String()
    item = fields.String()
    version = fields.Integer()
    digest = fields.String()
    published_at = instant()


class TestEventShape(Shape):
    """Somebody tried the webhook."""

    tenant = fields.String()
    webhook_id = fields.UUID()


SHAPES: Final = {
    **{name: CaseEventShape for name in EVENTS if name.startswith("case.")},
    "case.message-sent": MessageEventShape,
    "light.raised": LightEventShape,
    "light.superseded": SupersededEventShape,
    "entry.opened": EntryEventShape,
    "entry.closed": EntryEventShape,
    "item.published": ItemEventShape,
    TEST: TestEventShape,
}
"""What each event carries under `data`."""

_HEADERS: Final = {
    "webhook-id": "Id of the event: the same in every try. Keep it, and do nothing for one that is known.",
    "webhook-timestamp": "When it was sent, in seconds since 1970. Refuse what is more than five minutes away.",
    "webhook-signature": "One or more signatures, `v1,…`, with a blank between them: one of them must fit.",
}


def describe(spec: APISpec) -> None:
    """Add the messages to the description."""
    for shape in dict.fromkeys(SHAPES.values()):
        spec.components.schema(shape.__name__, schema=shape)
    told = {**EVENTS, TEST: "Somebody tried the webhook."}
    spec.options["webhooks"] = {name: {"post": _message(name, said)} for name, said in told.items()}


def message(name: str) -> dict[str, Any]:
    """The schema of the message that tells of an event."""
    return {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "const": name, "description": "The kind of event."},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": {"$ref": f"#/components/schemas/{SHAPES[name].__name__}"},
        },
    }


def _message(name: str, said: str) -> dict[str, Any]:
    return {
        "summary": said,
        "tags": ["webhooks"],
        "parameters": [
            {"name": header, "in": "header", "required": True, "schema": {"type": "string"}, "description": text}
            for header, text in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {JSON: {"schema": message(name)}}},
        "responses": {
            "2XX": {"description": "It arrived. Anything else, and no answer within ten seconds, is tried again."},
            "410": {"description": "No more of it: the webhook is switched off."},
        },
    }
