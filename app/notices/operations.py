"""Verbs: tell people, put work into the outbox, do it, try again what failed.

How a piece of work is done (`dispatch`):

1. take one due row, first by run_at: count the try and move run_at to the end of a lease; commit;
2. run the handler: no transaction, no lock;
3. in one transaction: run what the handler returned, and mark the row done if the try is still ours;
4. on an error note it and when to try again, or, after the last try, leave it as an incident.

The number of the try is the fence: whoever finds that the row was taken again (its lease ran out) rolls back.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.identity.acts import record_act
from app.identity.types import SYSTEM, Actor
from app.kernel.database import Base, Database
from app.kernel.ids import new_id
from app.kernel.time import instant
from app.notices.errors import NoIncident, NotFailed, UnknownOperation, WorkerLost
from app.notices.faults import describe
from app.notices.models import Notice, Outbox
from app.notices.queries import addressed_to
from app.notices.templates import checked
from app.notices.types import Finish, Handler, Message, OutboxRow

LEASE: Final = timedelta(minutes=10)
"""How long a taken row belongs to its taker. Work that may take longer is to be cut into pieces."""

FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=1)
MOST_ATTEMPTS: Final = 6

log = structlog.get_logger(__name__)
_notice = Base.metadata.tables[Notice.__tablename__]
_outbox = Base.metadata.tables[Outbox.__tablename__]


def tell(
    session: Session,
    tenant: str,
    case_id: UUID | None,
    *,
    template: str,
    params: Mapping[str, Any],
    now: datetime,
    accounts: Iterable[UUID] = (),
    posts: Iterable[str] = (),
) -> list[UUID]:
    """Tell each of `accounts`, and whoever holds one of `posts`, something about a case; returns the notices' ids.

    What is about the office itself (`case_id` None) is told to posts only.

    `params` fill the template (app/notices/templates.py): plain values, a name as {"zh": …, "en": …}, an instant
    under a name that ends in `_at`. Raises UnknownTemplate, MissingParams: mistakes of the caller.
    """
    message = Message(case_id=case_id, template=template, params=params, accounts=tuple(accounts), posts=tuple(posts))
    return tell_many(session, tenant, [message], now)


def tell_many(session: Session, tenant: str, messages: Iterable[Message], now: datetime) -> list[UUID]:
    """What `tell` does, for many messages in one statement."""
    rows = [row for message in messages for row in _notices(tenant, message, instant(now))]
    if rows:
        session.execute(insert(_notice), rows)
    return [row["id"] for row in rows]


def _notices(tenant: str, message: Message, now: datetime) -> Iterator[dict[str, Any]]:
    """One row for each recipient; somebody named twice is told once."""
    shared = {
        "tenant": tenant,
        "case_id": message.case_id,
        "template": message.template,
        "params": checked(message.template, message.params),
        "created_at": now,
    }
    for account in dict.fromkeys(message.accounts):
        yield {**shared, "id": new_id(), "account_id": account, "post": None}
    for post in dict.fromkeys(message.posts):
        yield {**shared, "id": new_id(), "account_id": None, "post": post}


def mark_read(session: Session, tenant: str, actor: Actor, ids: Iterable[UUID], now: datetime) -> int:
    """Mark the actor's own notices, and those to posts that they hold in `tenant`, as read; returns how many were new.

    A notice to a post is read for all who hold it: one of them has it in hand.
    """
    changed = session.execute(
        update(Notice)
        .where(Notice.tenant == tenant, Notice.id.in_(list(ids)), Notice.read_at.is_(None), addressed_to(actor))
        .values(read_at=instant(now))
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return len(changed.all())


def enqueue(
    session: Session,
    tenant: str,
    case_id: UUID,
    operation: str,
    params: Mapping[str, Any],
    now: datetime,
    id: UUID | None = None,  # noqa: A002 — the row's own word
) -> UUID:
    """Put work into the outbox, to be done once this transaction has committed; returns the row's id.

    `params` are JSON and name things by id: no personal data, since an operator reads them.
    """
    key = id or new_id()
    moment = instant(now)
    session.execute(
        insert(_outbox),
        {
            "tenant": tenant,
            "id": key,
            "case_id": case_id,
            "operation": operation,
            "params": dict(params),
            "state": "pending",
            "run_at": moment,
            "created_at": moment,
        },
    )
    return key


def dispatch(database: Database, tenant: str, now: datetime, handlers: Mapping[str, Handler], limit: int = 20) -> int:
    """Do up to `limit` pieces of due work of one tenant; returns how many were taken, failed ones included.

    Any number of processes may call this at once. All of the batch should end within LEASE.
    """
    moment = instant(now)
    taken = 0
    while taken < limit and (row := _take(database, tenant, moment)):
        taken += 1
        try:
            _finish(database, row, moment, _work(database, row, moment, handlers))
        except Exception as error:
            _fail(database, row, moment, error)
    return taken


def retry(session: Session, actor: Actor, id: UUID, now: datetime) -> None:  # noqa: A002 — the row's own word
    """Set an incident going again, with all its tries. Raises Forbidden, NoIncident, NotFailed."""
    actor.require("incident.retry")
    found = session.execute(
        select(Outbox.case_id, Outbox.operation, Outbox.state)
        .where(Outbox.tenant == actor.tenant, Outbox.id == id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NoIncident(key=id)
    if found.state != "failed":
        raise NotFailed(state=found.state)
    session.execute(
        update(_outbox)
        .where(_outbox.c.tenant == actor.tenant, _outbox.c.id == id)
        .values(state="pending", attempts=0, run_at=instant(now))
    )
    data = {"outbox": str(id), "operation": found.operation}
    record_act(session, actor, actor.tenant, found.case_id, now, "incident:retried", data)


def pause(attempts: int) -> timedelta:
    """How long to wait after the try with this number failed: 30 s, doubled each time, at most an hour."""
    return min(FIRST_PAUSE * (1 << (attempts - 1)), LONGEST_PAUSE)


def _take(database: Database, tenant: str, now: datetime) -> OutboxRow | None:
    due = (
        select(_outbox.c.id)
        .where(_outbox.c.tenant == tenant, _outbox.c.state == "pending", _outbox.c.run_at <= now)
        .order_by(_outbox.c.run_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    with database.transaction(tenant) as session:
        row = session.execute(
            update(_outbox)
            .where(_outbox.c.tenant == tenant, _outbox.c.id == due)
            .values(run_at=now + LEASE, attempts=_outbox.c.attempts + 1)
            .returning(
                _outbox.c.tenant,
                _outbox.c.id,
                _outbox.c.case_id,
                _outbox.c.operation,
                _outbox.c.params,
                _outbox.c.attempts,
            )
        ).one_or_none()
    return OutboxRow(*row) if row else None


def _work(database: Database, row: OutboxRow, now: datetime, handlers: Mapping[str, Handler]) -> Finish | None:
    if row.attempts > MOST_ATTEMPTS:
        raise WorkerLost()
    handler = handlers.get(row.operation)
    if handler is None:
        raise UnknownOperation(operation=row.operation)
    return handler(database, row, now)


class _Overtaken(Exception):
    """The lease ran out and somebody else took the row: what this try wrote is rolled back."""


def _finish(database: Database, row: OutboxRow, now: datetime, finish: Finish | None) -> None:
    try:
        with database.transaction(row.tenant) as session:
            if finish:
                finish(session)
                session.flush()
            if not _settle(session, row, state="done", finished_at=now, error=None):
                raise _Overtaken
    except _Overtaken:
        log.warning("outbox.overtaken", tenant=row.tenant, id=str(row.id), operation=row.operation)


def _fail(database: Database, row: OutboxRow, now: datetime, error: Exception) -> None:
    text = describe(error)
    final = row.attempts >= MOST_ATTEMPTS
    log.warning("outbox.failed", tenant=row.tenant, id=str(row.id), operation=row.operation, error=text, final=final)
    with database.transaction(row.tenant) as session:
        if not final:
            _settle(session, row, run_at=now + pause(row.attempts), error=text)
        elif _settle(session, row, state="failed", error=text):
            data = {"outbox": str(row.id), "operation": row.operation, "attempts": row.attempts}
            record_act(session, SYSTEM, row.tenant, row.case_id, now, "incident:raised", data)


def _settle(session: Session, row: OutboxRow, **values: Any) -> bool:
    """Write the outcome of this try, unless another try has begun since."""
    changed = session.execute(
        update(_outbox)
        .where(
            _outbox.c.tenant == row.tenant,
            _outbox.c.id == row.id,
            _outbox.c.state == "pending",
            _outbox.c.attempts == row.attempts,
        )
        .values(**values)
        .returning(_outbox.c.id)
    )
    return changed.one_or_none() is not None


__all__ = ["dispatch", "enqueue", "mark_read", "pause", "retry", "tell", "tell_many"]
