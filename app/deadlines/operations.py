"""The verbs of counted time. Each is called under the lock of its case, in the transaction of the act itself.

A clock's light is the highest of its flips that stand; `next_at` is the next instant at which one is to be raised. Only
`raise_lights` raises, so a light has one way into the record however late it is noticed: a clock that stops keeps its
`next_at` where that has passed, and its light is raised with the instant at which the limit passed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Table, delete, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from app.deadlines import rules
from app.deadlines.calendars import WorkingCalendar
from app.deadlines.errors import CalendarRefused, ExclusionRefused, ExtensionRefused, UnknownCalendar
from app.deadlines.models import Calendar, CalendarDay, CalendarYear, CaseClock, ExcludedSpan, Extension, Flip
from app.deadlines.queries import (
    as_clock,
    clock_columns,
    forget_versions,
    ledgers,
    load_calendar,
    lock_calendars,
    years,
)
from app.deadlines.types import (
    EXCLUSIONS,
    Basis,
    Clock,
    ClockSpec,
    Day,
    DueInstants,
    Granted,
    Ledger,
    Light,
    Moved,
    Raised,
    Recomputed,
    Superseded,
    YearStatus,
)
from app.kernel.ids import new_id
from app.kernel.prepared import Prepared

LIMIT_MOVED = "limit moved"

_CLOCK = cast(Table, CaseClock.__table__)
_SPAN = cast(Table, ExcludedSpan.__table__)
_FLIP = cast(Table, Flip.__table__)
_DAY = cast(Table, CalendarDay.__table__)


def _insertion(table: Table) -> str:
    """Adds any number of rows with one statement, from their JSON; PostgreSQL reads it by the table's types."""
    names = ", ".join(column.name for column in table.c if column.name != "tenant")
    return f"INSERT INTO {table} (tenant, {names}) SELECT :tenant, {names} FROM {_rows(table)}"  # noqa: S608


def _rows(table: Table) -> str:
    return f"json_populate_recordset(NULL::{table}, CAST(:rows AS json))"


_ADD_CLOCKS = Prepared(_insertion(_CLOCK))
_ADD_FLIPS = Prepared(f"{_insertion(_FLIP)} ON CONFLICT DO NOTHING RETURNING id")
_STOP_CLOCKS = Prepared("""
UPDATE case_clock SET stopped_at = :at, next_at = CASE WHEN next_at <= :at THEN next_at END
WHERE tenant = :tenant AND case_id = :case AND stopped_at IS NULL AND (:everything OR subject = ANY(:subjects))
""")
_MOVE_CLOCKS = text(f"""
UPDATE case_clock c
SET yellow_at = r.yellow_at, red_at = r.red_at, provisional = r.provisional, light = r.light, next_at = r.next_at
FROM {_rows(_CLOCK)} r WHERE c.tenant = :tenant AND c.id = r.id
""")  # noqa: S608
_TURN_LIGHTS = Prepared(f"""
WITH due AS (
  SELECT id, light FROM case_clock
  WHERE tenant = :tenant AND case_id = ANY(:cases) AND next_at <= :now AND parked IS NULL
  ORDER BY id FOR UPDATE
)
UPDATE case_clock c
SET light = CASE WHEN c.red_at <= least(:now, c.stopped_at) THEN 'red' ELSE 'yellow' END,
    next_at = CASE WHEN c.red_at > :now AND c.stopped_at IS NULL THEN c.red_at END
FROM due WHERE c.tenant = :tenant AND c.id = due.id
RETURNING due.light AS was, {", ".join(f"c.{column.name}" for column in clock_columns())}
""")  # noqa: S608


# --- clocks


def start_clocks(
    session: Session, tenant: str, case_id: UUID, specs: Sequence[ClockSpec], record: Ledger
) -> list[Clock]:
    """Start clocks, all green, in one statement. `record` is the case's ledger. Raises NoCalendar.

    A limit that has passed already is raised by the next sweep, as any other.
    """
    started = [_started(session, case_id, spec, record) for spec in specs]
    if started:
        _ADD_CLOCKS.run(session, tenant=tenant, rows=_json(started))
    return started


