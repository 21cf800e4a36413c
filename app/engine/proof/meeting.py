"""Where tokens meet: which can move at all, which wait for others, and when it matters which of them is first."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

from app.engine.diagram import Node
from app.engine.proof import rules
from app.engine.proof.net import Level

Token = tuple[Any, ...]
"""(place,) on a flow; (place, events that may still come, tokens inside) in an activity that is open."""
Tokens = tuple[Token, ...]


def is_race(level: Level, tokens: Tokens) -> bool:
    """Whether one of several tokens on their way to an inclusive gateway may come to several of its entries."""
    for join in level.joins:
        reach = level.reach[join.id]
        ways = [reach.get(level.target[token[0]].id, 0) for token in tokens]
        if any(way & (way - 1) for way in ways) and sum(way != 0 for way in ways) > 1:
            return True
        standing = any(level.target[token[0]].id == join.id for token in tokens)
        if standing and any(way & (way - 1) for way in ways):
            return True
    return False


def is_awaited(level: Level, join: Node, tokens: Tokens, arrived: int) -> bool:
    """Whether a token elsewhere can still come to an entry that has none, and to none of those that have `arrived`."""
    reach = level.reach[join.id]
    for token in tokens:
        node = level.target[token[0]]
        if node.id == join.id:
            continue
        ids = (f"{node.id}:open", *token[1]) if len(token) == 3 else (node.id,)
        if any(way and not way & arrived for way in (reach.get(one, 0) for one in ids)):
            return True
    return False


def moves_by_itself(level: Level, token: Token) -> bool:
    node = level.target[token[0]]
    if len(token) == 1:
        return not rules.waits(node) or level.opens(node)
    inner = level.inner.get(node.id)
    if inner is None:
        return False
    return not token[2] or any(moves_by_itself(inner, one) for one in token[2])


def movable(level: Level, tokens: Tokens) -> Iterator[Token]:
    """One token for each way to move on: those that wait at a gateway for others are left out."""
    standing: dict[str, set[int]] = {}
    for token in dict.fromkeys(tokens):
        node = level.target[token[0]]
        if token[0] in level.armed:
            continue
        if not rules.joins(node):
            yield token
        elif node.type == "parallelGateway":
            places = standing.setdefault(node.id, set())
            places.add(token[0])
            if len(places) == len(node.incoming):
                yield token


def without(tokens: Tokens, taken: Sequence[Token]) -> Tokens:
    rest = [*tokens]
    for token in taken:
        del rest[bisect_left(rest, token)]
    return tuple(rest)
