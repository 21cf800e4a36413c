"""Reads: calendars, the ledger of a case, its clocks and flips, what is due.

A transaction that counts time holds a shared advisory lock on the calendars: so a year is loaded either before it
counts or after it has ended, and none of its clocks is missed when they are computed anew.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any, Final, cast
from uuid import UUID
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Engine, func, or_, select, text
from sqlalchemy.orm import Session

from app.deadlines import rules
from app.deadlines.calendars import WorkingCalendar
from app.deadlines.errors import UnknownCalendar
from app.deadlines.models import Calendar, CalendarChange, CalendarDay, CalendarYear, CaseClock, Flip, Recount
from app.deadlines.types import Clock, Day, Granted, Ledger, LedgerLine, Span, YearStatus
from app.kernel.prepared import Prepared

_LOCK: Final = 0x676C2D74696D65
_CALENDARS: WeakKeyDictionary[Engine, dict[str, tuple[str, WorkingCalendar]]] = WeakKeyDictionary()
"""The calendars that this process has read, each with the version it was read at."""

_VERSIONS = """
SELECT json_object_agg(code, version), pg_try_advisory_xact_lock_shared(:lock)
FROM (SELECT code, concat_ws('|', timezone, hours, max(loaded_at), max(y.xmin::text)) AS version
      FROM calendar LEFT JOIN calendar_year y ON calendar = code GROUP BY code) v
"""
_VERSIONS_READ = Prepared(_VERSIONS)
_LEDGERS = Prepared(f"""
SELECT v.*,
  (SELECT json_agg(s ORDER BY opened_at, id) FROM excluded_span s WHERE tenant = :tenant AND case_id = ANY(:cases))
  AS spans,
  (SELECT json_agg(e ORDER BY granted_at, id) FROM extension e WHERE tenant = :tenant AND case_id = ANY(:cases))
  AS granted
FROM ({_VERSIONS}) v
""")  # noqa: S608


def load_calendar(session: Session, code: str) -> WorkingCalendar:
    """The working calendar `code`, as the running transaction sees it. Raises UnknownCalendar.

    Kept in the process for as long as the database holds the same version; a transaction asks for that once.
    """
    version = _versions(session).get(code)
    if version is None:
        raise UnknownCalendar(calendar=code)
    kept = _CALENDARS.setdefault(session.get_bind().engine, {})
    if code not in kept or kept[code][0] != version:
        kept[code] = (version, _read_calendar(session, code))
    return kept[code][1]


def ledger(session: Session, tenant: str, case_id: UUID) -> Ledger:
    """What happened to the time of one case; one round trip, in which the calendars' versions come along."""
    return ledgers(session, tenant, [case_id])[case_id]


def ledgers(session: Session, tenant: str, case_ids: Collection[UUID]) -> Mapping[UUID, Ledger]:
    """What happened to the time of each of these cases."""
    [found] = _LEDGERS.run(session, tenant=tenant, cases=list(case_ids), lock=_LOCK)
    versions, locked, spans, extensions = found
    _remember(session, versions, locked)
    spans_of, extensions_of = _by_case(spans), _by_case(extensions)
    return {
        case_id: Ledger(tuple(map(_span, spans_of[case_id])), tuple(map(_granted, extensions_of[case_id])))
        for case_id in case_ids
    }


def clocks(session: Session, tenant: str, case_id: UUID) -> list[Clock]:
    """All clocks of one case, the oldest first."""
    of_case = select(*clock_columns()).where(CaseClock.tenant == tenant, CaseClock.case_id == case_id)
    found = session.execute(of_case.order_by(CaseClock.started_at, CaseClock.id))
    return [as_clock(row) for row in found.mappings()]


def flips(session: Session, tenant: str, case_id: UUID) -> Sequence[Flip]:
    """All flips of one case, superseded ones included, in the order in which they became true."""
    of_case = select(Flip).where(Flip.tenant == tenant, Flip.case_id == case_id)
    return session.scalars(of_case.order_by(Flip.became_at, Flip.id)).all()


def explain(session: Session, tenant: str, case_id: UUID, now: datetime) -> list[tuple[Clock, list[LedgerLine]]]:
    """Each clock of a case with the record of its time, day by day."""
    record = ledger(session, tenant, case_id)
    return [
        (each, rules.explain(load_calendar(session, each.calendar), record.facts(each), now))
        for each in clocks(session, tenant, case_id)
    ]


