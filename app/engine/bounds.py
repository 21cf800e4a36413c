"""Whether what bounds a standard loop can ever end it: its maximum, or a condition that something in it changes."""

from app.engine import expressions
from app.engine.decisions.calls import bound, gives
from app.engine.diagram import NESTED, Diagram, Node
from app.engine.findings import Report
from app.engine.handling import within
from app.engine.nesting import COUNTS
from app.engine.proof.claims import condition, possible

_COUNTED = frozenset({*COUNTS, "loopCounter"})


def check_bound(diagram: Diagram, node: Node, report: Report) -> None:
    """Note a loop without a maximum whose condition stays true once it is true: it would be done again for ever."""
    loop = node.loop
    if loop is None or loop.kind != "standard" or loop.maximum is not None or loop.condition is None:
        return
    asked = condition(loop.condition)
    if asked.reads is None or asked.reads & {*_COUNTED, loop.index} or not possible([(asked, True)]):
        return
    if not possible([(asked, False)]):
        report.add("loop-always", node.id, node.file, step=node.called_so, condition=loop.condition[:80])
        return
    changed = _changed(diagram, node)
    if changed is not None and not asked.reads & changed:
        told = {"step": node.called_so, "condition": loop.condition[:80], "names": ", ".join(sorted(asked.reads))}
        report.add("loop-unchanging", node.id, node.file, **told)


def _changed(diagram: Diagram, node: Node) -> frozenset[str] | None:
    """The variables that doing a node can change; None where it can be any."""
    inner = diagram.inner(node) if node.type in NESTED else None
    if inner is None:
        return _set_by(diagram, node)
    found = frozenset(node.properties.get("hands-out", "").split())
    for part in within(diagram, inner):
        own = (
            _set_by(diagram, part)
            if part.type not in NESTED
            else frozenset(part.properties.get("hands-out", "").split())
        )
        if own is None:
            return None
        found |= own
    return found


_SETTING_NOTHING = frozenset(
    {"startEvent", "endEvent", "exclusiveGateway", "parallelGateway", "inclusiveGateway", "intermediateThrowEvent"}
)


def _set_by(diagram: Diagram, node: Node) -> frozenset[str] | None:
    if node.type in _SETTING_NOTHING:
        return frozenset()
    if node.result is not None:
        return frozenset({node.result})
    if node.decision is not None:
        return gives(bound(node.decision, diagram.decisions))
    if node.type != "scriptTask":
        return None
    try:
        read = expressions.script(node.script or "")
    except expressions.Malformed:
        return None
    return read.assigns | read.reads
