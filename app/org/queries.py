"""Reading the office: its jurisdictions, departments, posts and who holds them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.kernel.errors import NotFound
from app.org.models import Department, Holder, Post, Region


def tenants(session: Session) -> list[Region]:
    """The regions that run an office of their own."""
    return list(session.scalars(select(Region).where(Region.is_tenant).order_by(Region.code)))


def tenant_codes(session: Session) -> list[str]:
    """The codes of the regions that run an office of their own."""
    return list(session.scalars(select(Region.code).where(Region.is_tenant)))


def region(session: Session, code: str) -> Region:
    """One region. Raises NotFound."""
    found = session.get(Region, code)
    if found is None:
        raise NotFound(kind="region", key=code)
    return found


def departments(session: Session, tenant: str, *, closed: bool = False) -> list[Department]:
    """The departments of a jurisdiction; with those that were closed where `closed`."""
    found = select(Department).where(Department.tenant == tenant).order_by(Department.code)
    return list(session.scalars(found if closed else found.where(Department.closed_at.is_(None))))


def department(session: Session, tenant: str, department_id: UUID) -> Department:
    """One department of a jurisdiction. Raises NotFound."""
    found = session.get(Department, (tenant, department_id))
    if found is None:
        raise NotFound(kind="department", key=department_id)
    return found


def posts(session: Session, tenant: str, *, closed: bool = False) -> list[Post]:
    """The posts of a jurisdiction; with those that were closed where `closed`."""
    found = select(Post).where(Post.tenant == tenant).order_by(Post.code)
    return list(session.scalars(found if closed else found.where(Post.closed_at.is_(None))))


def post_by_code(session: Session, tenant: str, code: str) -> Post:
    """The post that a lane is bound to. Raises NotFound."""
    found = session.scalar(select(Post).where(Post.tenant == tenant, Post.code == code))
    if found is None:
        raise NotFound(kind="post", key=code)
    return found


def holders_of(session: Session, tenant: str, post_code: str, at: datetime) -> list[UUID]:
    """The accounts that hold a post at an instant."""
    return _holders(session, tenant, at, Post.code == post_code)


def heads_of(session: Session, tenant: str, department_id: UUID, at: datetime) -> list[UUID]:
    """The accounts that head a department at an instant."""
    return _holders(session, tenant, at, and_(Post.department_id == department_id, Post.is_head))


def head_posts(session: Session, tenant: str, post_codes: Collection[str]) -> dict[str, list[str]]:
    """For each of the posts, the posts that head its department: whom a light on the post's step is told to."""
    head = aliased(Post)
    rows = session.execute(
        select(Post.code, head.code.label("head"))
        .join(head, and_(head.tenant == Post.tenant, head.department_id == Post.department_id, head.is_head))
        .where(Post.tenant == tenant, Post.code.in_(post_codes))
        .order_by(head.code)
    )
    found: dict[str, list[str]] = {code: [] for code in post_codes}
    for row in rows:
        found[row.code].append(row.head)
    return found


def held_at(at: datetime) -> ColumnElement[bool]:
    """The condition that a holder holds the post at an instant."""
    return and_(Holder.since <= at, or_(Holder.until.is_(None), Holder.until > at))


def held_from(at: datetime) -> ColumnElement[bool]:
    """The condition that a holder holds the post at an instant, or is to hold it later."""
    return or_(Holder.until.is_(None), and_(Holder.until > at, Holder.until > Holder.since))


def _holders(session: Session, tenant: str, at: datetime, which: ColumnElement[Any]) -> list[UUID]:
    return list(
        session.scalars(
            select(Holder.account_id)
            .join(Post, and_(Post.tenant == Holder.tenant, Post.id == Holder.post_id))
            .where(Holder.tenant == tenant, which, held_at(at))
            .distinct()
            .order_by(Holder.account_id)
        )
    )
