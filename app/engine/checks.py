"""Whether a diagram can be run, and whether it says what its designer meant."""

import re
from collections.abc import Callable, Collection

from app.engine.bounds import check_bound
from app.engine.conditions import check_expressions, may_be_unmet
from app.engine.decisions.checks import check as check_decisions
from app.engine.diagram import ACTIVITIES, EVENTS, GATEWAYS, NESTED, Diagram, Node, Scope, drawn
from app.engine.findings import Report
from app.engine.handling import (
    OUTWARD,
    catchers,
    fits,
    is_reported_by_people,
    is_thrown_inside,
    reported,
    throws,
    within,
)
from app.engine.proof import Proof, check_soundness
from app.engine.vocabulary import check_lane, check_properties

MAX_JOINS = 50
"""Inclusive joins on one level: each of them looks at every token."""

_ID = re.compile(r"[^\W\d][\w.-]*")
_UNSUPPORTED = {
    "complexGateway": "complex-gateway",
    "adHocSubProcess": "ad-hoc",
}
_WAITED_FOR = frozenset({"timer", "message", "signal", "conditional"})
_TRIGGERS: dict[str, frozenset[str]] = {
    "endEvent": frozenset({"none", "error", "escalation", "terminate", "signal", "message", "cancel"}),
    "intermediateThrowEvent": frozenset({"none", "escalation", "signal", "message"}),
    "intermediateCatchEvent": frozenset({"none"}) | _WAITED_FOR,
    "boundaryEvent": frozenset({"none", "error", "escalation", "cancel"}) | _WAITED_FOR,
}
_STARTS = {
    "process": frozenset({"none"}) | _WAITED_FOR,
    "subprocess": frozenset({"none"}),
    "event subprocess": frozenset({"error", "escalation"}) | _WAITED_FOR,
}
HARMLESS = frozenset({"boundary-never", "event-subprocess-never"})
"""Errors that keep a version from being published, but that no case is ever hurt by."""
_TRIGGER_RULES = {"link": "link-event", "compensate": "compensation"}


def check(
    diagram: Diagram,
    report: Report,
    operations: Collection[str] | None,
    *,
    proven: bool = True,
    since: float | None = None,
) -> Proof | None:
    """Note in `report` what is wrong with `diagram`.

    The proof is the last of the checks; None where an earlier one found an error, or where it is not asked for.
    `since`: when the files were begun to be read, by time.monotonic.
    """
    _check_calls(diagram, report)
    check_decisions(diagram.decisions, report)
    for scope in diagram.used():
        _check_level(diagram, scope, report)
        for lane in diagram.lanes:
            if lane.scope == scope.id:
                check_lane(lane, report)
        for node in scope.nodes.values():
            _check_node(diagram, node, report)
            check_expressions(node, report, waits=node.type != "startEvent" or scope.parent is not None)
            check_properties(diagram, node, report, operations)
            check_bound(diagram, node, report)
            _check_handler(diagram, node, report)
    stopped = {finding.code for finding in report.findings if finding.severity == "error"} - HARMLESS
    proof = check_soundness(diagram, report, since) if proven and not stopped else None
    for scope in diagram.used():
        for node in scope.nodes.values():
            if _may_have_no_way(node, proof):
                report.add("default-missing", node.id, node.file)
    return proof


def _may_have_no_way(node: Node, proof: Proof | None) -> bool:
    """Whether a gateway can be come to with none of its conditions true; without a whole proof, as it is written."""
    return (proof is None or not proof.whole or node.id in proof.unmet) and may_be_unmet(node)


def _check_calls(diagram: Diagram, report: Report) -> None:
    for node in diagram.nodes.values():
        if node.type == "callActivity":
            called = node.called or ""
            inner = diagram.scopes.get(called)
            if inner is not None and _leads_to(diagram, inner, node.scope):
                report.add("called-again", node.id, node.file, called=called)


def _leads_to(diagram: Diagram, start: Scope, wanted: str) -> bool:
    waiting, seen = [start], {start.id}
    while waiting:
        scope = waiting.pop()
        if scope.id == wanted:
            return True
        for node in scope.nodes.values():
            inner = diagram.inner(node) if node.type in NESTED else None
            if inner is not None and inner.id not in seen:
                seen.add(inner.id)
                waiting.append(inner)
    return False


