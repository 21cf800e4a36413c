"""Properties, forms, lanes and names as the modelers write them."""

import pytest

from app.engine import Definition, definition_for, digest, load
from tests.unit.engine.drawing import (
    Office,
    boundary,
    chain,
    definitions,
    end,
    files,
    node,
    process,
    props,
    start,
    sub,
    timer,
    user,
)

STARTED = start() + end()


def step(inner: str = "", **attributes: str) -> Definition:
    return load(files(STARTED, node("userTask", "a", inner, **attributes), chain("start", "a", "end")))


@pytest.mark.parametrize(
    "written",
    [
        '<gl:property name="post" value="clerk"/>',
        '<camunda:properties><camunda:property name="post" value="clerk"/></camunda:properties>',
        '<zeebe:properties><zeebe:property name="post" value="clerk"/></zeebe:properties>',
        '<spiffworkflow:properties><spiffworkflow:property name="post" value=" clerk "/></spiffworkflow:properties>',
    ],
)
def test_properties_are_read_from_four_dialects(written: str) -> None:
    definition = step(f"<extensionElements>{written}</extensionElements>")
    assert definition.elements["a"].properties == {"post": "clerk"}


@pytest.mark.parametrize(
    ("inner", "attributes"),
    [
        (props(form="apply"), {}),
        ("", {"camunda:formKey": "apply"}),
        ("", {"flowable:formKey": "apply"}),
        ('<extensionElements><zeebe:formDefinition formId="apply"/></extensionElements>', {}),
        ('<extensionElements><zeebe:formDefinition formKey="apply"/></extensionElements>', {}),
    ],
)
def test_forms_are_read_from_four_dialects(inner: str, attributes: dict[str, str]) -> None:
    assert step(inner, **attributes).elements["a"].form == "apply"


def lane(name: str, refs: str, inner: str = "", **properties: str) -> str:
    written = "".join(f"<flowNodeRef>{ref}</flowNodeRef>" for ref in refs.split())
    return node("lane", f"lane_{name}", props(**properties) + written + inner, name=name)


def test_lanes_nest_and_reach_into_subprocesses() -> None:
    inner = "<childLaneSet>" + lane("Land", "b", post="surveyor") + lane("Plan", "c") + "</childLaneSet>"
    lanes = "<laneSet>" + lane("Window", "a") + lane("Departments", "b c s", inner, post="reviewer") + "</laneSet>"
    leg = sub("s", start("i"), user("u"), end("o"), chain("i", "u", "o"))
    ways = chain("start", "a", "b", "c", "s", "end")
    definition = load(files(lanes, STARTED, user("a", "b", "c"), leg, ways))
    found = {name: (element.lane, element.lane_properties) for name, element in definition.elements.items()}
    assert found["a"] == ("Window", {})
    assert found["b"] == ("Land", {"post": "surveyor"})
    assert found["c"] == ("Plan", {"post": "reviewer"})
    assert found["u"] == found["s"] == ("Departments", {"post": "reviewer"})
    assert found["start"] == (None, {})


def test_elements_say_where_they_are() -> None:
    leg = sub("s", start("i"), user("u"), end("o"), chain("i", "u", "o"))
    call = node("callActivity", "c", calledElement="q")
    called = process(start("qs"), user("qu"), end("qe"), chain("qs", "qu", "qe"), name="q")
    drawn = definitions(process(STARTED, leg, call, chain("start", "s", "c", "end")), called)
    definition = load({"d.bpmn": drawn})
    places = {name: (element.scope, element.process) for name, element in definition.elements.items()}
    assert (places["u"], places["s"], places["qu"]) == (("s", "p"), (None, "p"), (None, "q"))
    assert definition.flows[next(iter(definition.flows))] == ("i", "u")
    assert definition.xml == drawn


def test_several_files_make_one_definition_and_the_uncalled_process_is_the_main_one() -> None:
    call = node("callActivity", "c", calledElement="q")
    main = definitions(process(STARTED, call, chain("start", "c", "end"), name="main"))
    called = definitions(process(start("qs"), user("qu"), end("qe"), chain("qs", "qu", "qe"), name="q"))
    definition = load({"a.bpmn": called, "b.bpmn": main})
    assert (definition.process_id, definition.xml) == ("main", main)
    assert Office(definition).do("qu").ended


def test_a_pool_that_is_a_picture_is_not_run() -> None:
    other = process(start("os"), user("ou"), chain("os", "ou"), name="other", executable="false")
    definition = load({"d.bpmn": definitions(process(STARTED, user("a"), chain("start", "a", "end")), other)})
    assert set(definition.elements) == {"start", "a", "end"}


def test_any_prefix_and_documentation() -> None:
    plain = definitions(
        process(STARTED, node("userTask", "a", "<documentation> Read. </documentation>"), chain("start", "a", "end"))
    )
    text = plain.decode().replace("<", "<bpmn:").replace("<bpmn:/", "</bpmn:").replace("<bpmn:?", "<?")
    definition = load({"d.bpmn": text.replace("xmlns=", "xmlns:bpmn=").encode()})
    assert definition.elements["a"].documentation == "Read."


def test_flows_without_ids_are_flows() -> None:
    bare = '<sequenceFlow sourceRef="start" targetRef="a"/><sequenceFlow sourceRef="a" targetRef="end"/>'
    office = Office(files(STARTED, user("a"), bare))
    assert office.open == ["a"]
    assert office.do("a").ended


def test_the_digest_is_of_names_and_bytes() -> None:
    one = {"a": b"1", "b": b"2"}
    assert digest(one) == digest({"b": b"2", "a": b"1"})
    assert (
        len({digest(one), digest({"a": b"12"}), digest({"a": b"", "b": b"12"}), digest({"ab": b"12"}), digest({})}) == 5
    )


def test_a_definition_is_loaded_once() -> None:
    drawn = files(STARTED, user("once"), chain("start", "once", "end"))
    loads: list[int] = []

    def loader() -> Definition:
        loads.append(1)
        return load(drawn)

    assert definition_for(digest(drawn), loader) is definition_for(digest(drawn), loader)
    assert loads == [1]


def test_a_timer_says_its_calendar() -> None:
    events = (
        boundary("plain", "a", timer("P1D"), False)
        + boundary("worked", "a", timer("P1D"), False, calendar="working")
        + boundary("lit", "a", timer("limit"), False, light="red")
        + end("e2")
        + user("late")
        + chain("plain", "e2")
        + chain("worked", "e2")
        + chain("lit", "late", "e2")
    )
    office = Office(files(STARTED, user("a"), chain("start", "a", "end"), events), limit="P3D")
    found = {timer.element: (timer.calendar, timer.light, timer.value) for timer in office.instance.timers}
    assert found == {
        "plain": ("civil", None, "P1D"),
        "worked": ("working", None, "P1D"),
        "lit": ("working", "red", "P3D"),
    }
