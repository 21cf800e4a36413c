"""What one record of a table does: each finds what is there, and calls the verb that makes it as the record says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.administration import departments, people, posts, regions, rules
from app.administration.types import NewPerson
from app.deadlines import seed
from app.deadlines.models import Calendar
from app.identity.models import Account
from app.identity.types import Actor
from app.kernel.errors import Message
from app.kernel.marking import _
from app.org.models import Department, Holder, Post, PostRole, Region
from app.org.queries import held_from

Values = Mapping[str, str]
Change = tuple[str | None, str | None]

_YES: Final = frozenset({"yes", "true", "1", "y", "是", "√"})
_NO: Final = frozenset({"no", "false", "0", "n", "否", ""})
_DATE: Final = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?:[T ]00:00(?::00)?)?", re.ASCII)
_MASKS: Final = {
    "phone": rules.masked_phone,
    "email": rules.masked_email,
    "id_number": rules.masked_id_number,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a record did: added something, or changed what was there."""

    added: bool
    changes: Mapping[str, Change] = field(default_factory=dict)


class FaultyCells(Exception):
    """Cells that no verb can be asked about."""

    def __init__(self, **cells: Message) -> None:
        self.cells = cells
        super().__init__()


def region(session: Session, actor: Actor, values: Values, now: datetime) -> Outcome:
    """A region; with an administrator it is a jurisdiction of its own. Parent and calendar stay as they were added."""
    code, names = values["code"], {"name_zh": values["name_zh"], "name_en": values["name_en"]}
    there = session.get(Region, code)
    changes: dict[str, Change] = {}
    if there is None:
        parent, calendar = values.get("parent"), values.get("calendar", seed.CODE)
        regions.add_region(session, actor, code=code, **names, parent=parent, calendar=calendar, now=now)
    else:
        for column in ("parent", "calendar"):
            if values.get(column, getattr(there, column)) != getattr(there, column):
                raise FaultyCells(**{column: Message(_("This cannot be changed any more."))})
        changes = _differing(there, names)
        regions.rename_region(session, actor, code, name_zh=values["name_zh"], name_en=values["name_en"], now=now)
    if "administrator" in values and not (there is not None and there.is_tenant):
        regions.make_tenant(session, actor, code, administrator=values["administrator"], now=now)
        changes["administrator"] = (None, values["administrator"])
    return Outcome(there is None, changes)


def department(session: Session, actor: Actor, values: Values, now: datetime) -> Outcome:
    """A department."""
    names = {"name_zh": values["name_zh"], "name_en": values["name_en"]}
    there = _department(session, actor.tenant, values["code"])
    if there is None:
        departments.add_department(session, actor, code=values["code"], **names, now=now)
        return Outcome(True)
    changes = _differing(there, names)
    departments.rename_department(
        session, actor, there.id, name_zh=values["name_zh"], name_en=values["name_en"], now=now
    )
    return Outcome(False, changes)


def post(session: Session, actor: Actor, values: Values, now: datetime) -> Outcome:
    """A post. Without the columns roles and head these stay as they are."""
    names = {"name_zh": values["name_zh"], "name_en": values["name_en"]}
    home = _department(session, actor.tenant, values["department"])
    if home is None:
        raise FaultyCells(department=Message(_("There is no such department.")))
    is_head = _flag(values["head"]) if "head" in values else None
    roles = sorted(set(re.split(r"[\s,;、，；]+", values["roles"]))) if "roles" in values else None
    there = session.scalar(select(Post).where(Post.tenant == actor.tenant, Post.code == values["code"]))
    if there is None:
        posts.add_post(
            session,
            actor,
            department_id=home.id,
            code=values["code"],
            **names,
            roles=roles or (),
            is_head=bool(is_head),
            now=now,
        )
        return Outcome(True)
    changes = _differing(there, names)
    if there.department_id != home.id:
        before = session.get_one(Department, (actor.tenant, there.department_id))
        changes["department"] = (before.code, home.code)
    if is_head is not None and is_head != there.is_head:
        changes["head"] = (_said(there.is_head), _said(is_head))
    carried = select(PostRole.role).where(PostRole.tenant == actor.tenant, PostRole.post_id == there.id)
    held = sorted(session.scalars(carried))
    if roles is not None and roles != held:
        changes["roles"] = (" ".join(held), " ".join(roles))
    posts.change_post(
        session,
        actor,
        there.id,
        department_id=home.id,
        name_zh=values["name_zh"],
        name_en=values["name_en"],
        roles=roles,
        is_head=is_head,
        now=now,
    )
    return Outcome(False, changes)


