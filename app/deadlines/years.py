"""Administering calendars: what a load would change, the load itself, office hours.

A change is written with the year it loads, in one transaction; the open deadlines follow afterwards, jurisdiction by
jurisdiction (app/cases/recounting.py). Each act stands in the record of the calendar, a chain under the tenant “*”.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.deadlines import announcements, rules
from app.deadlines.announcements import DayChange, check_year
from app.deadlines.calendars import WorkingCalendar
from app.deadlines.errors import CalendarRefused, NoCalendar
from app.deadlines.models import Calendar, CalendarChange, CalendarYear
from app.deadlines.operations import define_calendar, load_year
from app.deadlines.queries import (
    calendar,
    change_number,
    days_of,
    ledgers,
    load_calendar,
    lock_calendars,
    running_on,
    years,
)
from app.deadlines.types import Clock, Day, YearStatus
from app.identity.acts import record_act
from app.identity.types import Actor
from app.kernel.database import acting_in
from app.kernel.errors import Invalid, Message, Stale
from app.kernel.ids import GLOBAL_TENANT, new_id
from app.kernel.marking import _
from app.org.queries import tenant_codes

PERMISSION: Final = "calendar.manage"
MOST_COUNTED: Final = 20_000
"""Clocks that a preview computes; of more it says how many there are."""
_AT_ONCE: Final = 500
_LONGEST_SOURCE: Final = 200
_LONGEST_NAME: Final = 100
_MOST_SESSIONS: Final = 4
_CODE = re.compile(r"[a-z][a-z0-9-]{1,31}")
_CHAINS = UUID("6f0d2f0e-7a3b-5c1d-9b57-2a1f6c3f8e10")


@dataclass(frozen=True, slots=True)
class Plan:
    """A year as it is to be loaded: `days` are those that differ from their weekday."""

    calendar: str
    year: int
    status: YearStatus
    days: Mapping[date, Day]
    source: str


@dataclass(frozen=True, slots=True)
class Hours:
    """A calendar's names, time zone and sessions of an office day, as they are to be."""

    code: str
    name_zh: str
    name_en: str
    timezone: str
    hours: Sequence[tuple[time, time]]


@dataclass(slots=True)
class Effect:
    """What a change would do to the open deadlines of all jurisdictions.

    `clocks` depend on what changes, `counted` of them were computed; `moved` would turn at other instants, `lights` of
    those are yellow or red now, `failing` need a year that the calendar does not hold.
    """

    clocks: int = 0
    counted: int = 0
    moved: int = 0
    sooner: int = 0
    later: int = 0
    lights: int = 0
    failing: int = 0


@dataclass(frozen=True, slots=True)
class Preview:
    """A load that is not done yet. `version` says what it was computed on: `load` refuses where that has changed."""

    plan: Plan
    was: CalendarYear | None
    version: int
    changes: Sequence[DayChange]
    effect: Effect


def chain_of(code: str) -> UUID:
    """The chain on which the acts upon a calendar stand, under the tenant “*”."""
    return uuid5(_CHAINS, code)


def preview(session: Session, actor: Actor, plan: Plan) -> Preview:
    """What loading a year would change, and how many open deadlines of all jurisdictions would move. Changes nothing.

    Raises Forbidden, Invalid (fields), UnknownCalendar, CalendarRefused.
    """
    actor.require(PERMISSION)
    was = _check(session, plan)
    before = days_of(session, plan.calendar, plan.year)
    worked = {day: kept.is_working for day, kept in plan.days.items()}
    would_be = load_calendar(session, plan.calendar).with_year(plan.year, plan.status, worked)
    return Preview(
        plan,
        was,
        change_number(session, plan.calendar, plan.year),
        announcements.changes(before, plan.days),
        _effect(session, plan.calendar, plan.year, would_be),
    )


