"""The outbox: at least once, in effect once, and what fails ends where an operator sees it."""

import signal
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.audit.models import AuditEntry
from app.identity.types import Actor
from app.kernel.database import Database
from app.kernel.errors import Forbidden
from app.kernel.ids import new_id
from app.notices import operations, queries
from app.notices.errors import NoIncident, NotFailed
from app.notices.models import Notice, Outbox
from app.notices.operations import FIRST_PAUSE, LEASE, LONGEST_PAUSE, MOST_ATTEMPTS, dispatch, enqueue, pause
from app.notices.types import Finish, OutboxRow

OPERATOR = Actor(
    account_id=new_id(),
    username="operator",
    name="operator",
    kind="staff",
    source="cli",
    tenant="330300",
    permissions=frozenset({"incident.retry"}),
)


def put(database: Database, tenant: str, case_id: UUID, now: datetime, operation: str = "work") -> UUID:
    with database.transaction(tenant) as session:
        return enqueue(session, tenant, case_id, operation, {"kind": "grant"}, now)


def row(database: Database, tenant: str, key: UUID) -> Outbox:
    with database.transaction(tenant) as session:
        return session.get_one(Outbox, (tenant, key))


def writes_a_notice(_database: Database, taken: OutboxRow, now: datetime) -> Finish:
    def finish(session: Session) -> None:
        params = {"code": "X", "title": "路"}
        to = {"accounts": [taken.id]}
        operations.tell(session, taken.tenant, taken.case_id, template="case-granted", params=params, now=now, **to)

    return finish


def notices(database: Database, tenant: str) -> int:
    with database.transaction(tenant) as session:
        return session.scalar(select(func.count()).select_from(Notice)) or 0


def fails(_database: Database, _row: OutboxRow, _now: datetime) -> None:
    raise ConnectionRefusedError(111, "Connection refused")


def test_work_is_done_with_its_effects(database: Database, tenant: str, kept_case: UUID, now: datetime) -> None:
    key = put(database, tenant, kept_case, now)
    seen: list[OutboxRow] = []

    def handler(opened: Database, taken: OutboxRow, at: datetime) -> Finish:
        seen.append(taken)
        return writes_a_notice(opened, taken, at)

    assert dispatch(database, tenant, now, {"work": handler}) == 1
    assert dispatch(database, tenant, now + timedelta(days=1), {"work": handler}) == 0
    assert seen == [OutboxRow(tenant, key, kept_case, "work", {"kind": "grant"}, 1)]
    done = row(database, tenant, key)
    assert (done.state, done.finished_at, done.attempts, done.error) == ("done", now, 1, None)
    assert notices(database, tenant) == 1


def test_nothing_is_locked_while_the_work_goes_on(
    database: Database, tenant: str, kept_case: UUID, now: datetime
) -> None:
    key = put(database, tenant, kept_case, now)

    def handler(opened: Database, taken: OutboxRow, _at: datetime) -> None:
        with opened.transaction(taken.tenant) as session:
            session.execute(select(Outbox).where(Outbox.id == key).with_for_update(nowait=True))

    assert dispatch(database, tenant, now, {"work": handler}) == 1
    assert row(database, tenant, key).state == "done"


def test_work_of_the_future_and_of_other_offices_is_left(
    database: Database, tenant: str, kept_case: UUID, now: datetime
) -> None:
    put(database, tenant, kept_case, now + timedelta(seconds=1))
    assert dispatch(database, tenant, now, {"work": writes_a_notice}) == 0
    assert dispatch(database, "330302", now + timedelta(days=1), {"work": writes_a_notice}) == 0
    with database.transaction("330302", [tenant]) as session:
        assert queries.tenants_due(session, now) == []
        assert queries.tenants_due(session, now + timedelta(seconds=1)) == [tenant]


