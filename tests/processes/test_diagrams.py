"""Every item's diagrams can be run: no error, every end is come to, every walk ends, storing changes nothing."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.catalog import folder
from app.engine import Definition, Element, check, load
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


def outcomes(element: Element) -> list[str | None]:
    return [*element.properties.get("outcomes", "").split()] or [None]


def choices(office: Office) -> list[Choice]:
    elements = office.definition.elements
    found: list[Choice] = [(step, outcome) for step in office.open for outcome in outcomes(elements[step])]
    requested = [activity.element for activity in office.instance.waiting if activity.type == "serviceTask"]
    return [*found, *((element, None) for element in (*requested, *office.armed))]


def take(office: Office, choice: Choice) -> None:
    element, outcome = choice
    if element in office.armed:
        office.fire(element)
    elif office.definition.elements[element].type == "serviceTask":
        office.resume(element)
    else:
        office.do(element, outcome=outcome)


def place(office: Office) -> Any:
    """Where a case stands, for what can still happen: its open elements and the variables that they can see."""
    live = {activity.token.hex: activity.element for activity in office.instance.waiting}
    known = {
        (live.get(write.scope, ""), write.name): str(write.value)
        for write in office.writes
        if write.scope in {"", *live}
    }
    return str((sorted(live.values()), office.armed, sorted(known.items())))


def reached(definition: Definition) -> set[str]:
    """The elements passed by any case that takes every choice wherever it has one."""
    seen, passed = set[str](), set[str]()
    waiting = [Office(definition)]
    while waiting and len(seen) < MOST_STATES:
        office = waiting.pop()
        passed.update(office.trace)
        if place(office) not in seen:
            seen.add(place(office))
            for choice in choices(office):
                waiting.append(office.twin())
                take(waiting[-1], choice)
    return passed


def test_diagrams_have_no_errors(code: str) -> None:
    assert codes(check(diagrams(code))) == set()


def test_every_element_is_come_to(code: str) -> None:
    """The lifted lights apart, which no token passes."""
    definition = LOADED[code]
    assert set(definition.counted) - reached(definition) == set()


def test_steps_say_what_can_come_out(code: str) -> None:
    """Pages offer them, walks choose among them."""
    definition = LOADED[code]
    for element in definition.elements.values():
        if element.type == "userTask":
            assert element.properties.get("outcomes"), element.id


@given(st.sampled_from(CODES), st.data())
def test_every_walk_ends_and_storing_changes_nothing(code: str, data: st.DataObject) -> None:
    definition = LOADED[code]
    stored, kept = Office(definition), Office(definition, store=False)
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
            take(office, (element, outcome))
    assert stored.ended
    assert stored.result is not None
