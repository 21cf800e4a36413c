"""Webhooks: told once committed, signed, at least once under one id, in order, given up in the end, switched off."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from time import sleep
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from app.audit.queries import history
from app.catalog.models import Item, ItemVersion
from app.identity.types import Actor
from app.kernel.database import Database
from app.kernel.errors import Forbidden, Invalid, Stale
from app.kernel.ids import new_id
from app.kernel.time import real_now
from app.notices import delivery, outgoing, webhooks
from app.notices.delivery import DISABLED_AFTER, PAUSES, Outcome, Taken
from app.notices.errors import NoDelivery, NoWebhook, StillPending
from app.notices.events import Event
from app.notices.models import Notice, Webhook, WebhookDelivery
from app.org.models import Department
from app.org.operations import add_post, ensure_roles
from tests.statements import sent_statements

RULES = outgoing.Rules()
ADMIN = Actor(
    account_id=None, username="admin", name="", kind="staff", source="api", tenant="330300",
    permissions=frozenset({"webhook.manage"}),
)  # fmt: skip
KEY = "a secret key of the office"


class Receiver:
    """Stands for the network: keeps what was sent and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.answer: Callable[[Taken], Outcome] = lambda _: Outcome(status=200)

    def __call__(self, message: Taken) -> Outcome:
        self.taken.append(message)
        return self.answer(message)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def register(database: Database, now: datetime) -> Callable[..., Webhook]:
    def run(*events: str, url: str = "https://example.org/hook", **more: Any) -> Webhook:
        with database.transaction("330300") as session:
            given = {"url": url, "events": events or ("case.received",), "description": "", "rules": RULES, "now": now}
            return webhooks.register(session, ADMIN, **{**given, **more})

    return run


def announce(database: Database, now: datetime, *types: str, tenant: str = "330300") -> list[Event]:
    happened = [Event.new(type_, case_id=new_id(), at=now) for type_ in types]
    with database.transaction(tenant) as session:
        webhooks.announce(session, tenant, happened, now)
    return happened


def rows(database: Database) -> Sequence[WebhookDelivery]:
    with database.transaction("330300") as session:
        return session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.occurred_at, WebhookDelivery.id)).all()


def test_who_asked_for_an_event_is_told_and_nobody_else(
    database: Database, now: datetime, register, receiver: Receiver
) -> None:
    first, second = register("case.received", "case.decided"), register("light.raised")
    register("case.received", url="https://example.org/off")
    with database.transaction("330300") as session:
        session.execute(update(Webhook).where(Webhook.url.endswith("/off")).values(active=False))
    decided, raised, _closed = announce(database, now, "case.decided", "light.raised", "entry.closed")
    announce(database, now, "case.decided", tenant="330302")
    assert delivery.deliver(database, "330300", now, receiver) == 2
    assert {(m.webhook_id, m.id, m.event) for m in receiver.taken} == {
        (first.id, decided.id, "case.decided"), (second.id, raised.id, "light.raised")
    }  # fmt: skip
    assert receiver.taken[0].data["tenant"] == "330300"
    assert {row.state for row in rows(database)} == {"delivered"}
    assert delivery.deliver(database, "330300", now, receiver) == 0


def test_one_statement_tells_all_and_none_without_events(database: Database, now: datetime, register) -> None:
    for _ in range(3):
        register("case.received", "case.decided")
    with database.transaction("330300") as session, sent_statements() as sent:
        webhooks.announce(session, "330300", [], now)
        assert sent == []
        webhooks.announce(session, "330300", [Event.new("case.received"), Event.new("case.decided")], now)
        assert len(sent) == 1
    assert len(rows(database)) == 6


def test_what_is_rolled_back_is_not_told(database: Database, now: datetime, register, receiver: Receiver) -> None:
    register()
    with database.transaction("330300") as session:
        webhooks.announce(session, "330300", [Event.new("case.received")], now)
        session.rollback()
    assert delivery.deliver(database, "330300", now, receiver) == 0


# --- signatures


def signed(
    monkeypatch: pytest.MonkeyPatch, salts: Sequence[bytes], at: datetime
) -> tuple[bytes, dict[str, str], Taken]:
    """What a receiver gets for a message."""
    sent: list[tuple[bytes, dict[str, str]]] = []

    def post(_url: str, body: bytes, headers: dict[str, str], _rules: outgoing.Rules) -> int:
        sent.append((body, headers))
        return 200

    monkeypatch.setattr(outgoing, "post", post)
    message = Taken("330300", new_id(), new_id(), "case.received", {"code": "甲"}, at, 1, "https://x", tuple(salts))
    assert delivery.sender(KEY, RULES, at)(message).fine
    [(body, headers)] = sent
    return body, headers, message


