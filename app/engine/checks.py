"""Whether a diagram can be run, and whether it says what its designer meant."""

import re
from collections.abc import Callable, Collection, Iterator

from app.engine.conditions import check_expressions
from app.engine.diagram import ACTIVITIES, EVENTS, GATEWAYS, NESTED, Diagram, Node, Scope, drawn
from app.engine.findings import Report
from app.engine.soundness import check_soundness
from app.engine.vocabulary import check_lane, check_properties

MAX_JOINS = 50
"""Inclusive joins on one level: each of them looks at every token."""

_ID = re.compile(r"[^\W\d][\w.-]*")
_UNSUPPORTED = {
    "complexGateway": "complex-gateway",
    "eventBasedGateway": "event-gateway",
    "adHocSubProcess": "ad-hoc",
    "transaction": "transaction",
    "businessRuleTask": "business-rule",
    "sendTask": "message-task",
    "receiveTask": "message-task",
}
_TRIGGERS: dict[str, frozenset[str]] = {
    "startEvent": frozenset({"none"}),
    "endEvent": frozenset({"none", "error", "escalation", "terminate"}),
    "intermediateThrowEvent": frozenset({"none", "escalation"}),
    "intermediateCatchEvent": frozenset({"none", "timer"}),
    "boundaryEvent": frozenset({"none", "timer", "error", "escalation"}),
}
_TRIGGER_RULES = {"link": "link-event", "compensate": "compensation"}


def check(diagram: Diagram, report: Report, operations: Collection[str] | None) -> None:
    """Note in `report` what is wrong with `diagram`."""
    _check_calls(diagram, report)
    for scope in diagram.used():
        _check_level(diagram, scope, report)
        for lane in diagram.lanes:
            if lane.scope == scope.id:
                check_lane(lane, report)
        for node in scope.nodes.values():
            _check_node(diagram, node, report)
            check_expressions(node, report)
            check_properties(diagram, node, report, operations)
    if not report.refused:
        for scope in diagram.used():
            check_soundness(scope, report)


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
    if not scope.starts:
        report.add("no-start", scope.id, scope.file)
    elif len(scope.starts) > 1:
        report.add("several-starts", scope.id, scope.file, count=len(scope.starts))
    for flow in diagram.flows.values():
        if flow.scope == scope.id and (flow.source not in scope.nodes or flow.target not in scope.nodes):
            report.add("flow-dangling", flow.id, flow.file, source=flow.source, target=flow.target)
    joins = [node for node in scope.nodes.values() if node.type == "inclusiveGateway" and len(node.incoming) > 1]
    if len(joins) > MAX_JOINS:
        report.add("too-many-joins", scope.id, scope.file, limit=MAX_JOINS)
    reached = _closure(scope, [node.id for node in scope.starts], _following)
    ending = _closure(scope, [node.id for node in scope.nodes.values() if not node.outgoing], _before)
    for node in scope.nodes.values():
        if node.id not in reached:
            report.add("unreachable", node.id, node.file)
        elif node.id not in ending:
            report.add("never-ends", node.id, node.file)


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
    if node.type != "endEvent" and not node.outgoing:
        report.add("dead-end", node.id, node.file)
    if node.type in {"parallelGateway", "inclusiveGateway"} and len(node.incoming) > 1:
        sources = [flow.source for flow in node.incoming]
        for source in {source for source in sources if sources.count(source) > 1}:
            report.add("flow-twice", node.id, node.file, source=source)
    if node.type == "boundaryEvent":
        _check_boundary(diagram, node, report)
    if node.trigger.kind in {"error", "escalation"} and node.type != "boundaryEvent":
        _check_thrown(diagram, node, report)


def _check_kind(node: Node, report: Report) -> None:
    if node.type in _UNSUPPORTED:
        report.add(_UNSUPPORTED[node.type], node.id, node.file)
    elif node.type not in ACTIVITIES | GATEWAYS | EVENTS:
        report.add("unknown-element", node.id, node.file, type=node.type)
    if node.event_subprocess:
        report.add("event-subprocess", node.id, node.file)
    if node.compensation:
        report.add("compensation", node.id, node.file)
    if node.triggers > 1:
        report.add("several-triggers", node.id, node.file)
    allowed = _TRIGGERS.get(node.type)
    if allowed is not None and node.trigger.kind not in allowed:
        rule = _TRIGGER_RULES.get(node.trigger.kind, "unsupported-event")
        report.add(rule, node.id, node.file, trigger=node.trigger.kind)


def _check_boundary(diagram: Diagram, node: Node, report: Report) -> None:
    host = diagram.nodes.get(node.attached_to or "")
    if host is None or host.scope != node.scope or host.type not in ACTIVITIES or node.incoming:
        report.add("boundary-nowhere", node.id, node.file, host=node.attached_to or "")
        return
    kind = node.trigger.kind
    if kind == "none":
        report.add("boundary-empty", node.id, node.file)
    if kind == "error" and not node.interrupting:
        report.add("error-continues", node.id, node.file)
    if kind in {"error", "escalation"}:
        inner = diagram.inner(host) if host.type in NESTED else None
        if inner is None or not any(_catches(node, thrown) for thrown in _thrown_in(diagram, inner)):
            report.add("boundary-never", node.id, node.file, host=host.id)


def _thrown_in(diagram: Diagram, scope: Scope) -> Iterator[Node]:
    """Everything thrown in a scope and those inside it."""
    waiting, seen = [scope], {scope.id}
    while waiting:
        for node in waiting.pop().nodes.values():
            if node.type != "boundaryEvent" and node.trigger.kind in {"error", "escalation"}:
                yield node
            inner = diagram.inner(node) if node.type in NESTED else None
            if inner is not None and inner.id not in seen:
                seen.add(inner.id)
                waiting.append(inner)


def _catches(boundary: Node, thrown: Node) -> bool:
    same = boundary.trigger.kind == thrown.trigger.kind
    return same and boundary.trigger.code in (None, thrown.trigger.code)


def _check_thrown(diagram: Diagram, node: Node, report: Report) -> None:
    """Whether every way out of the scope passes a boundary event that catches what `node` throws."""
    waiting, seen = [node.scope], {node.scope}
    while waiting:
        scope = waiting.pop()
        hosts = [
            host
            for host in diagram.nodes.values()
            if host.type in NESTED and (inner := diagram.inner(host)) is not None and inner.id == scope
        ]
        if not hosts:
            report.add(f"{node.trigger.kind}-uncaught", node.id, node.file)
            return
        for host in hosts:
            if not any(_catches(event, node) for event in host.boundary) and host.scope not in seen:
                seen.add(host.scope)
                waiting.append(host.scope)
