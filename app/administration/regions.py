"""Regions, which all jurisdictions share: add, rename, let one run an office of its own."""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.administration import record
from app.administration.order import NAMES, change, check, given, locked
from app.administration.people import staff_named
from app.administration.rules import region_faults
from app.deadlines.models import Calendar
from app.identity.types import Actor
from app.kernel.database import acting_in
from app.kernel.errors import Invalid, WrongState
from app.kernel.marking import _
from app.org import operations as org
from app.org.models import Region

FIRST_DEPARTMENT: Final = ("administration", "综合管理", "Administration")
FIRST_POST: Final = ("administrator", "管理员", "Administrator")
"""What a new jurisdiction begins with: code and names."""


def add_region(
    session: Session,
    actor: Actor,
    *,
    code: str,
    name_zh: str,
    name_en: str,
    parent: str | None,
    calendar: str,
    now: datetime,
) -> Region:
    """Add an administrative division below `parent`. Raises Forbidden, Invalid, CodeTaken."""
    actor.require("region.manage")
    names = {"name_zh": name_zh.strip(), "name_en": name_en.strip()}
    check({"code": code, **names}, (("code", region_faults), *NAMES))
    faults = {}
    if parent is not None and session.get(Region, parent) is None:
        faults["parent"] = [_("There is no such region.")]
    if session.get(Calendar, calendar) is None:
        faults["calendar"] = [_("There is no such calendar.")]
    if faults:
        raise Invalid(faults)
    added = org.add_region(session, code=code, **names, parent=parent, is_tenant=False, calendar=calendar)
    record.of_all(session, actor, now, "region:added", region=code)
    return added


def rename_region(
    session: Session,
    actor: Actor,
    code: str,
    *,
    name_zh: str | None = None,
    name_en: str | None = None,
    now: datetime,
    version: int | None = None,
) -> Region:
    """Rename a region; what is None stays. Raises Forbidden, NotFound, Invalid, Stale."""
    actor.require("region.manage")
    names = given(name_zh=name_zh, name_en=name_en)
    check(names, NAMES)
    row = locked(session, Region, "region", code, Region.code == code)
    if changed := change(session, row, version, names):
        record.of_all(session, actor, now, "region:renamed", region=code, fields=sorted(changed))
    return row


def make_tenant(
    session: Session, actor: Actor, code: str, *, administrator: str, now: datetime, version: int | None = None
) -> Region:
    """Let a region run an office of its own, from now on. It begins with one department and the post of its
    administrator, which the staff account `administrator` (a username) holds.

    Raises Forbidden, NotFound, Invalid (administrator), Stale, WrongState.
    """
    actor.require("region.manage")
    person = staff_named(session, administrator)
    if person is None:
        raise Invalid({"administrator": [_("There is no such person of the staff.")]})
    row = locked(session, Region, "region", code, Region.code == code)
    if row.is_tenant:
        raise WrongState(verb="make a jurisdiction", state="jurisdiction")
    change(session, row, version, {"is_tenant": True})
    with acting_in(session, code):
        unit, zh, en = FIRST_DEPARTMENT
        department = org.add_department(session, code, code=unit, name_zh=zh, name_en=en)
        seat, zh, en = FIRST_POST
        post = org.add_post(
            session, code, department_id=department.id, code=seat, name_zh=zh, name_en=en, roles=["admin"]
        )
        org.give_post(session, code, person.id, post.id, now)
    record.of_all(session, actor, now, "region:made-tenant", region=code, administrator=person.id)
    return row
