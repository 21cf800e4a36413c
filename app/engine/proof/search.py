"""The proof: every state that a case can come to is looked at, breadth first, so that each way told is a shortest one.

1. From each state every way on is followed (see game), until no new state is found, or a bound is reached.
2. A state in which nothing can move and tokens are left is a deadlock.
3. From what is left it is asked backwards which states can still come to an end; one that can come neither to an end
   nor to a deadlock goes round for ever.
4. What was never passed on any way is dead. It is told where the way to it parts from what is reached.
5. What 3 and 4 find is looked at again in every order in which tokens can move, as far as the bounds allow.
"""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.engine.diagram import ACTIVITIES, Diagram
from app.engine.proof import rules
from app.engine.proof.branches import Regions, regions
from app.engine.proof.game import Game, State, Step
from app.engine.proof.meeting import Token
from app.engine.proof.memory import Memory
from app.engine.proof.net import Level, Net
from app.engine.proof.writing import collisions

MAX_STATES = 20_000
MAX_SECONDS = 3.0
"""Of the thread's own time, all levels together."""
MAX_WAIT = 2.4
LEAST_WAIT = 0.4
"""Seconds by the clock on the wall since the files were begun to be read, and that the proof has in any case: on a busy
machine it gives up before whoever watches the check does."""
_MOST_FAILURES = 20


@dataclass(frozen=True)
class Failure:
    """Something that is wrong with the ways through a diagram, and a shortest way to it: the ids of the elements that
    are passed, in order, and of the flows taken."""

    code: str
    element: str
    way: tuple[str, ...]
    flows: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """What became of the proof. `whole`: every state was looked at, so that what was not found is not there."""

    states: int
    seconds: float
    whole: bool
    failures: tuple[Failure, ...] = ()
    unmet: frozenset[str] = frozenset()
    """Gateways without a default to which a case can come with none of their conditions true."""
    beside: tuple[Regions, ...] = ()
    """Wherever one token becomes several: the elements of that level that each may come to while the others go on."""
    collisions: tuple[tuple[str, str, str], ...] = ()
    """(variable, element, element): what two elements set that may be under way at the same time."""

    @property
    def sound(self) -> bool:
        """Whether it is proven that every case ends, leaves no token behind and can come to each step."""
        return self.whole and not self.failures


def prove(diagram: Diagram, since: float | None = None) -> Proof:
    """Whether every case of `diagram`, which has passed the other checks, ends properly, and what says otherwise.

    `since`: when the work began of which this is the last part, by time.monotonic.
    """
    began = time.thread_time()
    now = time.monotonic()
    until = max((now if since is None else since) + MAX_WAIT, now + LEAST_WAIT)
    net = Net(diagram)
    beside = regions(net)
    memory = Memory.of(net, beside)
    search = _Search(net, Game(net, memory), began, until)
    search.run()
    found = search.failures()
    if search.whole and any(failure.code in {"never-done", "step-dead"} for failure in found):
        again = _Search(net, Game(net, memory, in_any_order=True), began, until)
        again.run()
        if again.whole:
            search, found = again, again.failures()
    return Proof(
        len(search.before),
        time.thread_time() - began,
        search.whole,
        tuple(found[:_MOST_FAILURES]),
        frozenset(search.game.unmet),
        tuple(parts for _level, parts in beside or ()),
        tuple(collisions(net, beside or [])),
    )


