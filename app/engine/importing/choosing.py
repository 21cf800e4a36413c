"""Which of several processes a case begins with."""

from collections.abc import Iterable

from app.engine.diagram import Diagram, Scope
from app.engine.findings import Report


def choose_main(diagram: Diagram, report: Report) -> None:
    """The process that a case starts with: the only executable one that no other calls, or the largest of them."""
    processes = diagram.processes
    called = {node.called for node in diagram.nodes.values() if node.type == "callActivity"}
    marked = [scope for scope in processes if scope.executable]
    candidates = [scope for scope in marked or processes if scope.id not in called]
    if not processes:
        if not report.refused:
            report.add("no-process")
        return
    found = max(candidates or processes, key=lambda scope: len(scope.nodes))
    diagram.main = found.id
    if len(candidates) != 1:
        report.add("several-processes", found.id, found.file, offer=found.id, names=_names(candidates or processes))
    elif not marked:
        report.add("not-executable", found.id, found.file)
    used = {scope.id for scope in diagram.used()}
    others = [scope for scope in processes if scope.id not in used]
    if others and len(candidates) == 1:
        report.add("other-pools", file=others[0].file, names=_names(others))


def _names(scopes: Iterable[Scope]) -> str:
    return ", ".join(scope.name or scope.id for scope in scopes)
