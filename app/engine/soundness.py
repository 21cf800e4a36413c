"""The token game over the graph: whether a case can stop for ever, found before there is a case.

1. A state is how many tokens stand on each flow. The first state has one on each flow out of the start.
2. The first token that can move is moved, in every way it can: out of an exclusive gateway by any flow, out of an
   inclusive one by any set of flows, out of a step by its flows or by one of its boundary events. Which token moves
   first makes no difference to where the case can stop, since no token's choice depends on another's, so only one
   order is tried.
3. When nothing else can move, an inclusive join that no other token can fill any further passes.
4. A state in which nothing can move and tokens are left is a deadlock. States are tried breadth first, so the way told
   is a shortest one. After `MAX_STATES`, or `MAX_WORK`, the search gives up and says so.

Subprocesses are looked at by themselves; for the level around them they are steps.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, combinations

from app.engine.diagram import Diagram, Flow, Node, Scope
from app.engine.findings import Report
from app.engine.handling import leaves

MAX_STATES = 20_000
MAX_WORK = 500_000
"""Tokens looked at, in all states together."""
MAX_ON_FLOW = 3
"""Tokens on one flow from which on they are taken to multiply for ever."""
_MAX_BRANCHES = 6
"""Flows out of an inclusive gateway up to which every set of them is tried."""

State = tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class _Move:
    """A token passes a node."""

    node: str
    taken: tuple[str, ...]
    put: tuple[str, ...]
    ends: bool = False


class _Game:
    def __init__(self, diagram: Diagram, scope: Scope) -> None:
        self.scope = scope
        self.leaving = {node.id for node in scope.nodes.values() if leaves(diagram, node)}
        self.flows: dict[str, Flow] = {flow.id: flow for node in scope.nodes.values() for flow in node.outgoing}
        self.reach = {
            node.id: _reach(scope, node)
            for node in scope.nodes.values()
            if node.type == "inclusiveGateway" and len(node.incoming) > 1
        }

    def moves(self, state: State) -> list[_Move]:
        """The ways in which the first token that can move moves; none in a deadlock."""
        marked = dict(state)
        wait = set(self.reach)
        for flow in sorted(marked, key=self._goes_on):
            node = self.scope.nodes[self.flows[flow].target]
            if node.id in wait:
                continue
            if node.type != "parallelGateway":
                return list(self.passes(node, (flow,)))
            entries = tuple(entry.id for entry in node.incoming)
            if all(entry in marked for entry in entries):
                return list(self.passes(node, entries))
            wait.add(node.id)
        for join, reach in self.reach.items():
            arrived = tuple(flow.id for flow in self.scope.nodes[join].incoming if flow.id in marked)
            elsewhere = [reach.get(flow, frozenset()) for flow in marked if flow not in arrived]
            if arrived and not any(ways and ways.isdisjoint(arrived) for ways in elsewhere):
                return list(self.passes(self.scope.nodes[join], arrived))
        return []

    def _goes_on(self, flow: str) -> bool:
        """False for the token of a light, which only vanishes: it goes first, lest a loop seem to multiply."""
        source, target = (self.scope.nodes[end] for end in (self.flows[flow].source, self.flows[flow].target))
        return source.type != "boundaryEvent" or target.type != "endEvent" or target.trigger.kind != "none"

    def passes(self, node: Node, taken: tuple[str, ...]) -> Iterator[_Move]:
        """Every way in which `node` can be left."""
        out = tuple(flow.id for flow in node.outgoing)
        if node.id in self.leaving:
            yield _Move(node.id, taken, (), ends=True)
        elif node.type in {"exclusiveGateway", "eventBasedGateway"} and out:
            for flow in out:
                yield _Move(node.id, taken, (flow,))
        elif node.type == "inclusiveGateway" and out:
            for chosen in _sets(node):
                yield _Move(node.id, taken, chosen)
        else:
            yield _Move(node.id, taken, out)
            for event in node.boundary:
                behind = tuple(flow.id for flow in event.outgoing)
                yield _Move(event.id, taken, behind if event.interrupting else (*out, *behind))


def _sets(node: Node) -> Iterator[tuple[str, ...]]:
    """The sets of flows by which an inclusive gateway can be left; its default only alone."""
    out = [flow.id for flow in node.outgoing if flow.id != node.default]
    if node.default:
        yield (node.default,)
    if len(out) <= _MAX_BRANCHES:
        yield from chain.from_iterable(combinations(out, size) for size in range(1, len(out) + 1))
    else:
        yield from ((flow,) for flow in out)
        yield tuple(out)


def _reach(scope: Scope, join: Node) -> dict[str, frozenset[str]]:
    """For each flow, the flows into `join` that a token on it can come to without passing `join`."""
    found: dict[str, set[str]] = {}
    for entry in join.incoming:
        waiting = [scope.nodes[entry.source]]
        seen = {entry.source}
        while waiting:
            node = waiting.pop()
            for flow in node.incoming:
                found.setdefault(flow.id, set()).add(entry.id)
                if flow.source not in seen and flow.source != join.id:
                    seen.add(flow.source)
                    waiting.append(scope.nodes[flow.source])
    return {flow: frozenset(entries) for flow, entries in found.items()}


def check_soundness(diagram: Diagram, scope: Scope, report: Report) -> None:
    """Note where a case can stop for ever inside one level. The level has passed the other checks."""
    game = _Game(diagram, scope)
    start = scope.start
    if start is None:
        return
    first: State = tuple((flow.id, 1) for flow in start.outgoing)
    before: dict[State, tuple[State, str] | None] = {first: None}
    waiting = deque([first])
    told: set[str] = set()
    work = 0
    while waiting:
        state = waiting.popleft()
        work += len(state)
        moves = game.moves(state)
        if not moves and state:
            element = game.flows[state[0][0]].target
            _tell("deadlock", element, told, scope, report, [start.id, *_way(before, state)])
        for move in moves:
            following = _after(state, move)
            if any(count > MAX_ON_FLOW for _flow, count in following):
                _tell("tokens-multiply", move.node, told, scope, report, [start.id, *_way(before, state), move.node])
            elif following not in before:
                before[following] = (state, move.node)
                waiting.append(following)
        if len(before) > MAX_STATES or work > MAX_WORK:
            report.add("too-many-ways", scope.id, scope.file)
            return


def _after(state: State, move: _Move) -> State:
    if move.ends:
        return ()
    marked = dict(state)
    for flow in move.taken:
        marked[flow] -= 1
    for flow in move.put:
        marked[flow] = marked.get(flow, 0) + 1
    return tuple(sorted((flow, count) for flow, count in marked.items() if count))


def _way(before: dict[State, tuple[State, str] | None], state: State) -> list[str]:
    way: list[str] = []
    step = before[state]
    while step is not None:
        way.append(step[1])
        step = before[step[0]]
    return way[::-1]


def _tell(rule: str, element: str, told: set[str], scope: Scope, report: Report, way: list[str]) -> None:
    if element in told:
        return
    told.add(element)
    report.add(rule, element, scope.file, path=" → ".join(scope.nodes[node].name or node for node in way))