def stop_clocks(session: Session, tenant: str, case_id: UUID, subjects: Collection[UUID] | None, at: datetime) -> None:
    """Stop the clocks of these steps, legs, or of the case itself; of None: all. They keep the light they had.

    A light that came due and was not noticed stays armed: it is still raised, with the instant at which it came due.
    """
    everything = subjects is None
    wanted = {"tenant": tenant, "case": case_id, "everything": everything, "subjects": list(subjects or ()), "at": at}
    _STOP_CLOCKS.run(session, **wanted)


def park_clocks(session: Session, tenant: str, case_id: UUID, because: str, now: datetime) -> None:
    """Take the lights of a case that are due out of the sweep, which failed to raise them, until they are retried."""
    row = _CLOCK.c
    overdue = update(_CLOCK).where(row.tenant == tenant, row.case_id == case_id, row.next_at <= now)
    session.execute(overdue.values(parked=because))


def retry_clocks(session: Session, tenant: str, case_id: UUID) -> None:
    """Put the parked lights of a case back into the sweep."""
    row = _CLOCK.c
    session.execute(update(_CLOCK).where(row.tenant == tenant, row.case_id == case_id).values(parked=None))


# --- the ledger


def open_span(
    session: Session,
    tenant: str,
    case_id: UUID,
    *,
    leg_id: UUID | None,
    cause: UUID,
    reason: str,
    announced: str | None,
    now: datetime,
) -> UUID:
    """Begin time that is not counted, in a leg or in the whole case; call `recompute` then. Returns the span's id.

    `announced` is how long it takes, as the applicant is told in writing (Art. 45). Raises ExclusionRefused where the
    law knows no such `reason`, LimitRefused.
    """
    if reason not in EXCLUSIONS:
        raise ExclusionRefused(reason=reason)
    if announced is not None:
        rules.parse_limit(announced)
    span = {"id": new_id(), "tenant": tenant, "case_id": case_id, "leg_id": leg_id, "cause": cause}
    session.execute(insert(_SPAN).values(**span, reason=reason, announced=announced, opened_at=now))
    return cast(UUID, span["id"])


def close_span(session: Session, tenant: str, case_id: UUID, cause: UUID, now: datetime) -> bool:
    """End the time that `cause` excluded; call `recompute` then. False: it excludes none (any more)."""
    row = _SPAN.c
    mine = (row.tenant == tenant, row.case_id == case_id, row.cause == cause, row.closed_at.is_(None))
    closed = session.execute(
        update(_SPAN).where(*mine).values(closed_at=func.greatest(now, row.opened_at)).returning(row.id)
    )
    return bool(closed.all())


def extend(
    session: Session,
    tenant: str,
    case_id: UUID,
    *,
    id: UUID | None = None,  # noqa: A002 — the row's own word
    basis: Basis,
    days: int,
    reason: str,
    approved_by: UUID,
    now: datetime,
) -> Granted:
    """Add days to a limit of the case, with the approval and the reason that Art. 42 asks for; call `recompute` then.

    Raises ExtensionRefused.
    """
    if days < 1:
        raise ExtensionRefused(days=days)
    granted = Granted(basis=basis, days=days, reason=reason, approved_by=approved_by, granted_at=now)
    session.execute(insert(Extension).values(id=id or new_id(), tenant=tenant, case_id=case_id, **asdict(granted)))
    return granted


def recompute(session: Session, tenant: str, case_id: UUID, now: datetime) -> Recomputed:
    """What follows for one case from a change of its ledger or its calendar; see recompute_cases."""
    return recompute_cases(session, tenant, [case_id], now)


