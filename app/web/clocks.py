"""A clock's record as a page shows it: a strip of days to look along, and words for what the lines say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask
from flask_babel import gettext, ngettext

from app.cases.views import ClockLedger
from app.catalog.types import ServiceItem
from app.deadlines.rules import light_at
from app.deadlines.types import LedgerLine, Why
from app.web.language import ZONE, pick
from app.web.words import exclusion

_OFF = (Why.WEEKEND, Why.HOLIDAY, Why.EVENT, Why.OUTSIDE_HOURS)
_LIMIT = re.compile(r"P(?:(\d+)D|T(\d+)H)")


@dataclass(frozen=True)
class Cell:
    """One day of the strip; `day` where its date is written: the first one, and each Monday after its week."""

    text: str
    css: str
    day: date | None


def register(app: Flask) -> None:
    """Let templates speak of clocks."""
    app.jinja_env.globals.update(
        amount_words=amount_words,
        clock_name=clock_name,
        counted_by=counted_by,
        days_of=days_of,
        hour_of=hour_of,
        light_of=light_of,
        limit_words=limit_words,
        note_words=note_words,
        strip_of=strip_of,
    )


def light_of(clock: Any, now: datetime) -> str:
    """The light of a clock as of now, whether or not somebody has noticed it yet."""
    return light_at(clock.yellow_at, clock.red_at, now, clock.stopped_at)


def clock_name(clock: Any, item: ServiceItem) -> str:
    """What a clock belongs to: a step, a department's part, or the whole case."""
    return pick(item.step_name(clock.element)) if clock.element else str(gettext("The whole case"))


def limit_words(limit: str | None) -> str:
    """A limit as written (P20D, PT4H) in words."""
    found = _LIMIT.fullmatch(limit or "")
    if found is None:
        return limit or ""
    if found[1]:
        return str(ngettext("%(num)d working day", "%(num)d working days", int(found[1])))
    return str(ngettext("%(num)d office hour", "%(num)d office hours", int(found[2])))


def days_of(limit: str | None) -> int:
    """How many days a limit as written has; 0 for one in hours."""
    found = _LIMIT.fullmatch(limit or "")
    return int(found[1]) if found and found[1] else 0


def hour_of(at: datetime) -> str:
    """The time of day in the office."""
    return f"{at.astimezone(ZONE):%H:%M}"


def strip_of(found: ClockLedger, now: datetime) -> list[Cell]:
    """The days in a row: counted, standing still, off, past the limit, still ahead; today and the last are marked."""
    today = now.astimezone(ZONE).date()
    return [
        Cell(
            _text(line),
            _css(line, line.day > today, line.day == today),
            line.day if place == 0 or (line.day.isoweekday() == 1 and place > 4) else None,
        )
        for place, line in enumerate(found.lines)
    ]


def in_order(ledgers: Sequence[ClockLedger]) -> list[ClockLedger]:
    """The case's own limits first, then those of departments, then those of steps; each by when it began."""
    levels = ("case", "leg", "step")
    return sorted(
        ledgers, key=lambda found: (levels.index(found.clock.level), found.clock.basis, found.clock.started_at)
    )


def counted_by(lines: Sequence[LedgerLine], now: datetime) -> int:
    """How many days were counted up to today; 0 for a limit in hours."""
    today = now.astimezone(ZONE).date()
    return max((line.total for line in lines if line.unit == "days" and line.day <= today), default=0)


def note_words(line: LedgerLine) -> str:
    """The reason of an exclusion in words, or the name of a holiday."""
    if line.why is Why.EXCLUDED:
        return ", ".join(exclusion(reason) for reason in line.note.split(", "))
    return gettext(line.note) if line.note else ""


def amount_words(line: LedgerLine) -> str:
    """What was counted up to the end of a day: days, or hours and minutes."""
    if line.unit == "days":
        return str(line.total)
    return f"{line.total // 3600}:{line.total % 3600 // 60:02d}"


def _text(line: LedgerLine) -> str:
    return str(line.total) if line.counted and line.unit == "days" else ""


def _css(line: LedgerLine, ahead: bool, today: bool) -> str:
    kind = (
        "is-off"
        if line.why in _OFF
        else "is-still"
        if line.why is Why.EXCLUDED
        else "is-over"
        if line.why is Why.OVER
        else "is-counted"
        if line.counted
        else ""
    )
    names = ["" if ahead and kind == "is-counted" else kind]
    names += ["is-now"] if today else []
    names += ["is-due"] if "red" in line.marks else []
    return " ".join(name for name in names if name)