def load(session: Session, actor: Actor, plan: Plan, now: datetime, version: int | None = None) -> CalendarChange:
    """Load or replace a year. Raises as `preview`, and Stale where the year was changed since it had `version`."""
    actor.require(PERMISSION)
    lock_calendars(session)
    _check(session, plan)
    _check_version(version, change_number(session, plan.calendar, plan.year))
    load_year(session, plan.calendar, plan.year, plan.status, plan.days, plan.source.strip(), now)
    tag = "calendar:loaded"
    facts = {"year": plan.year, "status": plan.status, "days": len(plan.days)}
    return _changed(session, actor, plan.calendar, now, tag, facts, plan.year, plan.status, plan.source.strip())


def preview_hours(session: Session, actor: Actor, hours: Hours) -> Effect:
    """How many open deadlines other office hours would move. Raises Forbidden, Invalid, UnknownCalendar."""
    actor.require(PERMISSION)
    _check_hours(hours)
    held = load_calendar(session, hours.code)
    return _effect(session, hours.code, None, held.with_hours(hours.timezone, hours.hours))


def add_calendar(
    session: Session, actor: Actor, hours: Hours, now: datetime, years_of: str | None = None
) -> CalendarChange:
    """Add a calendar; with `years_of`, with all years and days of another.

    Raises Forbidden, Invalid, UnknownCalendar.
    """
    actor.require(PERMISSION)
    lock_calendars(session)
    _check_hours(hours)
    if session.get(Calendar, hours.code) is not None:
        raise Invalid({"code": [_("There is a calendar with this code already.")]})
    _define(session, hours)
    if years_of:
        calendar(session, years_of)
        for each in years(session, years_of):
            status: Any = each.status
            load_year(session, hours.code, each.year, status, days_of(session, years_of, each.year), each.source, now)
    facts = {"years_of": years_of}
    return _changed(session, actor, hours.code, now, "calendar:added", facts, None, None, "")


def change_hours(
    session: Session, actor: Actor, hours: Hours, now: datetime, version: int | None = None
) -> CalendarChange | None:
    """Set a calendar's names, time zone and office hours; None where no deadline depends on what changed.

    Raises Forbidden, Invalid, UnknownCalendar, Stale.
    """
    actor.require(PERMISSION)
    lock_calendars(session)
    _check_hours(hours)
    held = calendar(session, hours.code)
    _check_version(version, held.version)
    written = [[at.isoformat("minutes") for at in each] for each in hours.hours]
    moves_deadlines = (held.timezone, held.hours) != (hours.timezone, written)
    _define(session, hours)
    if moves_deadlines:
        facts = {"timezone": hours.timezone, "hours": written}
        return _changed(session, actor, hours.code, now, "calendar:changed", facts, None, None, "")
    _record(session, actor, hours.code, now, "calendar:renamed", {})
    return None


def recount(session: Session, actor: Actor, code: str, now: datetime) -> CalendarChange:
    """Compute all open deadlines of a calendar anew though nothing changed, as after what failed was put right.

    Raises Forbidden, UnknownCalendar.
    """
    actor.require(PERMISSION)
    calendar(session, code)
    return _changed(session, actor, code, now, "calendar:recounted", {}, None, None, "")


# ---


def _check(session: Session, plan: Plan) -> CalendarYear | None:
    """The year as it is loaded now. Raises what `load` would."""
    check_year(plan.year)
    calendar(session, plan.calendar)
    faults: dict[str, list[str]] = {}
    if not 0 < len(plan.source.strip()) <= _LONGEST_SOURCE:
        faults["source"] = [
            Message(_("Say where this comes from, in at most %(most)d characters."), most=_LONGEST_SOURCE)
        ]
    held = session.get(CalendarYear, (plan.calendar, plan.year), populate_existing=True)
    if plan.status == "provisional" and held is not None and held.status == "announced":
        faults["status"] = [_("This year is announced and cannot become provisional again.")]
    if faults:
        raise Invalid(faults)
    return held


