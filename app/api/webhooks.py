"""Webhooks: addresses that are told of events (standard-webhooks)."""

from typing import Any
from uuid import UUID

from flask import Response, url_for
from marshmallow import fields, validate

from app import edge
from app.api.answers import answer, nothing
from app.api.description import Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once, remember
from app.api.pagination import PageQuery, paged, place
from app.api.shapes import Body, Shape, instant, list_of, page_of, text
from app.notices import webhooks
from app.notices.events import EVENTS, TEST
from app.notices.models import Webhook

room = Room("webhooks", "Addresses that are told of events.")

MANAGE = webhooks.MANAGE
STATES = ("pending", "delivered", "failed")


class WebhookShape(Shape):
    """An address that is told of events. Its secret is shown once, when it is made or rotated."""

    id = fields.UUID()
    url = fields.String(metadata={"description": "Where messages are sent to."})
    events = fields.List(
        fields.String(metadata={"enum": list(EVENTS)}), metadata={"description": "The kinds of events it asks for."}
    )
    description = fields.String(metadata={"description": "What it is for, as its maker wrote."})
    active = fields.Boolean(metadata={"description": "Whether anything is sent there."})
    created_at = instant()
    failing_since = instant(null=True, description="The first failure after the last success.")
    disabled_at = instant(null=True, description="When it was switched off for failing too long.")
    version = fields.Integer()


class SecretShape(WebhookShape):
    """A webhook with its secret. An answer repeated to an Idempotency-Key comes without it."""

    secret = fields.String(
        allow_none=True, metadata={"description": "`whsec_…`: with it the receiver verifies signatures. Shown once."}
    )


class WebhookBody(Body):
    """The webhook that is wanted."""

    url = text(most=500, required=True, metadata={"description": "`https://…`; it must lead to a public address."})
    events = fields.List(
        fields.String(validate=validate.OneOf(list(EVENTS))),
        required=True,
        validate=validate.Length(1, len(EVENTS)),
        metadata={"description": "The kinds of events that it is to be told of."},
    )
    description = text(least=0, most=500, load_default="", metadata={"description": "What it is for."})


class WebhookChangeBody(WebhookBody):
    """The webhook as it is to be."""

    active = fields.Boolean(required=True, metadata={"description": "False: nothing is sent there for now."})


class DeliveryQuery(PageQuery):
    """Which messages are wanted."""

    state = fields.String(
        load_default=None, validate=validate.OneOf(STATES), metadata={"description": "Only those in this state."}
    )


class DeliveryShape(Shape):
    """A message to a webhook. Its id is the event's: the header `webhook-id`, the same in every try."""

    id = fields.UUID()
    event = fields.String(metadata={"enum": [*EVENTS, TEST], "description": "What kind of event it tells of."})
    data = fields.Dict(keys=fields.String(), metadata={"description": "What the message carries under `data`."})
    occurred_at = instant(description="When it happened.")
    state = fields.String(metadata={"enum": list(STATES)})
    attempts = fields.Integer(metadata={"description": "How often it was sent."})
    run_at = instant(description="When it is, or was, to be sent next.")
    tried_at = instant(null=True, description="When it was sent last.")
    status = fields.Integer(allow_none=True, metadata={"description": "The status that the receiver answered."})
    error = fields.String(allow_none=True, metadata={"description": "Why there was no answer."})


class EventKindShape(Shape):
    """A kind of event."""

    type = fields.String(metadata={"enum": list(EVENTS), "description": "Its name."})
    happens = fields.String(metadata={"description": "When it happens, in English."})


@room.route("/webhooks/events")
@edge.guarded(MANAGE)
@room.response(200, list_of(EventKindShape))
def kinds() -> Response:
    """Every kind of event that a webhook may ask for; their payloads stand under “webhooks” in this description."""
    return listed({"data": [{"type": name, "happens": happens} for name, happens in EVENTS.items()]})


@room.route("/webhooks")
@edge.guarded(MANAGE)
@room.response(200, list_of(WebhookShape))
def listing() -> Response:
    """The webhooks of one's jurisdiction."""
    found = webhooks.listing(edge.session(), edge.actor())
    return listed({"data": list(map(WebhookShape.of, found))})


