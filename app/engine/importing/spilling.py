"""Variables that other engines let out of a subprocess, or of what is done several times, without being asked to.

Here they stay inside unless they are handed out. In the engines of Camunda, Flowable and SpiffWorkflow what is set
inside is the process's own, so a diagram drawn for one of them asks for it outside.
"""

from lxml import etree

from app.engine.diagram import FOR_PEOPLE, Diagram, Node
from app.engine.findings import Report
from app.engine.handling import within
from app.engine.importing.dialects import FAMILY
from app.engine.importing.xml_names import BPMN, SPIFF, ZEEBE, text_of
from app.engine.written import reads, sets

_ELSEWHERE = (*FAMILY, ZEEBE, SPIFF)


def is_drawn_elsewhere(root: etree._Element) -> bool:
    """Whether a file is written for another engine: in words of its own, or with conditions in JUEL."""
    for element in root.iter():
        if str(element.tag).startswith(_ELSEWHERE) or any(str(name).startswith(_ELSEWHERE) for name in element.attrib):
            return True
        if element.tag == f"{BPMN}conditionExpression" and (text_of(element) or "").startswith(("${", "#{")):
            return True
    return False


def spill(diagram: Diagram, report: Report) -> None:
    """Hand out what is set inside and asked for outside, where a diagram of another engine says nothing of it."""
    asked: dict[str, frozenset[str]] = {}
    for scope in diagram.used():
        for node in scope.nodes.values():
            asked[node.id] = reads(diagram, node)
    for scope in list(diagram.used()):
        for node in scope.nodes.values():
            if scope.file in diagram.drawn_elsewhere and "hands-out" not in node.properties and _keeps(node):
                _hand_out(diagram, node, asked, report)


def _keeps(node: Node) -> bool:
    """Whether what is set in it stays there."""
    return node.type in {"subProcess", "transaction"} or (node.loop is not None and node.type != "callActivity")


def _hand_out(diagram: Diagram, node: Node, asked: dict[str, frozenset[str]], report: Report) -> None:
    inner = diagram.inner(node)
    inside = list(within(diagram, inner)) if inner is not None else [node]
    ours = {node.id, *(part.id for part in inside)}
    outside = frozenset[str]().union(*(names for other, names in asked.items() if other not in ours))
    if any(part.type in FOR_PEOPLE and not part.fields for part in inside):
        names = outside  # what a form that is not drawn sets, nobody can say
    else:
        names = outside & frozenset[str]().union(*(_set_in(diagram, part) for part in inside))
    steps = {other for level in diagram.used() for other in level.nodes}
    found = sorted(name for name in names - steps if name.isidentifier())
    if found:
        node.properties["hands-out"], node.spills = " ".join(found), True
        report.add("spilled", node.id, node.file, names=", ".join(found)[:200])


def _set_in(diagram: Diagram, node: Node) -> frozenset[str]:
    """The names that a node is seen to set."""
    return sets(diagram, node) | {field.name for field in node.fields}
