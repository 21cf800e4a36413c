"""Answers are written into the diagram: with every offer taken, no question is left, and the case goes the same way."""

import json
from pathlib import Path

import pytest
from lxml import etree

from app.engine import AnswerUnfit, answer, check, load
from tests.unit.engine.drawing import Office, chain, definitions, end, files, node, process, start, timer, user, way
from tests.unit.engine.importing.test_diagrams import DRAWN
from tests.unit.engine.playing import played

MOST = 30


def questions(drawn: dict[str, bytes]) -> list[tuple[str, str, str]]:
    return [(f.code, f.element or "", f.offer) for f in check(drawn) if f.severity == "question"]


def answered(drawn: dict[str, bytes]) -> dict[str, bytes]:
    for _question in range(MOST):
        asked = questions(drawn)
        if not asked:
            return drawn
        code, element, offer = asked[0]
        drawn = answer(drawn, element, code, offer)
    raise AssertionError(questions(drawn))


ASKING = [path for path in DRAWN if questions({path.name: path.read_bytes()})]


@pytest.mark.parametrize("path", ASKING, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_with_every_offer_taken_nothing_is_asked_and_the_way_is_the_same(path: Path) -> None:
    wanted = json.loads(path.with_suffix(".json").read_text("utf-8"))
    given = wanted["given"] | {
        "outcomes": {**(made := wanted["given"].get("outcomes", {})), **{f"{k}_choice": v for k, v in made.items()}}
    }
    trace = played(answered({path.name: path.read_bytes()}), given)
    assert trace["state"] == wanted["state"]
    assert [element for element in trace["elements"] if not element.endswith("_choice")] == wanted["elements"]


def asking(*parts: str) -> dict[str, bytes]:
    return files(start(), *parts, end())


def test_a_time_is_written_as_what_it_is() -> None:
    drawn = asking(node("intermediateCatchEvent", "t", "<timerEventDefinition/>"), chain("start", "t", "end"))
    for value, tag in (("P20D", "timeDuration"), ("2026-05-01T09:00:00+08:00", "timeDate")):
        made = answer(drawn, "t", "timer-empty", value)
        assert f"<{tag}>{value}</{tag}>" in made["d.bpmn"].decode()
        assert Office(made).timer("t").value == value


def test_an_operation_is_written_where_a_service_had_none() -> None:
    drawn = asking(node("serviceTask", "tell"), chain("start", "tell", "end"))
    definition = load(answer(drawn, "tell", "operation-missing", "notify"))
    assert definition.elements["tell"].type == "serviceTask"
    assert definition.elements["tell"].properties == {"operation": "notify"}


def test_a_choice_that_nobody_made_becomes_a_step_with_its_place_in_the_picture() -> None:
    picture = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI">'
        '<bpmndi:BPMNPlane bpmnElement="p"><bpmndi:BPMNShape id="g_di" bpmnElement="g">'
        '<dc:Bounds x="300" y="400" width="50" height="50"/></bpmndi:BPMNShape>'
        '<bpmndi:BPMNEdge id="in_di" bpmnElement="in"><di:waypoint x="100" y="425"/><di:waypoint x="300" y="425"/>'
        "</bpmndi:BPMNEdge></bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
    parts = start(), node("exclusiveGateway", "g", name="Large?"), end("e1", "e2"), way("start", "g", name="in")
    drawn = {"d.bpmn": definitions(process(*parts, way("g", "e1", name="a"), way("g", "e2", name="b")), picture)}
    root = etree.fromstring(answered(drawn)["d.bpmn"])
    shapes = {shape.get("bpmnElement"): shape[0].attrib for shape in root.iter("{*}BPMNShape")}
    assert dict(shapes["g_choice"]) == {"x": "275", "y": "260", "width": "100", "height": "80"}
    edges = {
        edge.get("bpmnElement"): [tuple(point.attrib.values()) for point in edge] for edge in root.iter("{*}BPMNEdge")
    }
    assert edges == {"in": [("100", "425"), ("275", "300")], "g_choice_made": [("325", "340"), ("325", "400")]}


def test_comments_and_everything_else_are_kept() -> None:
    drawn = asking("<!-- by the office -->", user("a"), node("serviceTask", "tell"), chain("start", "a", "tell", "end"))
    made = answer(drawn, "tell", "operation-missing", "manual")["d.bpmn"].decode()
    assert "<!-- by the office -->" in made
    assert '<manualTask id="tell"/>' in made


@pytest.mark.parametrize(
    ("element", "code", "value"),
    [
        ("nowhere", "timer-empty", "P5D"),
        ("t", "timer-empty", "soon"),
        ("t", "timer-empty", " "),
        ("t", "no-such-question", "P5D"),
        ("start", "timer-empty", "P5D"),
        ("t", "script-empty", "x = 1"),
        ("t", "nobody", "two words"),
        ("t", "items-missing", "3"),
        ("t", "extension-foreign", "keep"),
        ("p", "starts-several", "t"),
        ("p", "several-processes", "q"),
    ],
)
def test_what_is_no_answer_is_refused_and_changes_nothing(element: str, code: str, value: str) -> None:
    drawn = asking(node("intermediateCatchEvent", "t", timer("P1D")), chain("start", "t", "end"))
    with pytest.raises(AnswerUnfit):
        answer(drawn, element, code, value)


def test_a_file_that_is_no_diagram_is_left_as_it_is() -> None:
    drawn = asking(node("serviceTask", "tell"), chain("start", "tell", "end")) | {"broken.bpmn": b"<a", "t.dmn": b"x"}
    made = answer(drawn, "tell", "operation-missing", "manual")
    assert (made["broken.bpmn"], made["t.dmn"]) == (b"<a", b"x")