def _check_hours(hours: Hours) -> None:
    faults: dict[str, list[str]] = {}
    if not _CODE.fullmatch(hours.code):
        faults["code"] = [_("A code has 2 to 32 small letters, digits or hyphens and begins with a letter.")]
    for field in ("name_zh", "name_en"):
        if not 0 < len(getattr(hours, field).strip()) <= _LONGEST_NAME:
            faults[field] = [Message(_("A name of 1 to %(most)d characters."), most=_LONGEST_NAME)]
    if len(hours.hours) > _MOST_SESSIONS:
        faults["hours"] = [Message(_("An office day has at most %(most)d sessions."), most=_MOST_SESSIONS)]
    for field, timezone, sessions in (
        ("timezone", hours.timezone, ((time(9), time(17)),)),
        ("hours", "UTC", hours.hours),
    ):
        try:
            WorkingCalendar(hours.code, timezone, sessions, {}, {})
        except CalendarRefused:
            said = {
                "timezone": _("There is no such time zone."),
                "hours": _("Office hours: give each session in order."),
            }
            faults.setdefault(field, [said[field]])
    if faults:
        raise Invalid(faults)


def _check_version(seen: int | None, held: int) -> None:
    if seen is not None and seen != held:
        raise Stale()


def _define(session: Session, hours: Hours) -> None:
    define_calendar(
        session,
        hours.code,
        name_zh=hours.name_zh.strip(),
        name_en=hours.name_en.strip(),
        timezone=hours.timezone,
        hours=hours.hours,
    )


def _effect(session: Session, code: str, year: int | None, would_be: WorkingCalendar) -> Effect:
    """Compute each clock that depends on what changes as if it had changed."""
    found = Effect()
    tenants = tenant_codes(session)
    with acting_in(session, GLOBAL_TENANT, tenants):
        for tenant in tenants:
            clocks, more = running_on(session, tenant, code, year, MOST_COUNTED - found.counted)
            found.clocks += len(clocks) + more
            for start in range(0, len(clocks), _AT_ONCE):
                _count(session, tenant, clocks[start : start + _AT_ONCE], would_be, found)
    return found


def _count(session: Session, tenant: str, clocks: Sequence[Clock], would_be: WorkingCalendar, found: Effect) -> None:
    records = ledgers(session, tenant, {clock.case_id for clock in clocks})
    for clock in clocks:
        found.counted += 1
        try:
            ends = rules.due_instants(would_be, records[clock.case_id].facts(clock))
        except NoCalendar:
            found.failing += 1
            continue
        was, will = clock.red_at or clock.yellow_at, ends.red_at or ends.yellow_at
        if (clock.yellow_at, clock.red_at) != (ends.yellow_at, ends.red_at):
            found.moved += 1
            found.lights += clock.light != "green"
            found.later += bool(was and will and will > was)
            found.sooner += bool(was and will and will < was)


def _changed(
    session: Session,
    actor: Actor,
    code: str,
    now: datetime,
    what: str,
    facts: Mapping[str, Any],
    year: int | None,
    status: str | None,
    source: str,
) -> CalendarChange:
    change = CalendarChange(
        id=new_id(),
        calendar=code,
        year=year,
        status=status,
        source=source,
        at=now,
        by_id=actor.account_id,
        by=actor.username,
        finished_at=None,
    )
    session.execute(
        insert(CalendarChange).values({c.name: getattr(change, c.name) for c in CalendarChange.__table__.c})
    )
    _record(session, actor, code, now, what, {**facts, "change": str(change.id)})
    return change


def _record(session: Session, actor: Actor, code: str, now: datetime, what: str, facts: Mapping[str, Any]) -> None:
    with acting_in(session, GLOBAL_TENANT):
        record_act(session, actor, GLOBAL_TENANT, chain_of(code), now, what, {"calendar": code, **facts})
