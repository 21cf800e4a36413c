"""What a case has said about its variables: a decision that was taken on a variable stays until it may have changed.

Only those variables are followed of which it is certain that nothing writes them while another branch reads them; of
every other each decision is free. Facts about a variable are forgotten when nobody can ask for it any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.engine import expressions
from app.engine.bringing import brings
from app.engine.decisions.calls import bound, gives
from app.engine.decisions.foreseen import Values, foreseen
from app.engine.diagram import FOR_PEOPLE, Node
from app.engine.proof import rules
from app.engine.proof.branches import Regions
from app.engine.proof.claims import Condition, Signed, one_of, outcomes_of, possible
from app.engine.proof.net import Level, Net

MAX_FOLLOWED = 24
"""Variables that are followed at once."""

Facts = tuple[tuple[int, bool], ...]
_FIELDS = "*"
"""Stands for every variable that is no step: a form or an operation may set any of them."""


@dataclass
class Memory:
    """The variables that are followed, and what was said of them."""

    net: Net
    followed: frozenset[str] = frozenset()
    asks: dict[str, frozenset[str]] = field(default_factory=dict)
    """For each node the followed variables that it, or something inside it, asks for."""
    asked_after: dict[int, frozenset[str]] = field(default_factory=dict)
    """For each place those that may be asked for from there on."""
    _given: dict[str, Mapping[str, Values]] = field(default_factory=dict)
    """For each element that asks a decision the values that this can give."""
    _conditions: list[Condition] = field(default_factory=list)
    _numbers: dict[Condition, int] = field(default_factory=dict)
    _reading: dict[str, list[int]] = field(default_factory=dict)
    """For each variable the numbers of the conditions that ask for it."""
    _known: dict[tuple[Facts, tuple[Signed, ...]], Facts | None] = field(default_factory=dict)

    @classmethod
    def of(cls, net: Net, found: list[tuple[Level, Regions]] | None) -> "Memory":
        """Choose what to follow in `net`, where `found` is under way at the same time."""
        self = cls(net)
        for level in net.levels.values():
            for node in level.nodes.values():
                if node.decision is not None and node.loop is None:
                    self._given[node.id] = foreseen(bound(node.decision, net.diagram.decisions))
        asked = {name for level in net.levels.values() for node in level.nodes.values() for name in self._own(node)}
        steady = [name for name in sorted(asked) if not self._is_repeated(name)]
        if steady and found is not None:
            self.followed = frozenset(steady[:MAX_FOLLOWED])
            self.asks = self._all_asks()
            self.followed -= self._contested(found)
            self.asks = self._all_asks()
        for level in net.levels.values() if self.followed else ():
            self._look_ahead(level)
        return self

    def _own(self, node: Node) -> frozenset[str]:
        """What is asked for on the flows out of a node."""
        found: set[str] = set()
        for way in rules.exits(node) if node.type in {"exclusiveGateway", "inclusiveGateway"} else ():
            for asked, _holds in way.said:
                found |= asked.reads or frozenset()
        return frozenset(found)

    def _is_repeated(self, name: str) -> bool:
        """Whether it is the outcome of a step that is done several times, each with an outcome of its own."""
        node = self.net.diagram.nodes.get(name)
        return node is not None and node.loop is not None

    def _all_asks(self) -> dict[str, frozenset[str]]:
        asks: dict[str, frozenset[str]] = {}

        def of_level(level: Level) -> frozenset[str]:
            found = frozenset[str]()
            for node in level.nodes.values():
                inner = level.inner.get(node.id)
                asks[node.id] = (self._own(node) & self.followed) | (of_level(inner) if inner else frozenset())
                found |= asks[node.id]
            return found

        of_level(self.net.main)
        return asks

    def _look_ahead(self, level: Level) -> None:
        for name in self.followed:
            asking = [node for node in level.nodes if name in self.asks.get(node, ())]
            ahead = level.before(asking)
            for place, node in level.target.items():
                if node.id in ahead:
                    self.asked_after[place] = self.asked_after.get(place, frozenset()) | {name}

    # --- who may change what, beside whom

    def writes(self, node: Node) -> frozenset[str]:
        """What completing a node may set: names, and `*` for all that are no steps."""
        if node.type == "scriptTask" and node.result is not None:
            return frozenset({node.result})
        if node.type == "scriptTask":
            try:
                read = expressions.script(node.script or "")
            except expressions.Malformed:
                return frozenset({_FIELDS})
            return read.assigns | read.reads
        handed = frozenset((*node.handed, *brings(node.properties)))
        if node.type in FOR_PEOPLE:
            return handed | {node.id, _FIELDS}
        if node.loop is not None:
            handed |= {name for name in (node.loop.item, node.loop.collects) if name}
        if node.decision is not None:
            return handed | gives(bound(node.decision, self.net.diagram.decisions))
        if rules.waits(node) or node.type in {"businessRuleTask", "sendTask"}:
            return handed | {_FIELDS}
        return handed

    def _changed(self, written: Iterable[str]) -> frozenset[str]:
        names = frozenset(written)
        return self.followed & (names | (self.followed - self.net.steps if _FIELDS in names else frozenset()))

    def _contested(self, found: list[tuple[Level, Regions]]) -> frozenset[str]:
        """Variables that one branch may change while another asks for them."""
        lost: set[str] = set()
        inside: dict[str, frozenset[str]] = {}

        def written_in(level: Level) -> frozenset[str]:
            found = frozenset[str]()
            for node in level.nodes.values():
                inner = level.inner.get(node.id)
                inside[node.id] = self._changed(self.writes(node)) | (written_in(inner) if inner else frozenset())
                found |= inside[node.id]
            return found

        written_in(self.net.main)
        for _level, parts in found:
            reads = [frozenset(name for node in part for name in self.asks.get(node, ())) for part in parts]
            writes = [frozenset(name for node in part for name in inside.get(node, ())) for part in parts]
            for one, read in enumerate(reads):
                for other, written in enumerate(writes):
                    if one != other:
                        lost |= read & written
        return frozenset(lost)

    # --- what is known

    def says(self, facts: Facts, said: tuple[Signed, ...]) -> Facts | None:
        """What is known when these conditions were found true, or false; None if that cannot be."""
        if not said:
            return facts
        key = (facts, said)
        if key not in self._known:
            self._known[key] = self._weigh(facts, said)
        return self._known[key]

    def _weigh(self, facts: Facts, said: tuple[Signed, ...]) -> Facts | None:
        if not possible([*said, *self._about(facts, said)]):
            return None
        kept = set(facts)
        for asked, holds in said:
            if asked.reads is not None and asked.reads and asked.reads <= self.followed:
                kept.add((self._number(asked), holds))
        return tuple(sorted(kept))

    def _about(self, facts: Facts, said: tuple[Signed, ...]) -> list[Signed]:
        """What is known of the variables that are asked for now, and of those that are known together with them."""
        there = dict(facts)
        found: dict[int, bool] = {}
        waiting = [name for asked, _holds in said for name in asked.reads or ()]
        seen = set(waiting)
        while waiting:
            for number in self._reading.get(waiting.pop(), ()):
                if number in there and number not in found:
                    found[number] = there[number]
                    further = (self._conditions[number].reads or frozenset()) - seen
                    seen |= further
                    waiting += further
        return [(self._conditions[number], holds) for number, holds in found.items()]

    def _number(self, asked: Condition) -> int:
        if asked not in self._numbers:
            self._numbers[asked] = len(self._conditions)
            for name in asked.reads or ():
                self._reading.setdefault(name, []).append(len(self._conditions))
            self._conditions.append(asked)
        return self._numbers[asked]

    def completed(self, facts: Facts, node: Node) -> Facts:
        """What is still known when `node` was completed."""
        if not self.followed:
            return facts
        facts = self._forget(facts, self._changed(self.writes(node)))
        offered = tuple(node.properties.get("outcomes", "").split()) if node.type in FOR_PEOPLE else ()
        if node.id in self.followed and offered:
            facts = tuple(sorted({*facts, (self._number(outcomes_of(node.id, offered)), True)}))
        given = [one_of(path, values) for path, values in self._given.get(node.id, {}).items()]
        told = {(self._number(one), True) for one in given if (one.reads or frozenset()) <= self.followed}
        return tuple(sorted({*facts, *told})) if told else facts

    def left(self, facts: Facts, host: Node, level: Level) -> Facts:
        """What is still known when the level inside `host` is over: of its own steps only what is handed out."""
        if not facts:
            return facts
        if host.type == "callActivity":
            return self._forget(facts, self.followed)
        return self._forget(facts, (self.followed & frozenset(level.nodes)).difference(host.handed))

    def _forget(self, facts: Facts, names: frozenset[str]) -> Facts:
        if not facts or not names:
            return facts
        return tuple(fact for fact in facts if names.isdisjoint(self._conditions[fact[0]].reads or ()))

    def kept(self, facts: Facts, places: Iterable[int]) -> Facts:
        """What is known of variables that may still be asked for from any of these places."""
        if not facts:
            return facts
        wanted = frozenset[str]().union(*(self.asked_after.get(place, frozenset()) for place in places))
        return self._forget(facts, self.followed - wanted)
