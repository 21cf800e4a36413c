"""Every item's diagrams can be run: no error, every end is come to, every walk ends, storing changes nothing."""

from datetime import date
from functools import cache
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.catalog import elimination, folder, rules
from app.catalog.types import ON_LIST
from app.cli.demo import examples
from app.engine import Element, check, load
from tests.processes.conftest import CODES, ROOT
from tests.unit.engine.drawing import Office, codes

MOST_ACTS = 300
MOST_STATES = 5_000
PATIENCE = 3
"""Times that a step is done with any outcome; after that its outcomes are taken in turn, so that loops are left."""

Choice = tuple[str, str | None]
"""A step and its outcome, or a timer."""


def diagrams(code: str) -> dict[str, bytes]:
    return {path: content for path, content in folder.read(ROOT, code).items() if path.endswith(".bpmn")}


LOADED = {code: load(diagrams(code)) for code in CODES}


DAY = date(2026, 3, 2)


@cache
def read(code: str) -> frozenset[str]:
    """The names that conditions of an item read; nothing else that is entered decides where a case goes."""
    return frozenset(name for found in LOADED[code].written if found.is_condition for name in found.names)


@cache
def starts(code: str) -> tuple[dict[str, Any], ...]:
    """What conditions can see of an application when a case begins: of each of the item's examples, told apart."""
    manifest = rules.check(folder.read(ROOT, code)).contents.manifest
    assert manifest is not None
    found = []
    for name in examples.read(code).applications:
        data = examples.read(code).application(DAY, name)
        if manifest.elimination:
            data[ON_LIST] = elimination.struck(manifest.elimination, data) is not None
        seen = {key: value for key, value in data.items() if key in read(code)}
        if seen not in found:
            found.append(seen)
    return tuple(found)


def outcomes(element: Element) -> list[str | None]:
    return [*element.properties.get("outcomes", "").split()] or [None]


def choices(office: Office) -> list[Choice]:
    elements = office.definition.elements
    found: list[Choice] = [(step, outcome) for step in office.open for outcome in outcomes(elements[step])]
    requested = [activity.element for activity in office.instance.waiting if activity.type == "serviceTask"]
    return [*found, *((element, None) for element in (*requested, *office.armed))]


def take(code: str, office: Office, choice: Choice) -> None:
    element, outcome = choice
    if element in office.armed:
        office.fire(element)
    elif office.definition.elements[element].type == "serviceTask":
        office.resume(element)
    else:
        form = examples.read(code).answer(element, outcome, DAY).form if outcome else {}
        office.do(element, outcome=outcome, **{key: value for key, value in form.items() if key in read(code)})


def place(office: Office) -> Any:
    """Where a case stands, for what can still happen: its open elements and the variables that they can see."""
    live = {activity.token.hex: activity.element for activity in office.instance.waiting}
    known = {
        (live.get(write.scope, ""), write.name): str(write.value)
        for write in office.writes
        if write.scope in {"", *live}
    }
    return str((sorted(live.values()), office.armed, sorted(known.items())))


def reached(code: str) -> set[str]:
    """The elements passed by any case that takes every choice wherever it has one."""
    seen, passed = set[str](), set[str]()
    waiting = [Office(LOADED[code], **start) for start in starts(code)]
    while waiting and len(seen) < MOST_STATES:
        office = waiting.pop()
        passed.update(office.trace)
        if place(office) not in seen:
            seen.add(place(office))
            for choice in choices(office):
                waiting.append(office.twin())
                take(code, waiting[-1], choice)
    return passed


def test_diagrams_have_no_errors(code: str) -> None:
    assert codes(check(diagrams(code))) == set()


def test_every_element_is_come_to(code: str) -> None:
    """The lifted lights apart, which no token passes."""
    assert set(LOADED[code].counted) - reached(code) == set()


def test_steps_say_what_can_come_out(code: str) -> None:
    """Pages offer them, walks choose among them."""
    definition = LOADED[code]
    for element in definition.elements.values():
        if element.type == "userTask":
            assert element.properties.get("outcomes"), element.id


@given(st.sampled_from(CODES), st.data())
def test_every_walk_ends_and_storing_changes_nothing(code: str, data: st.DataObject) -> None:
    definition = LOADED[code]
    start = data.draw(st.sampled_from(starts(code)))
    stored, kept = Office(definition, **start), Office(definition, store=False, **start)
    done: dict[str, int] = {}
    for _act in range(MOST_ACTS):
        assert place(stored) == place(kept)
        assert (stored.trace, stored.milestones, stored.result) == (kept.trace, kept.milestones, kept.result)
        if stored.ended:
            break
        element, outcome = data.draw(st.sampled_from(choices(stored)))
        done[element] = done.get(element, 0) + 1
        if done[element] > PATIENCE and element in definition.elements:
            every = outcomes(definition.elements[element])
            outcome = every[done[element] % len(every)]
        for office in (stored, kept):
            take(code, office, (element, outcome))
    assert stored.ended
    assert stored.result is not None