def test_what_fails_is_tried_again_ever_later_and_ends_as_an_incident(
    database: Database, tenant: str, kept_case: UUID, now: datetime
) -> None:
    key = put(database, tenant, kept_case, now)
    at = now
    for attempt in range(1, MOST_ATTEMPTS):
        assert dispatch(database, tenant, at, {"work": fails}) == 1
        waiting = row(database, tenant, key)
        assert (waiting.state, waiting.attempts) == ("pending", attempt)
        assert waiting.run_at == at + pause(attempt)
        assert str(waiting.error).startswith("ConnectionRefusedError: Connection refused\n")
        assert dispatch(database, tenant, waiting.run_at - timedelta(seconds=1), {"work": fails}) == 0
        at = waiting.run_at
    assert dispatch(database, tenant, at, {"work": fails}) == 1
    assert row(database, tenant, key).state == "failed"
    assert dispatch(database, tenant, at + timedelta(days=9), {"work": fails}) == 0
    with database.transaction(tenant) as session:
        assert [incident.id for incident in queries.incidents(session, tenant)] == [key]
        recorded = session.scalars(select(AuditEntry)).all()
    assert [(entry.chain, entry.tag, entry.actor) for entry in recorded] == [
        (kept_case, "ticker:incident:raised", "system")
    ]
    assert str(key) in recorded[0].data


