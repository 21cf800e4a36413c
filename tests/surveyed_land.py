"""The land item, drawn so that it waits for a survey after acceptance, and that its reviewer may report two things."""

from pathlib import Path

from app.catalog import folder
from tests.office import LAND

SURVEY = "勘测成果"
"""The message that comes from outside; it brings what a form of the item knows, and what none does."""

_DIAGRAM, _ITEM = f"processes/{LAND}/diagram.bpmn", f"processes/{LAND}/item.yaml"
_ENGLISH = {
    SURVEY: "Result of the survey",
    "等待勘测": "Wait for the survey",
    "现场无法进入": "The site cannot be entered",
    "将会延误": "It will be late",
    "无法审查": "Not reviewed",
    "已告知": "Told",
}
_DECLARED = (
    f'<message id="survey_message" name="{SURVEY}"/><error id="closed_error" name="现场无法进入" errorCode="closed"/>'
    '<escalation id="late_escalation" name="将会延误" escalationCode="late"/>'
)
_WAITING = """
    <intermediateCatchEvent id="survey" name="等待勘测">
      <extensionElements>
        <gl:property name="brings" value="surveyor:text total_area:number agreed:boolean"/>
      </extensionElements>
      <messageEventDefinition id="survey_definition" messageRef="survey_message"/>
    </intermediateCatchEvent>
    <sequenceFlow id="flow_to_survey" sourceRef="accepted" targetRef="survey"/>
    <sequenceFlow id="flow_to_split" sourceRef="survey" targetRef="split"/>"""
_REPORTED = """
      <boundaryEvent id="closed" name="现场无法进入" attachedToRef="review_land">
        <errorEventDefinition id="closed_definition" errorRef="closed_error"/>
      </boundaryEvent>
      <endEvent id="closed_end" name="无法审查"/>
      <sequenceFlow id="flow_closed" sourceRef="closed" targetRef="closed_end"/>
      <boundaryEvent id="late" name="将会延误" cancelActivity="false" attachedToRef="review_land">
        <escalationEventDefinition id="late_definition" escalationRef="late_escalation"/>
      </boundaryEvent>
      <endEvent id="late_end" name="已告知"/>
      <sequenceFlow id="flow_late" sourceRef="late" targetRef="late_end"/>"""
_PLACES = {
    "survey": (832, 480),
    "closed": (1302, 702),
    "closed_end": (1527, 640),
    "late": (1182, 702),
    "late_end": (1090, 640),
}
_WAYS = {
    "flow_to_survey": ((850, 378), (850, 480)),
    "flow_to_split": ((850, 516), (850, 1140), (905, 1140)),
    "flow_closed": ((1338, 720), (1545, 720), (1545, 676)),
    "flow_late": ((1182, 720), (1108, 720), (1108, 676)),
}


def files() -> dict[str, bytes]:
    """The item's files."""
    found = folder.read(Path(__file__).parents[1], LAND)
    found.pop(f"processes/{LAND}/scenarios.yaml", None)  # they know nothing of a survey
    text = found[_DIAGRAM].decode()
    cut, rest = text.index('<bpmndi:BPMNEdge id="flow_to_split_di"'), "</bpmndi:BPMNEdge>"
    text = text[:cut] + text[text.index(rest, cut) + len(rest) :]
    for old, new in (
        ("<collaboration ", f"{_DECLARED}<collaboration "),
        ("<outgoing>flow_to_split</outgoing>", "<outgoing>flow_to_survey</outgoing>"),
        ('<sequenceFlow id="flow_to_split" sourceRef="accepted" targetRef="split" />', _WAITING),
        ('<boundaryEvent id="review_land_yellow"', f'{_REPORTED}<boundaryEvent id="review_land_yellow"'),
        ("<flowNodeRef>accepted</flowNodeRef>", "<flowNodeRef>accepted</flowNodeRef><flowNodeRef>survey</flowNodeRef>"),
        ("</bpmndi:BPMNPlane>", f"{_drawing()}</bpmndi:BPMNPlane>"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    said = "".join(f"\n  {zh}: {en}" for zh, en in _ENGLISH.items())
    item = found[_ITEM].decode().replace("\ndrawn:", f"\ndrawn:{said}")
    return found | {_DIAGRAM: text.encode(), _ITEM: item.encode()}


def _drawing() -> str:
    shapes = (
        f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="{x}" y="{y}" width="36" height="36"/>'
        "</bpmndi:BPMNShape>"
        for name, (x, y) in _PLACES.items()
    )
    edges = (
        f'<bpmndi:BPMNEdge id="{name}_di" bpmnElement="{name}">'
        + "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
        + "</bpmndi:BPMNEdge>"
        for name, points in _WAYS.items()
    )
    return "".join((*shapes, *edges))
