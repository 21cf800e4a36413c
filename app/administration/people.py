"""People join, get a further post, move, leave. Whoever ends at a post hands over what they hold (handover.py).

Dates may lie ahead: a post counts from `since` and until `until`, and the handover happens then.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.administration import record
from app.administration.errors import Closed, NoSuccessor
from app.administration.handover import hand_over_of
from app.administration.order import Check, change, check, given, locked
from app.administration.posts import administered_post
from app.administration.rules import email_faults, id_number_faults, name_faults, phone_faults
from app.administration.types import NewPerson
from app.identity.administrators import keeping_administrators
from app.identity.dismissal import readmit
from app.identity.models import Account
from app.identity.operations import open_account
from app.identity.policy import administered, standing
from app.identity.recent import recent
from app.identity.rules import plain_username
from app.identity.types import Actor
from app.kernel.database import acting_in
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.marking import _
from app.kernel.time import instant
from app.org import operations as org
from app.org.models import Holder, Post
from app.org.queries import held_at, held_from

LANGUAGES: Final = ("zh_CN", "en")
PERSONAL: Final = ("name", "phone", "email", "id_number", "language")
"""What `edit_person` may change; "" takes a telephone number, an address or a number away."""


_CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("name", name_faults),
    ("phone", phone_faults),
    ("email", email_faults),
    ("id_number", id_number_faults),
    ("language", lambda code: [] if code in LANGUAGES else [_("This is not one of the values to choose from.")]),
)


def join(
    session: Session,
    actor: Actor,
    person: NewPerson,
    post_id: UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
) -> Account:
    """Open an account for somebody and give them their first post, from `since` (None: now) until `until`.

    Raises Forbidden, BeyondLending, NotFound (post), Closed, Invalid (fields; a taken username).
    """
    post = _open_post(session, actor, post_id)
    phone, email, id_number = (
        (value or "").strip() or None for value in (person.phone, person.email, person.id_number)
    )
    entered = {"name": person.name, "language": person.language}
    check({**entered, "phone": phone, "email": email, "id_number": id_number}, _CHECKS)
    account = open_account(
        session,
        actor,
        username=person.username,
        name=person.name,
        kind="staff",
        password=person.password,
        phone=phone,
        email=email,
        id_number=id_number,
        language=person.language,
        now=now,
    )
    _give(session, actor, account.id, post, since or now, until, now)
    return account


def give_post(
    session: Session,
    actor: Actor,
    account_id: UUID,
    post_id: UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    now: datetime,
) -> Holder:
    """Give somebody a post besides those they hold, here or elsewhere; who had left the office comes back.

    Raises Forbidden, BeyondLending, NotFound (post, person), Closed, AlreadyHeld, Invalid (since, until).
    """
    post = _open_post(session, actor, post_id)
    account = session.scalar(select(Account).where(Account.tenant == GLOBAL_TENANT, Account.id == account_id))
    if account is None or account.kind != "staff":
        raise NotFound(kind="person", key=account_id)
    if account.disabled_at is not None and not standing(session, account_id, now).tenants:
        readmit(session, actor, account_id, now)
    return _give(session, actor, account_id, post, since or now, until, now)


def move(
    session: Session,
    actor: Actor,
    account_id: UUID,
    from_post_id: UUID,
    to_post_id: UUID,
    *,
    at: datetime | None = None,
    successor_id: UUID | None = None,
    now: datetime,
) -> Holder:
    """Let somebody change from one post to another at `at` (None: now); what they hold at the first is handed over.

    Raises Forbidden, BeyondLending, NotFound, Closed, AlreadyHeld, NoSuccessor, Invalid (at), LastAdministrator.
    """
    moment = _coming(at, now)
    left, taken = administered_post(session, actor, from_post_id), _open_post(session, actor, to_post_id)
    _check_successor(session, actor, account_id, [left.id], successor_id, moment)
    with keeping_administrators(session, now):
        org.leave_post(session, actor.tenant, account_id, left.id, moment, successor_id)
        held = org.give_post(session, actor.tenant, account_id, taken.id, moment)
    facts = {"from": left.code, "to": taken.code, "at": moment, "successor": successor_id}
    _recorded(session, actor, account_id, now, "person:moved", facts)
    _take_effect(session, actor, account_id, moment, now)
    return held


def leave_post(
    session: Session,
    actor: Actor,
    account_id: UUID,
    post_id: UUID,
    *,
    at: datetime | None = None,
    successor_id: UUID | None = None,
    now: datetime,
) -> None:
    """Let somebody leave a post at `at` (None: now); what they hold there is handed over.

    Raises Forbidden, BeyondLending, NotFound, NoSuccessor, Invalid (at), LastAdministrator.
    """
    moment = _coming(at, now)
    post = administered_post(session, actor, post_id)
    _check_successor(session, actor, account_id, [post.id], successor_id, moment)
    with keeping_administrators(session, now):
        org.leave_post(session, actor.tenant, account_id, post.id, moment, successor_id)
    facts = {"post": post.code, "at": moment, "successor": successor_id}
    _recorded(session, actor, account_id, now, "person:left-post", facts)
    _take_effect(session, actor, account_id, moment, now)


def leave_office(
    session: Session,
    actor: Actor,
    account_id: UUID,
    *,
    at: datetime | None = None,
    successor_id: UUID | None = None,
    now: datetime,
) -> None:
    """Let somebody leave all their posts in the actor's jurisdiction at `at` (None: now). What they hold at a post goes
    to the successor where that person holds it too, the rest back to the queues. Who has no post elsewhere either can
    no longer log in.

    Raises Forbidden, BeyondLending, NotFound, NoSuccessor, Invalid (at), LastAdministrator.
    """
    moment = _coming(at, now)
    actor.require("org.manage")
    ids = session.scalars(
        select(Holder.post_id)
        .where(
            Holder.tenant == actor.tenant,
            Holder.account_id == account_id,
            held_from(moment),
        )
        .distinct()
        .order_by(Holder.post_id)
    ).all()
    if not ids:
        raise NotFound(kind="person", key=account_id)
    posts = [administered_post(session, actor, post_id) for post_id in ids]
    _check_successor(session, actor, account_id, ids, successor_id, moment)
    with keeping_administrators(session, now):
        for post in posts:
            org.leave_post(session, actor.tenant, account_id, post.id, moment, successor_id)
    facts = {"posts": [post.code for post in posts], "at": moment, "successor": successor_id}
    _recorded(session, actor, account_id, now, "person:left-office", facts)
    _take_effect(session, actor, account_id, moment, now)


def edit_person(
    session: Session,
    actor: Actor,
    account_id: UUID,
    changes: Mapping[str, str | None],
    *,
    now: datetime,
    version: int | None = None,
) -> Account:
    """Change what is kept of a person (PERSONAL); what is missing or None stays, "" takes it away.

    Raises Forbidden, NotFound, WorksElsewhere, BeyondLending, Invalid, Stale.
    """
    administered(session, actor, account_id, now)
    values = given(**{name: changes.get(name) for name in PERSONAL})
    filled = {name: value or None for name, value in values.items()}
    check({**filled, "name": values.get("name"), "language": values.get("language")}, _CHECKS)
    with acting_in(session, GLOBAL_TENANT):
        mine = Account.tenant == GLOBAL_TENANT, Account.id == account_id
        row = locked(session, Account, "person", account_id, *mine)
        changed = change(session, row, version, filled)
    if changed:
        record.of_person(session, actor, account_id, now, "person:changed", fields=sorted(changed))
        recent.forget(account_id)
    return row


def read_person(session: Session, actor: Actor, account_id: UUID, now: datetime) -> Account:
    """A person with nothing masked, for who edits them; that it was read is recorded.

    Raises Forbidden, NotFound, WorksElsewhere, BeyondLending.
    """
    account = administered(session, actor, account_id, now)
    record.of_person(session, actor, account_id, now, "person:read")
    return account


def staff_named(session: Session, username: str) -> Account | None:
    """The account of the staff with exactly this username, of whatever jurisdiction."""
    return session.scalar(
        select(Account).where(
            Account.tenant == GLOBAL_TENANT, Account.username == plain_username(username), Account.kind == "staff"
        )
    )


def _open_post(session: Session, actor: Actor, post_id: UUID) -> Post:
    post = administered_post(session, actor, post_id)
    if post.closed_at is not None:
        raise Closed(key=post.code)
    return post


def _give(
    session: Session,
    actor: Actor,
    account_id: UUID,
    post: Post,
    since: datetime,
    until: datetime | None,
    now: datetime,
) -> Holder:
    since, until = instant(since), until and instant(until)
    if until is not None and until <= max(since, now):
        raise Invalid({"until": [_("The end must lie ahead, and after the beginning.")]})
    if since < now and standing(session, account_id, now).tenants - {actor.tenant}:
        raise Invalid({"since": [_("Who works in another jurisdiction, too, begins here now or later.")]})
    held = org.give_post(session, actor.tenant, account_id, post.id, since, until)
    _recorded(session, actor, account_id, now, "person:got-post", {"post": post.code, "since": since, "until": until})
    recent.forget(account_id)
    return held


def _coming(at: datetime | None, now: datetime) -> datetime:
    moment = now if at is None else instant(at)
    if moment < now:
        raise Invalid({"at": [_("This lies in the past.")]})
    return moment


def _check_successor(
    session: Session,
    actor: Actor,
    account_id: UUID,
    post_ids: Any,
    successor_id: UUID | None,
    at: datetime,
) -> None:
    """A successor is another person who holds the post, or one of the posts, at that moment."""
    if successor_id is None:
        return
    holds = select(Holder.id).where(
        Holder.tenant == actor.tenant,
        Holder.account_id == successor_id,
        Holder.post_id.in_(post_ids),
        held_at(at),
    )
    if successor_id == account_id or session.scalar(holds.limit(1)) is None:
        raise NoSuccessor(_("The successor must be somebody else who holds the post on that day."))


def _take_effect(session: Session, actor: Actor, account_id: UUID, moment: datetime, now: datetime) -> None:
    recent.forget(account_id)
    if moment <= now:
        hand_over_of(session, actor, account_id, now)


def _recorded(
    session: Session, actor: Actor, account_id: UUID, now: datetime, act: str, facts: Mapping[str, Any]
) -> None:
    """Both in the office's record and in the person's."""
    record.of_office(session, actor, now, act, person=account_id, **facts)
    record.of_person(session, actor, account_id, now, act, tenant=actor.tenant, **facts)
