"""The sections of a long form as steps: which there are, and how much is left to fill in in each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from app.catalog import forms
from app.catalog.fields import Field, Form
from app.web.formview import Lines
from app.web.language import ZONE

FEWEST = 2
"""A form with fewer sections is not shown as steps."""


@dataclass(frozen=True)
class Part:
    """One section of a form: where it begins, what it is called, how many of its fields are still to be filled in."""

    id: str
    label: Any
    left: int


def of(lines: Lines, left: Mapping[str, int]) -> Sequence[Part]:
    """The named groups of a form that are shown as the answers stand; none where there is just one."""
    groups = [one for line in lines for one in line if one.field.type == "group" and not one.hidden]
    named = [Part(one.id, one.field.label, left.get(one.id, 0)) for one in groups if one.field.label.zh]
    return named if len(named) >= FEWEST else ()


def left_in(form: Form, data: Mapping[str, Any], today: date) -> dict[str, int]:
    """For each group of the form how many fields of it stand in the way of handing in."""
    wrong = forms.validate(form, data, today=today).errors
    return {
        f"f-{group.key or group.id}": sum(1 for path in wrong if path.partition(".")[0] in set(_keys(group)))
        for group in form.fields
        if group.type == "group"
    }


def saved_words(at: datetime) -> str:
    """When a draft was kept, as the page tells it while somebody types."""
    return str(gettext("Saved at %(time)s", time=f"{at.astimezone(ZONE):%H:%M}"))


def _keys(group: Field) -> Iterator[str]:
    """The first parts of the paths of a group's fields: its own key, or those of what it holds."""
    if group.key:
        yield group.key
        return
    for child in group.children:
        if child.key:
            yield child.key
        elif child.children:
            yield from _keys(child)