def test_a_receiver_verifies_with_any_library_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    at = real_now()
    body, headers, message = signed(monkeypatch, [b"salt"], at)
    verified = Verifier(webhooks.secret(KEY, b"salt")).verify(body, headers)
    assert verified == {"type": "case.received", "timestamp": at.isoformat(), "data": {"code": "甲"}}
    assert headers["webhook-id"] == str(message.id)
    with pytest.raises(WebhookVerificationError):
        Verifier(webhooks.secret(KEY, b"salt")).verify(body.replace(b"case", b"cash"), headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(webhooks.secret("another key", b"salt")).verify(body, headers)


def test_a_rotated_secret_overlaps_with_the_old_one_for_a_day(
    monkeypatch: pytest.MonkeyPatch, database: Database, now: datetime, register, receiver: Receiver
) -> None:
    made = register()
    with database.transaction("330300") as session:
        rotated = webhooks.rotate(session, ADMIN, made.id, now)
    old, new = webhooks.secret(KEY, made.salt), webhooks.secret(KEY, rotated.salt)
    assert old != new
    assert new.startswith("whsec_")
    for later in (now + timedelta(hours=23), now + timedelta(hours=25)):
        announce(database, now, "case.received")
        delivery.deliver(database, "330300", later, receiver)
    within, after = (message.salts for message in receiver.taken)
    assert (within, after) == ((rotated.salt, made.salt), (rotated.salt,))
    body, headers, _ = signed(monkeypatch, within, real_now())
    for secret in (old, new):
        assert Verifier(secret).verify(body, headers)


def test_no_row_holds_the_secret(database: Database, register) -> None:
    secret = webhooks.secret(KEY, register().salt)
    with database.transaction("330300") as session:
        kept = str(session.execute(text("SELECT webhook::text FROM webhook")).all())
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept


# --- failing


def test_what_fails_is_tried_again_ever_later_and_given_up_after_days(
    database: Database, now: datetime, register, receiver: Receiver
) -> None:
    register()
    announce(database, now, "case.received")
    receiver.answer = lambda _: Outcome(status=500)
    tries = []
    while rows(database)[0].state == "pending":
        due = rows(database)[0].run_at
        tries.append(due)
        assert delivery.deliver(database, "330300", due - timedelta(seconds=1), receiver) == 0
        assert delivery.deliver(database, "330300", due, receiver) == 1
    assert tuple(after - before for before, after in pairwise(tries)) == PAUSES
    assert timedelta(days=3) < tries[-1] - tries[0] < timedelta(days=4)
    [row] = rows(database)
    assert (row.state, row.attempts, row.status) == ("failed", len(PAUSES) + 1, 500)
    assert len({message.id for message in receiver.taken}) == 1


@pytest.mark.parametrize(
    ("status", "state"), [(200, "delivered"), (204, "delivered"), (302, "pending"), (400, "pending")]
)
def test_only_2xx_is_a_success(
    database: Database, now: datetime, register, receiver: Receiver, status: int, state: str
) -> None:
    register()
    announce(database, now, "case.received")
    receiver.answer = lambda _: Outcome(status=status)
    delivery.deliver(database, "330300", now, receiver)
    assert rows(database)[0].state == state


def test_a_slow_receiver_keeps_no_other_jurisdiction_waiting(
    database: Database, now: datetime, register, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a round has no more time for waits for the next; that is no try, and nothing goes out of turn."""
    register()
    told = announce(database, now, "case.received", "case.received", "case.received")
    receiver.answer = lambda _: sleep(0.06) or Outcome(status=200)
    monkeypatch.setattr(delivery, "LONGEST_ROUND", 0.1)
    delivery.deliver(database, "330300", now, receiver)
    assert [row.attempts for row in rows(database)] == [1, 1, 0]
    delivery.deliver(database, "330300", now + PAUSES[0], receiver)
    assert [message.id for message in receiver.taken] == [event.id for event in told]


def test_messages_go_in_order_and_after_a_failure_the_rest_waits(
    database: Database, now: datetime, register, receiver: Receiver
) -> None:
    register()
    events = [announce(database, now + timedelta(seconds=n), "case.received")[0] for n in range(4)]
    receiver.answer = lambda message: Outcome(error="x") if message.id == events[1].id else Outcome(status=200)
    later = now + timedelta(seconds=10)
    assert delivery.deliver(database, "330300", later, receiver) == 4
    assert [message.id for message in receiver.taken] == [event.id for event in events[:2]]
    assert [row.attempts for row in rows(database)] == [1, 1, 0, 0]
    receiver.answer = lambda _: Outcome(status=200)
    delivery.deliver(database, "330300", later + PAUSES[0], receiver)
    assert [message.id for message in receiver.taken[2:]] == [event.id for event in events[1:]]


def test_a_receiver_that_fails_keeps_no_other_waiting(
    database: Database, now: datetime, register, receiver: Receiver
) -> None:
    bad, good = register(), register(url="https://example.org/good")
    announce(database, now, "case.received")
    receiver.answer = lambda message: Outcome(error="TimeoutError") if message.webhook_id == bad.id else Outcome(200)
    delivery.deliver(database, "330300", now, receiver)
    assert {row.webhook_id: row.state for row in rows(database)} == {bad.id: "pending", good.id: "delivered"}


def test_a_program_that_died_with_a_message_in_hand_lets_it_be_sent_again(
    database: Database, now: datetime, register, receiver: Receiver
) -> None:
    """At least once: what was taken and never settled is due again when its lease is over, under the same id."""
    register()
    [event] = announce(database, now, "case.received")
    with database.transaction("330300") as session:
        delivery._take(session, "330300", now)
    assert delivery.deliver(database, "330300", now, receiver) == 0
    assert delivery.deliver(database, "330300", now + delivery.LEASE, receiver) == 1
    assert [message.id for message in receiver.taken] == [event.id]


def test_who_was_overtaken_writes_nothing(database: Database, now: datetime, register, receiver: Receiver) -> None:
    register()
    announce(database, now, "case.received")
    with database.transaction("330300") as session:
        [slow] = delivery._take(session, "330300", now)
    delivery.deliver(database, "330300", now + delivery.LEASE, receiver)
    with database.transaction("330300") as session:
        delivery._settle(session, slow, Outcome(error="late"), now)
    assert (rows(database)[0].state, rows(database)[0].error) == ("delivered", None)


def test_no_transaction_is_held_while_it_is_sent(database: Database, now: datetime, register) -> None:
    register()
    announce(database, now, "case.received")
    busy = []

    def look(_message: Taken) -> Outcome:
        busy.append(database.engine.pool.checkedout())
        return Outcome(status=200)

    delivery.deliver(database, "330300", now, look)
    assert busy == [0]


def test_a_fault_of_ours_counts_as_a_failure(database: Database, now: datetime, register) -> None:
    register()
    announce(database, now, "case.received")

    def broken(_message: Taken) -> Outcome:
        raise RuntimeError("personal data")

    delivery.deliver(database, "330300", now, broken)
    assert (rows(database)[0].state, rows(database)[0].error) == ("pending", "RuntimeError")


# --- switching off


@pytest.fixture
def administrators(database: Database, now: datetime) -> str:
    """A post whose holders manage webhooks."""
    with database.transaction("*") as session:
        ensure_roles(session)
    with database.transaction("330300") as session:
        home = Department(tenant="330300", id=new_id(), code="hall", name_zh="厅", name_en="Hall")
        session.add(home)
        session.flush()
        for code, role in (("admin", "admin"), ("clerk", "clerk")):
            add_post(session, "330300", department_id=home.id, code=code, name_zh="", name_en="", roles=[role])
    return "admin"


def test_who_fails_for_days_is_switched_off_and_those_who_manage_are_told(
    database: Database, now: datetime, register, receiver: Receiver, administrators: str
) -> None:
    made = register()
    receiver.answer = lambda _: Outcome(error="TimeoutError")
    moment = now
    while moment < now + DISABLED_AFTER:
        announce(database, moment, "case.received")
        delivery.deliver(database, "330300", moment, receiver)
        moment += timedelta(hours=20)
    announce(database, moment, "case.received")
    delivery.deliver(database, "330300", moment, receiver)
    with database.transaction("330300") as session:
        off = webhooks.webhook(session, ADMIN, made.id)
        [told] = session.scalars(select(Notice)).all()
    assert (off.active, off.failing_since, off.disabled_at) == (False, now, moment)
    assert (told.template, told.post, told.case_id) == ("webhook-disabled", administrators, None)
    assert told.params["host"] == "example.org"
    sent = len(receiver.taken)
    announce(database, moment, "case.received")
    assert delivery.deliver(database, "330300", moment + timedelta(days=1), receiver) == 0
    assert len(receiver.taken) == sent


def test_a_success_in_between_clears_the_record(
    database: Database, now: datetime, register, receiver: Receiver, administrators: str
) -> None:
    made = register()
    for days in range(12):
        receiver.answer = lambda _, fine=days % 3 == 2: Outcome(status=200 if fine else 500)
        announce(database, now + timedelta(days=days), "case.received")
        delivery.deliver(database, "330300", now + timedelta(days=days), receiver)
    with database.transaction("330300") as session:
        assert webhooks.webhook(session, ADMIN, made.id).active


def test_who_answers_gone_is_switched_off_at_once_and_can_be_switched_on_again(
    database: Database, now: datetime, register, receiver: Receiver, administrators: str
) -> None:
    made = register()
    announce(database, now, "case.received")
    receiver.answer = lambda _: Outcome(status=410)
    delivery.deliver(database, "330300", now, receiver)
    with database.transaction("330300") as session:
        off = webhooks.webhook(session, ADMIN, made.id)
        assert not off.active
        given = {"url": off.url, "events": off.events, "description": "", "rules": RULES, "now": now}
        with pytest.raises(Stale):
            webhooks.change(session, ADMIN, made.id, active=True, version=1, **given)
        on = webhooks.change(session, ADMIN, made.id, active=True, version=2, **given)
        assert (on.active, on.failing_since, on.disabled_at, on.version) == (True, None, None, 3)


# --- managing


def test_only_who_may_manages(database: Database, now: datetime, register) -> None:
    made = register()
    clerk = Actor(account_id=None, username="c", name="", kind="staff", source="api", tenant="330300")
    elsewhere = Actor(
        account_id=None, username="e", name="", kind="staff", source="api", tenant="330302",
        permissions=ADMIN.permissions,
    )  # fmt: skip
    with database.transaction("330300", ["330302"]) as session:
        for verb in (webhooks.webhook, lambda *a: webhooks.rotate(*a, now), lambda *a: webhooks.test(*a, now)):
            with pytest.raises(Forbidden):
                verb(session, clerk, made.id)
            with pytest.raises(NoWebhook):
                verb(session, elsewhere, made.id)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://example.org"}, "url"),
        ({"url": "https://10.0.0.1"}, "url"),
        ({"events": ()}, "events"),
        ({"events": ("case.exploded",)}, "events"),
    ],
)
def test_what_cannot_be_is_refused(register, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        register(**wrong)
    assert list(refused.value.fields) == [field]


def test_a_test_and_sending_again(database: Database, now: datetime, register, receiver: Receiver) -> None:
    made = register()
    with database.transaction("330300") as session:
        sent = webhooks.test(session, ADMIN, made.id, now)
        with pytest.raises(StillPending):
            webhooks.send_again(session, ADMIN, made.id, sent.id, now)
        with pytest.raises(NoDelivery):
            webhooks.send_again(session, ADMIN, made.id, new_id(), now)
    delivery.deliver(database, "330300", now, receiver)
    with database.transaction("330300") as session:
        webhooks.send_again(session, ADMIN, made.id, sent.id, now)
    delivery.deliver(database, "330300", now, receiver)
    assert [(message.event, message.id) for message in receiver.taken] == [("webhook.test", sent.id)] * 2
    with database.transaction("330300") as session:
        found, more = webhooks.deliveries(session, ADMIN, made.id, "delivered", 10)
        assert ([row.id for row in found], more) == ([sent.id], None)
        webhooks.forget(session, "330300", now + timedelta(days=1))
        assert webhooks.deliveries(session, ADMIN, made.id, None, 10) == ([], None)
        webhooks.remove(session, ADMIN, made.id, now)
        assert webhooks.listing(session, ADMIN) == []


# --- items


def test_each_jurisdiction_takes_up_what_was_published_once(
    database: Database, now: datetime, register, receiver: Receiver
) -> None:
    register("item.published")

    def publish(version: int, at: datetime) -> None:
        row = {"digest": "d", "manifest": {}, "published_at": at, "published_by": None, "note": ""}
        session.add(ItemVersion(item="road", version=version, **row))

    with database.transaction("*") as session:
        session.add(Item(code="road", current=None))
        session.flush()
        publish(1, now - timedelta(minutes=1))  # before the webhook was there
        publish(2, now + timedelta(minutes=1))
    later = now + timedelta(minutes=2)
    with database.transaction("*", ["330300"]) as session:
        assert delivery.tenants_told_of_items(session, later) == ["330300"]
    made = []
    for _ in range(2):
        with database.transaction("330300") as session:
            made.append(delivery.announce_items(session, "330300", later))
    assert made == [1, 0]
    delivery.deliver(database, "330300", later, receiver)
    [message] = receiver.taken
    assert (message.data["item"], message.data["version"]) == ("road", 2)
    assert isinstance(message.id, UUID)
    assert json.dumps(dict(message.data))


def test_the_record_says_where_messages_go(database: Database, now: datetime, register) -> None:
    """The host: the rest of an address may be a secret of its own."""
    made = register(url="https://first.example.org/a-secret-path")
    with database.transaction("330300") as session:
        given = {"events": made.events, "description": "", "active": True, "rules": RULES, "now": now}
        webhooks.change(session, ADMIN, made.id, url="https://second.example.org:8443/x?key=y", **given)
        acts = history(session, "330300", made.id)
    assert [act.data["host"] for act in acts] == ["first.example.org", "second.example.org"]
    assert "secret" not in str(acts)
