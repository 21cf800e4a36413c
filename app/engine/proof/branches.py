"""What may be under way at the same time: wherever one token becomes several, what each of them can come to before a
gateway joins them all."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.engine.proof import rules
from app.engine.proof.net import Level, Net

MAX_LOOKS = 300_000
"""Nodes looked at for one diagram; with more of them nothing is said."""


class Branch(NamedTuple):
    """One of several tokens: the nodes that it stands on, and those that it may come to next."""

    at: tuple[str, ...]
    next: tuple[str, ...]


Regions = tuple[frozenset[str], ...]


def regions(net: Net) -> list[tuple[Level, Regions]] | None:
    """For each place where one token becomes several: their level, and the nodes of it that each can come to.

    None where there is too much to look at.
    """
    found: list[tuple[Level, Regions]] = []
    left = MAX_LOOKS
    for level in net.levels.values():
        splits = list(_splits(level))
        if not splits:
            continue
        meetings = _Meetings(level)
        for branches in splits:
            join = meetings.of(branches)
            parts = tuple(_region(level, branch, join) for branch in branches)
            left -= sum(map(len, parts)) + 1
            if left < 0:
                return None
            found.append((level, parts))
    return found


def _splits(level: Level) -> Iterator[list[Branch]]:
    for handler, start in level.handlers.items():
        if not start.interrupting:
            beside = Branch((handler,), ())
            main = Branch((), tuple(start.id for start in level.starts))
            yield [main, beside, beside] if rules.comes_again(start) else [main, beside]
    for node in level.nodes.values():
        events = level.events[node.id]
        for event in events:
            if not event.interrupting:
                others = [other for other in events if other is not event]
                after = tuple(flow.target for source in (node, *others) for flow in source.outgoing)
                behind = Branch((event.id,), tuple(flow.target for flow in event.outgoing))
                main = Branch((node.id,), after)
                yield [main, behind, behind] if rules.comes_again(event) else [main, behind]
        if len(node.outgoing) > 1 and node.type not in {"exclusiveGateway", "eventBasedGateway"}:
            yield [Branch((), (flow.target,)) for flow in node.outgoing]


def _region(level: Level, branch: Branch, join: str | None) -> frozenset[str]:
    waiting = [node for node in branch.next if node != join]
    seen = {*branch.at, *waiting}
    while waiting:
        for node in level.following(level.nodes[waiting.pop()]):
            if node.id not in seen and node.id != join:
                seen.add(node.id)
                waiting.append(node.id)
    return frozenset(seen)


class _Meetings:
    """The nodes that every way from a node passes (post-dominators; Cooper, Harvey, Kennedy 2001)."""

    def __init__(self, level: Level) -> None:
        self._level = level
        following: dict[str | None, list[str]] = {
            node.id: [one.id for one in level.following(node)] for node in level.nodes.values()
        }
        before: dict[str | None, list[str]] = {None: [node for node in level.nodes if not following[node]]}
        for source in level.nodes:
            for one in following[source]:
                before.setdefault(one, []).append(source)
        order = _ordered(before)
        self._rank = {node: rank for rank, node in enumerate(order)}
        self._next: dict[str | None, str | None] = {None: None}
        changed = True
        while changed:
            changed = False
            for node in order[1:]:
                known: list[str | None] = [one for one in following[node] if one in self._next]
                met = known[0] if known else None
                for other in known[1:]:
                    met = self._met(met, other)
                if node not in self._next or self._next[node] != met:
                    self._next[node], changed = met, True

    def of(self, branches: Sequence[Branch]) -> str | None:
        """The gateway that joins several branches, whatever way each goes; None where nothing does."""
        starts = [node for branch in branches for node in branch.next or branch.at]
        met: str | None = starts[0] if starts and starts[0] in self._rank else None
        for node in starts[1:]:
            met = self._met(met, node) if node in self._rank else None
        while met is not None and not rules.joins(self._level.nodes[met]):
            met = self._next[met]
        return met

    def _met(self, one: str | None, other: str | None) -> str | None:
        while one != other:
            if self._rank[one] > self._rank[other]:
                one = self._next[one]
            else:
                other = self._next[other]
        return one


def _ordered(before: dict[str | None, list[str]]) -> list[str | None]:
    """All nodes from which there is a way to the end, the end first, each before those that only lead to it."""
    done: list[str | None] = []
    seen: set[str | None] = {None}
    waiting: list[tuple[str | None, Iterator[str]]] = [(None, iter(before[None]))]
    while waiting:
        node, rest = waiting[-1]
        found = next((one for one in rest if one not in seen), None)
        if found is None:
            done.append(node)
            waiting.pop()
        else:
            seen.add(found)
            waiting.append((found, iter(before.get(found, ()))))
    return done[::-1]
