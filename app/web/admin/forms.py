"""What the forms of administration share. Several stand on one page: each names itself in the field `form`, so that
what was typed, and what is wrong with it, is shown in the form that was sent.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext

from app import edge
from app.kernel.errors import Invalid
from app.kernel.marking import _
from app.web.errors import problem
from app.web.language import ZONE

FORM = "form"


def is_sent(form: str) -> bool:
    """Whether this form was sent and refused: it is shown open, as it was."""
    return request.method == "POST" and request.form.get(FORM) == form


def typed(form: str, name: str, before: Any = "") -> Any:
    """What was typed into a field, else what stood there before."""
    return request.form.get(name, "") if is_sent(form) else "" if before is None else before


def chosen(form: str, name: str, before: Any = ()) -> list[str]:
    """What was chosen of several, else what was chosen before."""
    return request.form.getlist(name) if is_sent(form) else list(before)


def faults(form: str, name: str) -> list[str]:
    """What is wrong with a field of the form that was sent."""
    return all_faults().get(name, []) if is_sent(form) else []


def all_faults() -> Mapping[str, list[str]]:
    """What is wrong, field by field, in the reader's language."""
    found = problem()
    fields = found.fields if isinstance(found, Invalid) else {}
    return {
        name: [str(gettext(str(said)) % getattr(said, "params", {})) for said in messages]
        for name, messages in fields.items()
    }


def number(name: str) -> int | None:
    """A whole number that the page itself wrote, such as a version."""
    return request.form.get(name, type=int)


def key(name: str) -> UUID | None:
    """An id that the page offered; None where nothing was chosen. Raises Invalid."""
    given = request.form.get(name, "").strip()
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError:
        raise Invalid({name: [_("Choose one of the list.")]}) from None


def needed(name: str) -> UUID:
    """An id that must be chosen. Raises Invalid."""
    found = key(name)
    if found is None:
        raise Invalid({name: [_("Choose one of the list.")]})
    return found


def first_day(name: str) -> datetime | None:
    """The beginning of a day; now, if it is today or nothing was given. Raises Invalid."""
    day = _day(name)
    begins = None if day is None else _midnight(day)
    return None if begins is None or day == _today() else begins


def last_day(name: str) -> datetime | None:
    """The end of a last day; None, and so now, where nothing was given. Raises Invalid."""
    day = _day(name)
    return None if day is None else _midnight(day + timedelta(days=1))


def as_last_day(until: datetime | None) -> date | None:
    """The last day of something that ends at an instant."""
    return None if until is None else (until - timedelta(microseconds=1)).astimezone(ZONE).date()


def _day(name: str) -> date | None:
    given = request.form.get(name, "").strip()
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise Invalid({name: [_("This is no date: write it as 2027-01-31.")]}) from None


def _midnight(day: date) -> datetime:
    try:
        return datetime.combine(day, time.min, ZONE).astimezone(UTC)
    except OverflowError:
        raise Invalid({"at": [_("This is no date: write it as 2027-01-31.")]}) from None


def _today() -> date:
    return edge.now().astimezone(ZONE).date()
