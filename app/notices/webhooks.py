"""Verbs of webhooks (standard-webhooks): who is told of which events. `delivery.py` sends what is written here.

A webhook belongs to one jurisdiction. Its secret is made from the office's secret key and a salt, shown once and kept
nowhere; after a rotation messages carry the signatures of both secrets for a day, so that a receiver can change over.
"""

import hmac
import secrets
from base64 import b64encode
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.identity.acts import record_act
from app.identity.types import Actor
from app.kernel.errors import Invalid, Stale
from app.kernel.ids import new_id
from app.kernel.marking import _
from app.kernel.prepared import Prepared
from app.notices import outgoing
from app.notices.errors import NoDelivery, NoWebhook, StillPending, TooManyWebhooks
from app.notices.events import EVENTS, TEST, Event
from app.notices.models import Webhook, WebhookDelivery

MANAGE: Final = "webhook.manage"
OVERLAP: Final = timedelta(days=1)
"""How long the old secret still signs after a rotation."""

MOST: Final = 50
"""Webhooks of one jurisdiction."""

_ANNOUNCE = Prepared("""
INSERT INTO webhook_delivery (tenant, id, webhook_id, event, data, occurred_at, run_at)
SELECT webhook.tenant, happened.id, webhook.id, happened.event, happened.data, :at, :at
FROM json_to_recordset(CAST(:events AS json)) AS happened(id uuid, event text, data json)
JOIN webhook ON webhook.tenant = :tenant AND webhook.active AND happened.event = ANY(webhook.events)
ON CONFLICT DO NOTHING
""")


def announce(session: Session, tenant: str, events: Iterable[Event], now: datetime) -> None:
    """Let every webhook of the jurisdiction that asked for one of these events know, once this has been committed.

    One statement however many events and webhooks there are, none without events.
    """
    rows = [{"id": str(event.id), "event": event.type, "data": {"tenant": tenant, **event.data}} for event in events]
    if rows:
        _ANNOUNCE.run(session, tenant=tenant, events=orjson.dumps(rows).decode(), at=now)


def secret(secret_key: str, salt: bytes) -> str:
    """The secret that belongs to a salt, as receivers' libraries take it: whsec_…"""
    made = hmac.digest(secret_key.encode(), b"webhook\0" + salt, "sha256")
    return f"whsec_{b64encode(made).decode()}"


def register(
    session: Session,
    actor: Actor,
    *,
    url: str,
    events: Sequence[str],
    description: str,
    rules: outgoing.Rules,
    now: datetime,
) -> Webhook:
    """Tell an address of these events from now on. Raises Forbidden, Invalid, TooManyWebhooks."""
    actor.require(MANAGE)
    _check(url, events, rules)
    if len(listing(session, actor)) >= MOST:
        raise TooManyWebhooks(most=MOST)
    made = Webhook(
        tenant=actor.tenant,
        id=new_id(),
        url=url,
        events=sorted(set(events)),
        description=description.strip(),
        active=True,
        salt=secrets.token_bytes(16),
        created_at=now,
        version=1,
    )
    session.add(made)
    session.flush()
    _record(session, actor, made.id, now, "registered", host=_host(made), events=made.events)
    return made


def change(
    session: Session,
    actor: Actor,
    webhook_id: UUID,
    *,
    url: str,
    events: Sequence[str],
    description: str,
    active: bool,
    rules: outgoing.Rules,
    now: datetime,
    version: int | None = None,
) -> Webhook:
    """Change a webhook; one that is switched on again begins with a clean record. Raises Forbidden, Invalid, NoWebhook,
    Stale."""
    found = _locked(session, actor, webhook_id, version)
    _check(url, events, rules)
    found.url, found.events, found.description = url, sorted(set(events)), description.strip()
    if active and not found.active:
        found.failing_since = found.disabled_at = None
    found.active = active
    _record(session, actor, found.id, now, "changed", host=_host(found), events=found.events, active=active)
    return _written(session, found)


def rotate(session: Session, actor: Actor, webhook_id: UUID, now: datetime) -> Webhook:
    """Give it a new secret; the old one signs besides for a day. Raises Forbidden, NoWebhook."""
    found = _locked(session, actor, webhook_id, None)
    found.old_salt, found.old_until = found.salt, now + OVERLAP
    found.salt = secrets.token_bytes(16)
    _record(session, actor, found.id, now, "rotated")
    return _written(session, found)


def remove(session: Session, actor: Actor, webhook_id: UUID, now: datetime) -> None:
    """Forget a webhook and all that was sent to it. Raises Forbidden, NoWebhook."""
    found = _locked(session, actor, webhook_id, None)
    mine = (WebhookDelivery.tenant == actor.tenant, WebhookDelivery.webhook_id == found.id)
    session.execute(delete(WebhookDelivery).where(*mine))
    session.delete(found)
    session.flush()
    _record(session, actor, webhook_id, now, "removed")


