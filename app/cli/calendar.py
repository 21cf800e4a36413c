"""`flask calendar …`: calendars of working days, and deadlines computed anew when one changes."""

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cases import recounting
from app.cli.desk import as_person, desk, office, plainly
from app.cli.output import show, show_one, with_json
from app.deadlines import announcements, queries, seed, years
from app.deadlines.types import YearStatus
from app.deadlines.years import Hours, Plan
from app.kernel import sheets
from app.kernel.ids import GLOBAL_TENANT

group = AppGroup("calendar", help="Calendars of working days.")


@group.command("list")
@with_json
def list_(as_json: bool) -> None:
    """List calendars with their years, and years that are missing."""
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        now, rows = office().now(session), []
        for found in queries.calendars(session):
            loaded = queries.years(session, found.code)
            rows.append(
                {
                    "calendar": found.code,
                    "hours": " ".join("-".join(each) for each in found.hours),
                    "timezone": found.timezone,
                    "announced": _spans(sorted(each.year for each in loaded if each.status == "announced")),
                    "provisional": [each.year for each in loaded if each.status == "provisional"],
                    "missing": queries.missing_years({each.year for each in loaded}, now),
                }
            )
        show(rows, as_json=as_json)


@group.command("show")
@click.argument("calendar")
@click.argument("year", type=int)
@with_json
def show_(calendar: str, year: int, as_json: bool) -> None:
    """Show the days of a year that differ from their weekday."""
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        queries.calendar(session, calendar)
        days = queries.days_of(session, calendar, year)
        show(
            ({"date": day.isoformat(), "is_working": kept.is_working, "name": kept.name} for day, kept in days.items()),
            as_json=as_json,
        )


@group.command("load")
@click.argument("calendar")
@click.argument("year", type=int)
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--provisional", is_flag=True, help="Not announced yet; without SHEET: weekends and statutory days.")
@click.option("--source", help="Where it comes from, e.g. the number of the notice.")
@click.option("--dry-run", is_flag=True, help="Say what would change; change nothing.")
@as_person
@with_json
def load(
    calendar: str,
    year: int,
    sheet: Path | None,
    provisional: bool,
    source: str | None,
    dry_run: bool,
    username: str,
    as_json: bool,
) -> None:
    """Load a year from SHEET (CSV or XLSX: date, is_working, name), then compute open deadlines anew."""
    if sheet is None and not provisional:
        raise click.UsageError("Name a SHEET, or load the year as --provisional.")
    with desk(username) as at:
        plan = _plan(calendar, year, sheet, "provisional" if provisional else "announced", source)
        found = years.preview(at.session, at.actor, plan)
        effect = found.effect
        if not dry_run:
            years.load(at.session, at.actor, plan, at.now, found.version)
        facts = {"days": len(found.changes), "deadlines": effect.clocks, "moved": effect.moved}
        show_one({"calendar": calendar, "year": year, "status": plan.status, **facts}, as_json=as_json)
    if not dry_run:
        _carry_through()


@group.command("define")
@click.argument("calendar")
@click.option("--zh", "name_zh", required=True, help="Its name in Chinese.")
@click.option("--en", "name_en", required=True, help="Its name in English.")
@click.option("--hours", required=True, help="Office hours, e.g. 09:00-12:00,13:30-17:00.")
@click.option("--timezone", default="Asia/Shanghai", show_default=True)
@click.option("--years-of", help="A new calendar takes its years from this one.")
@as_person
def define(
    calendar: str, name_zh: str, name_en: str, hours: str, timezone: str, years_of: str | None, username: str
) -> None:
    """Add a calendar, or change its names and office hours."""
    wanted = Hours(calendar, name_zh, name_en, timezone, list(_sessions(hours)))
    with desk(username) as at:
        if any(found.code == calendar for found in queries.calendars(at.session)):
            years.change_hours(at.session, at.actor, wanted, at.now)
        else:
            years.add_calendar(at.session, at.actor, wanted, at.now, years_of)
    _carry_through()


@group.command("recount")
@click.argument("calendar")
@as_person
def recount(calendar: str, username: str) -> None:
    """Compute all open deadlines anew, as after a missing year was loaded."""
    with desk(username) as at:
        years.recount(at.session, at.actor, calendar, at.now)
    _carry_through()


@group.command("progress")
@click.argument("calendar")
@click.option("--changes", default=1, show_default=True, help="How many of the latest changes.")
@with_json
def progress(calendar: str, changes: int, as_json: bool) -> None:
    """Show how far deadlines have been computed anew after the latest changes."""
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        queries.calendar(session, calendar)
        found = queries.changes_of(session, calendar, changes)
        parts = queries.recounts_of(session, [each.id for each in found])
        columns = ("region", "total", "done", "moved", "superseded", "failed", "finished_at")
        show(
            (
                {"year": each.year, "by": each.by, **{name: getattr(part, name) for name in columns}}
                for each in found
                for part in parts[each.id]
            ),
            as_json=as_json,
        )


def _carry_through() -> None:
    """Do what the ticker would do within seconds, so that the command ends when it is done."""
    with plainly():
        here = office()
        with here.database.transaction(GLOBAL_TENANT, here.tenants) as session:
            now = here.now(session)
            due = recounting.tenants_due(session, now)
        for tenant in due:
            left = True
            while left:
                with here.database.transaction(tenant) as session:
                    left = recounting.carry_on(session, tenant, now)
        with here.database.transaction(GLOBAL_TENANT) as session:
            recounting.finish(session, now)


def _plan(calendar: str, year: int, sheet: Path | None, status: YearStatus, source: str | None) -> Plan:
    announcements.check_year(year)
    if sheet is None:
        return Plan(calendar, year, status, seed.provisional(year), source or "statutory days")
    days = announcements.of_sheet(year, sheets.rows(sheet.read_bytes()))
    return Plan(calendar, year, status, days, source or sheet.name)


def _sessions(hours: str) -> Iterator[tuple[time, time]]:
    for part in hours.split(","):
        begins, _, ends = part.strip().partition("-")
        try:
            yield time.fromisoformat(begins), time.fromisoformat(ends)
        except ValueError:
            raise click.BadParameter("Write office hours as 09:00-12:00,13:30-17:00.") from None


def _spans(found: list[int]) -> str:
    """2004–2026, with gaps as they are."""
    spans: list[list[int]] = []
    for year in found:
        if spans and spans[-1][1] == year - 1:
            spans[-1][1] = year
        else:
            spans.append([year, year])
    return " ".join(f"{first}–{last}" if first != last else str(first) for first, last in spans)