def ends_at(session: Session, calendar: str, span: Span) -> datetime | None:
    """Until when an open span was announced to last, in working time; None where nothing was announced."""
    if span.announced is None:
        return None
    return rules.due(load_calendar(session, calendar), span.opened_at, rules.parse_limit(span.announced))


def due_clocks(session: Session, tenant: str, now: datetime, limit: int) -> list[UUID]:
    """The cases of the first `limit` clocks with a light that is due, the longest overdue first. Takes no lock."""
    due = select(CaseClock.case_id).where(
        CaseClock.tenant == tenant, CaseClock.next_at <= now, CaseClock.parked.is_(None)
    )
    return list(dict.fromkeys(session.scalars(due.order_by(CaseClock.next_at).limit(limit))))


def tenants_due(session: Session, now: datetime) -> Sequence[str]:
    """The tenants, among those that the transaction reads, with a light that is due. Takes no lock."""
    due = select(CaseClock.tenant).where(CaseClock.next_at <= now, CaseClock.parked.is_(None))
    return session.scalars(due.distinct()).all()


def years(session: Session, code: str) -> Sequence[CalendarYear]:
    """The years that are loaded, in order."""
    of_calendar = select(CalendarYear).where(CalendarYear.calendar == code).order_by(CalendarYear.year)
    return session.scalars(of_calendar.execution_options(populate_existing=True)).all()


def missing_years(loaded: Collection[int], now: datetime) -> list[int]:
    """The years that are needed and not loaded: this one, the next, and gaps between those that are."""
    this = now.astimezone(ZoneInfo("Asia/Shanghai")).year
    needed = {*range(min(loaded, default=this), max(loaded, default=this)), this, this + 1}
    return sorted(needed.difference(loaded))


def cases_on(session: Session, tenant: str, code: str, year: int) -> list[UUID]:
    """The cases whose running clocks depend on `year` of a calendar, to be computed anew after it was loaded.

    Waits until every transaction that counted with the year as it was before has ended, and keeps others from
    counting until this one does: so load the year in a transaction before this one, and end this one soon.
    """
    lock_calendars(session)
    touched = select(CaseClock.case_id).where(*depending(session, tenant, code, year))
    return list(session.scalars(touched.distinct().order_by(CaseClock.case_id)))


def span_of(session: Session, code: str, year: int | None) -> tuple[datetime, datetime]:
    """From when until when a year of a calendar lasts; for ever without one. Raises UnknownCalendar."""
    office = load_calendar(session, code)
    if year is None:
        return datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    return office.midnight(date(year, 1, 1)), office.midnight(date(year + 1, 1, 1))


def depending(session: Session, tenant: str, code: str, year: int | None) -> tuple[ColumnElement[bool], ...]:
    """The conditions that a running clock depends on a year of a calendar, or on any of it. Raises UnknownCalendar."""
    begins, ends = span_of(session, code, year)
    return (
        CaseClock.tenant == tenant,
        CaseClock.calendar == code,
        CaseClock.stopped_at.is_(None),
        CaseClock.started_at < ends,
        or_(CaseClock.red_at.is_(None), CaseClock.red_at >= begins),
    )


def running_on(session: Session, tenant: str, code: str, year: int | None, limit: int) -> tuple[Sequence[Clock], int]:
    """The first `limit` running clocks that depend on a year of a calendar (on any, without one), and how many more."""
    touched = select(CaseClock.id).where(*depending(session, tenant, code, year)).subquery()
    found = session.execute(
        select(*clock_columns())
        .where(CaseClock.tenant == tenant, CaseClock.id.in_(select(touched.c.id)))
        .order_by(CaseClock.id)
        .limit(limit)
    )
    clocks = [as_clock(row) for row in found.mappings()]
    if len(clocks) < limit:
        return clocks, 0
    return clocks, (session.scalar(select(func.count()).select_from(touched)) or 0) - len(clocks)


def calendar(session: Session, code: str) -> Calendar:
    """A calendar's row. Raises UnknownCalendar."""
    found = session.get(Calendar, code)
    if found is None:
        raise UnknownCalendar(calendar=code)
    return found


def calendars(session: Session) -> Sequence[Calendar]:
    """All calendars."""
    return session.scalars(select(Calendar).order_by(Calendar.code)).all()


