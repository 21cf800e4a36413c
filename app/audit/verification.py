"""Proving the record: nothing in it was changed, taken out, put in, or moved.

1. The seals of the tenant are walked: each must follow from the one before it, and be the one that a witness kept.
2. Every row of every chain is walked: each must follow from the one before it, and the last must be the chain's head.
3. Every head that was ever sealed must still be in its chain, so that a chain rewritten as a whole is seen, its count
   and head included; and what a chain says of its own sealing must be what the seals say.
4. Chains that the caller knows to exist (those of the cases) must exist.

Hashes are computed here and not in the database, so that who can change its rows cannot change the proof. What nobody
can see from within is a record that was rewritten together with all its seals: a seal kept elsewhere shows that.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from app.audit import rules
from app.audit.models import AuditChain, AuditSeal
from app.audit.types import Fault, Seal, Wrong

_ROWS_AT_ONCE = 2_000

# Lookups stand in subqueries that cannot become joins: of a tenant that the statistics do not know yet, the planner
# expects one row, and a join of two such tables may compare everything with everything.
_ROWS = text("""
SELECT audit.*, counted.count AS counted, counted.head
FROM audit LEFT JOIN LATERAL (
  SELECT count, head FROM audit_chain WHERE tenant = :tenant AND id = audit.chain OFFSET 0
) AS counted ON true
WHERE audit.tenant = :tenant
ORDER BY audit.chain, audit.seq
""")

_WITHOUT_ROWS = text("""
SELECT id FROM audit_chain
WHERE tenant = :tenant AND (SELECT 1 FROM audit WHERE tenant = :tenant AND chain = audit_chain.id LIMIT 1) IS NULL
ORDER BY id
""")

_SEALED = text("""
WITH sealed AS (
  SELECT encode(substr(heads, place * 56 + 1, 16), 'hex')::uuid AS chain,
         ('x' || encode(substr(heads, place * 56 + 17, 8), 'hex'))::bit(64)::bigint AS seq,
         substr(heads, place * 56 + 25, 32) AS hash
  FROM audit_seal, generate_series(0, octet_length(heads) / 56 - 1) AS place
  WHERE tenant = :tenant
), found AS (
  SELECT chain, seq, hash, (
    SELECT audit.hash FROM audit WHERE tenant = :tenant AND audit.chain = sealed.chain AND audit.seq = sealed.seq
  ) AS stored
  FROM sealed
), held AS (
  SELECT chain, max(seq) AS last,
         min(seq) FILTER (WHERE stored IS NULL) AS absent, min(seq) FILTER (WHERE stored <> hash) AS other
  FROM found GROUP BY chain
), counted AS (
  SELECT id, sealed FROM audit_chain WHERE tenant = :tenant
)
SELECT coalesce(held.chain, counted.id) AS chain, absent, other, counted.sealed AS says,
       coalesce(counted.sealed <> coalesce(last, 0), false) AS unsealed,
       counted.id IS NULL
         AND (SELECT 1 FROM audit WHERE tenant = :tenant AND audit.chain = held.chain LIMIT 1) IS NULL AS gone
FROM held FULL JOIN counted ON counted.id = held.chain
WHERE absent IS NOT NULL OR other IS NOT NULL OR counted.sealed IS DISTINCT FROM coalesce(last, 0)
ORDER BY 1
""")


def verify(
    session: Session, tenant: str, *, witness: Iterable[Seal] = (), chains: Iterable[UUID] = ()
) -> Iterator[Fault]:
    """All that is wrong with the record of a tenant; nothing, if it is as it was written.

    `witness`: seals that were kept outside this database. `chains`: ids that must have a record. Reads everything once
    and holds no lock, so that it may run beside the office's work.
    """
    yield from _faults_of_seals(session, tenant, {seal.seq: seal.hash for seal in witness if seal.tenant == tenant})
    seen = set()
    for fault in _faults_of_chains(session, tenant):
        seen.add((fault.chain, fault.wrong))
        yield fault
    for fault in (*_faults_of_sealing(session, tenant), *_absent(session, tenant, chains)):
        if (fault.chain, fault.wrong) not in seen:
            seen.add((fault.chain, fault.wrong))
            yield fault


def _faults_of_seals(session: Session, tenant: str, witness: dict[int, bytes]) -> Iterator[Fault]:
    columns = AuditSeal.__table__.c
    rows = session.execute(
        select(columns.seq, columns.at, columns.heads, columns.hash)
        .where(columns.tenant == tenant)
        .order_by(columns.seq),
        execution_options={"yield_per": 10},
    )
    before, expected = rules.seal_start(tenant), 1
    for seq, at, heads, found in rows:
        if seq > expected:
            yield Fault(tenant, None, expected, Wrong.SEAL_MISSING, seq - 1)
        follows = seq > expected or rules.linked(before, seq, rules.seal_form(at, heads)) == found
        if not follows or witness.get(seq, found) != found:
            yield Fault(tenant, None, seq, Wrong.SEAL_CHANGED)
        before, expected = found, seq + 1
    if lost := [seq for seq in witness if seq >= expected]:
        yield Fault(tenant, None, expected, Wrong.SEAL_MISSING, max(lost))


def _faults_of_chains(session: Session, tenant: str) -> Iterator[Fault]:
    rows = session.execute(_ROWS, {"tenant": tenant}, execution_options={"yield_per": _ROWS_AT_ONCE})
    for chain_id, of_chain in groupby(rows, attrgetter("chain")):
        yield from _faults_of_chain(tenant, chain_id, list(of_chain))
    for chain_id in session.scalars(_WITHOUT_ROWS, {"tenant": tenant}):
        yield Fault(tenant, chain_id, 1, Wrong.GONE)


def _faults_of_chain(tenant: str, chain_id: UUID, rows: list[Row[Any]]) -> Iterator[Fault]:
    links = [
        rules.Link(row.seq, rules.canonical(row.at, row.actor_id, row.actor, row.tag, row.data), row.hash)
        for row in rows
    ]
    for flaw in rules.flaws(rules.chain_start(tenant, chain_id), links, rows[0].counted, rows[0].head):
        yield Fault(tenant, chain_id, flaw.seq, flaw.wrong, flaw.last)


def _faults_of_sealing(session: Session, tenant: str) -> Iterator[Fault]:
    for row in session.execute(_SEALED, {"tenant": tenant}):
        if row.gone:
            yield Fault(tenant, row.chain, 1, Wrong.GONE)
            continue
        if row.absent is not None:
            yield Fault(tenant, row.chain, row.absent, Wrong.CUT)
        if row.other is not None:
            yield Fault(tenant, row.chain, row.other, Wrong.REWRITTEN)
        if row.unsealed:
            yield Fault(tenant, row.chain, row.says, Wrong.UNSEALED)


def _absent(session: Session, tenant: str, chains: Iterable[UUID]) -> Iterator[Fault]:
    remaining = iter(chains)
    while some := list(islice(remaining, _ROWS_AT_ONCE)):
        there = set(session.scalars(select(AuditChain.id).where(AuditChain.tenant == tenant, AuditChain.id.in_(some))))
        for chain_id in some:
            if chain_id not in there:
                yield Fault(tenant, chain_id, 1, Wrong.GONE)
