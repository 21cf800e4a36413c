"""How each element moves tokens: one rule for each kind, in one place. What comes from outside is a free choice.

A rule says in which ways a node can be left: which elements are passed then, on which flows tokens are put, what is
thrown to the levels around, and what must be true of the case's variables.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

from app.engine.diagram import Flow, Node
from app.engine.proof.claims import Signed, condition

MAX_BRANCHES = 8
"""Flows out of an inclusive gateway up to which every set of them is tried."""

OUTSIDE = frozenset({"timer", "message", "signal", "conditional"})
"""Triggers that come from outside, or when they like: free choices."""
THROWN = frozenset({"error", "escalation", "cancel"})
"""Triggers that come out of the level inside an activity."""
JOINING = frozenset({"parallelGateway", "inclusiveGateway"})
_WAITING = frozenset({"userTask", "manualTask", "task", "serviceTask", "receiveTask", "eventBasedGateway"})


class Thrown(NamedTuple):
    """What leaves a level for those around it."""

    kind: str
    code: str | None
    left: str | None = None
    """The event subprocess that it came out of, to which it is not given back."""

    @property
    def ends(self) -> bool:
        """Whether the level that it leaves is over."""
        return self.kind != "escalation"


class Exit(NamedTuple):
    """One way in which a node is left."""

    passed: tuple[str, ...]
    flows: tuple[Flow, ...]
    said: tuple[Signed, ...] = ()
    thrown: Thrown | None = None
    terminates: bool = False


def exits(node: Node) -> tuple[Exit, ...]:
    """Every way in which `node` can be left, boundary events apart."""
    return tuple(_EXITS.get(node.type, _onward)(node))


def is_whole(node: Node) -> bool:
    """Whether `exits` tells every way, and not only some."""
    return node.type != "inclusiveGateway" or len(node.outgoing) <= MAX_BRANCHES + 1


def unmet(node: Node) -> tuple[Signed, ...]:
    """What would have to be so for a gateway to have no flow to take; empty where it always has one."""
    deciding = node.type in {"exclusiveGateway", "inclusiveGateway"}
    asked = [flow for flow in node.outgoing if flow.id != node.default]
    if not deciding or len(asked) < len(node.outgoing) or any(flow.condition is None for flow in asked):
        return ()
    return tuple((condition(flow.condition or ""), False) for flow in asked)


def waits(node: Node) -> bool:
    """Whether a token stays at `node` until somebody, or something outside, moves it."""
    return node.type in _WAITING or (node.type == "intermediateCatchEvent" and node.trigger.kind in OUTSIDE)


def joins(node: Node) -> bool:
    """Whether `node` waits for tokens on several flows."""
    return node.type in JOINING and len(node.incoming) > 1


def throws(node: Node) -> Thrown | None:
    """What `node` gives to the levels around."""
    if node.type in {"endEvent", "intermediateThrowEvent"} and node.trigger.kind in THROWN:
        return Thrown(node.trigger.kind, node.trigger.code)
    return None


def catching(events: Iterable[Node], thrown: Thrown) -> Node | None:
    """The one of several events that takes what is thrown: rather by its code than because it takes every one."""
    fitting = [
        event for event in events if event.trigger.kind == thrown.kind and event.trigger.code in (None, thrown.code)
    ]
    return min(fitting, key=lambda event: event.trigger.code is None, default=None)


def comes_again(event: Node) -> bool:
    """Whether an event that goes on beside what it belongs to can happen more than once."""
    timing = event.trigger.timing
    return event.trigger.kind != "timer" or (timing is not None and timing.kind == "cycle")


def _onward(node: Node) -> Iterator[Exit]:
    yield Exit((node.id,), tuple(node.outgoing))


def _ended(node: Node) -> Iterator[Exit]:
    yield Exit((node.id,), (), thrown=throws(node), terminates=node.trigger.kind == "terminate")


def _thrown_on(node: Node) -> Iterator[Exit]:
    yield Exit((node.id,), tuple(node.outgoing), thrown=throws(node))


def _one_of(node: Node) -> Iterator[Exit]:
    """The first flow whose condition is true, else the default."""
    before: list[Signed] = []
    for flow in node.outgoing:
        if flow.id != node.default and flow.condition is not None:
            asked = condition(flow.condition)
            yield Exit((node.id,), (flow,), (*before, (asked, True)))
            before.append((asked, False))
    for flow in node.outgoing:
        if flow.id == node.default or flow.condition is None:
            yield Exit((node.id,), (flow,), tuple(before))


def _any_of(node: Node) -> Iterator[Exit]:
    """Every flow whose condition is true, else the default."""
    asked = [flow for flow in node.outgoing if flow.id != node.default and flow.condition is not None]
    free = [flow for flow in node.outgoing if flow.id == node.default or flow.condition is None]
    if free:
        none = tuple((condition(flow.condition or ""), False) for flow in asked)
        yield Exit((node.id,), tuple(free), none)
    sizes = range(1, len(asked) + 1) if len(asked) <= MAX_BRANCHES else (1, len(asked))
    for size in sizes:
        for chosen in combinations(asked, size):
            said = tuple((condition(flow.condition or ""), flow in chosen) for flow in asked)
            yield Exit((node.id,), chosen, said)


def _whichever(node: Node) -> Iterator[Exit]:
    """The event that comes first decides."""
    for flow in node.outgoing:
        yield Exit((node.id,), (flow,))


_EXITS: Mapping[str, Callable[[Node], Iterator[Exit]]] = {
    "endEvent": _ended,
    "intermediateThrowEvent": _thrown_on,
    "exclusiveGateway": _one_of,
    "inclusiveGateway": _any_of,
    "eventBasedGateway": _whichever,
}
