"""Events with several definitions (BPMN 2.0.2, 10.5.6), made of events with one each.

1. A throwing one throws all: one throwing event after the other, that which takes its level away last.
2. A catching one waits for any of them: as behind an event-based gateway, or side by side on the border of a step.
3. One that is marked as parallel waits for all of them: as between two parallel gateways.

The drawn element stays where the case passes it. Where this cannot be said so, the event is left as it is, and refused.
"""

from app.engine.diagram import Diagram, Flow, Node, Trigger
from app.engine.findings import Report
from app.engine.handling import leaves

_GOES_ON = frozenset({"signal", "message", "escalation"})
_ENDS = frozenset({"error", "terminate", "cancel"})
_AWAITED = frozenset({"message", "signal", "timer", "conditional"})
_ON_BORDERS = _AWAITED | {"error", "escalation"}


def split(diagram: Diagram, node: Node, report: Report) -> None:
    """Make one event of each definition."""
    triggers = [node.trigger, *node.others]
    kinds = [trigger.kind for trigger in triggers]
    if not node.others:
        return
    if node.type in {"endEvent", "intermediateThrowEvent"}:
        if _throw_all(diagram, node, triggers):
            report.add("events-thrown", node.id, node.file, count=len(triggers))
    elif node.type == "intermediateCatchEvent" and _AWAITED.issuperset(kinds) and _can_wait(diagram, node):
        _wait(diagram, node, triggers)
        rule = "events-all" if node.all_of else "events-any"
        report.add(rule, node.id, node.file, count=len(triggers))
    elif node.type == "boundaryEvent" and _ON_BORDERS.issuperset(kinds) and _put_on_border(diagram, node, triggers):
        report.add("events-any", node.id, node.file, count=len(triggers))


def _throw_all(diagram: Diagram, node: Node, triggers: list[Trigger]) -> bool:
    allowed = _GOES_ON | _ENDS if node.type == "endEvent" else _GOES_ON
    leaving = [trigger for trigger in triggers if _leaves(diagram, node, trigger)]
    if len(leaving) > 1 or not allowed.issuperset(trigger.kind for trigger in triggers):
        return False
    *before, last = sorted(triggers, key=lambda trigger: trigger in leaving)
    entering, node.incoming = node.incoming, []
    for number, trigger in enumerate(before, 1):
        added = _added(diagram, node, str(number), "intermediateThrowEvent", trigger)
        if number == 1:
            _lead(entering, added)
        else:
            _join(diagram, f"{node.id}:{number - 1}", added.id)
    _join(diagram, f"{node.id}:{len(before)}", node.id)
    _settle(node, last)
    return True


def _leaves(diagram: Diagram, node: Node, trigger: Trigger) -> bool:
    """Whether nothing could be thrown after this."""
    own, node.trigger = node.trigger, trigger
    try:
        return leaves(diagram, node)
    finally:
        node.trigger = own


def _can_wait(diagram: Diagram, node: Node) -> bool:
    """An event that begins a level, or one of several behind an event-based gateway that waits for all, cannot."""
    behind = [flow for flow in node.incoming if diagram.nodes[flow.source].type == "eventBasedGateway"]
    return bool(node.incoming) and not (behind and (node.all_of or len(node.incoming) > 1))


def _wait(diagram: Diagram, node: Node, triggers: list[Trigger]) -> None:
    entering, node.incoming = node.incoming, []
    events = [
        _added(diagram, node, str(number), "intermediateCatchEvent", trigger)
        for number, trigger in enumerate(triggers, 1)
    ]
    first = diagram.nodes[entering[0].source]
    if first.type == "eventBasedGateway":
        _lead(entering, events.pop(0))
        joined = first
    else:
        kind = "parallelGateway" if node.all_of else "eventBasedGateway"
        joined = _added(diagram, node, "waits", kind, Trigger("none"))
        _lead(entering, joined)
    for event in events:
        _join(diagram, joined.id, event.id)
    end = _added(diagram, node, "came", "parallelGateway", Trigger("none")) if node.all_of else node
    for number in range(1, len(triggers) + 1):
        _join(diagram, f"{node.id}:{number}", end.id)
    if end is not node:
        _join(diagram, end.id, node.id)
    _settle(node, Trigger("none", name=node.id))


def _put_on_border(diagram: Diagram, node: Node, triggers: list[Trigger]) -> bool:
    host = diagram.nodes.get(node.attached_to or "")
    if host is None or node not in host.boundary or node.incoming or node.all_of or node.properties.get("light"):
        return False
    host.boundary.remove(node)
    for number, trigger in enumerate(triggers, 1):
        event = _added(diagram, node, str(number), "boundaryEvent", trigger)
        event.attached_to, event.interrupting = host.id, node.interrupting
        host.boundary.append(event)
        _join(diagram, event.id, node.id)
    node.type, node.attached_to = "intermediateCatchEvent", None
    _settle(node, Trigger("none", name=node.id))
    return True


def _settle(node: Node, trigger: Trigger) -> None:
    node.trigger, node.others = trigger, []


def _added(diagram: Diagram, node: Node, name: str, kind: str, trigger: Trigger) -> Node:
    added = Node(f"{node.id}:{name}", kind, node.name, node.scope, node.file, trigger=trigger)
    added.properties = {name: value for name, value in node.properties.items() if name == "calendar"}
    added.lie_with(node)
    return diagram.add(added)


def _lead(flows: list[Flow], target: Node) -> None:
    for flow in flows:
        flow.target = target.id
    target.incoming = flows


def _join(diagram: Diagram, source: str, target: str) -> None:
    node = diagram.nodes[target]
    diagram.join(Flow(f"{source}-to-{target.partition(':')[2] or 'it'}", source, target, node.scope, node.file))
