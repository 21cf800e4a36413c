"""Building the office: regions, departments, posts, who holds them, what each role may do.

The caller records these acts: what is below the Actor knows ids only.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kernel.database import Base
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import new_id
from app.org.errors import AlreadyHeld, CodeTaken
from app.org.models import Department, Holder, Post, PostRole, Region, Role, RolePermission
from app.org.roles import APPLICANT, PUBLIC, ROLES

T = TypeVar("T", bound=Base)


def ensure_roles(session: Session) -> None:
    """Bring the roles that stand in `roles.ROLES` to what stands there. Roles that a place added itself stay."""
    rows = [{"code": code, "name_zh": role.zh, "name_en": role.en} for code, role in ROLES.items()]
    roles = insert(Role)
    session.execute(
        roles.on_conflict_do_update(
            index_elements=[Role.code],
            set_={"name_zh": roles.excluded.name_zh, "name_en": roles.excluded.name_en},
        ),
        rows,
    )
    pairs = [(code, permission) for code, role in ROLES.items() for permission in sorted(role.permissions)]
    held = RolePermission.__table__.c
    stale = held.role.in_(ROLES) & func.row(held.role, held.permission).not_in([func.row(*pair) for pair in pairs])
    session.execute(delete(RolePermission).where(stale))
    session.execute(
        insert(RolePermission).on_conflict_do_nothing(),
        [{"role": code, "permission": permission} for code, permission in pairs],
    )


def add_region(
    session: Session, *, code: str, name_zh: str, name_en: str, parent: str | None, is_tenant: bool, calendar: str
) -> Region:
    """Add an administrative division (GB/T 2260); `calendar` is the code of its working calendar. Raises CodeTaken."""
    return _added(
        session,
        Region,
        code,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        parent=parent,
        is_tenant=is_tenant,
        calendar=calendar,
    )


def add_department(session: Session, tenant: str, *, code: str, name_zh: str, name_en: str) -> Department:
    """Add a department of a jurisdiction. Raises CodeTaken."""
    return _added(session, Department, code, tenant=tenant, id=new_id(), code=code, name_zh=name_zh, name_en=name_en)


def add_post(
    session: Session,
    tenant: str,
    *,
    department_id: UUID,
    code: str,
    name_zh: str,
    name_en: str,
    roles: Iterable[str] = (),
    is_head: bool = False,
) -> Post:
    """Add a post with its roles. Raises CodeTaken, NotFound (department), Invalid (roles)."""
    roles = list(dict.fromkeys(roles))
    check_roles(session, roles)
    if session.get(Department, (tenant, department_id)) is None:
        raise NotFound(kind="department", key=department_id)
    post = _added(
        session,
        Post,
        code,
        tenant=tenant,
        id=new_id(),
        department_id=department_id,
        code=code,
        name_zh=name_zh,
        name_en=name_en,
        is_head=is_head,
    )
    if roles:
        session.execute(insert(PostRole), [{"tenant": tenant, "post_id": post.id, "role": role} for role in roles])
    return post


def give_post(
    session: Session, tenant: str, account_id: UUID, post_id: UUID, since: datetime, until: datetime | None = None
) -> Holder:
    """Let somebody hold a post from `since` until `until` (open while None). Raises NotFound (post), AlreadyHeld."""
    post = _locked_post(session, tenant, post_id)
    overlapping = select(Holder.id).where(
        *_of(tenant, account_id, post_id), or_(Holder.until.is_(None), Holder.until > since)
    )
    if until is not None:
        overlapping = overlapping.where(Holder.since < until)
    if session.scalar(overlapping.limit(1)):
        raise AlreadyHeld(post=post.code)
    holder = Holder(tenant=tenant, id=new_id(), post_id=post_id, account_id=account_id, since=since, until=until)
    session.add(holder)
    session.flush()
    return holder


def leave_post(
    session: Session,
    tenant: str,
    account_id: UUID,
    post_id: UUID,
    until: datetime,
    successor_id: UUID | None = None,
) -> None:
    """End at `until` what somebody holds then or was to hold later; `successor_id` takes over what they have in hand.

    Raises NotFound where there is nothing to end.
    """
    _locked_post(session, tenant, post_id)
    left = session.scalars(
        update(Holder)
        .where(*_of(tenant, account_id, post_id), or_(Holder.until.is_(None), Holder.until > until))
        .values(until=func.greatest(Holder.since, until), successor_id=successor_id, handed_over_at=None)
        .returning(Holder.id)
    ).all()
    if not left:
        raise NotFound(kind="holder", key=account_id)


def _of(tenant: str, account_id: UUID, post_id: UUID) -> tuple[Any, ...]:
    return Holder.tenant == tenant, Holder.post_id == post_id, Holder.account_id == account_id


def _locked_post(session: Session, tenant: str, post_id: UUID) -> Post:
    """The post, locked so that two people do not change its holders at once."""
    post = session.scalar(select(Post).where(Post.tenant == tenant, Post.id == post_id).with_for_update())
    if post is None:
        raise NotFound(kind="post", key=post_id)
    return post


def check_roles(session: Session, roles: list[str]) -> None:
    """Raise Invalid where one of `roles` is no role for posts."""
    known = set(session.scalars(select(Role.code).where(Role.code.in_(roles)))) - {APPLICANT, PUBLIC}
    if not known.issuperset(roles):
        raise Invalid({"roles": ["There is no such role for posts."]})


def _added(session: Session, table: type[T], key: str, **values: Any) -> T:
    row: T | None = session.scalar(insert(table).values(**values).on_conflict_do_nothing().returning(table))
    if row is None:
        raise CodeTaken(key=key)
    return row