def person(session: Session, actor: Actor, values: Values, now: datetime) -> Outcome:
    """Somebody at a post: joins, gets it, leaves it on a day, or only has their particulars put right."""
    seat = session.scalar(select(Post).where(Post.tenant == actor.tenant, Post.code == values["post"]))
    if seat is None:
        raise FaultyCells(post=Message(_("There is no such post.")))
    zone = zone_of(session, actor.tenant)
    since = _midnight("since", values, zone)
    last = _midnight("until", values, zone)
    until = last and _day_after(last, zone)
    account = people.staff_named(session, values["username"])
    if account is None:
        joins = NewPerson(
            username=values["username"],
            name=values["name"],
            phone=_told(values, "phone"),
            email=_told(values, "email"),
            id_number=_told(values, "id_number"),
        )
        people.join(session, actor, joins, seat.id, since=since, until=until, now=now)
        return Outcome(True)
    if not _belongs(session, actor.tenant, account.id):
        raise FaultyCells(username=Message(_("This username belongs to somebody of another jurisdiction.")))
    changes = _particulars(session, actor, account, values, now)
    held = _held(session, actor.tenant, account.id, seat.id, now)
    if held is None:
        people.give_post(session, actor, account.id, seat.id, since=since, until=until, now=now)
        changes["post"] = (None, seat.code)
    elif until is not None and held.until != until:
        changes["until"] = (_day(held.until, zone), values["until"])
        if held.until is not None and held.until < until:
            people.give_post(session, actor, account.id, seat.id, since=held.until, until=until, now=now)
        else:
            people.leave_post(session, actor, account.id, seat.id, at=until, now=now)
    return Outcome(False, changes)


def _particulars(session: Session, actor: Actor, account: Account, values: Values, now: datetime) -> dict[str, Change]:
    """Put right what the record says of a person; a masked value is one that was read from a list, and stays."""
    told = {name: _told(values, name) for name in ("name", "phone", "email", "id_number")}
    new = {name: value for name, value in told.items() if value and value != getattr(account, name)}
    if not new:
        return {}
    before = {name: getattr(account, name) for name in new}
    people.edit_person(session, actor, account.id, new, now=now)
    return {name: (_shown(name, before[name]), _shown(name, value)) for name, value in new.items()}


def _told(values: Values, name: str) -> str | None:
    value = values.get(name)
    return None if value is None or (name in _MASKS and rules.is_masked(value)) else value


def _shown(name: str, value: str | None) -> str | None:
    return _MASKS[name](value) if name in _MASKS else value


def _differing(there: Department | Post | Region, names: Mapping[str, str]) -> dict[str, Change]:
    return {name: (getattr(there, name), new) for name, new in names.items() if getattr(there, name) != new}


def _department(session: Session, tenant: str, code: str) -> Department | None:
    return session.scalar(select(Department).where(Department.tenant == tenant, Department.code == code))


def _belongs(session: Session, tenant: str, account_id: UUID) -> bool:
    here = select(Holder.id).where(Holder.tenant == tenant, Holder.account_id == account_id)
    return session.scalar(here.limit(1)) is not None


def _held(session: Session, tenant: str, account_id: UUID, post_id: UUID, now: datetime) -> Holder | None:
    """What the person holds of this post now, or is to hold; where there are several, the last."""
    return session.scalar(
        select(Holder)
        .where(
            Holder.tenant == tenant,
            Holder.account_id == account_id,
            Holder.post_id == post_id,
            held_from(now),
        )
        .order_by(Holder.since.desc())
        .limit(1)
    )


def _flag(cell: str) -> bool:
    word = cell.casefold()
    if word not in _YES | _NO:
        raise FaultyCells(head=Message(_("Write yes or no.")))
    return word in _YES


def _said(flag: bool) -> str:
    return "yes" if flag else "no"


def zone_of(session: Session, tenant: str) -> ZoneInfo:
    """The time zone in which the jurisdiction's days begin."""
    of = select(Calendar.timezone).join(Region, Region.calendar == Calendar.code).where(Region.code == tenant)
    return ZoneInfo(session.scalars(of).one())


def _midnight(column: str, values: Values, zone: ZoneInfo) -> datetime | None:
    """The beginning of the day in a cell; None where it is empty."""
    if column not in values:
        return None
    found = _DATE.fullmatch(values[column])
    try:
        year, month, day = map(int, found.groups()) if found else (0, 0, 0)
        return datetime.combine(date(year, month, day), time(), zone)
    except ValueError:
        raise FaultyCells(**{column: Message(_("This is no date. Write it as 2027-01-31."))}) from None


def _day_after(day: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(day.date() + timedelta(days=1), time(), zone)


def _day(moment: datetime | None, zone: ZoneInfo) -> str | None:
    """The last day before an end."""
    return (moment.astimezone(zone) - timedelta(microseconds=1)).date().isoformat() if moment else None
