"""Recording acts: one round trip, sound chains, also when several write at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy.exc import DBAPIError

from app.audit.operations import record, record_many, refuse
from app.audit.queries import history
from app.audit.types import Act
from app.audit.verification import verify
from app.kernel.ids import new_id
from tests.statements import sent_statements

NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)
CLERK = new_id()


def act(chain: UUID, number: int = 0) -> Act:
    return Act(
        chain=chain, at=NOW, actor_id=CLERK, actor="zhang.wei", tag="window:case:received", data={"number": number}
    )


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements sent meanwhile, but for savepoints."""
    with sent_statements() as sent:
        yield sent
        sent[:] = [statement for statement in sent if "SAVEPOINT" not in statement]


def test_what_was_recorded_is_read_back(session, tenant):
    chain, step = new_id(), new_id()
    for tag in ("window:case:received", "desk:step:claimed"):
        record(
            session,
            tenant,
            chain,
            at=NOW,
            actor_id=CLERK,
            actor="zhang.wei",
            tag=tag,
            data={"step": step, "名": "绿灯"},
        )
    acts = history(session, tenant, chain)
    assert [(found.seq, found.tag) for found in acts] == [(1, "window:case:received"), (2, "desk:step:claimed")]
    assert {(found.chain, found.at, found.actor_id, found.actor) for found in acts} == {
        (chain, NOW, CLERK, "zhang.wei")
    }
    assert acts[0].data == {"step": str(step), "名": "绿灯"}
    assert list(verify(session, tenant)) == []


def test_an_act_of_the_office_itself_has_no_actor_id(session, tenant):
    chain = new_id()
    record(session, tenant, chain, at=NOW, actor_id=None, actor="system", tag="ticker:light:raised", data={})
    assert history(session, tenant, chain)[0].actor_id is None
    assert list(verify(session, tenant)) == []


@pytest.mark.parametrize("present", [False, True], ids=["first act", "later act"])
def test_recording_is_one_round_trip(session, tenant, connection, present):
    chain = new_id()
    if present:
        record_many(session, tenant, [act(chain)])
    with statements() as sent:
        record(session, tenant, chain, at=NOW, actor_id=None, actor="system", tag="ticker:light:raised", data={})
    assert len(sent) == 1


def test_five_hundred_acts_are_one_statement(session, tenant, connection):
    chains = [new_id() for _ in range(500)]
    record_many(session, tenant, [act(chain) for chain in chains[:250]])
    with statements() as sent:
        record_many(session, tenant, [act(chain, 1) for chain in reversed(chains)])
    assert len(sent) == 1
    assert [len(history(session, tenant, chain)) for chain in chains] == [2] * 250 + [1] * 250
    assert list(verify(session, tenant)) == []


def test_several_acts_on_one_chain_keep_their_order(session, tenant):
    one, other = new_id(), new_id()
    record_many(session, tenant, [act(one, 1), act(other, 2), act(one, 3), act(one, 4), act(other, 5)])
    assert [found.data["number"] for found in history(session, tenant, one)] == [1, 3, 4]
    assert [found.data["number"] for found in history(session, tenant, other)] == [2, 5]
    assert list(verify(session, tenant)) == []


def test_nothing_to_record_asks_nothing(session, tenant, connection):
    with statements() as sent:
        record_many(session, tenant, [])
    assert sent == []


@pytest.mark.parametrize("tag", ["claimed", "desk:step", "desk:step:claimed:twice"])
def test_a_tag_of_another_form_is_refused(session, tenant, tag):
    with pytest.raises(ValueError, match="source:subject:action"):
        record(session, tenant, new_id(), at=NOW, actor_id=None, actor="system", tag=tag, data={})


def test_a_refusal_outlives_the_roll_back(database, tenant):
    chain = new_id()

    def refused() -> None:
        with database.transaction(tenant) as session:
            record_many(session, tenant, [act(chain)])
            raise LookupError

    with pytest.raises(LookupError):
        refused()
    refuse(
        database, tenant, chain, at=NOW, actor_id=CLERK, actor="zhang.wei", tag="api:step:refused", data={"error": "x"}
    )
    with database.transaction(tenant) as session:
        assert [found.tag for found in history(session, tenant, chain)] == ["api:step:refused"]
        assert list(verify(session, tenant)) == []


def test_eight_at_once_leave_an_unbroken_chain(database, tenant):
    """Single acts and sweeps, on a chain that does not exist when they start."""
    chain, others = new_id(), [new_id() for _ in range(3)]
    start = threading.Barrier(8)
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            start.wait()
            for turn in range(10):
                with database.transaction(tenant) as session:
                    if number % 2:
                        record_many(session, tenant, [act(found, turn) for found in [chain, *others]])
                    else:
                        record(
                            session,
                            tenant,
                            chain,
                            at=NOW,
                            actor_id=None,
                            actor="system",
                            tag="ticker:light:raised",
                            data={"worker": number, "turn": turn},
                        )
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with database.transaction(tenant) as session:
        acts = history(session, tenant, chain)
        assert [found.seq for found in acts] == list(range(1, 81))
        assert [len(history(session, tenant, other)) for other in others] == [40] * 3
        assert list(verify(session, tenant)) == []
        turns = [found.data["turn"] for found in acts if found.data.get("worker") == 0]
        assert turns == list(range(10))


def test_two_tenants_do_not_see_each_others_record(database):
    chain = new_id()
    for tenant in ("330301", "330302"):
        with database.transaction(tenant) as session:
            record_many(session, tenant, [act(chain)])
    with database.transaction("330301") as session:
        assert len(history(session, "330301", chain)) == 1
        assert history(session, "330302", chain) == []
    with database.transaction("330301", reads=["330302"]) as session:
        assert len(history(session, "330302", chain)) == 1
        assert list(verify(session, "330302")) == []


def test_nobody_writes_into_another_tenants_record(database):
    def cross(write) -> None:
        with database.transaction("330301", reads=["330302"]) as session:
            write(session, "330302")

    chain = new_id()
    with pytest.raises(DBAPIError, match="row-level security"):
        cross(lambda session, tenant: record_many(session, tenant, [act(chain)]))
    with pytest.raises(DBAPIError, match="row-level security"):
        cross(
            lambda session, tenant: record(
                session, tenant, chain, at=NOW, actor_id=None, actor="system", tag="ticker:light:raised", data={}
            )
        )


def test_what_is_recorded_is_not_changed_even_by_mistake(session, tenant):
    record_many(session, tenant, [act(new_id())])
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.connection().exec_driver_sql("UPDATE audit SET tag = 'desk:step:forgotten'")