def days_of(session: Session, code: str, year: int) -> Mapping[date, Day]:
    """The days of a year that differ from their weekday."""
    of_year = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    rows = session.execute(
        select(CalendarDay.day, CalendarDay.is_working, CalendarDay.name)
        .where(CalendarDay.calendar == code, of_year)
        .order_by(CalendarDay.day)
    )
    return {row.day: Day(row.is_working, row.name) for row in rows}


def change_number(session: Session, code: str, year: int) -> int:
    """How often a year was changed by somebody: who changes it says which number they have seen."""
    counted = select(func.count()).where(CalendarChange.calendar == code, CalendarChange.year == year)
    return session.scalar(counted) or 0


def changes_of(session: Session, code: str, limit: int) -> Sequence[CalendarChange]:
    """The changes of a calendar, the latest first."""
    of_calendar = select(CalendarChange).where(CalendarChange.calendar == code)
    return session.scalars(of_calendar.order_by(CalendarChange.id.desc()).limit(limit)).all()


def recounts_of(session: Session, change_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Recount]]:
    """How far each change has been carried through, by jurisdiction."""
    found: dict[UUID, list[Recount]] = {change_id: [] for change_id in change_ids}
    of_changes = select(Recount).where(Recount.change_id.in_(change_ids)).order_by(Recount.region)
    for each in session.scalars(of_changes):
        found[each.change_id].append(each)
    return found


def open_changes(session: Session) -> Sequence[CalendarChange]:
    """The changes after which not all deadlines have been computed anew, the oldest first."""
    unfinished = select(CalendarChange).where(CalendarChange.finished_at.is_(None))
    return session.scalars(unfinished.order_by(CalendarChange.id)).all()


def clock_columns() -> list[ColumnElement[Any]]:
    """The columns of a clock's row, of which `as_clock` makes a Clock."""
    return [column for column in CaseClock.__table__.c if column.name != "tenant"]


def as_clock(row: Mapping[Any, Any]) -> Clock:
    """A clock from its row."""
    return Clock(**row)


# --- calendars


def _versions(session: Session) -> Mapping[str, str]:
    transaction, versions = session.info.get(_versions, (None, {}))
    if transaction is None or transaction is not session.get_transaction():
        [found] = _VERSIONS_READ.run(session, lock=_LOCK)
        return _remember(session, *found)
    return versions  # type: ignore[no-any-return]


def _remember(session: Session, versions: Mapping[str, str] | None, locked: bool) -> Mapping[str, str]:
    if not locked:  # a year is being loaded: wait for it, then look again
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": _LOCK})
        [(versions, _)] = _VERSIONS_READ.run(session, lock=_LOCK)
    session.info[_versions] = (session.get_transaction(), versions or {})
    return versions or {}


def forget_versions(session: Session) -> None:
    """Let the running transaction see what it has itself changed in a calendar."""
    session.info.pop(_versions, None)


def lock_calendars(session: Session) -> None:
    """Wait until nobody counts time any more, and keep others from it until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def _read_calendar(session: Session, code: str) -> WorkingCalendar:
    found = session.execute(select(Calendar.timezone, Calendar.hours).where(Calendar.code == code)).one()
    loaded = session.execute(select(CalendarYear.year, CalendarYear.status).where(CalendarYear.calendar == code))
    differing = session.execute(
        select(CalendarDay.day, CalendarDay.is_working, CalendarDay.name).where(CalendarDay.calendar == code)
    ).all()
    return WorkingCalendar(
        code,
        found.timezone,
        [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in found.hours],
        {row.year: cast(YearStatus, row.status) for row in loaded},
        {row.day: row.is_working for row in differing},
        {row.day: row.name for row in differing},
    )


# --- rows of JSON


def _by_case(rows: list[dict[str, Any]] | None) -> Mapping[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows or ():
        found[UUID(row["case_id"])].append(row)
    return found


def _span(row: dict[str, Any]) -> Span:
    return Span(
        leg_id=UUID(row["leg_id"]) if row["leg_id"] else None,
        cause=UUID(row["cause"]),
        reason=row["reason"],
        announced=row["announced"],
        opened_at=datetime.fromisoformat(row["opened_at"]),
        closed_at=datetime.fromisoformat(row["closed_at"]) if row["closed_at"] else None,
    )


def _granted(row: dict[str, Any]) -> Granted:
    return Granted(
        basis=row["basis"],
        days=row["days"],
        reason=row["reason"],
        approved_by=UUID(row["approved_by"]),
        granted_at=datetime.fromisoformat(row["granted_at"]),
    )
