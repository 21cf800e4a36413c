"""Variables that a called process reads and its caller does not pass: other engines let it see nothing else."""

from collections.abc import Iterator

from app.engine.diagram import FOR_PEOPLE, NESTED, Diagram, Node, Scope
from app.engine.findings import Report
from app.engine.variables import spelled
from app.engine.written import reads, repeated, sets


def tell_unpassed(diagram: Diagram, report: Report) -> None:
    """Warn of each call of the family of Camunda 7 whose process reads what only the caller sets, and does not pass."""
    for scope in list(diagram.used()):
        for node in scope.nodes.values():
            inner = diagram.inner(node) if node.type == "callActivity" and node.passes is not None else None
            if inner is not None and (found := _unpassed(diagram, node, inner)):
                names = ", ".join(sorted(found))[:200]
                report.add("passed-anyway", node.id, node.file, call=node.called_so, names=names)


def _unpassed(diagram: Diagram, call: Node, inner: Scope) -> frozenset[str]:
    inside = list(_own(diagram, inner))
    ours = {part.id for part in inside}
    outside = [node for scope in diagram.used() for node in scope.nodes.values() if node.id not in ours]
    asked = frozenset[str]().union(*(reads(diagram, part) | (part.passes or frozenset()) for part in inside))
    found = asked - (call.passes or frozenset()) - _set_by(diagram, inside)
    if any(part.type in FOR_PEOPLE and not part.fields for part in inside):
        found &= _set_by(diagram, outside)  # what a form that is not drawn sets, nobody can say
    return found


def _own(diagram: Diagram, scope: Scope) -> Iterator[Node]:
    """Every node of a process and of the subprocesses in it, without those of what it calls."""
    for node in scope.nodes.values():
        yield node
        inner = diagram.inner(node) if node.type in NESTED - {"callActivity"} else None
        if inner is not None:
            yield from _own(diagram, inner)


def _set_by(diagram: Diagram, nodes: list[Node]) -> frozenset[str]:
    found: set[str] = set()
    for node in nodes:
        found |= {spelled(node.id), *(field.name for field in node.fields), *node.handed}
        found |= sets(diagram, node) | repeated(node)
    return frozenset(found)
