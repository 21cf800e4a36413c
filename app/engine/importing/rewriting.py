"""What is drawn in a short way, made whole: links joined, starts added, conditions behind a step given a gateway.

Nothing drawn gets another id, and nothing is lost; each rewrite is told. What is added has a colon in its id.
"""

import re
from collections.abc import Iterator

from app.engine.diagram import Diagram, Flow, Node, Scope, Trigger
from app.engine.findings import Report
from app.engine.importing import several

_EQUALS = re.compile(r"(?:[=$#]\{?)?\s*([\w.]+)\s*(?:==?|\beq\b)\s*(\"[^\"]*\"|'[^']*'|[\w.]+)\s*\}?")
_STEPS = ("Task", "task", "subProcess", "transaction", "callActivity")
_PASSES = 50
"""Gateways that a way from a start is followed through."""


def rewrite(diagram: Diagram, report: Report) -> None:
    """Make whole what is drawn short in every level that is run."""
    for scope in list(diagram.used()):
        _join_links(diagram, scope, report)
        _receive_first(scope, report)
        _one_start(diagram, scope, report)
        for node in list(scope.nodes.values()):
            several.split(diagram, node, report)
            _tell_default(node, report)
            _split(diagram, node, report)
            _tell_forks(node, report)
    used = {scope.id for scope in diagram.used()}
    for note in diagram.notes:
        if note.scope in used:
            report.add(note.rule, note.element, note.file, **note.params)


def _join_links(diagram: Diagram, scope: Scope, report: Report) -> None:
    """A link is a flow that is not drawn through: from each throwing event to the catching one of its name."""
    links = [node for node in scope.nodes.values() if node.trigger.kind == "link"]
    caught: dict[str | None, list[Node]] = {}
    for node in links:
        if node.type == "intermediateCatchEvent" and not node.incoming:
            caught.setdefault(node.trigger.name, []).append(node)
    for node in links:
        targets = caught.get(node.trigger.name, [])
        if node.type != "intermediateThrowEvent" or node.outgoing or len(targets) != 1 or not node.trigger.name:
            continue
        [target] = targets
        diagram.join(Flow(f"{node.id}:link", node.id, target.id, scope.id, scope.file))
        report.add("link-joined", node.id, node.file, target=target.called_so)
    for node in links:
        if any(flow.id.endswith(":link") for flow in (*node.incoming, *node.outgoing)):
            node.trigger = Trigger("none", name=node.trigger.name)


def _free(scope: Scope) -> list[Node]:
    """What no flow leads to, and no event brings about."""
    return [
        node
        for node in scope.nodes.values()
        if not node.incoming
        and node.type not in {"startEvent", "boundaryEvent"}
        and not node.event_subprocess
        and not node.compensation
        and node.trigger.kind != "link"
    ]


def _receive_first(scope: Scope, report: Report) -> None:
    """A receive task that a case begins with is a start event that waits for its message."""
    for node in scope.nodes.values():
        if node.type == "receiveTask" and node.instantiates and not node.incoming and scope.parent is None:
            node.type = "startEvent"
            report.add("receive-first", node.id, node.file)


def _one_start(diagram: Diagram, scope: Scope, report: Report) -> None:
    """Let a level begin at one place. What has a trigger of its own is left as it is."""
    starts = scope.starts
    if not starts:
        begins = _free(scope)
        if begins:
            start = diagram.add(Node(f"{scope.id}:start", "startEvent", "", scope.id, scope.file))
            for number, node in enumerate(begins):
                diagram.join(Flow(f"{start.id}-{number}", start.id, node.id, scope.id, scope.file))
            names = ", ".join(node.name or node.id for node in begins[:10])
            report.add("start-implicit", scope.id, scope.file, names=names)
        return
    plain = [node for node in starts if node.trigger.kind == "none"]
    if len(plain) < 2 or len(plain) < len(starts):
        return
    marked = [node for node in plain if node.properties.get("begins") == "true"]
    if len(marked) == 1:
        for left in _keep(diagram, scope, marked[0]):
            report.add("starts-left-out", left.id, left.file)
    elif len({_leads_to(scope, node) for node in plain}) == 1:
        report.add("starts-joined", scope.id, scope.file, count=len(plain))
        _keep(diagram, scope, plain[0])
    else:
        names = ", ".join(node.id for node in plain)
        report.add("starts-several", scope.id, scope.file, offer=plain[0].id, count=len(plain), names=names)
        _keep(diagram, scope, plain[0])


def _leads_to(scope: Scope, start: Node) -> str:
    """The first element behind a start that is more than a merging of ways; the start itself where more goes on."""
    node = start
    for _pass in range(_PASSES):
        if len(node.outgoing) != 1:
            return start.id
        node = scope.nodes[node.outgoing[0].target]
        if node.type in {"parallelGateway", "inclusiveGateway", "complexGateway"}:
            return start.id
        if node.type != "exclusiveGateway" or len(node.outgoing) != 1:
            return node.id
    return start.id


