"""Where an administrator starts: what needs attention, the gravest first, then everything there is to administer."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from app import edge
from app.administration import attention
from app.deadlines import queries as deadlines
from app.deadlines.models import Calendar
from app.org import queries as org
from app.web.admin import blueprint
from app.web.admin.calendars import this_year
from app.web.admin.forms import as_last_day
from app.web.language import day, distance, pick

OFFICE = ("org.manage",)
SHARED = ("calendar.manage", "region.manage", "role.manage")
WATCHING = ("incident.read", "audit.verify")
ANNOUNCED_IN = 11
"""The State Council announces the next year in this month."""

Tone = Literal["bad", "warn", "wait", "soon"]
GRAVEST: Final[tuple[Tone, ...]] = ("bad", "warn", "wait", "soon")


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to look at: what it is, what follows from it, where something can be done about it."""

    tone: Tone
    what: str
    why: str
    address: str = ""
    verb: str = ""


@blueprint.get("/")
@edge.guarded(*OFFICE, *SHARED)
def home() -> ResponseReturnValue:
    """What needs attention, and the sections."""
    session, actor, now = edge.session(), edge.actor(), edge.now()
    manages = actor.may("org.manage")
    return render_template(
        "admin/home.html",
        region=org.region(session, actor.tenant),
        alerts=sorted(_alerts(), key=lambda alert: GRAVEST.index(alert.tone)),
        people=attention.people_here(session, actor, now) if manages else None,
        departments=len(org.departments(session, actor.tenant)),
        posts=len(org.posts(session, actor.tenant)),
        tenants=len(org.tenants(session)),
        calendars=len(deadlines.calendars(session)),
    )


def _alerts() -> Iterator[Alert]:
    actor = edge.actor()
    for calendar in deadlines.calendars(edge.session()):
        yield from _of_years(calendar)
        yield from _of_counting(calendar)
    if actor.may("org.manage"):
        yield from _of_posts()
    if actor.may("incident.read"):
        yield from _of_failures()


def _of_years(calendar: Calendar) -> Iterator[Alert]:
    """Years that a calendar does not hold, or only provisionally."""
    manages, year = edge.actor().may("calendar.manage"), this_year()
    loaded = {each.year: each.status for each in deadlines.years(edge.session(), calendar.code)}
    for missing in deadlines.missing_years(loaded, edge.now()):
        yield Alert(
            "bad",
            gettext("The calendar “%(name)s” holds no year %(year)s.", name=pick(calendar), year=missing),
            gettext("Limits that run into it cannot be counted: those acts are refused until it is loaded."),
            url_for("admin.load_form", code=calendar.code, year=missing)
            if manages
            else url_for("admin.calendar", code=calendar.code),
            gettext("Load %(year)s", year=missing) if manages else "",
        )
    for provisional in (one for one in (year, year + 1) if loaded.get(one) == "provisional"):
        yield Alert(
            "warn",
            gettext("%(year)s is provisional in “%(name)s”.", year=provisional, name=pick(calendar)),
            gettext(
                "Weekends and statutory days only. Load it when it is announced, usually in November; "
                "open deadlines follow."
            ),
            url_for("admin.load_form" if manages else "admin.calendar_year", code=calendar.code, year=provisional),
            gettext("Load %(year)s", year=provisional) if manages else "",
        )


def _of_counting(calendar: Calendar) -> Iterator[Alert]:
    """Deadlines that could not be computed anew, or are being computed."""
    session = edge.session()
    changes = deadlines.changes_of(session, calendar.code, 1)
    parts = deadlines.recounts_of(session, [change.id for change in changes])
    failed = sum(part.failed for each in parts.values() for part in each)
    address = url_for("admin.calendar", code=calendar.code, _anchor="changes")
    if failed:
        said = ngettext(
            "The limits of %(num)d case could not be computed anew.",
            "The limits of %(num)d cases could not be computed anew.",
            failed,
        )
        yield Alert("bad", said, pick(calendar), address)
    if any(change.finished_at is None for change in changes):
        yield Alert("wait", gettext("Open deadlines are being computed anew."), pick(calendar), address)


def _of_posts() -> Iterator[Alert]:
    """Posts that nobody holds though work comes to them, and people who leave theirs soon."""
    session, actor, now = edge.session(), edge.actor(), edge.now()
    for one in attention.vacant(session, actor, now):
        waits = ngettext("%(num)d step waits there.", "%(num)d steps wait there.", one.waiting)
        bound = ngettext("%(num)d item is bound to it.", "%(num)d items are bound to it.", len(one.items))
        yield Alert(
            "bad" if one.waiting else "warn",
            gettext("Nobody holds the post “%(post)s”.", post=pick(one.post)),
            " ".join([waits] * bool(one.waiting) + [bound] * bool(one.items)),
            url_for("admin.post", post_id=one.post.id),
        )
    for leaver in attention.leaving(session, actor, now):
        yield Alert(
            "soon",
            gettext("%(name)s leaves the post “%(post)s”", name=leaver.name, post=pick(leaver)),
            f"{day(as_last_day(leaver.until))} · {distance(leaver.until, now)}" if leaver.until else "",
            url_for("admin.person", account_id=leaver.account_id),
        )


def _of_failures() -> Iterator[Alert]:
    """Work that failed for good."""
    failed = attention.failed(edge.session(), edge.actor())
    if failed.incidents:
        said = ngettext(
            "%(num)d incident waits for the operator.", "%(num)d incidents wait for the operator.", failed.incidents
        )
        yield Alert("bad", said, "", url_for("admin.incidents"))
    if failed.cases:
        said = ngettext(
            "The lights or timers of %(num)d case were set aside.",
            "The lights or timers of %(num)d cases were set aside.",
            failed.cases,
        )
        yield Alert("bad", said, "")
