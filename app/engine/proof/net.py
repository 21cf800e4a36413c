"""A diagram made ready for the token game: each level with its places, numbered so that one branch is gone through
before the next, and what can be reached from where."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from operator import or_

from app.engine.diagram import NESTED, Diagram, Flow, Node, Scope
from app.engine.handling import is_reported_by_people, is_thrown_inside, reported, within
from app.engine.lifting import ending
from app.engine.proof import rules
from app.engine.proof.rules import Exit


class Level:
    """One process or subprocess.

    A place is where a token can stand: on a flow, or inside an activity that is open. Its number is its rank: the
    branch that is drawn first is gone through first, what happens beside a step before the step.
    """

    def __init__(self, diagram: Diagram, scope: Scope, numbers: Iterator[int]) -> None:
        self.scope = scope
        self.handlers = {handler.id: start for handler, start in diagram.handlers(scope)}
        """The start events of its event subprocesses."""
        self.starts = scope.starts if scope.id == diagram.main else [start for start in [scope.start] if start]
        self.nodes = scope.nodes
        self.beside: set[str] = set()
        """Events that only say something, and what ends behind them: they are no part of the game."""
        self.events = {node.id: self._events(node) for node in scope.nodes.values()}
        self.place: dict[str, int] = {}
        """Of each flow, and of each activity that opens."""
        self.target: dict[int, Node] = {}
        self.armed: dict[int, Node] = {}
        """The places on which event subprocesses wait for what starts them. They do not keep the level open."""
        self._number(numbers)
        self.outside = {
            event.id
            for host in scope.nodes.values()
            for event in self.events[host.id]
            if _comes(event, reported(diagram, host)) or is_reported_by_people(event, host)
        }
        """Events that can happen by themselves."""
        self.never = {
            event.id
            for host in scope.nodes.values()
            for event in self.events[host.id]
            if event.id not in self.outside and not is_thrown_inside(diagram, event, host)
        }
        """Events that nothing throws. It is told of them; what follows them is not told again."""
        serves = any(node.type == "serviceTask" for node in within(diagram, scope))
        self.outside |= {start.id for start in self.handlers.values() if _comes(start, serves)}
        self.exits: dict[str, tuple[Exit, ...]] = {node.id: rules.exits(node) for node in scope.nodes.values()}
        self.unmet = {node.id: unmet for node in scope.nodes.values() if (unmet := rules.unmet(node))}
        """What must not be so at a gateway without a default."""
        self.joins = [
            node for node in scope.nodes.values() if node.type == "inclusiveGateway" and len(node.incoming) > 1
        ]
        self.reach = {join.id: self._reach(join) for join in self.joins}
        self.lone: frozenset[str] = frozenset()
        """Nodes from which a token can meet no other: how many stand there makes no difference."""
        self.inner: dict[str, Level] = {}
        self.in_any_order = False
        """Whether what is ended from outside may have been heard outside before: then every order is tried."""

    def _events(self, host: Node) -> tuple[Node, ...]:
        kept = []
        for event in host.boundary:
            path = None if event.interrupting or event.trigger.kind in rules.THROWN else ending(self.scope, event)
            if path is None:
                kept.append(event)
            else:
                self.beside.update((event.id, *(node.id for node in path)))
        return tuple(kept)

    def _number(self, numbers: Iterator[int]) -> None:
        waiting: list[Node | Flow | str] = [*reversed(self.scope.starts), *self.handlers]
        seen: set[str] = set()
        while waiting:
            at = waiting.pop()
            if isinstance(at, str):
                self.place[at] = next(numbers)
                self.target[self.place[at]] = self.nodes[at]
            elif isinstance(at, Flow):
                self.place[at.id] = next(numbers)
                self.target[self.place[at.id]] = self.nodes[at.target]
                waiting.append(self.nodes[at.target])
            elif at.id not in seen:
                seen.add(at.id)
                waiting.extend(reversed(at.outgoing))
                if self.opens(at):
                    waiting.append(at.id)
                waiting.extend(flow for event in reversed(self.events[at.id]) for flow in reversed(event.outgoing))

        for handler in self.handlers:
            place = self.place[f"{handler}:armed"] = next(numbers)
            self.armed[place] = self.target[place] = self.nodes[handler]

    def opens(self, node: Node) -> bool:
        """Whether a token inside `node` has a state of its own: levels within, or events on its border."""
        return node.type in NESTED or bool(self.events[node.id])

    def following(self, node: Node) -> Iterator[Node]:
        """The nodes that a token can come to next, by the border of an activity too."""
        for source in (node, *self.events.get(node.id, ())):
            for flow in source.outgoing if source.id not in self.never else ():
                yield self.nodes[flow.target]

    def before(self, wanted: Iterable[str], through: Callable[[Node], bool] = lambda _node: True) -> frozenset[str]:
        """The nodes from which a token can come to one of those `wanted`, which are among them."""
        seen = set(wanted)
        waiting = list(seen)
        while waiting:
            node = self.nodes[waiting.pop()]
            sources = [flow.source for flow in node.incoming]
            if node.type == "boundaryEvent" and node.attached_to:
                sources.append(node.attached_to)
            for source in sources:
                if source not in seen and through(self.nodes[source]):
                    seen.add(source)
                    waiting.append(source)
        return frozenset(seen)

    def _reach(self, join: Node) -> Mapping[str, int]:
        """For each node, the flows into `join`, as bits, that a token there can come to without passing `join`.

        A token inside an activity that is open (`:open`) only goes on behind it; for what can still happen on its
        border the events there stand themselves.
        """
        found: dict[str, int] = {}
        for number, flow in enumerate(join.incoming):
            if flow.source != join.id:
                for node in self.before([flow.source], lambda source: source.id != join.id):
                    found[node] = found.get(node, 0) | 1 << number
        entries = {flow.id: 1 << number for number, flow in enumerate(join.incoming)}
        for host in filter(self.opens, self.nodes.values()):
            ways = [entries.get(flow.id, 0) or found.get(flow.target, 0) for flow in host.outgoing]
            found[f"{host.id}:open"] = reduce(or_, ways, 0)
        return found


class Net:
    """All levels of a diagram that can be come to."""

    def __init__(self, diagram: Diagram) -> None:
        numbers = iter(range(1, 1 << 62))
        self.diagram = diagram
        self.levels = {scope.id: Level(diagram, scope, numbers) for scope in diagram.used()}
        self.main = self.levels[diagram.main]
        self.steps = frozenset(node.id for level in self.levels.values() for node in level.nodes.values())
        for level in self.levels.values():
            for node in level.nodes.values():
                scope = diagram.inner(node) if node.type in NESTED else None
                if scope is not None:
                    level.inner[node.id] = self.levels[scope.id]
        loud = self._inward(self._is_loud)
        for level in self.levels.values():
            meeting = [
                node.id
                for node in level.nodes.values()
                if rules.joins(node) or self._ends(node) or (node.id in level.inner and level.inner[node.id] in loud)
            ]
            level.lone = frozenset(level.nodes) - level.before(meeting)
        self._find_orders(loud)

    @staticmethod
    def _ends(node: Node) -> bool:
        return rules.throws(node) is not None or (node.type == "endEvent" and node.trigger.kind == "terminate")

    @staticmethod
    def _is_loud(level: Level) -> bool:
        return any(rules.throws(node) for node in level.nodes.values())

    def _inward(self, asked: Callable[[Level], bool]) -> set[Level]:
        """The levels of which something is true, and those around them."""
        found = {level for level in self.levels.values() if asked(level)}
        while more := {
            level for level in self.levels.values() if level not in found and found & set(level.inner.values())
        }:
            found |= more
        return found

    def _find_orders(self, loud: set[Level]) -> None:
        """Where something is heard outside of a level that can be ended early, the order inside matters."""
        waiting = [
            level
            for level in self.levels.values()
            if any(self._ends(node) and node.trigger.kind != "escalation" for node in level.nodes.values())
        ]
        waiting += [
            inner
            for level in self.levels.values()
            for host, inner in level.inner.items()
            if any(event.interrupting for event in level.events[host])
        ]
        waiting += [level for level in self.levels.values() if any(s.interrupting for s in level.handlers.values())]
        seen = set(waiting)
        while waiting:
            level = waiting.pop()
            level.in_any_order = level in loud and self._escalates(level)
            for inner in level.inner.values():
                if inner not in seen:
                    seen.add(inner)
                    waiting.append(inner)

    def _escalates(self, level: Level) -> bool:
        kinds = [rules.throws(node) for node in level.nodes.values()]
        return any(thrown and not thrown.ends for thrown in kinds) or any(map(self._escalates, level.inner.values()))


def _comes(event: Node, is_reported: bool) -> bool:
    return event.trigger.kind in rules.OUTSIDE or (event.trigger.kind == "error" and is_reported)