def _check_level(diagram: Diagram, scope: Scope, report: Report) -> None:
    """How the nodes of one process or subprocess hang together."""
    _check_starts(diagram, scope, report)
    for flow in diagram.flows.values():
        if flow.scope == scope.id and (flow.source not in scope.nodes or flow.target not in scope.nodes):
            report.add("flow-dangling", flow.id, flow.file, source=flow.source, target=flow.target)
    joins = [node for node in scope.nodes.values() if node.type == "inclusiveGateway" and len(node.incoming) > 1]
    if len(joins) > MAX_JOINS:
        report.add("too-many-joins", scope.id, scope.file, limit=MAX_JOINS)
    reached = _closure(scope, [node.id for node in scope.starts], _following)
    ending = _closure(scope, [node.id for node in scope.nodes.values() if not node.outgoing], _before)
    for node in scope.nodes.values():
        if node.id not in reached and not node.event_subprocess:
            report.add("unreachable", node.id, node.file)
        elif node.id not in ending:
            report.add("never-ends", node.id, node.file)


def _check_starts(diagram: Diagram, scope: Scope, report: Report) -> None:
    """Where a level begins. A process may have several starts: a case takes the one that waits for nothing."""
    starts, start = scope.starts, scope.start
    if start is None:
        report.add("no-start", scope.id, scope.file)
        return
    empty = [node for node in starts if node.trigger.kind == "none"]
    if len(empty) > 1 or (scope.parent is not None and len(starts) > 1):
        report.add("several-starts", scope.id, scope.file, count=len(starts))
        return
    place = _place(diagram, scope)
    for node in starts:
        if node.trigger.kind not in _STARTS[place]:
            _refuse_trigger(node, report, "event-subprocess-start" if place == "event subprocess" else None)
        elif place == "event subprocess" and node.trigger.kind == "error" and not node.interrupting:
            report.add("error-continues", node.id, node.file)
        elif node is not start:
            report.add("start-unused", node.id, node.file, start=start.called_so)
    if place == "process" and start.trigger.kind in {"timer", "conditional"}:
        report.add("start-by-itself", start.id, start.file, trigger=start.trigger.kind)


def _place(diagram: Diagram, scope: Scope) -> str:
    if scope.parent is None:
        return "process"
    return "event subprocess" if diagram.nodes[scope.id].event_subprocess else "subprocess"


def _closure(scope: Scope, start: list[str], ways: Callable[[Node], list[str]]) -> set[str]:
    """The ids of all nodes that can be come to from `start`."""
    seen, waiting = set(start), list(start)
    while waiting:
        for following in ways(scope.nodes[waiting.pop()]):
            if following in scope.nodes and following not in seen:
                seen.add(following)
                waiting.append(following)
    return seen


def _following(node: Node) -> list[str]:
    return [flow.target for flow in node.outgoing] + [event.id for event in node.boundary]


def _before(node: Node) -> list[str]:
    host = [node.attached_to] if node.attached_to and node.type == "boundaryEvent" else []
    return [flow.source for flow in node.incoming] + host


def _check_node(diagram: Diagram, node: Node, report: Report) -> None:
    """A node by itself and its neighbours."""
    if not _ID.fullmatch(drawn(node.id)):
        report.add("id-invalid", node.id, node.file)
    _check_kind(node, report)
    if node.default and node.default not in {flow.id for flow in node.outgoing}:
        report.add("default-dangling", node.id, node.file, flow=node.default)
    if node.type == "startEvent" and node.incoming:
        report.add("start-entered", node.id, node.file)
    if node.type == "endEvent" and node.outgoing:
        report.add("end-left", node.id, node.file)
    if node.type != "endEvent" and not node.outgoing and not node.event_subprocess:
        report.add("dead-end", node.id, node.file)
    if node.type in {"parallelGateway", "inclusiveGateway"} and len(node.incoming) > 1:
        sources = [flow.source for flow in node.incoming]
        for source in {source for source in sources if sources.count(source) > 1}:
            report.add("flow-twice", node.id, node.file, source=source)
    if node.type == "boundaryEvent":
        _check_boundary(diagram, node, report)
    if any(throws(node, kind) for kind in OUTWARD):
        _check_thrown(diagram, node, report)
    if node.type == "eventBasedGateway":
        _check_first_event(diagram, node, report)
    if node.trigger.kind == "signal":
        _check_signal(diagram, node, report)