@room.route("/webhooks", methods=["POST"])
@edge.guarded(MANAGE)
@once
@room.arguments(WebhookBody)
@room.response(201, SecretShape)
def register(body: dict[str, Any]) -> Response:
    """Register an address. Keep its secret: it is shown this once."""
    rules = edge.office().webhook_rules
    made = webhooks.register(edge.session(), edge.actor(), **body, rules=rules, now=edge.now())
    return _with_secret(made, 201)


@room.route("/webhooks/<uuid:webhook_id>")
@edge.guarded(MANAGE)
@room.response(200, WebhookShape)
def webhook(webhook_id: UUID) -> Response:
    """One webhook."""
    return versioned(WebhookShape.of(webhooks.webhook(edge.session(), edge.actor(), webhook_id)))


@room.route("/webhooks/<uuid:webhook_id>", methods=["PUT"])
@edge.guarded(MANAGE)
@if_match(required=True)
@room.arguments(WebhookChangeBody)
@room.response(200, WebhookShape)
def change(body: dict[str, Any], webhook_id: UUID, version: int | None) -> Response:
    """Change a webhook, or switch it off and on."""
    changed = webhooks.change(
        edge.session(),
        edge.actor(),
        webhook_id,
        **body,
        rules=edge.office().webhook_rules,
        now=edge.now(),
        version=version,
    )
    return versioned(WebhookShape.of(changed))


@room.route("/webhooks/<uuid:webhook_id>", methods=["DELETE"])
@edge.guarded(MANAGE)
@room.response(204)
def remove(webhook_id: UUID) -> Response:
    """Forget a webhook, and all that was sent to it."""
    webhooks.remove(edge.session(), edge.actor(), webhook_id, edge.now())
    return nothing()


@room.route("/webhooks/<uuid:webhook_id>/secret", methods=["POST"])
@edge.guarded(MANAGE)
@once
@room.response(200, SecretShape)
def rotate(webhook_id: UUID) -> Response:
    """Give it a new secret, shown this once. For a day messages are signed with the old one besides."""
    return _with_secret(webhooks.rotate(edge.session(), edge.actor(), webhook_id, edge.now()), 200)


@room.route("/webhooks/<uuid:webhook_id>/test", methods=["POST"])
@edge.guarded(MANAGE)
@once
@room.response(202, DeliveryShape)
def test(webhook_id: UUID) -> Response:
    """Send it a test event; what came of it is listed among the deliveries."""
    return answer(DeliveryShape.of(webhooks.test(edge.session(), edge.actor(), webhook_id, edge.now())), 202)


@room.route("/webhooks/<uuid:webhook_id>/deliveries")
@edge.guarded(MANAGE)
@room.arguments(DeliveryQuery, location="query")
@room.response(200, page_of(DeliveryShape))
def deliveries(wanted: dict[str, Any], webhook_id: UUID) -> Response:
    """What was or will be sent to it, the latest first. It is kept for thirty days."""
    found = place(wanted["cursor"])
    before = UUID(found[0]) if found else None
    rows, following = webhooks.deliveries(
        edge.session(), edge.actor(), webhook_id, wanted["state"], wanted["limit"], before
    )
    return paged(map(DeliveryShape.of, rows), (following,) if following else None)


@room.route("/webhooks/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/send-again", methods=["POST"])
@edge.guarded(MANAGE)
@once
@room.response(202, DeliveryShape)
def send_again(webhook_id: UUID, delivery_id: UUID) -> Response:
    """Send a message once more, under the id that it has."""
    sent = webhooks.send_again(edge.session(), edge.actor(), webhook_id, delivery_id, edge.now())
    return answer(DeliveryShape.of(sent), 202)


def _with_secret(made: Webhook, status: int) -> Response:
    shown = SecretShape.of(made, secret=None)
    headers = {"Location": url_for("webhooks.webhook", webhook_id=made.id)}
    remember(versioned(shown, status, headers))
    secret = webhooks.secret(edge.office().settings.secret_key, made.salt)
    return versioned({**shown, "secret": secret}, status, headers)
