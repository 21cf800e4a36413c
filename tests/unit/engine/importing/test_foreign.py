"""What other engines write in words of their own is read, without effect, asked about or warned of by name."""

import pytest

from app.engine import answer, check
from tests.unit.engine.drawing import Office, chain, end, files, node, start, user

ASYNC = ("asyncBefore", "asyncAfter", "exclusive", "jobPriority", "priority")
CHANGING = ("dueDate", "followUpDate", "skipExpression", "taskIdVariableName", "businessCalendarName")
STATED = (
    '<camunda:failedJobRetryTimeCycle xmlns:camunda="http://camunda.org/schema/1.0/bpmn">R3/PT5M'
    "</camunda:failedJobRetryTimeCycle>"
)


def told(drawn: dict[str, bytes], *codes: str) -> list[tuple[str, str | None, str]]:
    return [(one.code, one.element, one.params.get("what", "")) for one in check(drawn) if one.code in codes]


def step(inner: str = "", **attributes: str) -> dict[str, bytes]:
    return files(start(), node("userTask", "a", inner, **attributes), end(), chain("start", "a", "end"))


@pytest.mark.parametrize("name", ASYNC)
@pytest.mark.parametrize("space", ["camunda", "flowable"])
def test_what_does_not_decide_where_a_case_goes_passes_without_a_word(space: str, name: str) -> None:
    assert told(step(**{f"{space}:{name}": "true"}), "extension-foreign", "extension-unknown") == []


@pytest.mark.parametrize("name", CHANGING)
@pytest.mark.parametrize("space", ["camunda", "flowable"])
def test_what_changes_the_way_is_asked_about(space: str, name: str) -> None:
    found = told(step(**{f"{space}:{name}": "x"}), "extension-foreign", "extension-unknown")
    assert found == [("extension-foreign", "a", name)]


def test_retries_have_no_effect() -> None:
    assert (
        told(step(f"<extensionElements>{STATED}</extensionElements>"), "extension-foreign", "extension-unknown") == []
    )


@pytest.mark.parametrize("name", ["moonPhase", "dueDates"])
def test_what_nobody_knows_is_warned_of(name: str) -> None:
    assert told(step(**{f"flowable:{name}": "x"}), "extension-foreign", "extension-unknown") == [
        ("extension-unknown", "a", name)
    ]


CALLED = (
    '<process id="q" isExecutable="false"><startEvent id="s"/><endEvent id="e"/>'
    '<sequenceFlow id="f" sourceRef="s" targetRef="e"/></process>'
)


def test_leaving_out_what_is_renamed_keeps_what_is_handed_out_as_it_is() -> None:
    passed = (
        '<extensionElements><camunda:out source="x" target="x"/><camunda:in source="y" target="z"/></extensionElements>'
    )
    call = node("callActivity", "c", passed, calledElement="q")
    drawn = files(start(), call, user("a"), end(), chain("start", "c", "a", "end"))
    drawn = {name: text.replace(b"</definitions>", CALLED.encode() + b"</definitions>") for name, text in drawn.items()}
    assert told(drawn, "extension-foreign", "handed-out") == [
        ("extension-foreign", "c", "in (y → z)"),
        ("handed-out", "c", ""),
    ]
    assert told(answer(drawn, "c", "extension-foreign", "left-out"), "extension-foreign", "handed-out") == [
        ("handed-out", "c", "")
    ]


SPACES = (b' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"', b' xmlns:flowable="http://flowable.org/bpmn"')


@pytest.mark.parametrize(("spaces", "second"), [((), 1), (SPACES, 2)])
def test_items_are_counted_as_the_dialect_does(spaces: tuple[bytes, ...], second: int) -> None:
    """Camunda 7 and what grew out of it count from 0, BPMN 2.0.2 (table 10.30) from 1."""
    stop = f"<completionCondition>${{loopCounter == {second}}}</completionCondition>"
    many = f'<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality>{stop}'
    drawn = step(f"{many}</multiInstanceLoopCharacteristics>")
    for space in spaces:
        drawn = {name: text.replace(space, b"") for name, text in drawn.items()}
    office = Office(drawn)
    office.do("a", 0).do("a", 1)
    assert office.ended


def test_an_error_always_interrupts() -> None:
    caught = '<errorEventDefinition errorRef="err"/>'
    handler = node("startEvent", "h", caught, isInterrupting="false") + end("o") + chain("h", "o")
    inner = start("i") + end("thrown", inner=caught) + chain("i", "thrown")
    handling = node("subProcess", "handling", handler, triggeredByEvent="true")
    drawn = files(start(), node("subProcess", "s", inner + handling), end(), chain("start", "s", "end"))
    assert ("error-continues", "h") in {(one.code, one.element) for one in check(drawn) if one.severity == "error"}


@pytest.mark.parametrize("way", ["in", "out"])
def test_what_is_passed_only_within_its_own_scope_is_asked_about(way: str) -> None:
    passed = f'<extensionElements><camunda:{way} source="x" target="x" local="true"/></extensionElements>'
    drawn = files(start(), node("callActivity", "c", passed, calledElement="q"), end(), chain("start", "c", "end"))
    drawn = {name: text.replace(b"</definitions>", CALLED.encode() + b"</definitions>") for name, text in drawn.items()}
    assert told(drawn, "extension-foreign", "handed-out") == [("extension-foreign", "c", f"{way} (x, local → x)")]


@pytest.mark.parametrize(("assignee", "post"), [("kermit_${loopCounter}", "reviewer"), ("${chief}", "chief")])
def test_a_person_whose_name_is_made_up_gives_no_post(assignee: str, post: str) -> None:
    drawn = step(**{"camunda:assignee": assignee})
    assert [one.offer for one in check(drawn) if one.code == "post-missing"] == [post]


def test_what_stands_where_an_event_only_refers_to_is_asked_about_as_in_it() -> None:
    late = node("boundaryEvent", "late", "<eventDefinitionRef>limit</eventDefinitionRef>", attachedToRef="a")
    drawn = files(start(), user("a"), late, end("end", "over"), chain("start", "a", "end"), chain("late", "over"))
    limit = (
        '<timerEventDefinition id="limit" flowable:moonPhase="full"><timeDuration flowable:endDate="2027-01-01">P5D'
        "</timeDuration></timerEventDefinition></definitions>"
    )
    drawn = {name: text.replace(b"</definitions>", limit.encode()) for name, text in drawn.items()}
    assert told(drawn, "extension-foreign", "extension-unknown") == [
        ("extension-foreign", "late", "endDate"),
        ("extension-unknown", "late", "moonPhase"),
    ]
    left = answer(drawn, "late", "extension-foreign", "left-out")
    assert told(left, "extension-foreign", "definition-missing") == []


def test_a_condition_is_written_where_an_event_only_refers_to_it() -> None:
    until = node("intermediateCatchEvent", "until", "<eventDefinitionRef>paid</eventDefinitionRef>")
    drawn = files(start(), until, end(), chain("start", "until", "end"))
    paid = b'<conditionalEventDefinition id="paid"><condition/></conditionalEventDefinition></definitions>'
    drawn = {name: text.replace(b"</definitions>", paid) for name, text in drawn.items()}
    assert [one.code for one in check(drawn) if one.severity == "question"] == ["condition-empty"]
    assert not [one.code for one in check(answer(drawn, "until", "condition-empty", "fee == 7")) if one.offer]
