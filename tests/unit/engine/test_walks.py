"""Random walks over random diagrams.

Three offices do the same in step: one stores and restores the case after every act, one never does, and one has its
lights among the tokens and lets them turn whenever it likes. All see the same steps, timers, ways and ends; every walk
ends.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine import Activity, Awaited, Definition, Timer, check, load
from tests.unit.engine.drawing import Office, codes
from tests.unit.engine.structured import structured

MOST_ACTS = 400


def sight(activity: Activity) -> tuple[Any, ...]:
    return activity.element, activity.type, len(activity.scopes), activity.item


def steps(office: Office) -> list[Activity]:
    """What can be worked on, in the order in which it was entered."""
    return [activity for activity in office.instance.waiting if activity.type in {"userTask", "serviceTask"}]


def is_lifted(office: Office, timer: Timer) -> bool:
    """Whether the office's twin with lifted lights does not know this timer."""
    return timer.element.endswith(("_yellow", "_red"))


def clocks(office: Office) -> list[Timer]:
    return [timer for timer in office.instance.timers if not is_lifted(office, timer)]


def messages(office: Office) -> list[Awaited]:
    return [awaited for awaited in office.instance.awaited if awaited.kind == "message"]


def choices(office: Office) -> int:
    """How many things can happen next."""
    return len(steps(office)) + len(clocks(office)) + len(messages(office))


def act(office: Office, number: int) -> None:
    """Work on the step, fire the timer, or deliver the message, with this number."""
    open_steps, armed = steps(office), clocks(office)
    if number < len(open_steps):
        step = open_steps[number]
        (office.instance.complete if step.type == "userTask" else office.instance.resume)(step.token)
    elif number < len(open_steps) + len(armed):
        office.instance.fire(armed[number - len(open_steps)].token)
    else:
        office.instance.receive("message", messages(office)[number - len(open_steps) - len(armed)].name)
    office._settle()


def seen(office: Office) -> tuple[Any, ...]:
    """Everything about a case but ids and lights."""
    marks = {
        name: (mark.completed, mark.active)
        for name, mark in office.instance.marks().items()
        if "_yellow" not in name and "_red" not in name
    }
    return (
        [sight(activity) for activity in office.instance.waiting],
        [(timer.element, timer.kind, timer.value, timer.calendar, timer.light) for timer in clocks(office)],
        [(awaited.kind, awaited.name, awaited.element, len(awaited.scopes)) for awaited in office.instance.awaited],
        [element for element in office.trace if "_yellow" not in element and "_red" not in element],
        office.milestones,
        [(write.name, write.value) for write in office.writes],
        marks,
        office.ended,
    )


def account(office: Office, books: dict[Any, str]) -> None:
    """What the movements told adds up to what is open and armed: nothing is lost, nothing told twice."""
    moved = office.moved
    for activity in moved.entered:
        assert activity.token not in books
        books[activity.token] = activity.element
    for timer in moved.armed:
        assert timer.token not in books
        books[timer.token] = timer.element
    for gone in (*(left.token for left in moved.left), *moved.disarmed):
        del books[gone]
    live = {waiting.token for waiting in (*office.instance.waiting, *office.instance.timers)}
    assert set(books) == live
    assert [request.element for request in moved.requested] == [
        activity.element for activity in moved.entered if activity.type == "serviceTask"
    ]
    assert moved.ended == office.ended


unhurried = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
a_few = settings(unhurried, max_examples=settings().max_examples // 4)
"""Each of these is a whole case, walked three times: a quarter of what the profile says."""


@a_few
@given(structured(), st.data())
def test_three_offices_see_the_same(drawn: tuple[dict[str, bytes], dict[str, Any]], data: st.DataObject) -> None:
    walk(*drawn, data)


@pytest.mark.deep
@unhurried
@given(structured(depth=5), st.data())
def test_three_offices_see_the_same_deep(drawn: tuple[dict[str, bytes], dict[str, Any]], data: st.DataObject) -> None:
    walk(*drawn, data)


def walk(diagram: dict[str, bytes], variables: dict[str, Any], data: st.DataObject) -> None:
    """Do one thing after the other in all three offices, until there is nothing left to do."""
    assert not codes(check(diagram))
    lifted, among = load(diagram), load(diagram, lift=False)
    offices = [Office(lifted, **variables), Office(lifted, store=False, **variables), Office(among, **variables)]
    books: list[dict[Any, str]] = [{}, {}, {}]
    for _act in range(MOST_ACTS):
        first = seen(offices[0])
        for office, book in zip(offices, books, strict=True):
            account(office, book)
            assert seen(office) == first
        if offices[0].ended:
            break
        lights = [timer for timer in offices[2].instance.timers if is_lifted(offices[2], timer)]
        if lights and data.draw(st.booleans()):
            offices[2].instance.fire(data.draw(st.sampled_from(lights)).token)
            offices[2]._settle()
            account(offices[2], books[2])
        number = data.draw(st.integers(0, choices(offices[0]) - 1))
        for office in offices:
            act(office, number)
    assert all(office.ended for office in offices)
    assert books == [{}, {}, {}]


@a_few
@given(structured(depth=2), st.data())
def test_every_light_is_lifted_or_told(drawn: tuple[dict[str, bytes], dict[str, Any]], data: st.DataObject) -> None:
    """At each moment the lights of the open steps, lifted or armed, are those that the diagram draws on them."""
    diagram, variables = drawn
    office = Office(load(diagram), **variables)
    painted = Office(load(diagram, lift=False), **variables)
    for _act in range(MOST_ACTS):
        lifted = [
            light.id
            for activity in office.instance.waiting
            for light in office.definition.lights.get(activity.element, ())
        ]
        told = [timer.element for timer in office.instance.timers if timer.light]
        assert sorted(lifted + told) == sorted(timer.element for timer in painted.instance.timers if timer.light)
        if office.ended:
            break
        number = data.draw(st.integers(0, max(len(steps(office)) - 1, 0)))
        for each in (office, painted):
            act(each, number)
    assert office.ended


def image(definition: Definition) -> dict[str, str]:
    """All that the specs hold, down to which objects."""
    return {
        f"{level} {name}": repr(sorted(vars(spec).items()))
        for level, specs in definition.scope_specs.items()
        for name, spec in specs.task_specs.items()
    }


@a_few
@given(structured(depth=2), st.data())
def test_cases_share_their_specs_and_change_nothing_in_them(
    drawn: tuple[dict[str, bytes], dict[str, Any]], data: st.DataObject
) -> None:
    diagram, variables = drawn
    definition = load(diagram)
    before = image(definition)
    cases = [Office(definition, **variables) for _case in range(2)]
    for _act in range(MOST_ACTS):
        going = [office for office in cases if not office.ended]
        if not going:
            break
        office = data.draw(st.sampled_from(going))
        act(office, data.draw(st.integers(0, choices(office) - 1)))
    assert image(definition) == before
