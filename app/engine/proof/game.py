"""The token game over all levels of a diagram.

A token is a place it stands on; inside an activity that opens it carries which events still hang on its border, and the
tokens of the level inside. A state is the tokens of the main level and what is known of the case's variables.

Tokens do not depend on each other, but where they meet: so one token is gone on with until it meets another or is gone,
and only then the next. Every order is tried (1) where tokens on their way to one inclusive gateway may come to several
of its entries, since then it matters who is first; then, as when cases are run, what moves by itself goes before what
waits; (2) in a level that can be ended early and from which something is heard outside; (3) if asked for.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from app.engine.diagram import Node
from app.engine.proof import rules
from app.engine.proof.meeting import Token, Tokens, is_awaited, is_race, movable, moves_by_itself, without
from app.engine.proof.memory import Facts, Memory
from app.engine.proof.net import Level, Net
from app.engine.proof.rules import Exit, Thrown

MAX_ON_FLOW = 3
"""Tokens on one place from which on they are taken to multiply for ever."""

State = tuple[Tokens, Facts]


class Step(NamedTuple):
    """A token was moved: what was passed, and how the level stands now."""

    passed: tuple[str, ...]
    flows: tuple[str, ...]
    tokens: Tokens
    facts: Facts
    thrown: Thrown | None = None
    ended: bool = False
    """Whether the level was ended early."""
    multiplied: str | None = None
    """The node at which tokens multiply for ever."""
    entered: str | None = None
    """The activity that opened."""


class Game:
    """How the cases of a diagram can go on."""

    def __init__(self, net: Net, memory: Memory, *, in_any_order: bool = False) -> None:
        self.net, self.memory, self.in_any_order = net, memory, in_any_order
        self.unmet: set[str] = set()
        """Gateways that were come to with none of their conditions true, as far as is known."""

    def begin(self) -> Iterator[Step]:
        """The ways in which a case starts."""
        for passed, flows, tokens in _opened(self.net.main):
            yield Step(passed, flows, tokens, ())

    def steps(self, state: State) -> list[Step]:
        """How a case can go on from `state`; empty where it has ended, or cannot."""
        found = []
        for step in self._of_level(self.net.main, *state):
            tokens = () if step.thrown and step.thrown.ends else step.tokens
            facts = self.memory.kept(step.facts, {token[0] for token in tokens})
            found.append(step._replace(tokens=tokens, facts=facts))
        return found

    # --- which token moves

    def _of_level(self, level: Level, tokens: Tokens, facts: Facts) -> list[Step]:
        """How a level can go on; it is over when nothing is left but event subprocesses that wait."""
        found = [*self._by_tokens(level, tokens, facts), *self._by_handlers(level, tokens, facts)]
        if not level.handlers:
            return found
        return [
            step._replace(tokens=()) if all(token[0] in level.armed for token in step.tokens) else step
            for step in (self._handled(level, step) for step in found)
        ]

    def _by_handlers(self, level: Level, tokens: Tokens, facts: Facts) -> Iterator[Step]:
        """What starts an event subprocess comes from outside."""
        for token in tokens if level.handlers else ():
            if token[0] in level.armed and level.handlers[level.armed[token[0]].id].id in level.outside:
                yield from self._started(level, level.armed[token[0]], tokens, Step((), (), (), facts))

    def _handled(self, level: Level, step: Step) -> Step:
        """What is thrown in a level goes to its event subprocesses first."""
        if step.thrown is None:
            return step
        waiting = [level.handlers[level.armed[token[0]].id] for token in step.tokens if token[0] in level.armed]
        start = rules.catching((one for one in waiting if one.scope != step.thrown.left), step.thrown)
        if start is None:
            return step
        handler = self.net.diagram.nodes[start.scope]
        return next(iter(self._started(level, handler, step.tokens, step._replace(thrown=None, ended=False))))

    def _started(self, level: Level, handler: Node, tokens: Tokens, step: Step) -> Iterator[Step]:
        """An event subprocess begins, in place of everything else on its level or beside it."""
        start, armed = level.handlers[handler.id], (level.place[f"{handler.id}:armed"],)
        if start.interrupting:
            tokens = ()
        elif not rules.comes_again(start) and armed in tokens:
            tokens = without(tokens, [armed])
        step = step._replace(facts=self.memory.completed(step.facts, start))
        for passed, flows, within in _opened(level.inner[handler.id]):
            made = step._replace(passed=(*step.passed, *passed), flows=(*step.flows, *flows), entered=handler.id)
            yield _put(level, tokens, [(level.place[handler.id], (), within)], made, handler)

    def _by_tokens(self, level: Level, tokens: Tokens, facts: Facts) -> list[Step]:
        if level.joins and is_race(level, tokens):
            return self._in_a_race(level, tokens, facts)
        every: list[Step] = []
        last: list[Step] = []
        for token in movable(level, tokens):
            found = list(self._of_token(level, tokens, token, facts))
            if any(step.ended or (step.thrown and step.thrown.ends) for step in found):
                last += found
            elif found and not (self.in_any_order or level.in_any_order):
                return found
            every += found
        if self.in_any_order or level.in_any_order:
            return every + self._joined(level, tokens, facts)
        return last or self._joined(level, tokens, facts, one=True)

    def _in_a_race(self, level: Level, tokens: Tokens, facts: Facts) -> list[Step]:
        waiting: list[Step] = []
        for token in movable(level, tokens):
            found = list(self._of_token(level, tokens, token, facts))
            if found and moves_by_itself(level, token) and not self.in_any_order:
                return found
            waiting += found
        return self._joined(level, tokens, facts) or waiting

    # --- one token

    def _of_token(self, level: Level, tokens: Tokens, token: Token, facts: Facts) -> Iterator[Step]:
        node = level.target[token[0]]
        if len(token) == 3:
            yield from self._of_open(level, tokens, token, facts)
        elif level.opens(node):
            yield from self._entered(level, tokens, token, facts)
        else:
            taken = [(level.place[flow.id],) for flow in node.incoming] if rules.joins(node) else [token]
            yield from self._left(level, node, without(tokens, taken), facts)

    def _entered(self, level: Level, tokens: Tokens, token: Token, facts: Facts) -> Iterator[Step]:
        node = level.target[token[0]]
        rest = without(tokens, [token])
        place, events = level.place[node.id], tuple(event.id for event in level.events[node.id])
        inner = level.inner.get(node.id)
        if inner is None:
            yield _put(level, rest, [(place, events, ())], Step((), (), (), facts, entered=node.id), node)
            return
        for passed, flows, within in _opened(inner):
            made = Step(passed, flows, (), facts, entered=node.id)
            yield _put(level, rest, [(place, events, within)], made, node)
        if node.loop is not None:
            yield from self._left(level, node, rest, facts)

    def _of_open(self, level: Level, tokens: Tokens, token: Token, facts: Facts) -> Iterator[Step]:
        node = level.target[token[0]]
        place, events, within = token
        rest = without(tokens, [token])
        inner = level.inner.get(node.id)
        if inner is not None and within:
            for step in self._of_level(inner, within, facts):
                yield self._heard(level, rest, token, step)
        else:
            known = self.memory.left(facts, node, inner) if inner else facts
            yield from self._left(level, node, rest, known)
            if node.loop is not None and inner is not None:
                for _passed, _flows, again in _opened(inner):
                    yield _put(level, rest, [(place, events, again)], Step((), (), (), known), node)
        for event in level.events[node.id]:
            if event.id in events and event.id in level.outside:
                yield _happened(self.memory, level, rest, token, event, Step((), (), (), facts))

    def _heard(self, level: Level, rest: Tokens, token: Token, step: Step) -> Step:
        """What happened inside an open activity, seen from around it."""
        node = level.target[token[0]]
        after = (token[0], token[1], step.tokens)
        if step.thrown is not None:
            event = rules.catching((one for one in level.events[node.id] if one.id in token[1]), step.thrown)
            if event is not None:
                return _happened(self.memory, level, rest, after, event, step._replace(thrown=None))
            thrown = step.thrown._replace(left=node.id)
            step = step._replace(thrown=thrown, ended=False)
            if thrown.ends:
                return step._replace(tokens=rest)
        return _put(level, rest, [after], step._replace(ended=False), node)

    def _left(self, level: Level, node: Node, rest: Tokens, facts: Facts) -> Iterator[Step]:
        unmet = level.unmet.get(node.id) if node.id not in self.unmet else None
        if unmet and self.memory.says(facts, unmet) is not None:
            self.unmet.add(node.id)
        for way in level.exits[node.id]:
            known = self.memory.says(facts, way.said)
            if known is not None:
                yield _exit(level, node, rest, way, self.memory.completed(known, node))

    # --- inclusive gateways that join

    def _joined(self, level: Level, tokens: Tokens, facts: Facts, *, one: bool = False) -> list[Step]:
        """The inclusive gateways, or `one` of them, that can go on: no token elsewhere can still fill an empty entry
        (and no filled one; BPMN 2.0.2, table 13.3)."""
        found: list[Step] = []
        for join in level.joins:
            entries = [(level.place[flow.id],) for flow in join.incoming]
            arrived = sum(1 << number for number, entry in enumerate(entries) if entry in tokens)
            if arrived and not is_awaited(level, join, tokens, arrived):
                taken = [entry for entry in entries if entry in tokens]
                found += self._left(level, join, without(tokens, taken), facts)
                if one and found:
                    break
        return found


def _opened(level: Level) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Tokens]]:
    for start in level.starts:
        flows = tuple(flow.id for flow in start.outgoing)
        places = [level.place[flow] for flow in flows]
        yield (start.id,), flows, tuple((place,) for place in sorted((*places, *level.armed))) if places else ()


def _happened(memory: Memory, level: Level, rest: Tokens, token: Token, event: Node, step: Step) -> Step:
    """An event on the border of an open activity."""
    node = level.target[token[0]]
    put: list[Token] = [(level.place[flow.id],) for flow in event.outgoing]
    facts = memory.completed(step.facts, event)
    if event.interrupting:
        inner = level.inner.get(node.id)
        facts = memory.left(facts, node, inner) if inner else facts
    else:
        left = token[1] if rules.comes_again(event) else tuple(one for one in token[1] if one != event.id)
        put.append((token[0], left, token[2]))
    made = step._replace(
        passed=(*step.passed, event.id), flows=(*step.flows, *(flow.id for flow in event.outgoing)), facts=facts
    )
    return _put(level, rest, put, made._replace(ended=False), event)


def _exit(level: Level, node: Node, rest: Tokens, way: Exit, facts: Facts) -> Step:
    made = Step(way.passed, tuple(flow.id for flow in way.flows), (), facts, way.thrown)
    if way.terminates:
        return made._replace(ended=True)
    return _put(level, rest, [(level.place[flow.id],) for flow in way.flows], made, node)


def _put(level: Level, rest: Tokens, put: Sequence[Token], made: Step, node: Node) -> Step:
    tokens = [*rest]
    for token in put:
        at = bisect_left(tokens, token)
        if level.target[token[0]].id in level.lone and tokens[at : at + 1] == [token]:
            continue
        from_here = bisect_left(tokens, (token[0],))
        if [other[0] for other in tokens[from_here : from_here + MAX_ON_FLOW]] == [token[0]] * MAX_ON_FLOW:
            return made._replace(tokens=rest, multiplied=node.id)
        tokens.insert(at, token)
    return made._replace(tokens=tuple(tokens))
