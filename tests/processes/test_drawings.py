"""A designer enjoys reading what is complete, regular and uncrossed: every diagram of processes/ is held to it."""

from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DD = "{http://www.omg.org/spec/DD/20100524/DI}"
DRAWN = ("Event", "Task", "task", "Gateway", "subProcess", "lane", "participant", "sequenceFlow", "textAnnotation")
FRAMES = ("lane", "participant")
KINDS = ("Event", "Task", "Gateway", "Annotation", "task")


@dataclass(frozen=True)
class Box:
    """A rectangle on the canvas."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def overlaps(self, other: "Box") -> bool:
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def contains(self, other: "Box") -> bool:
        across = self.x <= other.x and other.right <= self.right
        return across and self.y <= other.y and other.bottom <= self.bottom


Line = list[tuple[float, float]]


class Drawing:
    """The shapes, flows and labels of one diagram."""

    def __init__(self, path: Path) -> None:
        root = etree.parse(path).getroot()
        self.elements = {str(one.get("id")): one for one in root.iter() if one.get("id") and self._tag(one)}
        self.boxes: dict[str, Box] = {}
        self.lines: dict[str, Line] = {}
        self.labels: dict[str, Box] = {}
        for shape in root.iter(f"{DI}BPMNShape"):
            self.boxes[str(shape.get("bpmnElement"))] = self._box(shape)
        for edge in root.iter(f"{DI}BPMNEdge"):
            points = [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge.iter(f"{DD}waypoint")]
            self.lines[str(edge.get("bpmnElement"))] = points
        for label in root.iter(f"{DI}BPMNLabel"):
            owner = label.getparent()
            assert owner is not None
            self.labels[str(owner.get("bpmnElement"))] = self._box(label)

    @staticmethod
    def _tag(element: etree._Element) -> str:
        tag = str(element.tag)
        return tag.removeprefix(BPMN) if tag.startswith(BPMN) and tag.endswith(DRAWN) else ""

    @staticmethod
    def _box(element: etree._Element) -> Box:
        bounds = element.find(f"{DC}Bounds")
        assert bounds is not None
        return Box(*(float(bounds.get(name, "")) for name in ("x", "y", "width", "height")))

    def tag(self, element: str) -> str:
        return self._tag(self.elements[element])

    def nodes(self) -> dict[str, Box]:
        """What is neither lane nor pool."""
        return {name: box for name, box in self.boxes.items() if self.tag(name) not in FRAMES}

    def small(self) -> dict[str, Box]:
        """What holds nothing else."""
        return {name: box for name, box in self.nodes().items() if self.tag(name) != "subProcess"}


@pytest.fixture
def drawing(root: Path, diagram_path: str) -> Drawing:
    return Drawing(root / diagram_path)


def meet(line: Line, box: Box) -> bool:
    """Whether a line runs through the inside of a box."""
    return any(
        min(a[0], b[0]) < box.right and box.x < max(a[0], b[0]) and box.y < a[1] < box.bottom
        if a[1] == b[1]
        else min(a[1], b[1]) < box.bottom and box.y < max(a[1], b[1]) and box.x < a[0] < box.right
        for a, b in pairwise(line)
    )


def touch(one: Line, other: Line) -> bool:
    """Whether two orthogonal lines share a point."""
    for (a, b), (c, d) in ((p, q) for p in pairwise(one) for q in pairwise(other)):
        across = max(min(a[0], b[0]), min(c[0], d[0])) <= min(max(a[0], b[0]), max(c[0], d[0]))
        if across and max(min(a[1], b[1]), min(c[1], d[1])) <= min(max(a[1], b[1]), max(c[1], d[1])):
            return True
    return False


def test_everything_is_drawn_and_nothing_else(drawing: Drawing) -> None:
    assert drawing.elements.keys() == drawing.boxes.keys() | drawing.lines.keys()


def test_every_step_and_every_way_that_is_chosen_has_a_name(drawing: Drawing) -> None:
    for name, element in drawing.elements.items():
        tag = drawing.tag(name)
        if tag.endswith(("Event", "Task", "subProcess")) or tag in FRAMES:
            assert element.get("name"), name
        if tag == "exclusiveGateway" and len(element.findall(f"{BPMN}outgoing")) > 1:
            assert element.get("name"), name
            for flow in element.findall(f"{BPMN}outgoing"):
                assert drawing.elements[str(flow.text)].get("name"), flow.text


def test_flows_are_orthogonal_and_reach_from_border_to_border(drawing: Drawing) -> None:
    for name, line in drawing.lines.items():
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(line)), name
        for end, point in (("sourceRef", line[0]), ("targetRef", line[-1])):
            box = drawing.boxes[str(drawing.elements[name].get(end))]
            assert point[0] in {box.x, box.right} or point[1] in {box.y, box.bottom}, name
            assert box.x <= point[0] <= box.right, name
            assert box.y <= point[1] <= box.bottom, name


def test_flows_do_not_cross(drawing: Drawing) -> None:
    for (name, one), (second, other) in combinations(drawing.lines.items(), 2):
        assert not touch(one, other), (name, second)


def test_flows_pass_no_step(drawing: Drawing) -> None:
    for name, line in drawing.lines.items():
        for node, box in drawing.small().items():
            assert not meet(line, box), (name, node)


def test_shapes_do_not_overlap(drawing: Drawing) -> None:
    for (name, one), (second, other) in combinations(drawing.nodes().items(), 2):
        if one.overlaps(other) and not one.contains(other) and not other.contains(one):
            host = {drawing.elements[name].get("attachedToRef"), drawing.elements[second].get("attachedToRef")}
            assert host & {name, second}, (name, second)


def test_shapes_of_a_kind_are_of_one_size(drawing: Drawing) -> None:
    sizes: dict[str, set[tuple[float, float]]] = {}
    for name, box in drawing.small().items():
        kind = next(
            kind for kind in ("Event", "Task", "Gateway", "Annotation", "task") if drawing.tag(name).endswith(kind)
        )
        sizes.setdefault(kind, set()).add((box.width, box.height))
    assert all(len(found) == 1 for kind, found in sizes.items() if kind != "Annotation"), sizes


def test_labels_are_free(drawing: Drawing) -> None:
    for name, label in drawing.labels.items():
        for node, box in drawing.small().items():
            assert not label.overlaps(box), (name, node)
        for flow, line in drawing.lines.items():
            assert not meet(line, label), (name, flow)
    for (name, one), (second, other) in combinations(drawing.labels.items(), 2):
        assert not one.overlaps(other), (name, second)


def test_each_step_lies_in_its_lane(drawing: Drawing) -> None:
    for name, element in drawing.elements.items():
        if drawing.tag(name) == "lane":
            for member in element.iter(f"{BPMN}flowNodeRef"):
                assert drawing.boxes[name].contains(drawing.boxes[str(member.text)]), (name, member.text)
