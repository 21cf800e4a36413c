"""What catches what in a diagram, as far as it can be said before there is a case (BPMN 2.0.2, 10.5.1)."""

from collections.abc import Iterator

from app.engine.diagram import FOR_PEOPLE, NESTED, Diagram, Node, Scope

OUTWARD = frozenset({"error", "escalation", "cancel"})
"""What is thrown out of the level to the nearest event that catches it."""
BY_PEOPLE = frozenset({"error", "escalation"})
"""What whoever does a step may report, where it is caught on the border of that step."""
_THROWING = frozenset({"endEvent", "intermediateThrowEvent", "sendTask"})


def throws(node: Node, kind: str) -> bool:
    """Whether `node` throws something of this kind."""
    return node.type in _THROWING and node.trigger.kind == kind


def fits(catching: Node, thrown: Node) -> bool:
    """Whether an event catches what another throws, if it comes to it."""
    wanted, given = catching.trigger, thrown.trigger
    if wanted.kind != given.kind:
        return False
    return wanted.name == given.name if given.kind in {"signal", "message"} else wanted.code in (None, given.code)


def hosts_of(diagram: Diagram, scope: str) -> list[Node]:
    """The activities that open a scope: the subprocess itself, or every call of a process."""
    return [
        host
        for host in diagram.nodes.values()
        if host.type in NESTED and (inner := diagram.inner(host)) is not None and inner.id == scope
    ]


def within(diagram: Diagram, scope: Scope) -> Iterator[Node]:
    """Every node of a scope and of those inside it."""
    waiting, seen = [scope], {scope.id}
    while waiting:
        for node in waiting.pop().nodes.values():
            yield node
            inner = diagram.inner(node) if node.type in NESTED else None
            if inner is not None and inner.id not in seen:
                seen.add(inner.id)
                waiting.append(inner)


def catchers(diagram: Diagram, thrown: Node) -> tuple[list[Node], bool]:
    """The events that catch an error, escalation or cancel, each the nearest on one of the ways out of the scope that
    it is thrown in; and whether it goes uncaught on a way."""
    found: list[Node] = []
    uncaught = False
    waiting: list[tuple[str, str | None]] = [(thrown.scope, None)]
    seen = {thrown.scope}
    while waiting:
        scope, left = waiting.pop()
        starts = [start for handler, start in diagram.handlers(diagram.scopes[scope]) if handler.id != left]
        if own := _nearest(starts, thrown):
            found.append(own)
            continue
        hosts = hosts_of(diagram, scope)
        uncaught = uncaught or not hosts
        for host in hosts:
            if border := _nearest(host.boundary, thrown):
                found.append(border)
            elif host.scope not in seen:
                seen.add(host.scope)
                waiting.append((host.scope, host.id))
    return found, uncaught


def leaves(diagram: Diagram, thrown: Node) -> bool:
    """Whether throwing it takes all of its level away: what catches it interrupts the level or one around it."""
    kind = thrown.trigger.kind
    if thrown.type not in _THROWING:
        return False
    if kind in {"terminate", "error", "cancel"}:
        return True
    if kind == "escalation":
        found, uncaught = catchers(diagram, thrown)
        return bool(found) and not uncaught and all(catching.interrupting for catching in found)
    return kind == "signal" and _broadcast_leaves(diagram, thrown)


def reported(diagram: Diagram, host: Node) -> bool:
    """Whether an error can come out of `host` that nothing drawn throws: one that an operation reports."""
    inner = diagram.inner(host) if host.type in NESTED else None
    parts = within(diagram, inner) if inner is not None else iter((host,))
    return any(node.type == "serviceTask" for node in parts)


def is_thrown_inside(diagram: Diagram, event: Node, host: Node) -> bool:
    """Whether something drawn in `host` throws what an event on its border catches."""
    inner = diagram.inner(host) if host.type in NESTED else None
    parts = within(diagram, inner) if inner is not None else iter(())
    return any(throws(part, event.trigger.kind) and fits(event, part) for part in parts)


def is_reported_by_people(event: Node, host: Node) -> bool:
    """Whether whoever does the step `host` says that this event on its border has happened."""
    return host.type in FOR_PEOPLE and event.trigger.kind in BY_PEOPLE


def _nearest(candidates: list[Node], thrown: Node) -> Node | None:
    fitting = [node for node in candidates if fits(node, thrown)]
    return min(fitting, key=lambda node: node.trigger.code is None, default=None)


def _broadcast_leaves(diagram: Diagram, thrown: Node) -> bool:
    """A signal reaches whatever waits for it; whether on each way out something does that interrupts."""
    waiting, seen = [thrown.scope], {thrown.scope}
    while waiting:
        scope = waiting.pop()
        starts = [start for _handler, start in diagram.handlers(diagram.scopes[scope])]
        if any(event.interrupting and fits(event, thrown) for event in starts):
            continue
        hosts = hosts_of(diagram, scope)
        if not hosts:
            return False
        for host in hosts:
            border = any(event.interrupting and fits(event, thrown) for event in host.boundary)
            if not border and host.scope not in seen:
                seen.add(host.scope)
                waiting.append(host.scope)
    return True
