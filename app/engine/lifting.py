"""Lights out of the token tree: a boundary timer that only says how late a step is need not be a token.

Timers in the tree tripled the engine's cost. Lifted ones are rows of a table, armed when their step is entered.
"""

from app.engine.diagram import FOR_PEOPLE, Diagram, Node, Scope
from app.engine.timing import calendar_of, literal
from app.engine.types import Colour, Light

_COLOURS: dict[str, Colour] = {"yellow": "yellow", "red": "red"}
_HOSTS = FOR_PEOPLE | {"serviceTask", "receiveTask", "subProcess", "transaction", "callActivity"}


def lift(diagram: Diagram) -> dict[str, tuple[Light, ...]]:
    """Take what can be lifted out of `diagram`; the lights by the id of their step, in the order drawn."""
    lifted: dict[str, tuple[Light, ...]] = {}
    for scope in diagram.scopes.values():
        for node in list(scope.nodes.values()):
            for event in list(node.boundary):
                light = light_of(node, event)
                path = ending(scope, event)
                if light is not None and path is not None:
                    lifted[node.id] = (*lifted.get(node.id, ()), light)
                    _remove(diagram, scope, node, [event, *path])
    return lifted


def light_of(host: Node, event: Node) -> Light | None:
    """The light that a boundary event is; None for any other event, and for one that has to stay a token."""
    colour = _COLOURS.get(event.properties.get("light", ""))
    timing = event.trigger.timing
    if colour is None or timing is None or event.interrupting or timing.kind != "duration":
        return None
    duration = literal("duration", timing.text)
    if duration is None or host.type not in _HOSTS or host.loop is not None:
        return None
    return Light(event.id, host.id, colour, duration, calendar_of(event.properties, is_light=True))


def only_ends(scope: Scope, event: Node) -> bool:
    """Whether nothing happens behind an event."""
    return ending(scope, event) is not None


def ending(scope: Scope, event: Node) -> list[Node] | None:
    """The nodes behind `event` where they do nothing but end; None where something happens."""
    path: list[Node] = []
    node = event
    while len(node.outgoing) == 1:
        node = scope.nodes[node.outgoing[0].target]
        if len(node.incoming) != 1 or node.trigger.kind != "none" or node in path:
            return None
        if node.type not in {"endEvent", "intermediateThrowEvent"} or node.properties:
            return None
        path.append(node)
    return None if node.outgoing else path


def _remove(diagram: Diagram, scope: Scope, host: Node, nodes: list[Node]) -> None:
    host.boundary.remove(nodes[0])
    for node in nodes:
        del scope.nodes[node.id], diagram.nodes[node.id]
        for flow in node.outgoing:
            del diagram.flows[flow.id]
