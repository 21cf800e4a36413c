"""Whether every case of a diagram ends, ends properly, and can come to each step: proven before it is published."""

from app.engine.diagram import Diagram, drawn
from app.engine.findings import Report
from app.engine.proof.claims import conditions_exclude
from app.engine.proof.search import Failure, Proof, prove

UNSOUND = frozenset({"deadlock", "no-way-on", "never-done", "step-dead"})
"""Errors of the proof: a draft may have them, so that it can be looked at; what is published may not."""

__all__ = ["UNSOUND", "Failure", "Proof", "check_soundness", "conditions_exclude", "prove"]


def check_soundness(diagram: Diagram, report: Report, since: float | None = None) -> Proof:
    """Prove `diagram`, which has passed the other checks, and note in `report` what was found. `since`: see `prove`."""
    proof = prove(diagram, since)
    for failure in proof.failures:
        node = diagram.nodes[failure.element]
        way = [drawn(element) for element in failure.way]
        way = [element for place, element in enumerate(way) if way[place - 1 : place] != [element]]
        flows = [flow for flow in failure.flows if drawn(flow) == flow]
        path = " → ".join(diagram.nodes[element].name or element for element in way if element in diagram.nodes)
        report.add(failure.code, drawn(failure.element), node.file, path=path, way=way, flows=flows)
    for name, one, other in proof.collisions:
        both = {"one": diagram.nodes[one].called_so, "other": diagram.nodes[other].called_so}
        report.add("written-at-once", one, diagram.nodes[one].file, name=name, **both)
    if not proof.whole:
        main = diagram.scopes[diagram.main]
        report.add("not-proven", main.id, main.file, states=proof.states)
    return proof
