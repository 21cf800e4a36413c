"""Roles of a place's own, which all jurisdictions share: add, change, remove. Those of app/org/roles.py are fixed."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from app.administration import record
from app.administration.errors import Fixed, InTheWay
from app.administration.order import NAMES, change, check, given, locked
from app.administration.rules import code_faults
from app.identity.administrators import keeping_administrators
from app.identity.policy import require_lendable
from app.identity.recent import recent
from app.identity.types import Actor
from app.kernel.database import acting_in
from app.kernel.errors import Invalid
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.marking import _
from app.org.errors import CodeTaken
from app.org.models import PostRole, Role, RolePermission
from app.org.queries import tenant_codes
from app.org.roles import OF_POSTS, ROLES


def add_role(
    session: Session,
    actor: Actor,
    *,
    code: str,
    name_zh: str,
    name_en: str,
    permissions: Iterable[str],
    now: datetime,
) -> Role:
    """Add a role for posts. Raises Forbidden, BeyondLending, Invalid, CodeTaken."""
    actor.require("role.manage")
    names = given(name_zh=name_zh, name_en=name_en)
    check({"code": code, **names}, (("code", code_faults), *NAMES))
    wanted = _checked(actor, permissions)
    if session.get(Role, code) is not None:
        raise CodeTaken(key=code)
    added = Role(code=code, **names)
    session.add(added)
    session.flush()
    session.execute(insert(RolePermission), [{"role": code, "permission": permission} for permission in wanted])
    record.of_all(session, actor, now, "role:added", role=code, permissions=wanted)
    return added


def change_role(
    session: Session,
    actor: Actor,
    code: str,
    *,
    name_zh: str | None = None,
    name_en: str | None = None,
    permissions: Iterable[str] | None = None,
    now: datetime,
    version: int | None = None,
) -> Role:
    """Rename an own role, or let it carry other permissions; what is None stays.

    Raises Forbidden, BeyondLending, NotFound, Fixed, Invalid, Stale, LastAdministrator.
    """
    names = given(name_zh=name_zh, name_en=name_en)
    check(names, NAMES)
    row = _own(session, actor, code)
    changed = change(session, row, version, names)
    if permissions is not None and _carry(session, row, wanted := _checked(actor, permissions), now):
        changed |= {"permissions": wanted}
        if len(changed) == 1:
            row.version += 1
            session.flush()
        recent.forget()
    if changed:
        data = {name: value for name, value in changed.items() if name == "permissions"}
        record.of_all(session, actor, now, "role:changed", role=code, fields=sorted(changed), **data)
    return row


def remove_role(session: Session, actor: Actor, code: str, *, now: datetime, version: int | None = None) -> None:
    """Remove an own role that no post carries. Raises Forbidden, NotFound, Fixed, InTheWay, Stale."""
    row = _own(session, actor, code)
    change(session, row, version, {})
    with acting_in(session, GLOBAL_TENANT, tenant_codes(session)):
        used = session.scalar(select(func.count()).select_from(PostRole).where(PostRole.role == code))
    if used:
        raise InTheWay(key=code, posts=used, steps=0, people=0)
    session.execute(delete(RolePermission).where(RolePermission.role == code))
    session.delete(row)
    session.flush()
    record.of_all(session, actor, now, "role:removed", role=code)


def _own(session: Session, actor: Actor, code: str) -> Role:
    actor.require("role.manage")
    row = locked(session, Role, "role", code, Role.code == code)
    if code in ROLES:
        raise Fixed(key=code)
    return row


def _checked(actor: Actor, permissions: Iterable[str]) -> list[str]:
    wanted = sorted(set(permissions))
    if not wanted:
        raise Invalid({"permissions": [_("Choose at least one.")]})
    if not OF_POSTS.issuperset(wanted):
        raise Invalid({"permissions": [_("There is no such permission for posts.")]})
    require_lendable(actor, wanted)
    return wanted


def _carry(session: Session, row: Role, permissions: list[str], now: datetime) -> bool:
    """Let the role carry these permissions and no other; whether that was a change."""
    of_role = RolePermission.role == row.code
    held = set(session.scalars(select(RolePermission.permission).where(of_role)))
    if held == set(permissions):
        return False
    with keeping_administrators(session, now):
        session.execute(delete(RolePermission).where(of_role, RolePermission.permission.not_in(permissions)))
        if added := [{"role": row.code, "permission": name} for name in permissions if name not in held]:
            session.execute(insert(RolePermission), added)
    return True
