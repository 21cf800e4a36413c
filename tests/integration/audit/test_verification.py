"""An attacker who owns the database: row-level security and triggers off, any SQL. What does the proof say?"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.audit import rules
from app.audit.operations import record_many, seal
from app.audit.types import Act, Fault, Seal, Wrong
from app.audit.verification import verify
from app.kernel.database import enter_tenant
from app.kernel.ids import new_id

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TENANT, OTHER = "330300", "330301"
A, B, C = (UUID(int=number) for number in (10, 11, 12))
TABLES = ("audit", "audit_chain", "audit_seal")


def act(chain: UUID, number: int) -> Act:
    return Act(
        chain=chain,
        at=NOW + timedelta(minutes=number),
        actor_id=UUID(int=7),
        actor="zhang.wei",
        tag="desk:step:completed",
        data={"number": number},
    )


@pytest.fixture
def seals(session: Session) -> list[Seal]:
    """Three chains: A with five acts, sealed at three; B with three, sealed; C with two, never sealed. Three seals."""
    record_many(session, TENANT, [act(A, n) for n in (1, 2, 3)])
    kept = [seal(session, TENANT, NOW + timedelta(hours=1))]
    record_many(session, TENANT, [act(B, n) for n in (1, 2)])
    kept.append(seal(session, TENANT, NOW + timedelta(hours=2)))
    record_many(session, TENANT, [act(B, 3)])
    kept.append(seal(session, TENANT, NOW + timedelta(hours=3)))
    record_many(session, TENANT, [act(A, 4), act(A, 5), act(C, 1), act(C, 2)])
    assert list(verify(session, TENANT, witness=kept, chains=[A, B, C])) == []
    return kept


def attack(session: Session, *statements: str) -> None:
    """Run SQL as the owner of the tables, with everything off that guards them."""
    connection = session.connection()
    for table in TABLES:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER, DISABLE ROW LEVEL SECURITY")
    for statement in statements:
        touched = connection.exec_driver_sql(statement.format(A=A, B=B, C=C)).rowcount
        assert touched, f"the attack touched nothing: {statement}"


def forge(session: Session, chain: UUID, acts: Iterable[Act]) -> None:
    """Write a chain anew from its first row, every hash, the count and the head right."""
    attack(session, f"DELETE FROM audit WHERE chain = '{chain}'")
    before, count = rules.chain_start(TENANT, chain), 0
    for count, forged in enumerate(acts, 1):
        text = rules.data_text(forged.data)
        form = rules.canonical(forged.at, forged.actor_id, forged.actor, forged.tag, text)
        before = rules.linked(before, count, form)
        session.connection().exec_driver_sql(
            "INSERT INTO audit VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (TENANT, chain, count, forged.at, forged.actor_id, forged.actor, forged.tag, text, before),
        )
    session.connection().exec_driver_sql(
        "UPDATE audit_chain SET count = %s, head = %s, sealed = least(sealed, %s) WHERE tenant = %s AND id = %s",
        (count, before, count, TENANT, chain),
    )


def wrongs(session: Session, **known) -> list[tuple[UUID | None, int, Wrong]]:
    """The faults without their tenant, which is always the one that was asked for."""
    found = list(verify(session, TENANT, **known))
    assert {fault.tenant for fault in found} <= {TENANT}
    return [(fault.chain, fault.seq, fault.wrong) for fault in found]


EVERY_COLUMN = {
    "at": "at = at + interval '1 microsecond'",
    "actor": "actor = 'li.na'",
    "actor_id": "actor_id = '00000000-0000-0000-0000-000000000008'",
    "no actor_id": "actor_id = NULL",
    "tag": "tag = 'desk:step:returned'",
    "data": "data = '{{\"number\":9}}'",
    "the same data written otherwise": "data = data || ' '",
    "text moved from one column to the next": "actor = actor || 'd', tag = substr(tag, 2)",
}


@pytest.mark.parametrize("change", EVERY_COLUMN.values(), ids=EVERY_COLUMN.keys())
def test_a_changed_row(session, seals, change):
    attack(session, f"UPDATE audit SET {change} WHERE chain = '{{A}}' AND seq = 2")
    assert wrongs(session) == [(A, 2, Wrong.CHANGED)]


ATTACKS = {
    "a hash changed": (
        ["UPDATE audit SET hash = sha256(hash) WHERE chain = '{A}' AND seq = 4"],
        [(A, 4, Wrong.CHANGED), (A, 5, Wrong.CHANGED)],
    ),
    "a sealed hash changed": (
        ["UPDATE audit SET hash = sha256(hash) WHERE chain = '{A}' AND seq = 3"],
        [(A, 3, Wrong.CHANGED), (A, 4, Wrong.CHANGED), (A, 3, Wrong.REWRITTEN)],
    ),
    "two rows swapped": (
        ["UPDATE audit SET seq = -seq WHERE chain = '{C}'", "UPDATE audit SET seq = 3 + seq WHERE chain = '{C}'"],
        [(C, 1, Wrong.REORDERED), (C, 2, Wrong.REORDERED), (C, 2, Wrong.HEAD)],
    ),
    "a row taken out": (
        ["DELETE FROM audit WHERE chain = '{A}' AND seq = 2"],
        [(A, 2, Wrong.MISSING)],
    ),
    "the first row taken out": (
        ["DELETE FROM audit WHERE chain = '{A}' AND seq = 1"],
        [(A, 1, Wrong.MISSING)],
    ),
    "a sealed row taken out": (
        ["DELETE FROM audit WHERE chain = '{A}' AND seq = 3"],
        [(A, 3, Wrong.MISSING), (A, 3, Wrong.CUT)],
    ),
    "the tail cut": (
        ["DELETE FROM audit WHERE chain = '{A}' AND seq > 3"],
        [(A, 4, Wrong.CUT)],
    ),
    "the tail cut, the count taken back": (
        ["DELETE FROM audit WHERE chain = '{A}' AND seq > 3", "UPDATE audit_chain SET count = 3 WHERE id = '{A}'"],
        [(A, 3, Wrong.HEAD)],
    ),
    "the sealed tail cut, count and head taken back": (
        [
            "DELETE FROM audit WHERE chain = '{A}' AND seq > 2",
            "UPDATE audit_chain SET count = 2, head = audit.hash FROM audit"
            " WHERE id = '{A}' AND audit.chain = id AND audit.seq = 2",
        ],
        [(A, 3, Wrong.CUT)],
    ),
    "the sealed tail cut, all that the chain says of itself taken back": (
        [
            "DELETE FROM audit WHERE chain = '{B}' AND seq > 2",
            "UPDATE audit_chain SET count = 2, sealed = 2, head = audit.hash FROM audit"
            " WHERE id = '{B}' AND audit.chain = id AND audit.seq = 2",
        ],
        [(B, 3, Wrong.CUT), (B, 2, Wrong.UNSEALED)],
    ),
    "the rows of a chain gone": (
        ["DELETE FROM audit WHERE chain = '{C}'"],
        [(C, 1, Wrong.GONE)],
    ),
    "a sealed chain gone, its head too": (
        ["DELETE FROM audit WHERE chain = '{B}'", "DELETE FROM audit_chain WHERE id = '{B}'"],
        [(B, 1, Wrong.GONE)],
    ),
    "count and head gone": (
        ["DELETE FROM audit_chain WHERE id = '{C}'"],
        [(C, 2, Wrong.HEAD)],
    ),
    "a row put in between": (
        [
            "UPDATE audit SET seq = -seq WHERE chain = '{A}' AND seq > 3",
            "UPDATE audit SET seq = 1 - seq WHERE chain = '{A}' AND seq < 0",
            "INSERT INTO audit SELECT tenant, chain, 4, at, actor_id, 'mallory', tag, data,"
            " sha256(hash) FROM audit WHERE chain = '{A}' AND seq = 3",
        ],
        [
            (A, 4, Wrong.CHANGED),
            (A, 5, Wrong.REORDERED),
            (A, 6, Wrong.REORDERED),
            (A, 6, Wrong.SURPLUS),
        ],
    ),
    "a row put behind the last": (
        [
            "INSERT INTO audit SELECT tenant, chain, 6, at, actor_id, 'mallory', tag, data, hash"
            " FROM audit WHERE chain = '{A}' AND seq = 5"
        ],
        [(A, 6, Wrong.CHANGED), (A, 6, Wrong.SURPLUS)],
    ),
    "a row put before the first": (
        [
            "INSERT INTO audit SELECT tenant, chain, 0, at, actor_id, 'mallory', tag, data, hash"
            " FROM audit WHERE chain = '{A}' AND seq = 1"
        ],
        [(A, 0, Wrong.SURPLUS)],
    ),
    "a row moved into another chain": (
        ["UPDATE audit SET chain = '{C}', seq = 3 WHERE chain = '{A}' AND seq = 5"],
        [(A, 5, Wrong.CUT), (C, 3, Wrong.CHANGED), (C, 3, Wrong.SURPLUS)],
    ),
    "a chain given to another case": (
        [
            "UPDATE audit SET chain = '00000000-0000-0000-0000-0000000000ff' WHERE chain = '{C}'",
            "UPDATE audit_chain SET id = '00000000-0000-0000-0000-0000000000ff' WHERE id = '{C}'",
        ],
        [(UUID(int=255), 1, Wrong.CHANGED)],
    ),
    "the head changed": (
        ["UPDATE audit_chain SET head = sha256(head) WHERE id = '{A}'"],
        [(A, 5, Wrong.HEAD)],
    ),
    "the count raised": (
        ["UPDATE audit_chain SET count = 9 WHERE id = '{A}'"],
        [(A, 6, Wrong.CUT)],
    ),
    "the count lowered": (
        ["UPDATE audit_chain SET count = 4 WHERE id = '{A}'"],
        [(A, 5, Wrong.SURPLUS)],
    ),
    "marked as sealed so that no seal comes": (
        ["UPDATE audit_chain SET sealed = count WHERE id = '{C}'"],
        [(C, 2, Wrong.UNSEALED)],
    ),
    "the mark of a seal taken back": (
        ["UPDATE audit_chain SET sealed = 0 WHERE id = '{A}'"],
        [(A, 0, Wrong.UNSEALED)],
    ),
    "a seal's time changed": (
        ["UPDATE audit_seal SET at = at + interval '1 day' WHERE seq = 2"],
        [(None, 2, Wrong.SEAL_CHANGED)],
    ),
    "a sealed head changed in the seal": (
        ["UPDATE audit_seal SET heads = overlay(heads PLACING '\\xff'::bytea FROM 40) WHERE seq = 3"],
        [(None, 3, Wrong.SEAL_CHANGED), (B, 3, Wrong.REWRITTEN)],
    ),
    "a head taken out of a seal": (
        ["UPDATE audit_seal SET heads = '' WHERE seq = 1"],
        [(None, 1, Wrong.SEAL_CHANGED), (A, 3, Wrong.UNSEALED)],
    ),
    "a seal taken out": (
        ["DELETE FROM audit_seal WHERE seq = 2"],
        [(None, 2, Wrong.SEAL_MISSING)],
    ),
    "the first seal taken out": (
        ["DELETE FROM audit_seal WHERE seq = 1"],
        [(None, 1, Wrong.SEAL_MISSING), (A, 3, Wrong.UNSEALED)],
    ),
    "the last seal taken out": (
        ["DELETE FROM audit_seal WHERE seq = 3"],
        [(B, 3, Wrong.UNSEALED)],
    ),
    "all seals taken out": (
        ["DELETE FROM audit_seal"],
        [(A, 3, Wrong.UNSEALED), (B, 3, Wrong.UNSEALED)],
    ),
    "seals swapped": (
        [
            "UPDATE audit_seal SET seq = -seq WHERE seq IN (2, 3)",
            "UPDATE audit_seal SET seq = 5 + seq WHERE seq < 0",
        ],
        [(None, 2, Wrong.SEAL_CHANGED), (None, 3, Wrong.SEAL_CHANGED)],
    ),
}


@pytest.mark.parametrize(("statements", "expected"), ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack(session, seals, statements, expected):
    attack(session, *statements)
    assert wrongs(session) == expected


def test_a_gap_says_how_far_it_reaches(session, seals):
    attack(session, "DELETE FROM audit WHERE chain = '{A}' AND seq IN (2, 3)")
    assert list(verify(session, TENANT)) == [
        Fault(TENANT, A, 2, Wrong.MISSING, 3),
        Fault(TENANT, A, 3, Wrong.CUT),
    ]


def test_a_sealed_chain_rewritten_as_a_whole_is_not_the_one_that_was_sealed(session, seals):
    forge(session, A, [act(A, n) for n in (1, 9, 3, 4, 5)])
    assert wrongs(session) == [(A, 3, Wrong.REWRITTEN)]


def test_sealing_the_forged_chain_again_does_not_hide_it(session, seals):
    forge(session, A, [act(A, n) for n in (1, 9, 3, 4, 5, 6)])
    assert seal(session, TENANT, NOW + timedelta(hours=4))
    assert wrongs(session) == [(A, 3, Wrong.REWRITTEN)]


def test_several_attacks_are_all_told(session, seals):
    attack(
        session,
        "UPDATE audit SET actor = 'li.na' WHERE chain = '{A}' AND seq = 1",
        "DELETE FROM audit WHERE chain = '{B}'",
        "DELETE FROM audit_seal WHERE seq = 1",
    )
    assert wrongs(session) == [
        (None, 1, Wrong.SEAL_MISSING),
        (A, 1, Wrong.CHANGED),
        (B, 1, Wrong.GONE),
        (A, 3, Wrong.UNSEALED),
        (B, 2, Wrong.CUT),
    ]


def test_an_unsealed_chain_that_vanished_is_missed_by_who_knows_the_case(session, seals):
    attack(session, "DELETE FROM audit WHERE chain = '{C}'", "DELETE FROM audit_chain WHERE id = '{C}'")
    assert wrongs(session) == [], "from within nothing tells of it"
    assert wrongs(session, chains=iter([A, B, C])) == [(C, 1, Wrong.GONE)]


def test_a_forged_record_with_forged_seals_is_shown_by_a_seal_kept_elsewhere(session, seals):
    """All is right in itself: chains written anew, seals made again. Only the witness knows better."""
    attack(session, "DELETE FROM audit_seal", "UPDATE audit_chain SET sealed = 0")
    for chain, numbers in ((A, (1, 9, 3, 4, 5)), (B, (1, 2, 3)), (C, (1, 2))):
        forge(session, chain, [act(chain, n) for n in numbers])
    seal(session, TENANT, NOW)
    assert wrongs(session) == []
    assert wrongs(session, witness=seals[:1]) == [(None, 1, Wrong.SEAL_CHANGED)]
    assert wrongs(session, witness=seals[2:]) == [(None, 2, Wrong.SEAL_MISSING)]


def test_the_last_seal_cut_and_its_marks_taken_back_is_shown_by_the_witness(session, seals):
    attack(session, "DELETE FROM audit_seal WHERE seq = 3", "UPDATE audit_chain SET sealed = 2 WHERE id = '{B}'")
    assert wrongs(session) == []
    assert wrongs(session, witness=seals) == [(None, 3, Wrong.SEAL_MISSING)]


def test_a_witness_of_another_tenant_says_nothing_here(session, seals):
    assert wrongs(session, witness=[Seal(OTHER, 1, b"other"), Seal(OTHER, 99, b"other")]) == []


def test_a_chain_given_to_another_tenant_is_seen_in_both(session, seals):
    attack(
        session,
        f"UPDATE audit SET tenant = '{OTHER}' WHERE chain = '{{B}}'",
        f"UPDATE audit_chain SET tenant = '{OTHER}' WHERE id = '{{B}}'",
    )
    enter_tenant(session, TENANT, [OTHER])
    assert wrongs(session) == [(B, 1, Wrong.GONE)]
    assert [(fault.tenant, fault.chain, fault.seq, fault.wrong) for fault in verify(session, OTHER)] == [
        (OTHER, B, 1, Wrong.CHANGED),
        (OTHER, B, 3, Wrong.UNSEALED),
    ]


def test_a_seal_covers_what_moved_and_nothing_twice(session, seals):
    fourth = seal(session, TENANT, NOW + timedelta(hours=4))
    assert fourth is not None
    assert fourth.seq == 4
    packed = session.connection().exec_driver_sql("SELECT heads FROM audit_seal WHERE seq = 4").scalar_one()
    assert [(head.chain, head.seq) for head in rules.unpack_heads(packed)] == [(A, 5), (C, 2)]
    assert seal(session, TENANT, NOW + timedelta(hours=5)) is None
    assert wrongs(session, witness=[*seals, fourth]) == []


def test_many_chains_are_sealed_in_portions(session, tenant):
    record_many(session, tenant, [act(new_id(), 1) for _ in range(25)])
    made = [seal(session, tenant, NOW, limit=10) for _ in range(4)]
    assert [found.seq if found else None for found in made] == [1, 2, 3, None]
    assert wrongs(session, witness=[found for found in made if found]) == []


def test_a_mark_set_too_high_is_sealed_over(session, seals):
    """Marks are compared, not ordered: a chain cannot be kept from the next seal by a mark that is far ahead."""
    attack(session, "UPDATE audit_chain SET sealed = 1000000 WHERE id = '{C}'")
    assert seal(session, TENANT, NOW + timedelta(hours=4))
    assert wrongs(session) == []


def test_two_seals_at_once_leave_one_chain_of_seals(database):
    with database.transaction(TENANT) as session:
        record_many(session, TENANT, [act(new_id(), 1) for _ in range(200)])
    start = Barrier(4)
    made: list[Seal] = []

    def work() -> None:
        start.wait()
        for _ in range(10):
            with database.transaction(TENANT) as session:
                if found := seal(session, TENANT, NOW, limit=15):
                    made.append(found)

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.transaction(TENANT) as session:
        assert sorted(found.seq for found in made) == list(range(1, 15))
        assert list(verify(session, TENANT, witness=made)) == []


def test_a_seal_waits_for_nobody_who_works(database):
    """A chain held by an open transaction is sealed next time."""
    busy, idle = new_id(), new_id()
    with database.transaction(TENANT) as session:
        record_many(session, TENANT, [act(busy, 1), act(idle, 1)])
    with database.transaction(TENANT) as working:
        record_many(working, TENANT, [act(busy, 2)])
        with database.transaction(TENANT) as sealing:
            sealing.connection().exec_driver_sql("SET LOCAL lock_timeout = '1s'")
            seal(sealing, TENANT, NOW)
            marks = dict(sealing.connection().exec_driver_sql("SELECT id, sealed FROM audit_chain").all())
            assert marks == {busy: 0, idle: 1}
    with database.transaction(TENANT) as session:
        seal(session, TENANT, NOW)
        assert list(verify(session, TENANT)) == []
