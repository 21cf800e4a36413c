"""The jobs. Each asks without locks which jurisdictions have work, then works in one of them at a time.

What fails in one jurisdiction, or in one case, keeps nobody else waiting. A case that fails for a reason that will not
pass by itself is parked, where an operator sees it and can set it going again.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.administration import handover
from app.audit import operations as audit
from app.cases import lights, recounting, services, timers
from app.deadlines import queries as deadlines
from app.kernel import idempotency
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.materials import operations as materials
from app.notices import delivery, webhooks
from app.notices import operations as notices
from app.notices import queries as outbox
from app.notices.faults import describe
from app.office import Office
from app.studio import moving, what_if
from app.supervision import operations as supervision

BATCH = 500
"""Lights raised in one transaction."""

REPLAYS = 20
"""Transactions in which cases of one jurisdiction are replayed before the next has its turn."""
MOVED_TOGETHER = 50
"""Cases that are moved between two looks at the clock."""

DELIVERIES_KEPT = timedelta(days=30)
"""How long one can look at what was sent to a webhook."""

log = structlog.get_logger(__name__)

Tenants = Callable[[Session, datetime], Iterable[str]]


def raise_lights(office: Office) -> None:
    """Raise the lights that are due."""
    for tenant, now in _with_work(office, deadlines.tenants_due):
        with _alone("lights", tenant):
            _raise_in(office, tenant, now)


def open_entries(office: Office) -> None:
    """Open supervision entries for red lights, close those whose light is no longer true."""
    for tenant, now in _with_work(office, _all(office)):
        with _alone("entries", tenant):
            moved = BATCH
            while moved >= BATCH:
                with office.database.transaction(tenant) as session:
                    moved = supervision.open_entries(session, tenant, now, BATCH)


def fire_timers(office: Office) -> None:
    """Fire the timers of diagrams that are due."""
    for tenant, now in _with_work(office, timers.tenants_due):
        with _alone("timers", tenant):
            _fire_in(office, tenant, now)


def do_outbox(office: Office) -> None:
    """Do the work that waits for after the commit."""
    handlers = services.handlers(office.store, office.settings.public_url)
    for tenant, now in _with_work(office, outbox.tenants_due):
        with _alone("outbox", tenant):
            notices.dispatch(office.database, tenant, now, handlers)


def deliver_webhooks(office: Office) -> None:
    """Send what webhooks are to know."""
    for tenant, now in _with_work(office, delivery.tenants_due):
        with _alone("webhooks", tenant):
            send = delivery.sender(office.settings.secret_key, office.webhook_rules, real_now())
            delivery.deliver(office.database, tenant, now, send)


def announce_items(office: Office) -> None:
    """Let webhooks know of items that were published."""
    for tenant, now in _with_work(office, delivery.tenants_told_of_items):
        with _alone("items", tenant), office.database.transaction(tenant) as session:
            delivery.announce_items(session, tenant, now)


def recount(office: Office) -> None:
    """Compute open deadlines anew after a calendar changed."""
    found = _with_work(office, recounting.tenants_due)
    for tenant, now in found:
        with _alone("recount", tenant):
            left = True
            while left:
                with office.database.transaction(tenant) as session:
                    left = recounting.carry_on(session, tenant, now)
    if found:
        with _alone("recount", GLOBAL_TENANT), office.database.transaction(GLOBAL_TENANT) as session:
            recounting.finish(session, found[0][1])


def hand_over(office: Office) -> None:
    """Hand over what those held whose time at a post has ended."""
    for tenant, now in _with_work(office, handover.tenants_due):
        with _alone("handover", tenant), office.database.transaction(tenant) as session:
            handover.hand_over_due(session, tenant, now)


def move_cases(office: Office) -> None:
    """Move running cases to the version that somebody said, each in a transaction of its own."""
    for tenant, _ in _with_work(office, moving.tenants_due):
        with _alone("moving", tenant):
            mover = moving.Mover()
            left = True
            while left:
                with office.database.transaction(tenant) as session:
                    now = office.now(session)  # thousands take minutes: each case is moved when it is moved
                    waiting = moving.due(session, tenant, MOVED_TOGETHER)
                left = sum(_move_in(office, mover, tenant, *which, now) for which in waiting) > 0
            with office.database.transaction(tenant) as session:
                moving.finish(session, tenant, office.now(session))


def replay(office: Office) -> None:
    """Replay concluded cases on the versions that somebody asked about."""
    for tenant, now in _with_work(office, what_if.tenants_due):
        with _alone("what-if", tenant):
            for _turn in range(REPLAYS):
                if not _replay_in(office, tenant, now):
                    break


def seal(office: Office) -> None:
    """Seal the record. The log keeps the seals, so that a record rewritten with all its seals would be seen."""
    for tenant, _ in _with_work(office, _all(office)):
        with _alone("seal", tenant), office.database.transaction(tenant) as session:
            made = audit.seal(session, tenant, real_now())
        if made is not None:
            log.info("audit.sealed", tenant=made.tenant, seq=made.seq, hash=made.hash.hex())


def prune(office: Office) -> None:
    """Remove idempotency keys that nobody repeats any more, and files that no row names."""
    for tenant, _ in _with_work(office, _all(office)):
        with _alone("prune", tenant), office.database.transaction(tenant) as session:
            idempotency.forget(session, tenant, real_now())
            materials.sweep(session, office.store, tenant, real_now())
            webhooks.forget(session, tenant, real_now() - DELIVERIES_KEPT)


def _with_work(office: Office, which: Tenants) -> list[tuple[str, datetime]]:
    """The jurisdictions in which there is something to do, and what time it is."""
    with office.database.transaction(GLOBAL_TENANT, office.tenants) as session:
        now = office.now(session)
        return [(tenant, now) for tenant in which(session, now)]


def _all(office: Office) -> Tenants:
    return lambda _session, _now: (GLOBAL_TENANT, *office.tenants)


@contextmanager
def _alone(job: str, tenant: str) -> Iterator[None]:
    """What fails inside is logged and keeps no other jurisdiction waiting."""
    try:
        yield
    except Exception as error:
        log.error("job.failed", job=job, tenant=tenant, error=describe(error))


def _raise_in(office: Office, tenant: str, now: datetime) -> None:
    raised = BATCH
    while raised >= BATCH:
        with office.database.transaction(tenant) as session:
            raised = lights.raise_due(session, tenant, now, BATCH)


def _fire_in(office: Office, tenant: str, now: datetime) -> None:
    """Each case in a transaction of its own. One that fails is parked, unless the database itself was in the way."""
    with office.database.transaction(tenant) as session:
        cases = timers.due_cases(session, tenant, now, BATCH)
    for case_id in cases:
        try:
            with office.database.transaction(tenant) as session:
                timers.fire_in(session, tenant, case_id, now)
        except OperationalError as error:
            log.warning("timers.put-off", tenant=tenant, case=str(case_id), error=describe(error))
        except Exception as error:
            log.error("timers.parked", tenant=tenant, case=str(case_id), error=describe(error))
            with office.database.transaction(tenant) as session:
                timers.park(session, tenant, case_id, now, describe(error))


def _move_in(office: Office, mover: moving.Mover, tenant: str, batch_id: UUID, case_id: UUID, now: datetime) -> bool:
    """One case of a batch; whether anything became of it. One that fails is set aside, but for the database's fault."""
    try:
        with office.database.transaction(tenant) as session:
            return mover.move_one(session, tenant, batch_id, case_id, now)
    except OperationalError as error:
        log.warning("moving.put-off", tenant=tenant, case=str(case_id), error=describe(error))
        return False
    except Exception as error:
        log.error("moving.parked", tenant=tenant, case=str(case_id), error=describe(error))
        with office.database.transaction(tenant) as session:
            moving.park(session, tenant, batch_id, case_id, now, describe(error))
        return True


def _replay_in(office: Office, tenant: str, now: datetime) -> bool:
    """The next cases of a question. One that fails is ended with its reason, but for the database's fault."""
    try:
        with office.database.transaction(tenant) as session:
            return what_if.carry_on(session, tenant, now)
    except OperationalError as error:
        log.warning("what-if.put-off", tenant=tenant, error=describe(error))
        return False
    except Exception as error:
        log.error("what-if.given-up", tenant=tenant, error=describe(error))
        with office.database.transaction(tenant) as session:
            what_if.give_up(session, tenant, now, describe(error))
        return True
