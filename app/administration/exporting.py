"""The office as tables, with the columns from which it can be built again. Personal data is masked; read back, a masked
value changes nothing.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.administration import queries, records
from app.administration.queries import PeopleFilter
from app.administration.tables import COLUMNS, MOST_RECORDS, Kind
from app.administration.types import Held, Person
from app.identity.types import Actor
from app.org import queries as org

_MOMENT = timedelta(microseconds=1)


def table(session: Session, actor: Actor, kind: Kind, now: datetime) -> list[list[str]]:
    """The header, and a row for each that is there now or to come. Raises Forbidden."""
    actor.require("region.manage" if kind == Kind.REGIONS else "org.manage")
    rows = {Kind.REGIONS: _regions, Kind.DEPARTMENTS: _departments, Kind.POSTS: _posts, Kind.PEOPLE: _people}[kind]
    return [[f"{column.zh} {column.code}" for column in COLUMNS[kind]], *rows(session, actor, now)]


def _regions(session: Session, _actor: Actor, _now: datetime) -> list[list[str]]:
    return [
        [row.code, row.name_zh, row.name_en, row.parent or "", row.calendar, ""] for row in queries.regions(session)
    ]


def _departments(session: Session, actor: Actor, _now: datetime) -> list[list[str]]:
    return [[row.code, row.name_zh, row.name_en] for row in org.departments(session, actor.tenant)]


def _posts(session: Session, actor: Actor, now: datetime) -> list[list[str]]:
    homes = {row.id: row.code for row in org.departments(session, actor.tenant, closed=True)}
    return [
        [
            row.code,
            homes[row.department_id],
            row.name_zh,
            row.name_en,
            " ".join(row.roles),
            "yes" if row.is_head else "no",
        ]
        for row in queries.posts(session, actor, now)
    ]


def _people(session: Session, actor: Actor, now: datetime) -> list[list[str]]:
    zone = records.zone_of(session, actor.tenant)
    found, _ = queries.people(session, actor, now, PeopleFilter(), MOST_RECORDS)
    return [
        _row(person, held, zone)
        for person in found
        for held in person.posts
        if held.until is None or held.until > max(now, held.since)
    ]


def _row(person: Person, held: Held, zone: ZoneInfo) -> list[str]:
    last = held.until and held.until.astimezone(zone) - _MOMENT
    return [
        person.username,
        person.name,
        person.phone or "",
        person.email or "",
        person.id_number or "",
        held.post,
        held.since.astimezone(zone).date().isoformat(),
        last.date().isoformat() if last else "",
    ]
