"""An item is made of nothing but its diagram."""

import json

import pytest
import yaml

from app.catalog import drawn, rules

BARE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:x" id="d">
  <process id="swing" name="秋千" isExecutable="true">
    <laneSet id="l"><lane id="l1" name="综合窗口"><flowNodeRef>s</flowNodeRef><flowNodeRef>accept</flowNodeRef>
      <flowNodeRef>g</flowNodeRef><flowNodeRef>yes</flowNodeRef><flowNodeRef>no</flowNodeRef></lane></laneSet>
    <startEvent id="s"><outgoing>f0</outgoing></startEvent>
    <userTask id="accept" name="受理"><incoming>f0</incoming><outgoing>f1</outgoing></userTask>
    <exclusiveGateway id="g" default="f3"><incoming>f1</incoming><outgoing>f2</outgoing><outgoing>f3</outgoing>
    </exclusiveGateway>
    <endEvent id="yes"><incoming>f2</incoming></endEvent><endEvent id="no"><incoming>f3</incoming></endEvent>
    <sequenceFlow id="f0" sourceRef="s" targetRef="accept"/><sequenceFlow id="f1" sourceRef="accept" targetRef="g"/>
    <sequenceFlow id="f2" sourceRef="g" targetRef="yes"><conditionExpression>accept.outcome == "take"
    </conditionExpression></sequenceFlow>
    <sequenceFlow id="f3" sourceRef="g" targetRef="no"/>
  </process>
</definitions>"""


def test_steps_outcomes_posts_and_forms_are_those_drawn() -> None:
    files = drawn.item({"Swing Permit.bpmn": BARE.encode()}, "swing-permit", {"综合窗口": "window-clerk"})
    assert sorted(files) == [
        "forms/swing-permit/accept.json",
        "forms/swing-permit/apply.json",
        "processes/swing-permit/Swing-Permit.bpmn",
        "processes/swing-permit/item.yaml",
    ]
    said = yaml.safe_load(files["processes/swing-permit/item.yaml"])
    assert said["lanes"] == {"综合窗口": "window-clerk"}
    assert said["steps"] == {
        "accept": {"name": {"zh": "受理", "en": "accept"}, "outcomes": {"take": {"zh": "take", "en": "take"}}}
    }
    assert [one.code for one in rules.check(files).findings if one.severity == "error"] == []


@pytest.mark.parametrize(
    ("name", "code"), [("Swing Permit.bpmn", "swing-permit"), ("许可.bpmn", "drawn-item"), ("2-x.bpmn", "drawn-item")]
)
def test_the_code_comes_from_the_file(name: str, code: str) -> None:
    assert drawn.code_of({name: b""}) == code


def test_the_steps_of_a_large_diagram_share_a_form() -> None:
    count = drawn.MOST_FORMS + 1
    steps = "".join(f'<userTask id="step_{number}" name="Step"/>' for number in range(count))
    space = "http://www.omg.org/spec/BPMN/20100524/MODEL"
    diagram = f'<definitions xmlns="{space}"><process id="p" isExecutable="true">{steps}</process></definitions>'
    files = drawn.item({"large.bpmn": diagram.encode()}, "large", {})
    assert {path for path in files if path.startswith("forms/")} == {"forms/large/apply.json", "forms/large/step.json"}
    assert files["processes/large/large.bpmn"].count(b'name="form" value="step"') == count
    assert b"&id" not in files["processes/large/item.yaml"]


def test_decisions_come_with_the_diagram_that_asks_them() -> None:
    both = {"Fees.dmn": b"<x/>", "permit.bpmn": b"<nothing"}
    assert drawn.is_bare(both)
    assert drawn.code_of(both) == "permit"
    assert drawn.item(both, "permit", {})["processes/permit/Fees.dmn"] == b"<x/>"
    assert not drawn.is_bare({"Fees.dmn": b"<x/>"})


def test_what_is_no_diagram_still_becomes_an_item_to_work_on() -> None:
    files = drawn.item({"x.bpmn": b"<nothing"}, "x", {})
    assert files["processes/x/x.bpmn"] == b"<nothing"
    assert not drawn.is_bare({"x.bpmn": b"", "item.yaml": b""})


FIELDS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  targetNamespace="urn:x" id="d"><process id="swing" isExecutable="true">
    <startEvent id="s"><extensionElements><camunda:formData>
      <camunda:formField id="height" label="高度" type="long" defaultValue="12"/></camunda:formData></extensionElements>
    </startEvent>
    <userTask id="look" name="Look"><extensionElements><camunda:formData>
      <camunda:formField id="height" label="Height" type="long"/>
      <camunda:formField id="safe" label="Safe" type="boolean" defaultValue="true"/>
      <camunda:formField id="ground" label="Ground" type="enum" defaultValue="sand">
        <camunda:value id="sand" name="沙"/><camunda:value id="bark" name="Bark"/></camunda:formField>
      <camunda:formField id="seen" label="Seen" type="date" defaultValue="2026-02-30"/>
      <camunda:formField id="who" label="Who" type="string" defaultValue="${starter}"/>
      <camunda:formField id="not-a-name" label="N" type="string"/></camunda:formData></extensionElements></userTask>
    <endEvent id="e"/>
    <sequenceFlow id="f0" sourceRef="s" targetRef="look"/><sequenceFlow id="f1" sourceRef="look" targetRef="e"/>
  </process></definitions>"""


def test_forms_are_made_of_the_fields_that_are_drawn() -> None:
    files = drawn.item({"swing.bpmn": FIELDS.encode()}, "swing", {})
    asked = {name: json.loads(files[f"forms/swing/{name}.json"])["components"] for name in ("apply", "look")}
    begins = {name: {one["key"]: one.get("defaultValue") for one in asked[name] if "key" in one} for name in asked}
    assert begins["apply"]["height"] == 12
    assert begins["look"] == {"safe": True, "ground": "sand", "seen": None, "who": None, "look_note": None}
    kinds = [(one["type"], one["label"]) for one in asked["look"][:4]]
    assert kinds == [("checkbox", "Safe"), ("select", "Ground"), ("datetime", "Seen"), ("textfield", "Who")]
    found = rules.check(files).findings
    assert [one.code for one in found if one.severity == "error"] == []
    [told] = [one for one in found if one.code == "form-default"]
    assert (told.element, told.params["name"], told.params["value"]) == ("look", "who", "${starter}")
