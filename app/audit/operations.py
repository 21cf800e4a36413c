"""Writing the record: acts, refusals, seals. Nothing here is ever changed or taken back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.audit import rules
from app.audit.types import Act, Seal, checked_tag
from app.kernel.database import Database
from app.kernel.prepared import execute

_RECORD = """
WITH moved AS (
  INSERT INTO audit_chain AS c (tenant, id, count, head)
  VALUES (%(tenant)s, %(chain)s, 1, %(first)s)
  ON CONFLICT (tenant, id) DO UPDATE
  SET count = c.count + 1, head = pg_catalog.sha256(c.head || pg_catalog.int8send(c.count + 1) || %(form)s)
  RETURNING count, head
)
INSERT INTO audit (tenant, chain, seq, at, actor_id, actor, tag, data, hash)
SELECT %(tenant)s, %(chain)s, count, %(at)s, %(actor_id)s, %(actor)s, %(tag)s, %(data)s, head FROM moved
"""

_RECORD_MANY = """
WITH act AS (
  SELECT * FROM unnest(%(chain)b::uuid[], %(first)b::bytea[], %(form)b::bytea[], %(at)b::timestamptz[],
                       %(actor_id)b::uuid[], %(actor)b::text[], %(tag)b::text[], %(data)b::text[])
           AS t (chain, first, form, at, actor_id, actor, tag, data)
), kept AS (
  UPDATE audit_chain AS c
  SET count = c.count + 1, head = pg_catalog.sha256(c.head || pg_catalog.int8send(c.count + 1) || act.form)
  FROM act WHERE c.tenant = %(tenant)s AND c.id = act.chain
  RETURNING c.id, c.count, c.head
), born AS (
  INSERT INTO audit_chain AS c (tenant, id, count, head)
  SELECT %(tenant)s, chain, 1, first FROM act WHERE NOT EXISTS (SELECT FROM kept WHERE kept.id = act.chain)
  ON CONFLICT (tenant, id) DO UPDATE
  SET count = c.count + 1,
      head = pg_catalog.sha256(c.head || pg_catalog.int8send(c.count + 1)
                               || (SELECT form FROM act WHERE act.chain = excluded.id))
  RETURNING id, count, head
), moved AS (SELECT id, count, head FROM kept UNION ALL SELECT id, count, head FROM born)
INSERT INTO audit (tenant, chain, seq, at, actor_id, actor, tag, data, hash)
SELECT %(tenant)s, chain, count, at, actor_id, actor, tag, data, head FROM act JOIN moved ON moved.id = act.chain
"""


def record(
    session: Session,
    tenant: str,
    chain: UUID,
    *,
    at: datetime,
    actor_id: UUID | None,
    actor: str,
    tag: str,
    data: Mapping[str, Any],
) -> None:
    """Add one act to the end of a chain, in one round trip; the chain stays locked until the transaction ends.

    The chain is the case's id, or the account's. `tag` reads source:subject:action. `data` holds ids and codes, no
    personal data. `actor` is a username.
    """
    text = rules.data_text(data)
    form = rules.canonical(at, actor_id, actor, checked_tag(tag), text)
    execute(
        session,
        _RECORD,
        {
            "tenant": tenant,
            "chain": chain,
            "first": rules.linked(rules.chain_start(tenant, chain), 1, form),
            "form": form,
            "at": at,
            "actor_id": actor_id,
            "actor": actor,
            "tag": tag,
            "data": text,
        },
    )


def record_many(session: Session, tenant: str, acts: Iterable[Act]) -> None:
    """Add many acts, each to its own chain: one statement for all first acts of a chain, one for all second, and so on.

    Acts on one chain keep the order in which they are given. Chains are taken in the order of their ids, so that two
    sweeps over the same chains wait for each other instead of blocking each other.
    """
    rounds: list[list[Act]] = []
    seen: dict[UUID, int] = defaultdict(int)
    for act in acts:
        turn = seen[act.chain]
        seen[act.chain] += 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(act)
    for turn_acts in rounds:
        turn_acts.sort(key=attrgetter("chain"))
        execute(session, _RECORD_MANY, _columns(tenant, turn_acts))


def _columns(tenant: str, acts: list[Act]) -> dict[str, Any]:
    texts = [rules.data_text(act.data) for act in acts]
    forms = [
        rules.canonical(act.at, act.actor_id, act.actor, checked_tag(act.tag), text)
        for act, text in zip(acts, texts, strict=True)
    ]
    return {
        "tenant": tenant,
        "chain": [act.chain for act in acts],
        "first": [
            rules.linked(rules.chain_start(tenant, act.chain), 1, form) for act, form in zip(acts, forms, strict=True)
        ],
        "form": forms,
        "at": [act.at for act in acts],
        "actor_id": [act.actor_id for act in acts],
        "actor": [act.actor for act in acts],
        "tag": [act.tag for act in acts],
        "data": texts,
    }


def refuse(
    database: Database,
    tenant: str,
    chain: UUID,
    *,
    at: datetime,
    actor_id: UUID | None,
    actor: str,
    tag: str,
    data: Mapping[str, Any],
) -> None:
    """Record a refusal in a transaction of its own. An edge calls it after the refused transaction was rolled back."""
    with database.transaction(tenant) as session:
        record(session, tenant, chain, at=at, actor_id=actor_id, actor=actor, tag=tag, data=data)


_SEAL_LOCK = "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('greenlight audit seal ' || %s, 0))"

_MOVED = """
SELECT id, count AS counted, head FROM audit_chain
WHERE tenant = %(tenant)s AND count <> sealed
ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
"""

_MARK = "UPDATE audit_chain SET sealed = count WHERE tenant = %s AND id = ANY (%b)"

_LAST_SEAL = "SELECT seq, hash FROM audit_seal WHERE tenant = %s ORDER BY seq DESC LIMIT 1"

_ADD_SEAL = "INSERT INTO audit_seal (tenant, seq, at, heads, hash) VALUES (%s, %s, %s, %s, %s)"


def seal(session: Session, tenant: str, now: datetime, *, limit: int = 10_000) -> Seal | None:
    """Seal the heads of up to `limit` chains that moved since they were sealed last; None if there are none.

    A chain on which somebody is working just now is left to the next seal. One seal at a time for each tenant.
    Whoever keeps the answer elsewhere (the log of the ticker will do) can prove the record up to it.
    """
    connection = session.connection()
    connection.exec_driver_sql(_SEAL_LOCK, (tenant,))
    moved = connection.exec_driver_sql(_MOVED, {"tenant": tenant, "limit": limit}).all()
    if not moved:
        return None
    last = connection.exec_driver_sql(_LAST_SEAL, (tenant,)).first()
    seq, before = (last.seq + 1, last.hash) if last else (1, rules.seal_start(tenant))
    heads = rules.pack_heads(rules.Head(row.id, row.counted, row.head) for row in moved)
    new = Seal(tenant, seq, rules.linked(before, seq, rules.seal_form(now, heads)))
    connection.exec_driver_sql(_MARK, (tenant, [row.id for row in moved]))
    connection.exec_driver_sql(_ADD_SEAL, (tenant, seq, now, heads, new.hash))
    return new
