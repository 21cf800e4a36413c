"""Sending what `webhooks.announce` wrote, after the commit, at least once, to each address in the order of time.

1. In one transaction take what is due, move its next try to the end of a lease, count the try.
2. Hold no transaction. For each webhook, side by side: sign and send in order; after one failure leave the rest.
3. In a transaction for each message write down what came of it, unless another try has begun since.

A message is tried again after each of PAUSES and then given up. A webhook that has only failed for DISABLED_AFTER is
switched off, and those who manage webhooks are told.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from time import monotonic
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5

import orjson
import structlog
from sqlalchemy import and_, any_, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Signer

from app.catalog.models import ItemVersion
from app.identity.acts import record_act
from app.identity.types import SYSTEM
from app.kernel.database import AnyRow, Base, Database
from app.notices import operations as notices
from app.notices import outgoing
from app.notices.faults import describe
from app.notices.models import Webhook, WebhookDelivery
from app.notices.webhooks import MANAGE, secret
from app.org.models import Post, PostRole, RolePermission

LEASE: Final = timedelta(minutes=10)
PAUSES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""How long to wait after each failed try: three days in all."""

DISABLED_AFTER: Final = timedelta(days=5)
SIDE_BY_SIDE: Final = 4
BATCH: Final = 20
"""Messages taken at once: even if each takes all of its time, the lease holds."""

LONGEST_ROUND: Final = 10.0
"""Seconds after which nothing more is sent in a round: slow receivers of one jurisdiction keep no other waiting."""

GONE: Final = 410
"""The status by which a receiver says that it wants no more (standard-webhooks)."""

_ITEMS: Final = UUID("0d5c5b4e-52c1-5d0c-8a53-3c1d8a6f4e07")
"""Namespace of the ids of events about items."""

log = structlog.get_logger(__name__)
_delivery = Base.metadata.tables[WebhookDelivery.__tablename__]


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is to be sent, and where to."""

    tenant: str
    id: UUID
    webhook_id: UUID
    event: str
    data: Mapping[str, Any]
    occurred_at: datetime
    attempts: int
    url: str
    salts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try: the status that was answered, or why there was none."""

    status: int | None = None
    error: str | None = None

    @property
    def fine(self) -> bool:
        """Whether the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


Send = Callable[[Taken], Outcome]


def sender(secret_key: str, rules: outgoing.Rules, at: datetime) -> Send:
    """How a message is sent: signed with the secrets of its salts, at the machine's time, which receivers compare."""

    def send(message: Taken) -> Outcome:
        body = orjson.dumps(payload(message))
        signatures = [
            Signer(secret(secret_key, salt)).sign(str(message.id), at, body.decode()) for salt in message.salts
        ]
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Greenlight-Webhooks/1",
            "webhook-id": str(message.id),
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
        try:
            return Outcome(status=outgoing.post(message.url, body, headers, rules))
        except outgoing.Unreachable as reason:
            return Outcome(error=str(reason))

    return send


def payload(message: Taken | WebhookDelivery) -> dict[str, Any]:
    """What is sent: type, instant, data (standard-webhooks)."""
    return {"type": message.event, "timestamp": message.occurred_at.isoformat(), "data": dict(message.data)}


def tenants_due(session: Session, now: datetime) -> Sequence[str]:
    """The tenants, among those that the transaction reads, with messages that are due. Takes no lock."""
    due = select(WebhookDelivery.tenant).where(WebhookDelivery.state == "pending", WebhookDelivery.run_at <= now)
    return session.scalars(due.distinct()).all()


def tenants_told_of_items(session: Session, _now: datetime) -> Sequence[str]:
    """The tenants, among those that the transaction reads, in which a webhook asks for publications of items."""
    told = select(Webhook.tenant).where(Webhook.active, literal("item.published") == any_(Webhook.events))
    return session.scalars(told.distinct()).all()


def deliver(database: Database, tenant: str, now: datetime, send: Send) -> int:
    """Send what is due in one tenant, at most BATCH; returns how many messages were taken. Any number of processes may
    call this at once."""
    with database.transaction(tenant) as session:
        taken = sorted(_take(session, tenant, now), key=attrgetter("webhook_id", "occurred_at", "id"))
    groups = [list(group) for _key, group in groupby(taken, key=attrgetter("webhook_id"))]
    ends = monotonic() + LONGEST_ROUND
    if groups:
        with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(groups))) as pool:
            list(pool.map(lambda group: _deliver_in_order(database, group, now, send, ends), groups))
    return len(taken)


def announce_items(session: Session, tenant: str, now: datetime, since: timedelta = timedelta(days=1)) -> int:
    """Let the webhooks of a jurisdiction know of items published lately, each version once; returns how many messages.

    Items belong to all jurisdictions, and a transaction writes in one: so each takes them up by itself.
    """
    new = (
        select(Webhook.id, ItemVersion.item, ItemVersion.version, ItemVersion.digest, ItemVersion.published_at)
        .join(ItemVersion, ItemVersion.published_at > func.greatest(Webhook.created_at, now - since))
        .where(Webhook.tenant == tenant, Webhook.active, literal("item.published") == any_(Webhook.events))
    )
    rows = [_of_item(tenant, now, row) for row in session.execute(new)]
    if not rows:
        return 0
    put = session.execute(upsert(_delivery).values(rows).on_conflict_do_nothing().returning(_delivery.c.id))
    return len(put.all())


