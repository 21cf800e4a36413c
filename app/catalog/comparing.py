"""Two states of an item beside each other: what was added, removed or changed, on the diagram and in words.

A diagram is compared as what it means (elements, flows, properties, times, conditions), not as how it is drawn: what
was only moved about is no change. item.yaml is compared key by key, a form field by field.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from uuid import UUID

import yaml
from sqlalchemy.orm import Session

from app import engine
from app.catalog import bench, queries
from app.catalog.errors import NoSuchItem
from app.engine import Element
from app.kernel.confine import run

How = Literal["added", "removed", "changed"]
MOST: Final = 1_000
_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise. `part`: what of it (“name”, “post”, “limit”, a key of item.yaml); "" for all of it.

    `where`: the id of an element, a path in item.yaml, the key of a field; `name`: what it is called, where it has one.
    """

    how: How
    file: str
    where: str
    name: str
    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences in order of files; `marks`: how each element of the diagrams differs, by its id."""

    differences: tuple[Difference, ...] = ()
    marks: Mapping[str, How] = field(default_factory=dict)


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Comparison:
    """What is otherwise in `after`. Read in a watched child. Raises Unworkable."""
    found = run(compared, dict(before), dict(after), what="item.yaml")
    differences = tuple(Difference(*row) for row in found)
    marks: dict[str, How] = {}
    for one in differences:
        if one.file.endswith(".bpmn"):
            marks[one.where] = one.how if not one.part else marks.get(one.where, "changed")
    return Comparison(differences, marks)


def side(session: Session, code: str, which: str) -> dict[str, bytes]:
    """The files of one side: a version by its number, a working copy by its id. Raises NoSuchItem, NoSuchBench."""
    if which.isascii() and which.isdigit() and len(which) < 10:
        return dict(queries.files(session, code, int(which)))
    try:
        bench_id = UUID(which)
    except ValueError:
        raise NoSuchItem(kind="item", key=code, item=code, version=which[:40]) from None
    bench.get(session, bench_id)
    return bench.files(session, bench_id)


def compared(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[list[str]]:
    """The child's part: rows of `Difference`."""
    rows = [*_drawn(before, after), *_written(before, after)]
    return [[*row[:5], row[5][:_LONGEST], row[6][:_LONGEST]] for row in rows[:MOST]]


_Row = tuple[str, str, str, str, str, str, str]
_Thing = tuple[str, str, dict[str, str]]
"""File, name, and what it is made of."""


def _drawn(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[_Row]:
    yield from _things(_elements(before), _elements(after))


def _elements(files: Mapping[str, bytes]) -> dict[str, _Thing]:
    drawn = engine.outline({path: content for path, content in files.items() if path.endswith(".bpmn")})
    return {element.id: (file, element.name, _made_of(element, more)) for file, element, more in drawn}


def _made_of(element: Element, more: Mapping[str, str]) -> dict[str, str]:
    told = {
        "type": element.type,
        "name": element.name,
        "lane": element.lane or "",
        "form": element.form or "",
        "documentation": element.documentation or "",
        "attached": element.attached_to or "",
        **element.properties,
        **more,
    }
    return {part: value for part, value in told.items() if value}


def _written(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[_Row]:
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old == new or path.endswith(".bpmn"):
            continue
        if old is None or new is None:
            yield ("removed" if new is None else "added", path, path, "", "", "", "")
        else:
            yield from _things(_parts(path, old), _parts(path, new))


def _parts(path: str, content: bytes) -> dict[str, _Thing]:
    """The values of a file by where they stand; a file that cannot be read is one value."""
    try:
        text = content.decode("utf-8-sig")
        data = yaml.load(text, yaml.BaseLoader) if path.endswith(".yaml") else json.loads(text)  # noqa: S506 — no tags
    except (ValueError, yaml.YAMLError, RecursionError):
        return {path: (path, "", {"text": content.decode("utf-8", "replace")})}
    if path.endswith(".json") and isinstance(data, dict):
        return {name: (path, label, parts) for name, label, parts in _fields(data.get("components"))}
    return {name: (path, "", {"value": value}) for name, value in _leaves(data, "")}


def _fields(components: Any) -> Iterator[tuple[str, str, dict[str, str]]]:
    for component in components if isinstance(components, list) else ():
        if isinstance(component, dict):
            name = str(component.get("key") or component.get("path") or component.get("id") or "")
            own = {key: value for key, value in component.items() if key not in ("components", "layout", "id")}
            yield name, str(component.get("label", "")), dict(_leaves(own, ""))
            yield from _fields(component.get("components"))


def _leaves(data: Any, above: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from _leaves(value, f"{above}.{key}" if above else str(key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            named = value.get("code") if isinstance(value, Mapping) else None  # so that one put in between is one
            yield from _leaves(value, f"{above}[{named or number + 1}]")
    else:
        yield above, "" if data is None else str(data)


def _things(old: Mapping[str, _Thing], new: Mapping[str, _Thing]) -> Iterator[_Row]:
    for where in [*old, *(name for name in new if name not in old)]:
        if where not in new or where not in old:
            how, (file, name, parts) = ("removed", old[where]) if where not in new else ("added", new[where])
            value = parts.get("value", "")
            yield how, file, where, name, "", value if how == "removed" else "", value if how == "added" else ""
            continue
        (_, _, was), (file, name, becomes) = old[where], new[where]
        for part in [*was, *(part for part in becomes if part not in was)]:
            if was.get(part) != becomes.get(part):
                yield "changed", file, where, name, part, was.get(part, ""), becomes.get(part, "")
