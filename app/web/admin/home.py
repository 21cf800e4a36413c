"""Where an administrator starts: what needs attention, then everything there is to administer."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app import edge
from app.administration import attention
from app.deadlines import queries as deadlines
from app.org import queries as org
from app.web.admin import blueprint
from app.web.admin.calendars import this_year

OFFICE = ("org.manage",)
SHARED = ("calendar.manage", "region.manage", "role.manage")
WATCHING = ("incident.read", "audit.verify")
ANNOUNCED_IN = 11
"""The State Council announces the next year in this month."""


@blueprint.get("/")
@edge.guarded(*OFFICE, *SHARED)
def home() -> ResponseReturnValue:
    """What needs attention, and the sections."""
    session, actor, now = edge.session(), edge.actor(), edge.now()
    manages = actor.may("org.manage")
    return render_template(
        "admin/home.html",
        region=org.region(session, actor.tenant),
        vacant=attention.vacant(session, actor, now) if manages else [],
        leaving=attention.leaving(session, actor, now) if manages else [],
        failed=attention.failed(session, actor) if actor.may("incident.read") else None,
        people=attention.people_here(session, actor, now) if manages else None,
        departments=len(org.departments(session, actor.tenant)),
        posts=len(org.posts(session, actor.tenant)),
        tenants=len(org.tenants(session)),
        calendars=_calendars(),
        now=now,
    )


def _calendars() -> list[dict[str, object]]:
    """What is to be said of each calendar: years missing or provisional, deadlines that could not be computed."""
    session, year, found = edge.session(), this_year(), []
    for calendar in deadlines.calendars(session):
        loaded = {each.year: each.status for each in deadlines.years(session, calendar.code)}
        changes = deadlines.changes_of(session, calendar.code, 1)
        parts = deadlines.recounts_of(session, [change.id for change in changes])
        found.append(
            {
                "calendar": calendar,
                "missing": deadlines.missing_years(loaded, edge.now()),
                "provisional": [one for one in (year, year + 1) if loaded.get(one) == "provisional"],
                "running": any(change.finished_at is None for change in changes),
                "failed": sum(part.failed for each in parts.values() for part in each),
            }
        )
    return found
