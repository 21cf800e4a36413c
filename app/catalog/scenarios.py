"""scenarios.yaml: cases that an item's designer tells beforehand, with what is to become of them. Kept with the item.

Here they are read; played they are in the studio room. docs/schemas/scenarios-1.json says the same for editors.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import yaml

from app.catalog import manifest
from app.catalog.findings import Report
from app.catalog.occasions import Slip
from app.catalog.types import Wording
from app.engine import Element

MAX_BYTES: Final = 262_144
MOST: Final = 50
BEGINS: Final = "2026-03-02T09:00:00+08:00"
"""When a scenario begins that does not say it: a Monday."""

STATES: Final = ("ended", "waiting")
RESULTS: Final = ("granted", "denied", "refused", "withdrawn", "lapsed")
COLOURS: Final = ("yellow", "red")

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,59}", re.ASCII)
_DURATION = re.compile(r"P(?=.)(\d{1,4}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,4}D)?(T(?=\d)(\d{1,6}H)?(\d{1,6}M)?)?", re.ASCII)
_KEYS = {"code", "name", "at", "data", "outcomes", "acts", "expect"}
_ACT = re.compile(r"next|[0-9]{1,4}d|@[\w.-]{1,200}|[\w.-]{1,200}=[\w-]{0,100}")
_EXPECTED = {"state", "result", "path", "never", "lights", "waiting"}


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to become of a case. None: it is not said, and anything will do.

    `path`: elements that are completed in this order, whatever lies between; `never`: elements that are not. `lights`:
    step or leg → colours, all that turn and no other; those of the whole case are not asked for.
    """

    state: str = "ended"
    result: str | None = None
    path: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    lights: Mapping[str, tuple[str, ...]] | None = None
    waiting: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """One case: how it begins, what is chosen, what is expected.

    Chosen is either by step (`outcomes`), or act by act: step=outcome, next (to the next timer or light), 3d (three
    days later), @event (its message comes). A step whose form is filled in is {act: step=outcome, form: {…}}.
    """

    code: str
    name: Wording
    at: str = BEGINS
    data: Mapping[str, Any] = field(default_factory=dict)
    outcomes: Mapping[str, Any] = field(default_factory=dict)
    acts: tuple[str | Mapping[str, Any], ...] = ()
    expected: Expected = Expected()


def read(content: bytes, file: str, report: Report) -> tuple[Scenario, ...]:
    """The scenarios of a file; none where there are faults, which are noted in `report`."""
    data = manifest.parse(content, file, report, numbers=True)
    if data is None:
        return ()
    faults = list(_faults(data))
    for path, allowed in faults:
        report.add("scenario-malformed", path, file, allowed=allowed)
    return () if faults else tuple(map(_scenario, data["scenarios"]))


def check(found: tuple[Scenario, ...], elements: Mapping[str, Element], file: str) -> Iterator[Slip]:
    """Every element that a scenario names is drawn."""
    for scenario in found:
        expected = scenario.expected
        named = [
            *scenario.outcomes,
            *expected.path,
            *expected.never,
            *(expected.lights or ()),
            *(expected.waiting or ()),
        ]
        for name in dict.fromkeys(named):
            if name not in elements:
                yield Slip("scenario-unknown-element", name, "", {"scenario": scenario.code, "name": name}, file)


def _scenario(data: Mapping[str, Any]) -> Scenario:
    said = data.get("expect") or {}
    lights = said.get("lights")
    waiting = said.get("waiting")
    expected = Expected(
        said.get("state", "waiting" if waiting else "ended"),
        said.get("result"),
        tuple(said.get("path") or ()),
        tuple(said.get("never") or ()),
        None if lights is None else {step: tuple(colours) for step, colours in lights.items()},
        None if waiting is None else tuple(waiting),
    )
    name = data.get("name") or {"zh": data["code"], "en": data["code"]}
    at = data.get("at", BEGINS)
    chosen = data.get("outcomes") or {}, tuple(data.get("acts") or ())
    return Scenario(data["code"], Wording(**name), at, data.get("data") or {}, *chosen, expected)


def is_act(text: Any) -> bool:
    """Whether a text is an act."""
    return isinstance(text, str) and _ACT.fullmatch(text) is not None


def _is_said(given: Any) -> bool:
    """Whether it is an act, or the act of a step with its form."""
    if not isinstance(given, Mapping):
        return is_act(given)
    step = given.get("act")
    filled = given.keys() == {"act", "form"} and isinstance(given["form"], Mapping)
    return filled and isinstance(step, str) and is_act(step) and "=" in step


