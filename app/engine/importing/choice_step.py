"""A step before a gateway, in which somebody chooses the way: drawn into the XML, with its place in the picture."""

from lxml import etree

from app.engine.importing.questions import choice_id
from app.engine.importing.xml_names import BPMN

_BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_DI = "{http://www.omg.org/spec/DD/20100524/DI}"
_WIDE, _HIGH, _ABOVE = 100, 80, 60
"""The size of the step, and how far above its gateway it stands."""


def add_choice_step(level: etree._Element, gateway: etree._Element) -> etree._Element:
    """Draw the step, lead what led to the gateway to it, and it to the gateway."""
    target, name = gateway.get("id", ""), choice_id(gateway.get("id", ""))
    step = etree.Element(f"{BPMN}userTask")
    step.set("id", name)
    step.set("name", gateway.get("name") or target)
    level.insert(level.index(gateway), step)
    flows = [flow for flow in level.iter(f"{BPMN}sequenceFlow") if flow.get("targetRef", "") == target]
    for flow in flows:
        flow.set("targetRef", name)
    for tag in gateway.findall(f"{BPMN}incoming"):
        gateway.remove(tag)
    made = etree.SubElement(level, f"{BPMN}sequenceFlow")
    for key, value in (("id", f"{name}_made"), ("sourceRef", name), ("targetRef", target)):
        made.set(key, value)
    for lane in level.iter(f"{BPMN}lane"):
        for reference in lane.findall(f"{BPMN}flowNodeRef"):
            if (reference.text or "").strip() == target:
                etree.SubElement(lane, f"{BPMN}flowNodeRef").text = name
                lane.insert(lane.index(reference), lane[-1])
    _draw(level.getroottree().getroot(), step, made, [flow.get("id", "") for flow in flows])
    return step


def _draw(root: etree._Element, step: etree._Element, made: etree._Element, flows: list[str]) -> None:
    """Place the step above its gateway; the flows into it end there."""
    shapes = {shape.get("bpmnElement"): shape for shape in root.iter(f"{_BPMNDI}BPMNShape")}
    shape = shapes.get(made.get("targetRef"))
    bounds = shape.find(f"{_DC}Bounds") if shape is not None else None
    plane = shape.getparent() if shape is not None else None
    if bounds is None or plane is None:
        return
    try:
        left, top, width = (float(bounds.get(name, "")) for name in ("x", "y", "width"))
    except ValueError:
        return
    middle = left + width / 2
    box = (middle - _WIDE / 2, top - _ABOVE - _HIGH, _WIDE, _HIGH)
    _shape(plane, step.get("id", ""), box)
    _edge(plane, made.get("id", ""), [(middle, top - _ABOVE), (middle, top)])
    for edge in root.iter(f"{_BPMNDI}BPMNEdge"):
        points = edge.findall(f"{_DI}waypoint")
        if edge.get("bpmnElement") in flows and points:
            points[-1].set("x", _number(box[0]))
            points[-1].set("y", _number(box[1] + _HIGH / 2))


def _shape(plane: etree._Element, element: str, box: tuple[float, float, float, float]) -> None:
    shape = etree.SubElement(plane, f"{_BPMNDI}BPMNShape")
    shape.set("id", f"{element}_di")
    shape.set("bpmnElement", element)
    bounds = etree.SubElement(shape, f"{_DC}Bounds")
    for name, value in zip(("x", "y", "width", "height"), box, strict=True):
        bounds.set(name, _number(value))


def _edge(plane: etree._Element, element: str, points: list[tuple[float, float]]) -> None:
    edge = etree.SubElement(plane, f"{_BPMNDI}BPMNEdge")
    edge.set("id", f"{element}_di")
    edge.set("bpmnElement", element)
    for x, y in points:
        point = etree.SubElement(edge, f"{_DI}waypoint")
        point.set("x", _number(x))
        point.set("y", _number(y))


def _number(value: float) -> str:
    return f"{value:g}"
