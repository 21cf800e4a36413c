"""Where a case can come from where, and how long the longest way takes.

How the longest way is counted
1. Each step counts once, even where a loop leads back to it: nobody can say how often that happens. What lies in a
   loop is all passed by a case that goes round it.
2. Of branches that run at the same time the longest counts, of those that exclude each other too.
3. A part (subprocess, called process) counts with its own longest way; one that is done for several one after the
   other as often as the diagram says.
4. A timer or another event on a step's border leads on from there: a timer at the latest by its own time.
5. An event subprocess counts by itself, from its timer on, for nobody can say when it comes.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

from app.engine import Definition, Element

Regions = Sequence[frozenset[str]]
Way = tuple[float, tuple[str, ...]]
"""Days, and the steps that they are made of."""

NOTHING: Final[Way] = (0.0, ())
_DURATION: Final = re.compile(r"P(?:([0-9]+)M)?(?:([0-9]+)W)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:[0-9]+M)?)?", re.ASCII)
_IN_DAYS: Final = (21, 5, 1, 1 / 8)
"""Working days of a month, week, day and hour."""


def days_of(duration: str) -> float | None:
    """The working days of an ISO 8601 duration; None for what is no fixed one."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return None
    return sum(int(number or 0) * days for number, days in zip(found.groups(), _IN_DAYS, strict=True))


class Ways:
    """The ways through a diagram, over all its levels."""

    def __init__(self, definition: Definition, beside: Iterable[Regions] = ()) -> None:
        self.elements = definition.elements
        self.main = definition.process_id
        self.timers = {
            event: days for event, text in definition.durations.items() if (days := days_of(text)) is not None
        }
        self.beside = [regions for regions in beside if len(set(chain(*regions))) == sum(map(len, set(regions)))]
        """Branches that run at the same time and share nothing."""
        self.next: dict[str, list[str]] = {element: [] for element in definition.elements}
        entered = set()
        for source, target in definition.flows.values():
            if source in self.next and target in self.next:
                self.next[source].append(target)
                entered.add(target)
        self._starts: dict[str, list[str]] = {}
        self._handlers: dict[str, list[str]] = {}
        self.border: dict[str, list[str]] = {}
        for element in definition.elements.values():
            level = self.level(element)
            if element.type == "startEvent":
                self._starts.setdefault(level, []).append(element.id)
            if element.type == "subProcess" and element.id not in entered:
                self._handlers.setdefault(level, []).append(element.id)
            if element.attached_to:
                self.border.setdefault(element.attached_to, []).append(element.id)
        self._hosts: dict[str, list[str]] = {}
        for element in definition.elements.values():
            if self.inner(element.id) is not None:
                self._hosts.setdefault(self.inner(element.id) or "", []).append(element.id)

    @staticmethod
    def level(element: Element) -> str:
        """The subprocess or process that an element lies in."""
        return element.scope or element.process

    def inner(self, element: str) -> str | None:
        """The level that opens inside an element."""
        level = self.elements[element].called or element
        return level if level in self._starts else None

    def starts(self, element: str | None = None) -> list[str]:
        """Where the inside of an element begins, or the case; event subprocesses are among it."""
        level = self.main if element is None else self.inner(element)
        return [*self._starts.get(level or "", ()), *self._handlers.get(level or "", ())]

    def following(self, element: str) -> Iterable[str]:
        """What may come next: into a part, over its border, and out of it at its end."""
        yield from self.next[element]
        yield from self.border.get(element, ())
        yield from self.starts(element) if self.inner(element) else ()
        if not self.next[element]:
            for host in self._hosts.get(self.level(self.elements[element]), ()):
                yield from self.next[host]

    def after(self, element: str) -> set[str]:
        """Everything that may come after an element, itself only where a loop leads back to it."""
        return self._reached(self.following(element))

    def _reached(self, first: Iterable[str]) -> set[str]:
        seen = set(first)
        waiting = list(seen)
        while waiting:
            for following in self.following(waiting.pop()):
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return seen

    def results(self, element: str) -> set[str]:
        """The results that a case can still have after an element."""
        return {result for one in self.after(element) if (result := self.elements[one].properties.get("result"))}

    def within(self, nodes: Iterable[str]) -> set[str]:
        """The elements, and all that lies inside them."""
        found = set(nodes)
        waiting = list(found)
        while waiting:
            level = self.inner(waiting.pop())
            for element in self.elements.values() if level is not None else ():
                if self.level(element) == level and element.id not in found:
                    found.add(element.id)
                    waiting.append(element.id)
        return found

    def longest(self, starts: Iterable[str], days: Mapping[str, float], ends: Collection[str]) -> Way:
        """The longest way from any of `starts` to one of `ends`, or to where the case ends. `days`: of each step."""
        return _Longest(self, days, ends).of(list(starts))