def _keep(diagram: Diagram, scope: Scope, kept: Node) -> list[Node]:
    """Take the other start events away, and what only they lead to; the start events that went."""
    gone = [node for node in scope.starts if node is not kept]
    reached = {node.id for node in _from(scope, [kept])}
    for node in _from(scope, gone):
        if node.id not in reached:
            _remove(diagram, scope, node)
    return gone


def _from(scope: Scope, starts: list[Node]) -> Iterator[Node]:
    waiting, seen = list(starts), {node.id for node in starts}
    while waiting:
        node = waiting.pop()
        yield node
        following = [flow.target for flow in node.outgoing] + [event.id for event in node.boundary]
        waiting += [scope.nodes[name] for name in dict.fromkeys(following) if name not in seen]
        seen.update(following)


def _remove(diagram: Diagram, scope: Scope, node: Node) -> None:
    del scope.nodes[node.id], diagram.nodes[node.id]
    for flow in (*node.outgoing, *node.incoming):
        diagram.flows.pop(flow.id, None)
        for end in (diagram.nodes.get(flow.source), diagram.nodes.get(flow.target)):
            if end is not None:
                end.outgoing = [other for other in end.outgoing if other.id != flow.id]
                end.incoming = [other for other in end.incoming if other.id != flow.id]
    host = diagram.nodes.get(node.attached_to or "")
    if host is not None and node in host.boundary:
        host.boundary.remove(node)


def _tell_default(node: Node, report: Report) -> None:
    """A default flow is taken where no condition is true, and so is what has no condition (BPMN 2.0.2, table 10.3)."""
    default = next((flow for flow in node.outgoing if flow.id == node.default), None)
    if default is None:
        return
    if default.condition is not None:
        report.add("default-condition", default.id, default.file, expression=default.condition[:80])
    if not node.type.endswith(_STEPS):
        return
    others = [flow for flow in node.outgoing if flow is not default]
    plain = next((flow for flow in others if flow.condition is None), None)
    if plain is not None:
        report.add("default-beside", default.id, default.file, step=node.called_so, flow=plain.name or plain.id)


def _split(diagram: Diagram, node: Node, report: Report) -> None:
    """Conditions on the flows out of a step: those that are true are taken, the default if none is (BPMN 13.3.2)."""
    conditional = [
        flow for flow in node.outgoing if (flow.condition is not None or flow.open) and flow.id != node.default
    ]
    if not conditional or not node.type.endswith(_STEPS):
        return
    default = next((flow for flow in node.outgoing if flow.id == node.default), None)
    always = [flow for flow in node.outgoing if flow not in conditional and flow is not default]
    kind = "exclusiveGateway" if len(conditional) == 1 or _exclude(conditional) else "inclusiveGateway"
    gateway = diagram.add(Node(f"{node.id}:split", kind, "", node.scope, node.file, default=node.default))
    gateway.lie_with(node)
    node.default, node.outgoing = None, [*always]
    for flow in [*conditional, *([default] if default else [])]:
        flow.source = gateway.id
        gateway.outgoing.append(flow)
    diagram.join(Flow(f"{gateway.id}-in", node.id, gateway.id, node.scope, node.file))
    if always and default is None:
        otherwise = diagram.add(Node(f"{node.id}:otherwise", "endEvent", "", node.scope, node.file))
        gateway.default = f"{gateway.id}-otherwise"
        diagram.join(Flow(gateway.default, gateway.id, otherwise.id, node.scope, node.file))
    word = "exclusive gateway" if kind == "exclusiveGateway" else "inclusive gateway"
    report.add("conditions-after-step", node.id, node.file, type=word)


def _exclude(flows: list[Flow]) -> bool:
    """Whether no two of the conditions can be true at once, as far as can be seen: one name, other constants."""
    found = [_EQUALS.fullmatch((flow.condition or "").strip()) for flow in flows]
    names = {match.group(1) for match in found if match}
    constants = {match.group(2).strip("\"'").lower() for match in found if match and _is_constant(match.group(2))}
    return len(names) == 1 and len(constants) == len(flows)


def _is_constant(text: str) -> bool:
    return text[0] in "\"'" or text.isdigit() or text in {"true", "false", "True", "False"}


def _tell_forks(node: Node, report: Report) -> None:
    if node.type.endswith("Gateway") or ":" in node.id:
        return
    always = [flow for flow in node.outgoing if flow.condition is None and not _is_added(flow)]
    entering = [flow for flow in node.incoming if not _is_added(flow)]
    if len(always) > 1:
        report.add("fork-implicit", node.id, node.file, count=len(always))
    if len(entering) > 1 and node.type != "endEvent":
        report.add("merge-implicit", node.id, node.file, count=len(entering))


def _is_added(flow: Flow) -> bool:
    """Whether a rewrite added a flow."""
    return ":" in flow.id
