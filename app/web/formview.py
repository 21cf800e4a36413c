"""A form as a page shows it: each field with its path, what was typed, what is wrong with it, whether it is hidden now.

What was typed is shown as it was typed, right or wrong. Conditions see the answers as the server reads them, so that a
page hides just what the check passes over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from flask_babel import gettext

from app.catalog import forms, prose
from app.catalog.fields import COMPUTED, FILE, SEVERAL, Field, Form, flat, rows, wording
from app.catalog.types import Requirement
from app.kernel.errors import DomainError, Message
from app.materials.models import Material
from app.web.language import as_written, pick

NEW_ROW = "add"
DROPPED_ROW = "drop"
FREE = frozenset({"group", "text", "html", "image", "separator", "spacer"})
BLANK = "__row__"
"""Stands for the number of a row in the pattern from which a browser makes new ones."""


@dataclass(frozen=True)
class Slot:
    """A place for the file of a material. `send`: where a file goes from here; None where one may not hand it in;
    `refused`: why the file that was just sent was not taken."""

    need: Requirement
    file: Material | None
    case_key: str
    send: str | None = None
    refused: DomainError | None = None


Slots = Mapping[str, Slot]


class _Page(NamedTuple):
    """What the fields of one page have in common: what is said of them, by path, and the places for files, by code."""

    said: Mapping[str, tuple[str, ...]]
    slots: Slots


@dataclass(frozen=True)
class Shown:
    """One field on a page. `lines`: what a group holds, side by side; `entries`: the rows of a list, likewise."""

    field: Field
    path: str
    value: Any
    errors: tuple[str, ...] = ()
    hidden: bool = False
    lines: tuple[tuple["Shown", ...], ...] = ()
    entries: tuple[tuple[tuple["Shown", ...], ...], ...] = ()
    pattern: tuple[tuple["Shown", ...], ...] = ()
    slot: Slot | None = None

    @property
    def id(self) -> str:
        """The id of its control."""
        return f"f-{self.path}"

    @property
    def described_by(self) -> str:
        """The ids of what else is said of it, for readers who do not see the page."""
        said = [f"{self.id}-hint"] if self.field.description.zh else []
        return " ".join([*said, *([f"{self.id}-error"] if self.errors else [])])

    def has(self, value: str) -> bool:
        """Whether an option is chosen."""
        return value in self.value if isinstance(self.value, list) else self.value == value


Lines = tuple[tuple[Shown, ...], ...]


@dataclass(frozen=True)
class Fault:
    """A line of the summary on top: where it leads, of which field it is, what is wrong."""

    id: str
    label: Any
    text: str


def shown(form: Form, data: Mapping[str, Any], errors: Mapping[str, list[Any]], slots: Slots | None = None) -> Lines:
    """The whole form, line by line."""
    said = {path: tuple(say(message) for message in messages) for path, messages in errors.items()}
    return _lines(form.fields, data, {}, "", _Page(said, slots or {}))


def sections(lines: Lines) -> list[tuple[bool, Lines]]:
    """The lines of a form in runs: groups have a frame of their own, what stands between them wants one (True); prose,
    pictures and lines that part the form stand free."""
    found: list[tuple[bool, Lines]] = []
    for line in lines:
        bare = any(one.field.type not in FREE for one in line)
        if found and found[-1][0] == bare:
            found[-1] = (bare, (*found[-1][1], line))
        else:
            found.append((bare, (line,)))
    return found


def say(message: str) -> str:
    """A message about a field in the reader's language."""
    params = message.params if isinstance(message, Message) else {}
    return str(gettext(str(message)) % params) if params else str(gettext(str(message)))


def faults(form: Form, errors: Mapping[str, list[Any]]) -> list[Fault]:
    """What is wrong, in the order of the form; a field in a list is named with its row."""
    order = {path: number for number, path in enumerate(_paths(form.fields))}
    found = sorted(errors.items(), key=lambda item: order.get(_without_rows(item[0]), len(order)))
    return [Fault(f"f-{path}", _label(form, path), say(message)) for path, messages in found for message in messages]


