"""Variables that two elements set which may be under way at the same time: the one that is last wins, by chance."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from app.engine.diagram import FOR_PEOPLE, Node
from app.engine.proof.branches import Regions
from app.engine.proof.net import Level, Net
from app.engine.written import sets

MOST_TOLD = 20
_EACH = 3
"""Elements of a branch that are told for one variable."""


def collisions(net: Net, found: list[tuple[Level, Regions]]) -> list[tuple[str, str, str]]:
    """(variable, element, element) for each variable that two elements in different branches set; at most MOST_TOLD.

    What a part sets inside is its own unless it hands it out, or the name stands outside, too (see Variables.assign);
    what is called only hands out.
    """
    written = _Written(net)
    told: dict[tuple[str, str, str], None] = {}
    for level, parts in found:
        names = [written.of_branch(level, part) for part in parts]
        for one, other in combinations([given for given in names if given], 2):
            for name in sorted(one.keys() & other.keys()):
                for first, second in product(one[name][:_EACH], other[name][:_EACH]):
                    if first != second:
                        told[name, min(first, second), max(first, second)] = None
        if len(told) > MOST_TOLD:
            break
    return list(told)[:MOST_TOLD]


class _Written:
    """What each element sets, as seen from the level that it lies on."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._outer = self._names_outside()
        self._known: dict[str, dict[str, list[str]]] = {}

    def of_branch(self, level: Level, nodes: frozenset[str]) -> dict[str, list[str]]:
        """Variable → the elements of a branch that set it."""
        found: dict[str, list[str]] = {}
        for node in nodes:
            for name, elements in self._of_node(level, level.nodes[node]).items():
                found.setdefault(name, []).extend(elements)
        return found

    def _of_node(self, level: Level, node: Node) -> dict[str, list[str]]:
        if node.id not in self._known:
            found = {name: [node.id] for name in self._direct(node)}
            handed = set(found)
            inner = level.inner.get(node.id) if node.type != "callActivity" else None
            outside = self._outer.get(inner.scope.id, frozenset()) if inner else frozenset()
            for part in inner.nodes.values() if inner is not None else ():
                for name, elements in self._of_node(inner, part).items() if inner is not None else ():
                    if name in outside and name not in handed:
                        found.setdefault(name, []).extend(elements)
            self._known[node.id] = found
        return self._known[node.id]

    def _direct(self, node: Node) -> Iterator[str]:
        """What an element sets on its own level."""
        yield from node.handed
        if node.loop is not None and node.loop.collects:
            yield node.loop.collects
        if node.loop is not None:
            return
        yield from sets(self._net.diagram, node)
        if node.type in FOR_PEOPLE:
            yield from (field.name for field in node.fields)

    def _names_outside(self) -> Mapping[str, frozenset[str]]:
        """For each level the names that something sets on the levels around it."""
        found: dict[str, frozenset[str]] = {self._net.main.scope.id: frozenset()}
        waiting = [self._net.main]
        while waiting:
            level = waiting.pop()
            own = {name for node in level.nodes.values() for name in self._direct(node)}
            around = found[level.scope.id] | own
            for inner in level.inner.values():
                before = found.get(inner.scope.id)
                after = around | (before or frozenset())
                if before is None or after != before:
                    found[inner.scope.id] = after
                    waiting.append(inner)
        return found
