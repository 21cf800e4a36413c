"""Checking the answers to a form on the server, whatever the browser has checked before.

1. Walk the form, never the data: keys that the form does not have are dropped, and depth is the form's.
2. In document order, decide whether a field is hidden; a hidden one has no answer and asks for none.
3. Read each answer by its type; then what had to be answered; then what depends on a neighbour.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.catalog import entries
from app.catalog.fields import COMPUTED, SEVERAL, Field, Form, rows, wording
from app.kernel.errors import Message
from app.kernel.marking import _

__all__ = ["Answers", "Field", "Form", "Message", "answer", "hide", "posted", "rows", "validate", "wording"]

_ROW = re.compile(r"[0-9]{1,4}", re.ASCII)


class Answers(NamedTuple):
    """`clean`: what may be kept. `errors`: path of a field (plots.0.plot_area) → messages; empty where all fits."""

    clean: dict[str, Any]
    errors: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Pass:
    """One check of one set of answers."""

    complete: bool
    today: date | None
    errors: dict[str, list[str]]

    def fail(self, path: str, message: Message) -> None:
        self.errors.setdefault(path, []).append(message)


def validate(form: Form, data: Any, *, complete: bool = True, today: date | None = None) -> Answers:
    """The answers in `data`, checked. `complete=False`: what is given must fit, but may have gaps (a draft, or an
    outcome that does not ask for the form). `today` is the office's date, for fields that refuse a past one."""
    errors: dict[str, list[str]] = {}
    if not isinstance(data, Mapping):
        return Answers({}, {"": [Message(_("Named answers are expected here."))]})
    clean = _level(_Pass(complete, today, errors), form.fields, data, {}, "")
    return Answers(clean, errors)


def answer(found: Field, given: Any, seen: Mapping[str, Any]) -> Any:
    """What conditions see of a field with this answer, gaps and faults passed over."""
    value = _answer(_Pass(False, None, {}), found, given, seen, "")
    return entries.empty(found) if value is None else value


def _level(
    run: _Pass, fields: tuple[Field, ...], data: Mapping[str, Any], outer: Mapping[str, Any], at: str
) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    seen = dict(outer)
    _fields(run, fields, data, seen, clean, at)
    return clean


def _fields(
    run: _Pass,
    fields: tuple[Field, ...],
    data: Mapping[str, Any],
    seen: dict[str, Any],
    clean: dict[str, Any],
    at: str,
) -> None:
    """Fill `clean` with the answers to `fields`; `seen` is what their conditions see."""
    for found in fields:
        if found.hide is not None and found.hide.holds(seen):
            hide(found, seen)
        elif found.type == "group" and found.key is None:
            _fields(run, found.children, data, seen, clean, at)
        elif found.compute is not None and found.key is not None:
            seen[found.key] = found.compute.value(seen)
            if seen[found.key] is not None:
                clean[found.key] = seen[found.key]
        elif found.key is not None and (found.is_input or found.children):
            value = _answer(run, found, data.get(found.key), seen, at + found.key)
            seen[found.key] = entries.empty(found) if value is None else value
            if value is not None:
                clean[found.key] = value
            _compare(run, found, clean, at)


def hide(found: Field, seen: dict[str, Any]) -> None:
    """Let what is hidden, and all that it holds, decide nothing: conditions see no answer."""
    for inner in (found, *found.children):
        if inner.key is not None:
            seen[inner.key] = None
        if inner is not found:
            hide(inner, seen)


def _answer(run: _Pass, found: Field, given: Any, seen: Mapping[str, Any], path: str) -> Any:
    if found.type == "group":
        return _level(run, found.children, given if isinstance(given, Mapping) else {}, seen, f"{path}.")
    if found.type == "dynamiclist":
        return _list(run, found, given, seen, path)
    entry = entries.read(found, found.default if found.fixed else given)
    if entry.fault is not None:
        run.fail(path, entry.fault)
        return None
    if run.complete and found.rules.required and _is_unanswered(entry.value):
        run.fail(path, _needed(found))
    if found.rules.not_past and run.today is not None and _is_past(found, entry.value, run.today):
        run.fail(path, Message(_("This date has passed.")))
    return entry.value


def _is_past(found: Field, value: Any, today: date) -> bool:
    return isinstance(value, str) and found.subtype != "time" and value[:10] < today.isoformat()


def _is_unanswered(value: Any) -> bool:
    return value is None or value is False or value == []


def _needed(found: Field) -> Message:
    if found.type == "checkbox":
        return entries.COMMITMENT
    return entries.NOTHING_CHOSEN if found.type in SEVERAL else entries.REQUIRED


def _list(run: _Pass, found: Field, given: Any, seen: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """The rows of a list. A row in which nothing was entered is no row; a fault bears the number its row came with."""
    if given is not None and (not isinstance(given, list) or len(given) > 1_000):
        run.fail(path, Message(_("A list is expected here.")))
        return []
    kept = []
    for number, row in enumerate(given or []):
        if not isinstance(row, Mapping):
            run.fail(path, Message(_("A list is expected here.")))
        elif not _is_blank(found.children, row):
            kept.append((number, row))
    rules = found.rules
    if len(kept) > rules.most_rows:
        run.fail(path, Message(_("At most %(most)s rows are possible."), most=rules.most_rows))
        return []
    if run.complete and len(kept) < rules.least_rows:
        run.fail(path, Message(_("At least %(least)s rows are needed."), least=rules.least_rows))
    return [_level(run, found.children, row, seen, f"{path}.{number}.") for number, row in kept]


def _is_blank(fields: tuple[Field, ...], row: Mapping[str, Any]) -> bool:
    for found in fields:
        if found.type == "group" and found.key is None:
            if not _is_blank(found.children, row):
                return False
        elif found.key is not None and found.type != COMPUTED and row.get(found.key) not in (None, "", False, [], {}):
            return False
    return True


def _compare(run: _Pass, found: Field, clean: Mapping[str, Any], at: str) -> None:
    """A part is not larger than the whole: `at_most` names the whole, which stands above."""
    most = clean.get(found.rules.at_most or "")
    value = clean.get(found.key or "")
    if isinstance(value, int | float) and isinstance(most, int | float) and value > most:
        run.fail(f"{at}{found.key}", Message(_("This is more than %(most)s, of which it is a part."), most=most))


def posted(form: Form, pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The data in what a browser posts: names are paths (plots.0.plot_area), a repeated name is a list."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return _posted(form.fields, values, "")


def _posted(fields: tuple[Field, ...], values: Mapping[str, list[str]], at: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for found in fields:
        if found.type == "group":
            inner = _posted(found.children, values, f"{at}{found.key}." if found.key else at)
            data.update({found.key: inner} if found.key else inner)
        elif found.type == "dynamiclist" and found.key:
            data[found.key] = _posted_rows(found, values, f"{at}{found.key}.")
        elif found.key and (given := values.get(at + found.key)):
            data[found.key] = given if found.type in SEVERAL else given[-1]
    return data


def _posted_rows(found: Field, values: Mapping[str, list[str]], at: str) -> list[dict[str, Any]]:
    numbers = {name[len(at) :].partition(".")[0] for name in values if name.startswith(at)}
    order = sorted(int(number) for number in numbers if _ROW.fullmatch(number))
    return [_posted(found.children, values, f"{at}{number}.") for number in order]
