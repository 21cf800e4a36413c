"""What somebody held is handed over when their time at a post ends.

1. A holder whose end has come is taken, without waiting for one that somebody else has just taken.
2. The steps of the post that they claimed go to the named successor, if that person holds the post now and is not shut
   out; else back to the queue. So do supervision entries, once the person supervises nothing here any more.
3. Each step and entry is in the record of its case, and the successor is told.
4. Who holds no post any more, in any jurisdiction, now or later, has left: their sessions and tokens end.
5. For a moment after the end a process may still take the person for a holder (identity/recent.py), so it is done again
   SETTLING later; only then it is done with.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.audit.operations import record_many
from app.audit.types import Act
from app.cases.models import Case
from app.catalog.queries import item as item_version
from app.identity.dismissal import dismiss
from app.identity.models import Account
from app.identity.policy import standing
from app.identity.types import SYSTEM, Actor
from app.inbox import handover as inbox
from app.kernel.ids import GLOBAL_TENANT
from app.notices.operations import tell_many
from app.notices.types import Message
from app.org.models import Holder, Post, PostRole, RolePermission
from app.org.queries import held_at
from app.supervision import handover as supervision

SETTLING: Final = timedelta(seconds=10)
SUPERVISING: Final = "supervision.handle"


def tenants_due(session: Session, now: datetime) -> list[str]:
    """The tenants, among those that the transaction reads, in which a holder's end has come. Takes no lock."""
    return list(session.scalars(select(Holder.tenant).where(_ended(now)).distinct().order_by(Holder.tenant)))


def hand_over_due(session: Session, tenant: str, now: datetime, limit: int = 50) -> int:
    """Hand over what the holders of a jurisdiction held whose end has come; returns how many there were."""
    due = select(Holder.id).where(Holder.tenant == tenant, _ended(now)).order_by(Holder.until).limit(limit)
    return _hand_over(session, replace(SYSTEM, tenant=tenant), due.with_for_update(skip_locked=True), now)


def hand_over_of(session: Session, actor: Actor, account_id: UUID, now: datetime) -> int:
    """Hand over at once what somebody held in the actor's jurisdiction, at posts whose end has come."""
    due = select(Holder.id).where(Holder.tenant == actor.tenant, Holder.account_id == account_id, _ended(now))
    return _hand_over(session, actor, due.with_for_update(), now)


def _ended(now: datetime) -> Any:
    return and_(Holder.until <= now, Holder.handed_over_at.is_(None))


def _hand_over(session: Session, actor: Actor, due: Any, now: datetime) -> int:
    ids = session.scalars(due).all()
    rows = session.execute(
        select(Holder, Post.code)
        .join(Post, and_(Post.tenant == Holder.tenant, Post.id == Holder.post_id))
        .where(Holder.tenant == actor.tenant, Holder.id.in_(ids))
        .order_by(Holder.id)
        .execution_options(populate_existing=True)
    ).all()
    for holder, post in rows:
        if not _holds(session, holder.tenant, holder.account_id, now, Holder.post_id == holder.post_id):
            _steps(session, actor, holder, post, now)
        if not _supervises(session, holder.tenant, holder.account_id, now):
            _entries(session, actor, holder, now)
        if not standing(session, holder.account_id, now).tenants:
            dismiss(session, actor, holder.account_id, now)
        if holder.until is not None and holder.until + SETTLING <= now:
            holder.handed_over_at = now
    session.flush()
    return len(rows)


def _steps(session: Session, actor: Actor, holder: Holder, post: str, now: datetime) -> None:
    successor = holder.successor_id
    if successor and not _holds(session, holder.tenant, successor, now, Holder.post_id == holder.post_id):
        successor = None
    if successor and _is_shut_out(session, successor):
        successor = None
    moved = inbox.hand_over(session, holder.tenant, post, holder.account_id, successor, now)
    facts = {row.id: (row.case_id, {"step": str(row.id), "element": row.element}) for row in moved}
    _recorded(session, actor, holder, successor, now, "step:handed-over", facts.values())
    if successor and moved:
        items = _items(session, holder.tenant, [row.case_id for row in moved])
        tell_many(
            session,
            holder.tenant,
            [
                Message(
                    case_id=row.case_id,
                    template="step-handed-over",
                    params={
                        "step": items[row.case_id].step_name(row.element), "code": row.case_code, "title": row.title
                    },
                    accounts=(successor,),
                )
                for row in moved
            ],
            now,
        )  # fmt: skip


def _entries(session: Session, actor: Actor, holder: Holder, now: datetime) -> None:
    successor = holder.successor_id
    if successor and (_is_shut_out(session, successor) or not _supervises(session, holder.tenant, successor, now)):
        successor = None
    moved = supervision.hand_over(session, holder.tenant, holder.account_id, successor, now)
    facts = [(case_id, {"entry": str(entry_id)}) for entry_id, case_id in moved]
    _recorded(session, actor, holder, successor, now, "entry:handed-over", facts)
    if successor and moved:
        cases = session.execute(
            select(Case.id, Case.code, Case.title).where(
                Case.tenant == holder.tenant, Case.id.in_([case_id for _, case_id in moved])
            )
        )
        messages = [
            Message(
                case_id=row.id,
                template="entry-handed-over",
                params={"code": row.code, "title": row.title},
                accounts=(successor,),
            )
            for row in cases
        ]
        tell_many(session, holder.tenant, messages, now)


def _recorded(
    session: Session,
    actor: Actor,
    holder: Holder,
    successor: UUID | None,
    now: datetime,
    act: str,
    facts: Iterable[tuple[UUID, dict[str, str]]],
) -> None:
    shared = {"from": str(holder.account_id), "to": str(successor) if successor else None}
    record_many(
        session,
        holder.tenant,
        [
            Act(
                chain=case_id,
                at=now,
                actor_id=actor.account_id,
                actor=actor.username,
                tag=f"{actor.source}:{act}",
                data={**what, **shared},
            )
            for case_id, what in facts
        ],
    )


def _items(session: Session, tenant: str, case_ids: list[UUID]) -> dict[UUID, Any]:
    """The item of each case, in the version that the case keeps."""
    rows = session.execute(
        select(Case.id, Case.item, Case.item_version).where(Case.tenant == tenant, Case.id.in_(case_ids))
    )
    return {row.id: item_version(session, row.item, row.item_version) for row in rows}


def _holds(session: Session, tenant: str, account_id: UUID, now: datetime, which: Any) -> bool:
    mine = Holder.tenant == tenant, Holder.account_id == account_id, held_at(now), which
    return session.scalar(select(Holder.id).where(*mine).limit(1)) is not None


def _is_shut_out(session: Session, account_id: UUID) -> bool:
    mine = Account.tenant == GLOBAL_TENANT, Account.id == account_id, Account.disabled_at.is_not(None)
    return session.scalar(select(Account.id).where(*mine)) is not None


def _supervises(session: Session, tenant: str, account_id: UUID, now: datetime) -> bool:
    supervising = (
        select(PostRole.post_id)
        .join(RolePermission, RolePermission.role == PostRole.role)
        .where(PostRole.tenant == tenant, RolePermission.permission == SUPERVISING)
    )
    return _holds(session, tenant, account_id, now, Holder.post_id.in_(supervising))
