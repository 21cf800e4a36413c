"""Lights: lifted where their path only ends, told where it does something, never lost."""

import pytest

from app.engine import Light, load
from tests.unit.engine.drawing import Office, boundary, chain, end, files, light, node, props, start, sub, timer, user

STARTED = start() + end()
STEP = STARTED + user("a") + chain("start", "a", "end")


def test_a_light_that_only_ends_is_lifted() -> None:
    drawn = files(STEP, light("a", "yellow"), light("a", "red", '"P8D"'))
    definition = load(drawn)
    assert definition.lights == {
        "a": (Light("a_yellow", "a", "yellow", "P5D", "working"), Light("a_red", "a", "red", "P8D", "working"))
    }
    assert {"a_yellow", "a_yellow_end"} <= set(definition.elements)
    assert Office(definition).armed == []
    assert Office(load(drawn, lift=False)).armed == ["a_red", "a_yellow"]


def test_it_is_lifted_through_events_that_say_nothing() -> None:
    path = boundary("y", "a", timer("P1D"), False, light="yellow") + node("intermediateThrowEvent", "t") + end("e2")
    assert set(load(files(STEP, path, chain("y", "t", "e2"))).lights) == {"a"}


def test_a_light_without_any_path_is_lifted() -> None:
    assert set(load(files(STEP, boundary("y", "a", timer("P1D"), False, light="yellow"))).lights) == {"a"}


def test_the_light_of_a_leg_is_lifted() -> None:
    leg = sub("s", start("i"), user("u"), end("o"), chain("i", "u", "o"))
    assert set(load(files(STARTED, leg, light("s", "red"), chain("start", "s", "end"))).lights) == {"s"}


@pytest.mark.parametrize(
    "path",
    [
        user("late") + end("e2") + chain("y", "late", "e2"),
        node("intermediateThrowEvent", "t", props(milestone="decided")) + end("e2") + chain("y", "t", "e2"),
        node("endEvent", "e2", props(result="lapsed")) + chain("y", "e2"),
        node("endEvent", "e2", "<terminateEventDefinition/>") + chain("y", "e2"),
        chain("y", "end"),
    ],
)
def test_a_light_whose_path_does_something_stays_a_token(path: str) -> None:
    drawn = files(STEP, boundary("y", "a", timer("P1D"), False, light="yellow"), path)
    definition = load(drawn)
    assert definition.lights == {}
    [armed] = Office(definition).instance.timers
    assert (armed.element, armed.light, armed.calendar) == ("y", "yellow", "working")


def test_the_light_of_a_multi_instance_stays_a_token_of_the_whole() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    drawn = files(STARTED, node("userTask", "a", loop), light("a", "red"), chain("start", "a", "end"))
    office = Office(drawn)
    [whole] = [activity for activity in office.instance.waiting if activity.type == "multiInstance"]
    assert office.timer("a_red").attached == whole.token
    office.do("a", item=1)
    assert office.armed == ["a_red"]
    office.do("a", item=0)
    assert office.armed == []


def test_an_unlifted_light_fires_once_and_leaves_the_step_open() -> None:
    office = Office(load(files(STEP, light("a", "yellow"), light("a", "red")), lift=False))
    token = office.timer("a_red").token
    office.fire("a_red")
    assert (office.armed, office.open) == (["a_yellow"], ["a"])
    assert office.moved.disarmed == (token,)
    yellow = office.timer("a_yellow").token
    office.do("a")
    assert office.ended
    assert office.moved.disarmed == (yellow,)
