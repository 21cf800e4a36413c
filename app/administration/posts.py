"""Posts of one's own jurisdiction: add, change, close, open again. What a post lends is bounded by the rule of lending
(app/org/roles.py): a post that lends more than the actor may is not theirs to change, nor to give.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.administration import record
from app.administration.errors import Closed, InTheWay
from app.administration.order import NAMES, change, check, given, locked
from app.administration.queries import open_steps_at
from app.administration.rules import code_faults
from app.identity.administrators import keeping_administrators
from app.identity.policy import require_lendable
from app.identity.recent import recent
from app.identity.types import Actor
from app.kernel.errors import NotFound
from app.org import operations as org
from app.org.models import Department, Holder, Post, PostRole, RolePermission
from app.org.queries import held_from


def add_post(
    session: Session,
    actor: Actor,
    *,
    department_id: UUID,
    code: str,
    name_zh: str,
    name_en: str,
    roles: Iterable[str] = (),
    is_head: bool = False,
    now: datetime,
) -> Post:
    """Add a post with its roles. Raises Forbidden, BeyondLending, Invalid, CodeTaken, Closed, NotFound (department)."""
    actor.require("org.manage")
    names = given(name_zh=name_zh, name_en=name_en)
    check({"code": code, **names}, (("code", code_faults), *NAMES))
    _open_department(session, actor, department_id)
    wanted = sorted(set(roles))
    require_lendable(actor, permissions_of_roles(session, wanted))
    added = org.add_post(
        session, actor.tenant, department_id=department_id, code=code, **names, roles=wanted, is_head=is_head
    )
    record.of_office(session, actor, now, "post:added", post=code, roles=wanted, is_head=is_head)
    return added


def change_post(
    session: Session,
    actor: Actor,
    post_id: UUID,
    *,
    department_id: UUID | None = None,
    name_zh: str | None = None,
    name_en: str | None = None,
    roles: Iterable[str] | None = None,
    is_head: bool | None = None,
    now: datetime,
    version: int | None = None,
) -> Post:
    """Rename a post, move it to another department, give it other roles; what is None stays. Its code never changes:
    diagrams are bound to it.

    Raises Forbidden, BeyondLending, NotFound, Invalid, Closed, Stale, LastAdministrator.
    """
    values = given(name_zh=name_zh, name_en=name_en, department_id=department_id, is_head=is_head)
    check(values, NAMES)
    row = administered_post(session, actor, post_id)
    if department_id is not None and department_id != row.department_id:
        _open_department(session, actor, department_id)
    changed = change(session, row, version, values)
    if roles is not None and _set_roles(session, actor, row, sorted(set(roles)), now):
        changed |= {"roles": sorted(set(roles))}
        if len(changed) == 1:
            row.version += 1
            session.flush()
    if changed:
        data = {name: value for name, value in changed.items() if not name.startswith("name_")}
        record.of_office(session, actor, now, "post:changed", post=row.code, fields=sorted(changed), **data)
        recent.forget()
    return row


def close_post(session: Session, actor: Actor, post_id: UUID, *, now: datetime, version: int | None = None) -> Post:
    """Close a post that nobody holds, or is to hold, and at which no step waits.

    Raises Forbidden, BeyondLending, NotFound, InTheWay, Stale.
    """
    row = administered_post(session, actor, post_id)
    steps = open_steps_at(session, actor.tenant, [row.code]).get(row.code, 0)
    people = session.scalar(
        select(func.count(Holder.account_id.distinct())).where(
            Holder.tenant == actor.tenant, Holder.post_id == post_id, held_from(now)
        )
    )
    if steps or people:
        raise InTheWay(key=row.code, posts="0", steps=steps, people=people)
    if row.closed_at is None and change(session, row, version, {"closed_at": now}):
        record.of_office(session, actor, now, "post:closed", post=row.code)
    return row


def reopen_post(session: Session, actor: Actor, post_id: UUID, *, now: datetime, version: int | None = None) -> Post:
    """Open a closed post again. Raises Forbidden, BeyondLending, NotFound, Closed (department), Stale."""
    row = administered_post(session, actor, post_id)
    _open_department(session, actor, row.department_id)
    if change(session, row, version, {"closed_at": None}):
        record.of_office(session, actor, now, "post:reopened", post=row.code)
    return row


def administered_post(session: Session, actor: Actor, post_id: UUID) -> Post:
    """A post that the actor administers, locked: of the own jurisdiction, and lending nothing beyond what the actor
    may lend. Raises Forbidden, NotFound, BeyondLending.
    """
    actor.require("org.manage")
    row = locked(session, Post, "post", post_id, Post.tenant == actor.tenant, Post.id == post_id)
    require_lendable(actor, permissions_of_post(session, actor.tenant, post_id))
    return row


def permissions_of_post(session: Session, tenant: str, post_id: UUID) -> set[str]:
    """What whoever holds the post may do."""
    return set(
        session.scalars(
            select(RolePermission.permission)
            .join(PostRole, PostRole.role == RolePermission.role)
            .where(PostRole.tenant == tenant, PostRole.post_id == post_id)
        )
    )


def permissions_of_roles(session: Session, roles: Collection[str]) -> set[str]:
    """What whoever has all these roles may do."""
    return set(session.scalars(select(RolePermission.permission).where(RolePermission.role.in_(roles))))


def _open_department(session: Session, actor: Actor, department_id: UUID) -> None:
    department = session.get(Department, (actor.tenant, department_id))
    if department is None:
        raise NotFound(kind="department", key=department_id)
    if department.closed_at is not None:
        raise Closed(key=department.code)


def _set_roles(session: Session, actor: Actor, row: Post, roles: list[str], now: datetime) -> bool:
    """Let the post carry these roles and no other; whether that was a change."""
    mine = PostRole.tenant == row.tenant, PostRole.post_id == row.id
    held = set(session.scalars(select(PostRole.role).where(*mine)))
    if held == set(roles):
        return False
    org.check_roles(session, roles)
    require_lendable(actor, permissions_of_roles(session, roles))
    with keeping_administrators(session, now):
        session.execute(delete(PostRole).where(*mine, PostRole.role.not_in(roles)))
        if added := [{"tenant": row.tenant, "post_id": row.id, "role": role} for role in roles if role not in held]:
            session.execute(insert(PostRole), added)
    return True