def checked(form: Form, data: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What a page asks while somebody types: the ids of the fields that are hidden as the answers stand; what would be
    said of each field if the form were sent now, which the page shows of the fields that were touched; and what is
    shown where something is computed, a table's rows and cells or a single one."""
    found: dict[str, str] = {}
    for path, messages in forms.validate(form, data, today=today).errors.items():
        found[f"f-{path}"] = " ".join(say(message) for message in messages)
    drawn = shown(form, data, {})
    return {"hidden": hidden_ids(drawn), "faults": found, "shown": {one.id: one.value for one in _computed(drawn)}}


def _computed(lines: Lines) -> Iterator[Shown]:
    for line in lines:
        for one in line:
            if one.field.type == "table" or (one.field.type == COMPUTED and one.field.label.zh):
                yield one
            for inner in (one.lines, *one.entries):
                yield from _computed(inner)


def hidden_ids(lines: Lines) -> list[str]:
    """The ids of all fields that are hidden as the answers stand."""
    ids = []
    for line in lines:
        for one in line:
            if one.hidden:
                ids.append(one.id)
            for inner in (one.lines, *one.entries):
                ids.extend(hidden_ids(inner))
    return ids


def changed_rows(form: Form, data: dict[str, Any], button: str) -> dict[str, Any]:
    """The data after a press of “add a row” or “remove this row”, without JavaScript: `add:plots`, `drop:plots.2`."""
    verb, _, path = button.partition(":")
    key, _, number = path.partition(".")
    lists = {found.key for found in flat(form.fields) if found.type == "dynamiclist"}
    if key not in lists:
        return data
    present = [row for row in data.get(key) or [] if isinstance(row, dict)]
    if verb == NEW_ROW:
        present.append({})
    elif verb == DROPPED_ROW and number.isdigit() and int(number) < len(present):
        del present[int(number)]
    return {**data, key: present}


def _lines(
    fields: tuple[Field, ...],
    data: Mapping[str, Any],
    seen: dict[str, Any],
    at: str,
    page: _Page,
) -> Lines:
    return tuple(tuple(_one(found, data, seen, at, page) for found in line) for line in rows(fields))


def _one(found: Field, data: Mapping[str, Any], seen: dict[str, Any], at: str, page: _Page) -> Shown:
    """One field; `seen` is what conditions see, and is added to."""
    hidden = found.hide is not None and found.hide.holds(seen)
    made = _drawn(found, data, dict(seen) if hidden else seen, at, page)
    if hidden:
        forms.hide(found, seen)
    return replace(made, hidden=hidden)


def _drawn(found: Field, data: Mapping[str, Any], seen: dict[str, Any], at: str, page: _Page) -> Shown:
    path = f"{at}{found.key or found.id}"
    made = Shown(found, path, None, page.said.get(path, ()))
    given = found.default if found.fixed or (found.key not in data and not data) else data.get(found.key or "")
    if found.type == "group":
        inner = (given if isinstance(given, Mapping) else {}) if found.key else data
        lines = _lines(found.children, inner, dict(seen) if found.key else seen, f"{path}." if found.key else at, page)
        _see(found, given, seen)
        return replace(made, lines=lines)
    if found.type == "dynamiclist":
        drawn = _list(made, given, seen, page)
        _see(found, given, seen)
        return drawn
    if found.type == "table":
        return replace(made, value=_rows(found, seen.get(found.source)))
    if found.type in (FILE, "documentPreview"):
        return replace(made, slot=page.slots.get(found.key or found.source))
    if found.compute is not None and found.key is not None:
        seen[found.key] = found.compute.value(seen)
        return replace(made, value=in_words(found, seen[found.key]))
    _see(found, given, seen)
    return replace(made, value=_as_typed(found, given))


def _see(found: Field, given: Any, seen: dict[str, Any]) -> None:
    if found.key is not None and (found.is_input or found.children):
        seen[found.key] = forms.answer(found, given, seen)


def _list(made: Shown, given: Any, seen: dict[str, Any], page: _Page) -> Shown:
    found, path = made.field, made.path
    present = [row for row in given if isinstance(row, Mapping)] if isinstance(given, list) else []
    present = present or [{} for _ in range(max(found.rules.first_rows, found.rules.least_rows))]
    return replace(
        made,
        entries=tuple(
            _lines(found.children, row, dict(seen), f"{path}.{number}.", page) for number, row in enumerate(present)
        ),
        pattern=_lines(found.children, {}, dict(seen), f"{path}.{BLANK}.", _Page({}, page.slots)),
    )


def _rows(found: Field, listed: Any) -> list[list[str]]:
    """What a table shows: a row for each of its list, in words."""
    entries = listed if isinstance(listed, list) else []
    return [[in_words(column, row.get(column.key)) for column in found.shows] for row in entries]


def has_files(lines: Lines) -> bool:
    """Whether files are handed in with the form."""
    return any(
        one.field.type == FILE or any(has_files(inner) for inner in (one.lines, *one.entries))
        for line in lines
        for one in line
    )


def prose_of(found: Field) -> str:
    """What a text or html shows, in the reader's language: HTML that is safe to show as it is."""
    return prose.shown(found.type, pick(found.text))


def in_words(found: Field, value: Any) -> str:
    """An answer in the reader's language; "" where there is none."""
    if found.type == "datetime" and value:
        return as_written(value, found.subtype)
    return pick(wording(found, value))


def _as_typed(found: Field, given: Any) -> Any:
    if found.type in SEVERAL:
        return [given] if isinstance(given, str) else list(given or ())
    if found.type == "checkbox":
        return given in (True, "true", "on", "1")
    return "" if given is None else str(given)


def _paths(fields: tuple[Field, ...]) -> list[str]:
    """The paths of all fields in order, rows left out."""
    found: list[str] = []

    def walk(inner: tuple[Field, ...], at: str) -> None:
        for one in inner:
            path = f"{at}{one.key}" if one.key else at.rstrip(".")
            if one.key:
                found.append(path)
            walk(one.children, f"{path}." if one.key else at)

    walk(fields, "")
    return found


def _without_rows(path: str) -> str:
    return ".".join(part for part in path.split(".") if not part.isdigit())


def _label(form: Form, path: str) -> Any:
    fields, label = form.fields, None
    row = ""
    for part in path.split("."):
        if part.isdigit():
            row = f" {int(part) + 1}"
            continue
        one = next((found for found in flat(fields) if found.key == part), None)
        if one is None:
            break
        label, fields = one.label, one.children
    if label is None:
        return None
    return {"zh": label.zh + row, "en": label.en + row}


def without_blank_rows(form: Form, data: dict[str, Any]) -> dict[str, Any]:
    """The data without rows in which nothing was typed, so that faults name the rows that the page shows."""
    lists = [found.key for found in flat(form.fields) if found.type == "dynamiclist" and found.key in data]
    return {**data, **{key: [row for row in data[key] if any(row.values())] for key in lists if key}}
