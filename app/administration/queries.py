"""Reading the office for those who administer it. Personal data is masked here; `people.read_person` shows it whole."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from app.administration import rules
from app.administration.record import OFFICE
from app.administration.types import Held, InHand, Person, PostRow, RoleRow
from app.audit import queries as audit
from app.audit.types import RecordedAct
from app.cases.models import Case
from app.identity.models import Account
from app.identity.policy import lendable
from app.identity.types import Actor
from app.inbox import handover as inbox
from app.inbox.models import Step
from app.kernel.errors import NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.org import queries as org
from app.org.models import Holder, Post, PostRole, Region, Role, RolePermission
from app.org.roles import APPLICANT, PUBLIC, ROLES
from app.supervision import handover as supervision

Presence = Literal["here", "left", "all"]


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people are wanted. `text`: part of the name or the username. `presence`: who holds a post now or later,
    who held one and holds none any more, or both. `order`: the column by which they come, `down` from its end.
    """

    text: str | None = None
    post_id: UUID | None = None
    department_id: UUID | None = None
    presence: Presence = "here"
    order: Literal["username", "name"] = "username"
    down: bool = False


def regions(session: Session) -> list[Region]:
    """All regions, by code."""
    return list(session.scalars(select(Region).order_by(Region.code)))


def posts(session: Session, actor: Actor, now: datetime, *, closed: bool = False) -> list[PostRow]:
    """The posts of the actor's jurisdiction, with their roles and who holds them."""
    found = org.posts(session, actor.tenant, closed=closed)
    roles: dict[UUID, list[str]] = {post.id: [] for post in found}
    for row in session.execute(
        select(PostRole.post_id, PostRole.role).where(PostRole.tenant == actor.tenant).order_by(PostRole.role)
    ):
        roles.setdefault(row.post_id, []).append(row.role)
    holders: dict[UUID, dict[UUID, str]] = {post.id: {} for post in found}
    for held in session.execute(
        select(Holder.post_id, Account.id, Account.name)
        .join(Account, and_(Account.tenant == GLOBAL_TENANT, Account.id == Holder.account_id))
        .where(Holder.tenant == actor.tenant, org.held_at(now))
        .order_by(Account.name, Account.id)
    ):
        holders.setdefault(held.post_id, {})[held.id] = held.name
    return [
        PostRow(
            post.id,
            post.code,
            post.name_zh,
            post.name_en,
            post.department_id,
            post.is_head,
            post.closed_at,
            post.version,
            tuple(roles[post.id]),
            tuple(holders[post.id].items()),
        )
        for post in found
    ]


def post(session: Session, actor: Actor, post_id: UUID, now: datetime) -> PostRow:
    """One post of the actor's jurisdiction. Raises NotFound."""
    found = next((row for row in posts(session, actor, now, closed=True) if row.id == post_id), None)
    if found is None:
        raise NotFound(kind="post", key=post_id)
    return found


def roles(session: Session, actor: Actor) -> list[RoleRow]:
    """The roles that a post may carry, built-in ones first."""
    carried: dict[str, list[str]] = {}
    for row in session.execute(select(RolePermission.role, RolePermission.permission).order_by("permission")):
        carried.setdefault(row.role, []).append(row.permission)
    may = lendable(actor)
    rows = [
        RoleRow(
            role.code,
            role.name_zh,
            role.name_en,
            role.version,
            tuple(carried.get(role.code, ())),
            role.code in ROLES,
            may.issuperset(carried.get(role.code, ())),
        )
        for role in session.scalars(select(Role).where(Role.code.not_in([APPLICANT, PUBLIC])).order_by(Role.code))
    ]
    return sorted(rows, key=lambda row: not row.fixed)


def people(
    session: Session, actor: Actor, now: datetime, wanted: PeopleFilter, limit: int, after: str | None = None
) -> tuple[list[Person], str | None]:
    """One page of the people of the actor's jurisdiction, and where the next one starts: after a username.

    Names come in the order of GB 18030, which is that of pinyin for the characters in common use. Raises Forbidden.
    """
    actor.require("org.manage")
    statement = select(Account).where(Account.tenant == GLOBAL_TENANT, *_narrowed(actor.tenant, now, wanted))
    name = func.convert_to(func.lower(Account.name), "GB18030")
    columns = [name, Account.username] if wanted.order == "name" else [Account.username]
    if after is not None:
        last = select(name).where(Account.tenant == GLOBAL_TENANT, Account.username == after).scalar_subquery()
        here, there = tuple_(*columns), tuple_(*[last, literal(after)][-len(columns) :])
        statement = statement.where(here < there if wanted.down else here > there)
    ordered = [column.desc() if wanted.down else column.asc() for column in columns]
    found = session.scalars(statement.order_by(*ordered).limit(limit + 1)).all()
    shown = found[:limit]
    held = _held(session, actor.tenant, [account.id for account in shown])
    rows = [_person(account, held[account.id]) for account in shown]
    return rows, shown[-1].username if len(found) > limit else None