def _faults(data: Any) -> Iterator[tuple[str, str]]:
    """(where, what may stand there) of whatever is otherwise."""
    found = data.get("scenarios") if isinstance(data, Mapping) and data.keys() == {"scenarios"} else None
    if not isinstance(found, list) or not 0 < len(found) <= MOST:
        yield "scenarios", f"a list of 1 to {MOST} scenarios, and nothing else"
        return
    seen = set[str]()
    for number, one in enumerate(found, 1):
        at = f"scenarios[{number}]"
        if not isinstance(one, Mapping) or not one.keys() <= _KEYS or "code" not in one:
            yield at, "code, and any of " + ", ".join(sorted(_KEYS - {"code"}))
            continue
        if not (isinstance(one["code"], str) and _CODE.fullmatch(one["code"])) or one["code"] in seen:
            yield f"{at}.code", "small letters, digits and hyphens, each code once"
            continue
        seen.add(one["code"])
        yield from ((f"{at}.{path}", allowed) for path, allowed in _of_one(one))


def _of_one(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    name = one.get("name")
    if name is not None and not (
        isinstance(name, Mapping)
        and name.keys() == {"zh", "en"}
        and all(isinstance(text, str) for text in name.values())
    ):
        yield "name", "a text in zh and en"
    if not _is_instant(one.get("at", BEGINS)):
        yield "at", "an ISO 8601 instant with its offset"
    if not _is_mapping(one.get("data")):
        yield "data", "names and values"
    if not _is_mapping(one.get("outcomes")):
        yield "outcomes", "steps and outcomes"
    else:
        for step, given in (one.get("outcomes") or {}).items():
            if not all(map(_is_outcome, given if isinstance(given, list) and given else [given])):
                yield f"outcomes.{step}", "a code, null, {outcome, after, form}, or a list of these"
    given = one.get("acts") or []
    if not (isinstance(given, list) and all(map(_is_said, given))) or (given and one.get("outcomes")):
        yield "acts", "a list of step=outcome, {act, form}, next, 3d, @event; either this or outcomes"
    if not _is_mapping(one.get("expect")):
        yield "expect", "any of " + ", ".join(sorted(_EXPECTED))
    else:
        yield from ((f"expect.{path}", allowed) for path, allowed in _expected(one.get("expect") or {}))


def _expected(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in said.keys() - _EXPECTED:
        yield name, "any of " + ", ".join(sorted(_EXPECTED))
    if said.get("state", "ended") not in STATES:
        yield "state", ", ".join(STATES)
    if said.get("result") is not None and said["result"] not in RESULTS:
        yield "result", ", ".join(RESULTS)
    for name in ("path", "never", "waiting"):
        if not _is_texts(said.get(name) or []):
            yield name, "a list of elements"
    lights = said.get("lights") or {}
    if not isinstance(lights, Mapping) or not all(
        _is_texts(colours) and set(colours) <= set(COLOURS) for colours in lights.values()
    ):
        yield "lights", "steps, each with a list of yellow, red"


def _is_mapping(given: Any) -> bool:
    return given is None or (isinstance(given, Mapping) and all(isinstance(name, str) for name in given))


def _is_texts(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(text, str) for text in given)


def _is_instant(given: Any) -> bool:
    try:
        return isinstance(given, str) and datetime.fromisoformat(given).tzinfo is not None
    except ValueError:
        return False


def _is_outcome(given: Any) -> bool:
    if not isinstance(given, Mapping):
        return given is None or isinstance(given, str)
    if not given.keys() <= {"outcome", "after", "form"}:
        return False
    after = given.get("after", "P1D")
    is_after = isinstance(after, str) and _DURATION.fullmatch(after) is not None
    return is_after and isinstance(given.get("outcome", ""), str) and isinstance(given.get("form", {}), Mapping)


def written(before: bytes, code: str, name: Mapping[str, str], scenario: Mapping[str, Any]) -> bytes:
    """The file with one scenario more at its end; what stands there stays as it is, wherever that can be."""
    entry = {"code": code, "name": dict(name), **scenario}
    lines = yaml.safe_dump([entry], allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    more = "".join(f"  {line}" for line in lines.splitlines(keepends=True))
    text = before.decode("utf-8-sig").rstrip() or "scenarios:"
    appended = f"{text}\n\n{more}" if before else f"{text}\n{more}"
    report = Report()
    if len(read(appended.encode(), "", report)) != len(read(before, "", Report()) if before else ()) + 1:
        held = manifest.parse(before, "", Report(), numbers=True) or {"scenarios": []}
        held["scenarios"].append(entry)
        appended = yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=110)
    return appended.encode()
