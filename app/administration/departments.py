"""Departments of one's own jurisdiction: add, rename, close, open again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.administration import record
from app.administration.errors import InTheWay
from app.administration.order import NAMES, change, check, given, locked
from app.administration.queries import open_steps_at
from app.administration.rules import code_faults
from app.identity.types import Actor
from app.org import operations as org
from app.org.models import Department, Post


def add_department(
    session: Session, actor: Actor, *, code: str, name_zh: str, name_en: str, now: datetime
) -> Department:
    """Add a department. Raises Forbidden, Invalid, CodeTaken."""
    actor.require("org.manage")
    names = given(name_zh=name_zh, name_en=name_en)
    check({"code": code, **names}, (("code", code_faults), *NAMES))
    added = org.add_department(session, actor.tenant, code=code, **names)
    record.of_office(session, actor, now, "department:added", department=code)
    return added


def rename_department(
    session: Session,
    actor: Actor,
    department_id: UUID,
    *,
    name_zh: str | None = None,
    name_en: str | None = None,
    now: datetime,
    version: int | None = None,
) -> Department:
    """Rename a department; what is None stays. Raises Forbidden, NotFound, Invalid, Stale."""
    names = given(name_zh=name_zh, name_en=name_en)
    check(names, NAMES)
    row = _own(session, actor, department_id)
    if changed := change(session, row, version, names):
        record.of_office(session, actor, now, "department:renamed", department=row.code, fields=sorted(changed))
    return row


def close_department(
    session: Session, actor: Actor, department_id: UUID, *, now: datetime, version: int | None = None
) -> Department:
    """Close a department whose posts are all closed. Raises Forbidden, NotFound, InTheWay, Stale."""
    row = _own(session, actor, department_id)
    posts = session.scalars(
        select(Post.code)
        .where(Post.tenant == actor.tenant, Post.department_id == department_id, Post.closed_at.is_(None))
        .order_by(Post.code)
    ).all()
    if posts:
        steps = open_steps_at(session, actor.tenant, posts)
        raise InTheWay(key=row.code, posts=", ".join(posts), steps=sum(steps.values()), people=0)
    if row.closed_at is None and change(session, row, version, {"closed_at": now}):
        record.of_office(session, actor, now, "department:closed", department=row.code)
    return row


def reopen_department(
    session: Session, actor: Actor, department_id: UUID, *, now: datetime, version: int | None = None
) -> Department:
    """Open a closed department again. Raises Forbidden, NotFound, Stale."""
    row = _own(session, actor, department_id)
    if change(session, row, version, {"closed_at": None}):
        record.of_office(session, actor, now, "department:reopened", department=row.code)
    return row


def _own(session: Session, actor: Actor, department_id: UUID) -> Department:
    """A department that the actor administers, locked."""
    actor.require("org.manage")
    mine = Department.tenant == actor.tenant, Department.id == department_id
    return locked(session, Department, "department", department_id, *mine)