def test(session: Session, actor: Actor, webhook_id: UUID, now: datetime) -> WebhookDelivery:
    """Send a test event to one webhook, whatever events it asks for. Raises Forbidden, NoWebhook."""
    found = webhook(session, actor, webhook_id)
    happened = Event.new(TEST, tenant=actor.tenant, webhook_id=found.id)
    sent = WebhookDelivery(
        tenant=actor.tenant,
        id=happened.id,
        webhook_id=found.id,
        event=happened.type,
        data=dict(happened.data),
        occurred_at=now,
        state="pending",
        attempts=0,
        run_at=now,
    )
    session.add(sent)
    session.flush()
    _record(session, actor, found.id, now, "tested", event=str(happened.id))
    return sent


def send_again(session: Session, actor: Actor, webhook_id: UUID, delivery_id: UUID, now: datetime) -> WebhookDelivery:
    """Send what was delivered, or was given up, once more under its old id. Raises Forbidden, NoDelivery, NoWebhook,
    StillPending."""
    webhook(session, actor, webhook_id)
    found = session.get(WebhookDelivery, (actor.tenant, delivery_id, webhook_id), with_for_update=True)
    if found is None:
        raise NoDelivery(key=delivery_id)
    if found.state == "pending":
        raise StillPending()
    found.state, found.attempts, found.run_at = "pending", 0, now
    session.flush()
    _record(session, actor, webhook_id, now, "repeated", event=str(delivery_id))
    return found


def listing(session: Session, actor: Actor) -> Sequence[Webhook]:
    """The webhooks of the actor's jurisdiction, the oldest first. Raises Forbidden."""
    actor.require(MANAGE)
    return session.scalars(select(Webhook).where(Webhook.tenant == actor.tenant).order_by(Webhook.id)).all()


def webhook(session: Session, actor: Actor, webhook_id: UUID) -> Webhook:
    """One webhook of the actor's jurisdiction. Raises Forbidden, NoWebhook."""
    actor.require(MANAGE)
    found = session.get(Webhook, (actor.tenant, webhook_id))
    if found is None:
        raise NoWebhook(key=webhook_id)
    return found


def deliveries(
    session: Session, actor: Actor, webhook_id: UUID, state: str | None, limit: int, before: UUID | None = None
) -> tuple[Sequence[WebhookDelivery], UUID | None]:
    """One page of what was or will be sent to a webhook, the latest first, and where the next begins. Raises Forbidden,
    NoWebhook."""
    found = webhook(session, actor, webhook_id)
    wanted = select(WebhookDelivery).where(
        WebhookDelivery.tenant == actor.tenant, WebhookDelivery.webhook_id == found.id
    )
    if state:
        wanted = wanted.where(WebhookDelivery.state == state)
    if before:
        wanted = wanted.where(WebhookDelivery.id < before)
    rows = session.scalars(wanted.order_by(WebhookDelivery.id.desc()).limit(limit + 1)).all()
    return (rows, None) if len(rows) <= limit else (rows[:limit], rows[limit - 1].id)


def forget(session: Session, tenant: str, before: datetime) -> None:
    """Remove what was settled before an instant."""
    old = (WebhookDelivery.tenant == tenant, WebhookDelivery.state != "pending", WebhookDelivery.occurred_at < before)
    session.execute(delete(WebhookDelivery).where(*old).execution_options(synchronize_session=False))


def _check(url: str, events: Sequence[str], rules: outgoing.Rules) -> None:
    faults = {}
    if said := outgoing.url_faults(url, rules):
        faults["url"] = said
    if not events or not EVENTS.keys() >= set(events):
        faults["events"] = [_("Choose one or more of the events that there are.")]
    if faults:
        raise Invalid(faults)


def _host(found: Webhook) -> str | None:
    """Where messages go, for the record: the rest of an address may be a secret."""
    return urlsplit(found.url).hostname


def _locked(session: Session, actor: Actor, webhook_id: UUID, version: int | None) -> Webhook:
    webhook(session, actor, webhook_id)
    found = session.get_one(Webhook, (actor.tenant, webhook_id), with_for_update=True, populate_existing=True)
    if version is not None and found.version != version:
        raise Stale()
    return found


def _written(session: Session, changed: Webhook) -> Webhook:
    changed.version += 1
    session.flush()
    return changed


def _record(session: Session, actor: Actor, webhook_id: UUID, now: datetime, action: str, **data: object) -> None:
    record_act(session, actor, actor.tenant, webhook_id, now, f"webhook:{action}", data)
