"""Reads: calendars, the ledger of a case, its clocks and flips, what is due.

A transaction that counts time holds a shared advisory lock on the calendars: so a year is loaded either before it
counts or after it has ended, and none of its clocks is missed when they are computed anew.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, Final, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, or_, select, text
from sqlalchemy.orm import Session

from app.deadlines import rules
from app.deadlines.calendars import WorkingCalendar
from app.deadlines.errors import UnknownCalendar
from app.deadlines.models import Calendar, CalendarDay, CalendarYear, CaseClock, Flip
from app.deadlines.types import Clock, Granted, Ledger, LedgerLine, Span, YearStatus
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
    return session.scalars(select(CalendarYear).where(CalendarYear.calendar == code).order_by(CalendarYear.year)).all()


def cases_on(session: Session, tenant: str, code: str, year: int) -> list[UUID]:
    """The cases whose running clocks depend on `year` of a calendar, to be computed anew after it was loaded.

    Waits until every transaction that counted with the year as it was before has ended, and keeps others from
    counting until this one does: so load the year in a transaction before this one, and end this one soon.
    """
    lock_calendars(session)
    office = load_calendar(session, code)
    begins, ends = office.midnight(date(year, 1, 1)), office.midnight(date(year + 1, 1, 1))
    touched = select(CaseClock.case_id).where(
        CaseClock.tenant == tenant,
        CaseClock.calendar == code,
        CaseClock.stopped_at.is_(None),
        CaseClock.started_at < ends,
        or_(CaseClock.red_at.is_(None), CaseClock.red_at >= begins),
    )
    return list(session.scalars(touched.distinct().order_by(CaseClock.case_id)))


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