def test_pauses_double_up_to_an_hour() -> None:
    assert [pause(attempt) / FIRST_PAUSE for attempt in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert pause(30) == LONGEST_PAUSE


def test_what_a_failed_end_wrote_is_gone(database: Database, tenant: str, kept_case: UUID, now: datetime) -> None:
    key = put(database, tenant, kept_case, now)

    def handler(opened: Database, taken: OutboxRow, at: datetime) -> Finish:
        write = writes_a_notice(opened, taken, at)

        def finish(session: Session) -> None:
            write(session)
            raise ValueError("张三")

        return finish

    assert dispatch(database, tenant, now, {"work": handler}) == 1
    assert notices(database, tenant) == 0
    failed = row(database, tenant, key)
    assert failed.state == "pending"
    assert "张三" not in str(failed.error)


def test_one_failure_does_not_stop_the_others(database: Database, tenant: str, kept_case: UUID, now: datetime) -> None:
    bad = put(database, tenant, kept_case, now, "bad")
    unknown = put(database, tenant, kept_case, now, "dance")
    good = put(database, tenant, kept_case, now)
    assert dispatch(database, tenant, now, {"work": writes_a_notice, "bad": fails}) == 3
    assert [row(database, tenant, key).state for key in (bad, unknown, good)] == ["pending", "pending", "done"]
    assert "Nothing here knows how to do" in str(row(database, tenant, unknown).error)


def test_a_retried_incident_has_all_its_tries_again(
    database: Database, tenant: str, kept_case: UUID, now: datetime
) -> None:
    key = put(database, tenant, kept_case, now)
    for day in range(MOST_ATTEMPTS):
        dispatch(database, tenant, now + timedelta(days=day), {"work": fails})
    later = now + timedelta(days=30)
    with database.transaction(tenant) as session:
        operations.retry(session, OPERATOR, key, later)
    again = row(database, tenant, key)
    assert (again.state, again.attempts, again.run_at) == ("pending", 0, later)
    assert dispatch(database, tenant, later, {"work": writes_a_notice}) == 1
    assert (row(database, tenant, key).state, row(database, tenant, key).error) == ("done", None)
    with database.transaction(tenant) as session:
        tags = session.scalars(select(AuditEntry.tag).order_by(AuditEntry.seq)).all()
    assert tags == ["ticker:incident:raised", "cli:incident:retried"]


def test_only_an_operator_retries_and_only_what_failed(
    database: Database, tenant: str, kept_case: UUID, now: datetime
) -> None:
    key = put(database, tenant, kept_case, now)
    clerk = Actor(account_id=new_id(), username="c", name="c", kind="staff", source="web", tenant=tenant)
    with database.transaction(tenant) as session:
        with pytest.raises(NotFailed):
            operations.retry(session, OPERATOR, key, now)
        with pytest.raises(NoIncident):
            operations.retry(session, OPERATOR, new_id(), now)
        with pytest.raises(Forbidden):
            operations.retry(session, clerk, key, now)


def test_two_dispatchers_share_the_work(database: Database, tenant: str, kept_case: UUID, now: datetime) -> None:
    keys = {put(database, tenant, kept_case, now) for _ in range(40)}
    done: Counter[UUID] = Counter()
    start = Barrier(4)

    def handler(opened: Database, taken: OutboxRow, at: datetime) -> Finish:
        done[taken.id] += 1
        return writes_a_notice(opened, taken, at)

    def work() -> int:
        start.wait()
        return dispatch(database, tenant, now, {"work": handler}, limit=100)

    with ThreadPoolExecutor(4) as pool:
        taken = [each.result() for each in [pool.submit(work) for _ in range(4)]]
    assert sum(taken) == 40
    assert done == Counter(keys)
    assert notices(database, tenant) == 40


def test_who_outlasts_the_lease_writes_nothing(database: Database, tenant: str, kept_case: UUID, now: datetime) -> None:
    key = put(database, tenant, kept_case, now)

    def slow(opened: Database, taken: OutboxRow, at: datetime) -> Finish:
        assert dispatch(opened, tenant, now + LEASE - timedelta(seconds=1), {"work": writes_a_notice}) == 0
        assert dispatch(opened, tenant, now + LEASE, {"work": writes_a_notice}) == 1
        return writes_a_notice(opened, taken, at)

    assert dispatch(database, tenant, now, {"work": slow}) == 1
    finished = row(database, tenant, key)
    assert (finished.state, finished.attempts, finished.finished_at) == ("done", 2, now + LEASE)
    assert notices(database, tenant) == 1


def test_who_fails_after_the_lease_changes_nothing(
    database: Database, tenant: str, kept_case: UUID, now: datetime
) -> None:
    key = put(database, tenant, kept_case, now)

    def slow(opened: Database, _taken: OutboxRow, _at: datetime) -> None:
        dispatch(opened, tenant, now + LEASE, {"work": writes_a_notice})
        raise TimeoutError

    dispatch(database, tenant, now, {"work": slow})
    assert (row(database, tenant, key).state, row(database, tenant, key).error) == ("done", None)


KILLED = """
import os, signal, sys
from datetime import datetime
from app.kernel.database import Database
from app.notices.operations import dispatch

def handler(database, row, now):
    if sys.argv[4] == "at work":
        os.kill(os.getpid(), signal.SIGKILL)
    def finish(session):
        session.connection().exec_driver_sql("UPDATE notice SET read_at = now()")
        os.kill(os.getpid(), signal.SIGKILL)
    return finish

dispatch(Database(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3]), {"work": handler})
"""


@pytest.mark.parametrize("moment", ["at work", "at the end"])
def test_the_row_of_a_killed_dispatcher_comes_back_after_its_lease(
    database: Database, tenant: str, kept_case: UUID, now: datetime, moment: str
) -> None:
    key = put(database, tenant, kept_case, now)
    url = database.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, url, tenant, now.isoformat(), moment])
    assert killed.returncode == -signal.SIGKILL
    assert dispatch(database, tenant, now, {"work": writes_a_notice}) == 0
    assert dispatch(database, tenant, now + LEASE, {"work": writes_a_notice}) == 1
    assert (row(database, tenant, key).state, row(database, tenant, key).attempts) == ("done", 2)
    assert notices(database, tenant) == 1


def test_what_kills_every_worker_ends_as_an_incident(
    database: Database, tenant: str, kept_case: UUID, now: datetime
) -> None:
    key = put(database, tenant, kept_case, now)

    def dies(_database: Database, _row: OutboxRow, _at: datetime) -> None:
        raise KeyboardInterrupt

    at = now
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(KeyboardInterrupt):
            dispatch(database, tenant, at, {"work": dies})
        at += LEASE
    assert dispatch(database, tenant, at, {"work": dies}) == 1
    lost = row(database, tenant, key)
    assert lost.state == "failed"
    assert str(lost.error).startswith("WorkerLost (worker-lost)")