def recompute_cases(session: Session, tenant: str, case_ids: Collection[UUID], now: datetime) -> Recomputed:
    """Compute the instants of all running clocks of these cases anew.

    1. A red flip stands if the limit still ends at the instant that it states; a yellow one if its own instant is still
       so, or a red one stands: under a red light it has done its work.
    2. What does not stand is superseded, the light set back to the highest that stands.
    3. The next light is armed; where its instant has passed, the next sweep raises it anew.
    """
    records = ledgers(session, tenant, case_ids)
    standing = _standing_flips(session, tenant, case_ids)
    moved, superseded = [], []
    for was in _running_clocks(session, tenant, case_ids):
        clock, untrue = _computed_anew(session, was, records[was.case_id], standing.get(was.id, {}))
        superseded += untrue
        if clock != was:
            moved.append(Moved(was, clock))
    if moved:
        session.execute(_MOVE_CLOCKS, {"tenant": tenant, "rows": _json([each.clock for each in moved])})
    if superseded:
        mine = (_FLIP.c.tenant == tenant, _FLIP.c.id.in_([flip.flip_id for flip in superseded]))
        session.execute(update(_FLIP).where(*mine).values(superseded_at=now, superseded_because=LIMIT_MOVED))
    return Recomputed(tuple(moved), tuple(superseded))


# --- calendars


def define_calendar(
    session: Session, code: str, *, name_zh: str, name_en: str, timezone: str, hours: Sequence[tuple[time, time]]
) -> None:
    """Set a calendar's names, time zone and office hours. Raises CalendarRefused."""
    WorkingCalendar(code, timezone, hours, {}, {})
    written = [[session_of_day.isoformat("minutes") for session_of_day in each] for each in hours]
    values = {"name_zh": name_zh, "name_en": name_en, "timezone": timezone, "hours": written}
    lock_calendars(session)
    adding = upsert(Calendar).values(code=code, **values)
    changing = {**values, "version": Calendar.version + 1}
    session.execute(adding.on_conflict_do_update(index_elements=[Calendar.code], set_=changing))
    session.get(Calendar, code, populate_existing=True)
    forget_versions(session)


def load_year(
    session: Session,
    code: str,
    year: int,
    status: YearStatus,
    days: Mapping[date, Day],
    source: str,
    now: datetime,
) -> None:
    """Set a year of a calendar: `days` are those that differ from their weekday. Waits for whoever counts time.

    Afterwards, in a transaction for each tenant: `recompute_cases` over `queries.cases_on`. Raises UnknownCalendar;
    CalendarRefused where a day lies outside the year, or what is announced would become provisional again.
    """
    lock_calendars(session)
    stray = [day for day in days if day.year != year]
    if stray:
        raise CalendarRefused(calendar=code, reason=f"{stray[0]} is not a day of {year}")
    held = {each.year: each for each in years(session, code)}
    if status == "provisional" and year in held and held[year].status == "announced":
        raise CalendarRefused(calendar=code, reason=f"{year} is announced and cannot become provisional")
    if session.get(Calendar, code) is None:
        raise UnknownCalendar(calendar=code)
    newest = max((each.loaded_at for each in held.values()), default=None)
    loaded_at = now if newest is None else max(now, newest + timedelta(microseconds=1))
    values = {"status": status, "source": source, "loaded_at": loaded_at}
    adding = upsert(CalendarYear).values(calendar=code, year=year, **values)
    session.execute(adding.on_conflict_do_update(index_elements=["calendar", "year"], set_=values))
    row = _DAY.c
    session.execute(delete(_DAY).where(row.calendar == code, row.day.between(date(year, 1, 1), date(year, 12, 31))))
    if days:
        session.execute(insert(_DAY), [{"calendar": code, "day": day, **kept._asdict()} for day, kept in days.items()])
    forget_versions(session)


# --- lights


