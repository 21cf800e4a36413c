"""A called process sees what its caller has; engines of the family of Camunda 7 pass it nothing that is not named."""

import pytest

from app.engine import check
from tests.unit.engine.drawing import chain, definitions, end, node, process, script, start, user, way, xor

ASKING = (xor("x", "no"), end("small", "large"), way("x", "large", "${fee &gt; 7}"), way("x", "small", name="no"))
ALL = '<camunda:in variables="all"/>'
FEE = '<camunda:in source="fee" target="fee"/>'
CHILD = '<zeebe:calledElement processId="q"/>'


def told(passed: str, *inner: str, **attributes: str) -> list[tuple[str | None, str]]:
    """What is said where p sets the fee and calls q, which asks for it."""
    call = node(
        "callActivity", "c", f"<extensionElements>{passed}</extensionElements>", calledElement="q", **attributes
    )
    caller = process(start(), script("set", "fee = 9"), call, end(), chain("start", "set", "c", "end"))
    called = process(start("s"), *inner, *ASKING, name="q", executable="false")
    found = check({"d.bpmn": definitions(caller, called)})
    assert not [one.code for one in found if one.severity == "error"]
    return [(one.element, one.params["names"]) for one in found if one.code == "passed-anyway"]


@pytest.mark.parametrize("passed", ["", '<camunda:in businessKey="#{execution.processBusinessKey}"/>'])
def test_what_is_read_and_not_passed_is_told(passed: str) -> None:
    assert told(passed, chain("s", "x")) == [("c", "fee")]


@pytest.mark.parametrize("passed", [ALL, FEE, CHILD])
def test_what_is_passed_is_not(passed: str) -> None:
    assert told(passed, chain("s", "x")) == []


def test_nor_where_flowable_inherits() -> None:
    assert told("", chain("s", "x"), **{"flowable:inheritVariables": "true"}) == []


def test_nor_what_the_called_process_sets_itself() -> None:
    assert told("", script("w", "fee = 3"), chain("s", "w", "x")) == []


def test_a_form_that_is_not_drawn_may_set_it_but_the_caller_does() -> None:
    assert told("", user("u"), chain("s", "u", "x")) == [("c", "fee")]
