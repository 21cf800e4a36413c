"""What the conditions of a diagram ask for."""

import pytest

from app.catalog import conditions


def diagram(condition: str, extra: str = "") -> dict[str, bytes]:
    text = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">{extra}
      <sequenceFlow id="f" sourceRef="a" targetRef="b">
        <conditionExpression>{condition}</conditionExpression></sequenceFlow>
      <sequenceFlow id="g" sourceRef="a" targetRef="c"/></process></definitions>"""
    return {"d.bpmn": text.encode()}


@pytest.mark.parametrize(
    ("text", "asked", "names"),
    [
        ('a.outcome == "x"', {("a", "x")}, {"a"}),
        ('"x" != a.outcome', {("a", "x")}, {"a"}),
        ('a.outcome in ("x", "y")', {("a", "x"), ("a", "y")}, {"a"}),
        ('a.outcome not in ["x"] and b.outcome == "z"', {("a", "x"), ("b", "z")}, {"a", "b"}),
        ("a.outcome == b.outcome", set(), {"a", "b"}),
        ('area &gt; 3 and a.income == "x"', set(), {"area", "a"}),
        ("not a Python expression", set(), set()),
        ("", set(), set()),
    ],
)
def test_outcomes_and_names(text: str, asked: set[tuple[str, str]], names: set[str]) -> None:
    found, scripted = conditions.read(diagram(text))
    assert {pair for condition in found for pair in condition.asked} == asked
    assert {name for condition in found for name in condition.names} == names
    assert not scripted


@pytest.mark.parametrize(
    "extra", ["<scriptTask id='s'/>", "<userTask id='u'><multiInstanceLoopCharacteristics/></userTask>"]
)
def test_scripts_and_repetitions_bring_names_of_their_own(extra: str) -> None:
    assert conditions.read(diagram("x", extra))[1]