def _of_item(tenant: str, now: datetime, row: AnyRow) -> dict[str, Any]:
    at = row.published_at.isoformat()
    return {
        "tenant": tenant,
        "id": uuid5(_ITEMS, f"{row.item}/{row.version}"),
        "webhook_id": row.id,
        "event": "item.published",
        "data": {"tenant": tenant, "item": row.item, "version": row.version, "digest": row.digest, "published_at": at},
        "occurred_at": row.published_at,
        "run_at": now,
    }


def _take(session: Session, tenant: str, now: datetime) -> list[Taken]:
    row = WebhookDelivery
    due = session.execute(
        select(row, Webhook.url, Webhook.salt, Webhook.old_salt, Webhook.old_until)
        .join(Webhook, and_(Webhook.tenant == row.tenant, Webhook.id == row.webhook_id, Webhook.active))
        .where(row.tenant == tenant, row.state == "pending", row.run_at <= now)
        .order_by(row.run_at, row.id)
        .limit(BATCH)
        .with_for_update(of=row, skip_locked=True)
    ).all()
    taken = [_taken(found, url, salt, old if until and until > now else None) for found, url, salt, old, until in due]
    _change(session, taken, attempts=_delivery.c.attempts + 1, run_at=now + LEASE)
    return taken


def _taken(found: WebhookDelivery, url: str, salt: bytes, old: bytes | None) -> Taken:
    return Taken(
        tenant=found.tenant,
        id=found.id,
        webhook_id=found.webhook_id,
        event=found.event,
        data=found.data,
        occurred_at=found.occurred_at,
        attempts=found.attempts + 1,
        url=url,
        salts=(salt, old) if old else (salt,),
    )


def _change(session: Session, messages: Sequence[Taken], **values: Any) -> None:
    if messages:
        row = _delivery.c
        keys = [(message.id, message.webhook_id) for message in messages]
        mine = (row.tenant == messages[0].tenant, tuple_(row.id, row.webhook_id).in_(keys))
        session.execute(update(_delivery).where(*mine).values(**values))


def _deliver_in_order(database: Database, group: Sequence[Taken], now: datetime, send: Send, ends: float) -> None:
    """Send the messages of one webhook; after a failure, or when the round `ends` (monotonic seconds), the others wait
    a moment, and their try does not count."""
    for number, message in enumerate(group):
        outcome = _sent(message, send)
        with database.transaction(message.tenant) as session:
            _settle(session, message, outcome, now)
            if not outcome.fine or monotonic() > ends:
                _change(session, group[number + 1 :], attempts=_delivery.c.attempts - 1, run_at=now + PAUSES[0])
                return


def _sent(message: Taken, send: Send) -> Outcome:
    try:
        return send(message)
    except Exception as error:
        log.error("webhook.broken", tenant=message.tenant, id=str(message.id), error=describe(error))
        return Outcome(error=type(error).__name__)


def _settle(session: Session, message: Taken, outcome: Outcome, now: datetime) -> None:
    values: dict[str, Any] = {"tried_at": now, "status": outcome.status, "error": outcome.error}
    if outcome.fine:
        values["state"] = "delivered"
    elif message.attempts > len(PAUSES):
        values["state"] = "failed"
    else:
        values["run_at"] = now + PAUSES[message.attempts - 1]
    row = _delivery.c
    mine = (row.tenant == message.tenant, row.id == message.id, row.webhook_id == message.webhook_id)
    still_ours = (row.state == "pending", row.attempts == message.attempts)
    if session.execute(update(_delivery).where(*mine, *still_ours).values(**values)).rowcount:  # type: ignore[attr-defined]
        _judge(session, message, outcome, now)


def _judge(session: Session, message: Taken, outcome: Outcome, now: datetime) -> None:
    """Remember since when a webhook has only failed; switch it off where that is long, or where it wants no more."""
    mine = (Webhook.tenant == message.tenant, Webhook.id == message.webhook_id)
    changing = update(Webhook).execution_options(synchronize_session=False)
    if outcome.fine:
        session.execute(changing.where(*mine, Webhook.failing_since.is_not(None)).values(failing_since=None))
        return
    since = session.scalar(
        changing.where(*mine)
        .values(failing_since=func.coalesce(Webhook.failing_since, now))
        .returning(Webhook.failing_since)
    )
    if since is None or (outcome.status != GONE and since > now - DISABLED_AFTER):
        return
    switched = changing.where(*mine, Webhook.active).values(active=False, disabled_at=now, version=Webhook.version + 1)
    if session.execute(switched.returning(Webhook.id)).one_or_none():
        _tell(session, message, since, now)


def _tell(session: Session, message: Taken, since: datetime, now: datetime) -> None:
    posts = session.scalars(
        select(Post.code)
        .join(PostRole, and_(PostRole.tenant == Post.tenant, PostRole.post_id == Post.id))
        .join(RolePermission, RolePermission.role == PostRole.role)
        .where(Post.tenant == message.tenant, RolePermission.permission == MANAGE)
    ).all()
    host = urlsplit(message.url).hostname
    params = {"host": host, "since_at": since}
    notices.tell(
        session, message.tenant, None, template="webhook-disabled", params=params, now=now, posts=sorted(set(posts))
    )
    data = {"since": since.isoformat()}
    record_act(session, SYSTEM, message.tenant, message.webhook_id, now, "webhook:disabled", data)