def raise_lights(session: Session, tenant: str, case_ids: Collection[UUID], now: datetime) -> list[Raised]:
    """Raise every light of these cases that is due, each exactly once; the caller has locked the cases.

    1. One statement locks the clocks that are due, looks at them again under the lock, and turns them.
    2. A clock that was green and is red passed through yellow: both are raised, each with its own instant.
    3. The flips go in with one statement; the unique index lets one noticer win, and only what it won is returned.
    """
    turned = [row._asdict() for row in _TURN_LIGHTS.run(session, tenant=tenant, cases=list(case_ids), now=now)]
    raised = [
        Raised(new_id(), clock, colour, became_at)
        for row in turned
        for clock in [as_clock({name: value for name, value in row.items() if name != "was"})]
        for colour, became_at in _passed(row["was"], clock)
    ]
    if not raised:
        return []
    rows = _json([_flip(each, now) for each in raised])
    won = {row.id for row in _ADD_FLIPS.run(session, tenant=tenant, rows=rows)}
    return [each for each in raised if each.flip_id in won]


# ---


def _started(session: Session, case_id: UUID, spec: ClockSpec, record: Ledger) -> Clock:
    ends = rules.due_instants(load_calendar(session, spec.calendar), record.facts(spec))
    return Clock(
        **_fields(spec),
        **_fields(ends),
        id=new_id(),
        case_id=case_id,
        light="green",
        next_at=rules.next_instant("green", ends.yellow_at, ends.red_at),
        stopped_at=None,
    )


def _computed_anew(
    session: Session, was: Clock, record: Ledger, flips: Mapping[Light, Superseded]
) -> tuple[Clock, list[Superseded]]:
    """The clock as it is now, and those of its flips that are no longer true."""
    ends = rules.due_instants(load_calendar(session, was.calendar), record.facts(was))
    light: Light = "green"
    if "red" in flips and flips["red"].became_at == ends.red_at:
        light = "red"
    elif "yellow" in flips and flips["yellow"].became_at == ends.yellow_at:
        light = "yellow"
    untrue = [flip for colour, flip in flips.items() if light != "red" and colour != light]
    next_at = rules.next_instant(light, ends.yellow_at, ends.red_at)
    return replace(was, **_fields(ends), light=light, next_at=next_at), untrue


def _running_clocks(session: Session, tenant: str, case_ids: Collection[UUID]) -> Iterable[Clock]:
    row = _CLOCK.c
    running = select(*clock_columns()).where(row.tenant == tenant, row.case_id.in_(case_ids), row.stopped_at.is_(None))
    return map(as_clock, session.execute(running).mappings())


def _standing_flips(
    session: Session, tenant: str, case_ids: Collection[UUID]
) -> Mapping[UUID, Mapping[Light, Superseded]]:
    row = _FLIP.c
    standing = select(row.id.label("flip_id"), row.case_id, row.clock_id, row.colour, row.became_at).where(
        row.tenant == tenant, row.case_id.in_(case_ids), row.superseded_at.is_(None)
    )
    found: dict[UUID, dict[Light, Superseded]] = {}
    for flip in (Superseded(**row) for row in session.execute(standing).mappings()):
        found.setdefault(flip.clock_id, {})[flip.colour] = flip
    return found


def _passed(was: Light, clock: Clock) -> Iterable[tuple[Light, datetime]]:
    """The lights that `clock` passed on its way from `was` to what it shows, with their instants."""
    if was == "green" and clock.yellow_at and (clock.red_at is None or clock.yellow_at < clock.red_at):
        yield "yellow", clock.yellow_at
    if clock.light == "red" and clock.red_at:
        yield "red", clock.red_at


def _flip(raised: Raised, now: datetime) -> Mapping[str, object]:
    return {
        "id": raised.flip_id,
        "case_id": raised.clock.case_id,
        "clock_id": raised.clock.id,
        "colour": raised.colour,
        "became_at": raised.became_at,
        "answered": False,
        "noticed_at": now,
    }


def _fields(values: ClockSpec | DueInstants) -> dict[str, Any]:
    return {field.name: getattr(values, field.name) for field in fields(values)}


def _json(rows: Sequence[object]) -> str:
    return orjson.dumps(rows).decode()
