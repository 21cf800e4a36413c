"""`flask webhook …`: addresses that are told of events."""

from uuid import UUID

import click
from flask.cli import AppGroup

from app.cli.desk import as_person, desk
from app.cli.output import show, show_one, with_json
from app.notices import webhooks
from app.notices.events import EVENTS
from app.notices.models import Webhook

group = AppGroup("webhook", help="Addresses that are told of events, signed (standard-webhooks).")

_SHOWN = ("id", "url", "events", "description", "active", "created_at", "failing_since", "disabled_at")
_SENT = ("id", "event", "occurred_at", "state", "attempts", "status", "error", "run_at")


@group.command("events")
@with_json
def events(as_json: bool) -> None:
    """List the kinds of events."""
    show(({"event": name, "when": happens} for name, happens in EVENTS.items()), as_json=as_json)


@group.command("list")
@as_person
@with_json
def list_(username: str, as_json: bool) -> None:
    """List the webhooks of one's jurisdiction."""
    with desk(username) as at:
        found = webhooks.listing(at.session, at.actor)
        show(({name: getattr(one, name) for name in _SHOWN} for one in found), as_json=as_json)


@group.command("register")
@click.argument("url")
@click.option("--event", "events", multiple=True, required=True, help="A kind of event; may be given several times.")
@click.option("--description", default="", help="What it is for.")
@as_person
@with_json
def register(url: str, events: tuple[str, ...], description: str, username: str, as_json: bool) -> None:
    """Tell URL of events, and print the secret: it is shown this once."""
    with desk(username) as at:
        rules = at.office.webhook_rules
        made = webhooks.register(
            at.session, at.actor, url=url, events=events, description=description, rules=rules, now=at.now
        )
        show_one(_with_secret(made, at.office.settings.secret_key), as_json=as_json)


@group.command("switch")
@click.argument("webhook_id", type=click.UUID)
@click.argument("state", type=click.Choice(["on", "off"]))
@as_person
def switch(webhook_id: UUID, state: str, username: str) -> None:
    """Switch a webhook on or off."""
    with desk(username) as at:
        found = webhooks.webhook(at.session, at.actor, webhook_id)
        webhooks.change(
            at.session,
            at.actor,
            webhook_id,
            url=found.url,
            events=found.events,
            description=found.description,
            active=state == "on",
            rules=at.office.webhook_rules,
            now=at.now,
        )


@group.command("rotate")
@click.argument("webhook_id", type=click.UUID)
@as_person
@with_json
def rotate(webhook_id: UUID, username: str, as_json: bool) -> None:
    """Give it a new secret and print it; the old one signs besides for a day."""
    with desk(username) as at:
        made = webhooks.rotate(at.session, at.actor, webhook_id, at.now)
        show_one(_with_secret(made, at.office.settings.secret_key), as_json=as_json)


@group.command("test")
@click.argument("webhook_id", type=click.UUID)
@as_person
def test(webhook_id: UUID, username: str) -> None:
    """Send it a test event, and print the event's id."""
    with desk(username) as at:
        click.echo(webhooks.test(at.session, at.actor, webhook_id, at.now).id)


@group.command("deliveries")
@click.argument("webhook_id", type=click.UUID)
@click.option("--state", type=click.Choice(["pending", "delivered", "failed"]), help="Only those in this state.")
@click.option("--limit", default=50, show_default=True, help="How many at most.")
@as_person
@with_json
def deliveries(webhook_id: UUID, state: str | None, limit: int, username: str, as_json: bool) -> None:
    """List what was or will be sent to it, the latest first."""
    with desk(username) as at:
        found, _more = webhooks.deliveries(at.session, at.actor, webhook_id, state, limit)
        show(({name: getattr(one, name) for name in _SENT} for one in found), as_json=as_json)


@group.command("send-again")
@click.argument("webhook_id", type=click.UUID)
@click.argument("delivery_id", type=click.UUID)
@as_person
def send_again(webhook_id: UUID, delivery_id: UUID, username: str) -> None:
    """Send a message once more."""
    with desk(username) as at:
        webhooks.send_again(at.session, at.actor, webhook_id, delivery_id, at.now)


@group.command("remove")
@click.argument("webhook_id", type=click.UUID)
@as_person
def remove(webhook_id: UUID, username: str) -> None:
    """Forget a webhook, and all that was sent to it."""
    with desk(username) as at:
        webhooks.remove(at.session, at.actor, webhook_id, at.now)


def _with_secret(made: Webhook, secret_key: str) -> dict[str, object]:
    return {**{name: getattr(made, name) for name in _SHOWN}, "secret": webhooks.secret(secret_key, made.salt)}