class _Longest:
    def __init__(self, ways: Ways, days: Mapping[str, float], ends: Collection[str]) -> None:
        self._ways, self._days, self._ends = ways, days, ends
        self._levels: dict[str, dict[str, Way]] = {}
        self._open: set[str] = set()

    def of(self, starts: Sequence[str]) -> Way:
        found = NOTHING
        for start in starts:
            found = max(found, self._from(start), key=_by_days)
        return found

    def _from(self, start: str) -> Way:
        """From an element to the end of its level, and on behind what that lies in."""
        level = self._ways.level(self._ways.elements[start])
        found = self._best(level).get(start, NOTHING)
        if any(self._ways.level(self._ways.elements[end]) == level for end in self._ends):
            return found
        behind = [after for host in self._ways._hosts.get(level, ()) for after in self._ways.next[host]]
        rest = max((self._from(after) for after in behind), key=_by_days, default=NOTHING)
        return _joined(found, rest)

    def _inside(self, element: str) -> Way:
        """What is inside an element, once."""
        level = self._ways.inner(element)
        if level is None or level in self._open:
            return NOTHING
        best = self._best(level)
        return max((best.get(start, NOTHING) for start in self._ways.starts(element)), key=_by_days, default=NOTHING)

    def _own(self, element: str) -> Way:
        own = self._days.get(element, 0.0)
        if self._ways.elements[element].type == "startEvent":
            return self._ways.timers.get(element, 0.0), ()
        found: Way = (own, (element,)) if own else self._inside(element)
        return found[0] * self._ways.elements[element].times, found[1]

    def _best(self, level: str) -> dict[str, Way]:
        """For each element of a level the longest way from it to the level's end."""
        if level in self._levels:
            return self._levels[level]
        self._open.add(level)
        nodes = [element.id for element in self._ways.elements.values() if self._ways.level(element) == level]
        best: dict[str, Way] = {}
        for knot in _knots(nodes, self._onward):
            rest = max((self._leaving(node, best, knot) for node in knot), key=_by_days, default=NOTHING)
            if len(knot) == 1 and knot[0] not in self._onward(knot[0]):
                best[knot[0]] = rest
            else:
                whole = _joined(self._together(frozenset(knot)), rest)
                best.update(dict.fromkeys(knot, whole))
        self._open.discard(level)
        self._levels[level] = best
        return best

    def _onward(self, node: str) -> list[str]:
        return [] if node in self._ends else [*self._ways.next[node], *self._ways.border.get(node, ())]

    def _leaving(self, node: str, best: Mapping[str, Way], knot: Collection[str]) -> Way:
        """The longest way from a node that leaves the knot of loops it is in, its own time counted if it is in none."""
        is_alone = len(knot) == 1 and node not in self._onward(node)
        own = self._own(node) if is_alone else NOTHING
        targets = [one for one in self._ways.next[node] if one not in knot] if node not in self._ends else []
        found = _joined(own, max((best[one] for one in targets if one in best), key=_by_days, default=NOTHING))
        for event in self._ways.border.get(node, ()):
            if event in best and event not in knot:
                until = self._ways.timers.get(event)
                spent = own if until is None or not own[0] else (min(own[0], until), own[1])
                found = max(found, _joined(spent, best[event]), key=_by_days)
        return found

    def _together(self, nodes: frozenset[str]) -> Way:
        """All of some nodes, each once; of branches among them that run at the same time the longest."""
        splits = [set(regions) for regions in self._ways.beside if nodes.issuperset(chain(*regions)) and any(regions)]
        whole = [(regions, frozenset(chain(*regions))) for regions in splits]
        widest = [one for one in whole if one[1] != nodes and not any(one[1] < other[1] for other in whole)]
        found = NOTHING
        left = nodes
        for regions, covered in widest:
            if covered <= left:
                left -= covered
                found = _joined(found, max(map(self._together, regions), key=_by_days))
        for node in sorted(left):
            found = _joined(found, self._own(node))
        return found


def _by_days(way: Way) -> float:
    return way[0]


def _joined(one: Way, other: Way) -> Way:
    return one[0] + other[0], one[1] + other[1]


def _knots(nodes: Sequence[str], onward: Callable[[str], list[str]]) -> list[list[str]]:
    """The nodes, those together that loops lead back to from each other, each after all that it leads to (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[list[str]] = []
    known = set(nodes)
    for first in nodes:
        waiting = [(first, iter(onward(first)))] if first not in index else []
        while waiting:
            node, rest = waiting[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                stack.append(node)
                on_stack.add(node)
            for after in rest:
                if after not in known:
                    continue
                if after not in index:
                    waiting.append((after, iter(onward(after))))
                    break
                if after in on_stack:
                    low[node] = min(low[node], index[after])
            else:
                waiting.pop()
                if waiting:
                    low[waiting[-1][0]] = min(low[waiting[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    found.append(stack[at:])
                    on_stack.difference_update(stack[at:])
                    del stack[at:]
    return found