def person(session: Session, actor: Actor, account_id: UUID) -> Person:
    """Somebody who holds or held a post in the actor's jurisdiction, masked. Raises Forbidden, NotFound."""
    actor.require("org.manage")
    held = _held(session, actor.tenant, [account_id])[account_id]
    account = session.scalar(select(Account).where(Account.tenant == GLOBAL_TENANT, Account.id == account_id))
    if account is None or not held:
        raise NotFound(kind="person", key=account_id)
    return _person(account, held)


def in_hand(session: Session, actor: Actor, account_id: UUID) -> list[InHand]:
    """The steps and entries that somebody of the actor's jurisdiction has in hand: what they would hand over.

    Raises Forbidden, NotFound.
    """
    person(session, actor, account_id)
    steps = [
        InHand("step", step.id, step.case_id, step.case_code, step.title, step.post, step.element)
        for step in inbox.claimed(session, actor.tenant, account_id)
    ]
    entries = {entry.case_id: entry.id for entry in supervision.taken(session, actor.tenant, account_id)}
    cases = session.execute(
        select(Case.id, Case.code, Case.title)
        .where(Case.tenant == actor.tenant, Case.id.in_(entries))
        .order_by(Case.code)
    )
    return steps + [InHand("entry", entries[row.id], row.id, row.code, row.title, None, None) for row in cases]


def history(session: Session, actor: Actor) -> list[RecordedAct]:
    """What was done to departments, posts and holders of the actor's jurisdiction, oldest first. Raises Forbidden."""
    actor.require("audit.read")
    return audit.history(session, actor.tenant, OFFICE)


def open_steps_at(session: Session, tenant: str, posts: Iterable[str]) -> dict[str, int]:
    """How many steps wait, or are worked on, at each of these posts; one without is left out."""
    rows = session.execute(
        select(Step.post, func.count().label("steps"))
        .where(Step.tenant == tenant, Step.post.in_(list(posts)), Step.closed_at.is_(None))
        .group_by(Step.post)
    )
    return {row.post: row.steps for row in rows}


def _narrowed(tenant: str, now: datetime, wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    mine = [Holder.tenant == tenant, Holder.account_id == Account.id]
    there = org.held_from(now)
    asked: list[ColumnElement[bool]] = []
    if wanted.post_id is not None:
        asked.append(Holder.post_id == wanted.post_id)
    if wanted.department_id is not None:
        home = select(Post.id).where(Post.tenant == tenant, Post.department_id == wanted.department_id)
        asked.append(Holder.post_id.in_(home))
    if wanted.presence == "here":
        asked.append(there)
    conditions: list[ColumnElement[bool]] = [select(Holder.id).where(*mine, *asked).exists()]
    if wanted.presence == "left":
        conditions.append(~select(Holder.id).where(*mine, there).exists())
    if wanted.text:
        conditions.append(
            or_(
                Account.name.contains(wanted.text, autoescape=True),
                Account.username.contains(wanted.text.casefold(), autoescape=True),
            )
        )
    return conditions


def _held(session: Session, tenant: str, account_ids: Collection[UUID]) -> dict[UUID, tuple[Held, ...]]:
    rows = session.execute(
        select(Holder, Post)
        .join(Post, and_(Post.tenant == Holder.tenant, Post.id == Holder.post_id))
        .where(Holder.tenant == tenant, Holder.account_id.in_(account_ids))
        .order_by(Holder.since, Holder.id)
    )
    found: dict[UUID, tuple[Held, ...]] = dict.fromkeys(account_ids, ())
    for holder, seat in rows:
        found[holder.account_id] += (
            Held(
                holder.id,
                seat.id,
                seat.code,
                seat.name_zh,
                seat.name_en,
                seat.department_id,
                holder.since,
                holder.until,
                holder.successor_id,
            ),
        )
    return found


def _person(account: Any, held: tuple[Held, ...]) -> Person:
    return Person(
        id=account.id,
        username=account.username,
        name=account.name,
        phone=rules.masked_phone(account.phone),
        email=rules.masked_email(account.email),
        id_number=rules.masked_id_number(account.id_number),
        language=account.language,
        disabled_at=account.disabled_at,
        version=account.version,
        posts=held,
    )