def _check_kind(node: Node, report: Report) -> None:
    if node.type in _UNSUPPORTED:
        report.add(_UNSUPPORTED[node.type], node.id, node.file)
    elif node.type not in ACTIVITIES | GATEWAYS | EVENTS:
        report.add("unknown-element", node.id, node.file, type=node.type)
    if node.event_subprocess and (node.incoming or node.outgoing or node.boundary or node.loop):
        report.add("event-subprocess-place", node.id, node.file)
    if node.type == "intermediateCatchEvent" and node.trigger.kind == "none" and not node.trigger.name:
        report.add("catch-nothing", node.id, node.file)
    if node.compensation:
        report.add("compensation", node.id, node.file)
    if node.others:
        report.add("several-triggers", node.id, node.file)
    allowed = _TRIGGERS.get(node.type)
    if allowed is not None and node.trigger.kind not in allowed:
        _refuse_trigger(node, report)


def _refuse_trigger(node: Node, report: Report, otherwise: str | None = None) -> None:
    rule = _TRIGGER_RULES.get(node.trigger.kind, otherwise or "unsupported-event")
    report.add(rule, node.id, node.file, trigger=node.trigger.kind)


def _check_first_event(diagram: Diagram, node: Node, report: Report) -> None:
    """What follows an event-based gateway: events that wait, or receive tasks, to which nothing else leads."""
    if node.waits_for_all:
        report.add("event-gateway", node.id, node.file)
    for flow in node.outgoing:
        arm = diagram.nodes[flow.target]
        waits = arm.type == "intermediateCatchEvent" and arm.trigger.kind in _WAITED_FOR
        receives = arm.type == "receiveTask" and not arm.boundary and arm.loop is None
        if not (waits or receives) or len(arm.incoming) > 1:
            report.add("event-gateway-arm", arm.id, arm.file, gateway=node.called_so)


def _check_signal(diagram: Diagram, node: Node, report: Report) -> None:
    """Whether something in the diagram throws the signal that is waited for, and waits for the one that is thrown."""
    parts = [other for scope in diagram.used() for other in scope.nodes.values()]
    if throws(node, "signal"):
        heard = {one.name for other in parts if not throws(other, "signal") for one in (other.trigger, *other.others)}
        if node.trigger.name not in heard:
            report.add("signal-unheard", node.id, node.file, name=node.trigger.name)
    elif not any(fits(node, other) for other in parts if throws(other, "signal")):
        report.add("signal-outside", node.id, node.file, name=node.trigger.name)


def _check_boundary(diagram: Diagram, node: Node, report: Report) -> None:
    host = diagram.nodes.get(node.attached_to or "")
    if host is None or host.scope != node.scope or host.type not in ACTIVITIES or node.incoming:
        report.add("boundary-nowhere", node.id, node.file, host=node.attached_to or "")
        return
    kind = node.trigger.kind
    if kind == "none":
        report.add("boundary-empty", node.id, node.file)
    if kind in {"error", "cancel"} and not node.interrupting:
        report.add("error-continues", node.id, node.file)
    if kind in OUTWARD:
        _check_reached(diagram, node, host, report)


def _check_handler(diagram: Diagram, handler: Node, report: Report) -> None:
    """Whether something throws what starts an event subprocess, itself apart."""
    inner = diagram.inner(handler) if handler.event_subprocess else None
    start = inner.start if inner is not None else None
    if inner is None or start is None or start.trigger.kind not in {"error", "escalation"}:
        return
    own = {node.id for node in within(diagram, inner)}
    parts = [node for node in within(diagram, diagram.scopes[handler.scope]) if node.id not in own]
    if any(throws(part, start.trigger.kind) and fits(start, part) for part in parts):
        return
    if start.trigger.kind == "escalation" or not any(part.type == "serviceTask" for part in parts):
        report.add(
            "event-subprocess-never", start.id, start.file, handler=handler.called_so, trigger=start.trigger.kind
        )


def _check_reached(diagram: Diagram, node: Node, host: Node, report: Report) -> None:
    """Whether something inside throws what a boundary event catches, or somebody reports it."""
    if is_reported_by_people(node, host) or is_thrown_inside(diagram, node, host):
        return
    inner = diagram.inner(host) if host.type in NESTED else None
    if node.trigger.kind != "error" or (inner is not None and not reported(diagram, host)):
        report.add("boundary-never", node.id, node.file, host=host.called_so)
    elif inner is None and host.type != "serviceTask":
        report.add("boundary-outside", node.id, node.file, host=host.called_so)


def _check_thrown(diagram: Diagram, node: Node, report: Report) -> None:
    """Whether every way out of the scope passes an event that catches what `node` throws."""
    around = diagram.nodes.get(node.scope)
    if node.trigger.kind == "cancel" and (around is None or around.type != "transaction"):
        report.add("cancel-place", node.id, node.file)
    elif catchers(diagram, node)[1]:
        report.add(f"{node.trigger.kind}-uncaught", node.id, node.file)