@dataclass
class _Search:
    net: Net
    game: Game
    began: float
    until: float
    before: dict[State, tuple[State | None, Step]] = field(default_factory=dict)
    sources: dict[State, list[State]] = field(default_factory=dict)
    passed: dict[str, State] = field(default_factory=dict)
    """Each element that was passed, or entered, and the state then."""
    stopped: list[State] = field(default_factory=list)
    multiplied: dict[str, tuple[State, Step]] = field(default_factory=dict)
    cut: list[State] = field(default_factory=list)
    """States from which not every way was followed."""
    whole: bool = True

    def run(self) -> None:
        """Look at every state within the bounds."""
        self.whole = all(rules.is_whole(node) for level in self.net.levels.values() for node in level.nodes.values())
        waiting: deque[State] = deque()
        for step in self.game.begin():
            self._come(None, step, waiting)
        while waiting:
            state = waiting.popleft()
            if self._is_enough():
                self.whole = False
                self.cut += [state, *waiting]
                return
            steps = self.game.steps(state)
            if not steps and state[0]:
                self.stopped.append(state)
            for step in steps:
                self._come(state, step, waiting)

    def _is_enough(self) -> bool:
        if len(self.before) > MAX_STATES or time.thread_time() - self.began > MAX_SECONDS:
            return True
        return time.monotonic() > self.until

    def _come(self, source: State | None, step: Step, waiting: deque[State]) -> None:
        if step.multiplied is not None:
            self.whole = False
            if source is not None:
                self.multiplied.setdefault(step.multiplied, (source, step))
                self.cut.append(source)
            return
        state = (step.tokens, step.facts)
        if state not in self.before:
            self.before[state] = (source, step)
            waiting.append(state)
        if source is not None:
            self.sources.setdefault(state, []).append(source)
        for element in (*step.passed, step.entered):
            if element is not None:
                self.passed.setdefault(element, state)

    # --- what was found

    def failures(self) -> list[Failure]:
        """What is wrong, the shortest ways first; what is dead only where nothing else is wrong."""
        found: dict[tuple[str, str], Failure] = {}
        for state in self.stopped:
            code, element = self._stuck(self.net.main, state)
            found.setdefault((code, element), self._failure(code, element, state))
        for element, (state, step) in self.multiplied.items():
            way, flows = self._way(state)
            made = Failure("tokens-multiply", element, (*way, *step.passed), (*flows, *step.flows))
            found.setdefault((made.code, element), made)
        for state in self._rounds():
            element = next(reversed(self.before[state][1].passed), self._at(self.net.main, state[0]))
            found.setdefault(("never-done", ""), self._failure("never-done", element, state))
        if not found and self.whole:
            for element, source in self._dead():
                way, flows = self._way(self.passed[source])
                found["step-dead", element] = Failure("step-dead", element, way, flows)
        return list(found.values())

    def _failure(self, code: str, element: str, state: State) -> Failure:
        return Failure(code, element, *self._way(state))

    def _way(self, state: State | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        steps: list[Step] = []
        while state is not None:
            state, step = self.before[state]
            steps.append(step)
        steps.reverse()
        return tuple(e for step in steps for e in step.passed), tuple(f for step in steps for f in step.flows)

    def _stuck(self, level: Level, state: State) -> tuple[str, str]:
        """What a case that has stopped waits at: a gateway that joins rather than one with no way on."""
        places = list(self._standing(level, state[0]))
        joins = [node for node, at in places if rules.joins(at.nodes[node])]
        return ("deadlock", joins[0]) if joins else ("no-way-on", places[0][0])

    def _standing(self, level: Level, tokens: tuple[Token, ...]) -> Iterator[tuple[str, Level]]:
        for token in tokens:
            if token[0] in level.armed:
                continue
            node = level.target[token[0]]
            inner = level.inner.get(node.id)
            if len(token) == 3 and token[2] and inner is not None:
                yield from self._standing(inner, token[2])
            else:
                yield node.id, level

    def _at(self, level: Level, tokens: tuple[Token, ...]) -> str:
        return next((node for node, _level in self._standing(level, tokens)), level.scope.id)

    def _rounds(self) -> list[State]:
        """The states from which neither an end nor a deadlock can be come to."""
        ending = [state for state in self.before if not state[0]] + self.stopped + self.cut
        seen = set(ending)
        while ending:
            for source in self.sources.get(ending.pop(), ()):
                if source not in seen:
                    seen.add(source)
                    ending.append(source)
        return [state for state in self.before if state not in seen]

    def _dead(self) -> Iterator[tuple[str, str]]:
        """The steps that were never come to, the first on each way, with what was passed last before them."""
        for level in self.net.levels.values():
            alive = [node for node in level.nodes.values() if node.id in self.passed]
            waiting = [(node.id, target) for node in alive for target in level.following(node)]
            seen = set(self.passed) | level.beside
            while waiting:
                source, node = waiting.pop()
                if node.id in seen:
                    continue
                seen.add(node.id)
                if node.type in ACTIVITIES:
                    yield node.id, source
                else:
                    waiting += [(source, target) for target in level.following(node)]
