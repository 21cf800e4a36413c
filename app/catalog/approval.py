"""What a diagram means for an approval: its limits added up, refusals that can be come to, what is told only once."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from app.catalog.occasions import Slip
from app.catalog.types import APPLICANT, Manifest, post_of
from app.engine import FOR_PEOPLE, Definition, Element

LOOKING: Final = frozenset({"pre-review", "accept", "review", "inspect", "decide", "verify"})
"""Kinds of steps in which the office looks at what was handed in."""
_ADVICE: Final = frozenset({"pre-review", "review", "inspect"})
"""Kinds of steps whose outcome advises a person who decides later, and needs no flow of its own."""
_REFUSALS: Final = frozenset({"denied", "refused"})
_DAYS: Final = re.compile(r"P([0-9]+)D", re.ASCII)


def check(manifest: Manifest, definition: Definition, asked: Collection[tuple[str, str]]) -> Iterator[Slip]:
    """What is to be said of an item as an approval; `asked` are the (step, outcome) that conditions ask for."""
    ways = _Ways(definition)
    yield from _too_long(manifest, definition, ways)
    for step in definition.elements.values():
        if step.type not in FOR_PEOPLE or step.id not in manifest.steps:
            continue
        yield from _unused(manifest, step, asked, ways)
        if step.properties.get("kind") == "decide" and not ways.results(step.id) & _REFUSALS:
            yield Slip("decision-never-refuses", step.id, "", {"step": step.id})
    yield from _asked_twice(definition, ways)
    if manifest.materials and not any(_looks(manifest, step) for step in definition.elements.values()):
        yield Slip("materials-unseen", None, "materials", {})


class _Ways:
    """Where one can come to from where."""

    def __init__(self, definition: Definition) -> None:
        self.elements = definition.elements
        self.next: dict[str, list[str]] = {element: [] for element in definition.elements}
        for source, target in definition.flows.values():
            if source in self.next and target in self.next:
                self.next[source].append(target)
        self.starts: dict[str | None, list[str]] = {}
        self.border: dict[str, list[str]] = {}
        for element in definition.elements.values():
            if element.type == "startEvent":
                self.starts.setdefault(element.scope, []).append(element.id)
            if element.attached_to:
                self.border.setdefault(element.attached_to, []).append(element.id)

    def following(self, element: str) -> Iterable[str]:
        """What may come next: into a part, over its border, and out of it at its end."""
        yield from self.next[element]
        yield from self.border.get(element, ())
        yield from self.starts.get(element, ())
        scope = self.elements[element].scope
        if scope in self.next and not self.next[element]:
            yield from self.next[scope]

    def after(self, element: str) -> set[str]:
        """Everything that may come after an element, itself only where a loop leads back to it."""
        seen: set[str] = set()
        waiting = [element]
        while waiting:
            for following in self.following(waiting.pop()):
                if following not in seen:
                    seen.add(following)
                    waiting.append(following)
        return seen

    def results(self, element: str) -> set[str]:
        """The results that a case can still have after an element."""
        return {result for one in self.after(element) if (result := self.elements[one].properties.get("result"))}

    def longest(self, starts: Iterable[str], days: Mapping[str, int], ends: Collection[str]) -> tuple[int, list[str]]:
        """The days of the longest way, loops gone through once, parts counted by their own longest; and its steps."""
        best: dict[str, tuple[int, list[str]]] = {}
        open_: set[str] = set()
        waiting = [(start, False) for start in starts]
        while waiting:
            at, is_done = waiting.pop()
            if not is_done:
                if at in best or at in open_:
                    continue
                open_.add(at)
                waiting.append((at, True))
                inside = self.starts.get(at, [])
                waiting += [(one, False) for one in (*inside, *(() if at in ends else self.next[at]))]
                continue
            open_.discard(at)
            inner = _most(best, self.starts.get(at, []))
            rest = _most(best, () if at in ends else self.next[at])
            own = days.get(at, 0) + inner[0]
            best[at] = (own + rest[0], [*([at] if days.get(at) else inner[1]), *rest[1]])
        return _most(best, starts)


def _most(best: Mapping[str, tuple[int, list[str]]], elements: Iterable[str]) -> tuple[int, list[str]]:
    return max((best[one] for one in elements if one in best), key=lambda way: way[0], default=(0, []))


def _too_long(manifest: Manifest, definition: Definition, ways: _Ways) -> Iterator[Slip]:
    """From acceptance to the decision, which is what the promised limit counts; excluded time is not counted."""
    days = {step: limit for step in manifest.steps if (limit := _limit(manifest, definition, step))}
    marks = {
        milestone: [one.id for one in definition.elements.values() if one.properties.get("milestone") == milestone]
        for milestone in ("accepted", "decided")
    }
    starts = marks["accepted"] or ways.starts.get(None, [])
    total, path = ways.longest(starts, days, marks["decided"])
    promised = manifest.limits.promised.days
    if total > promised:
        names = " → ".join(f"{manifest.steps[step].name.zh} {days[step]}" for step in path)
        yield Slip(
            "path-too-long",
            None,
            "limits.promised.days",
            {"days": str(total), "promised": str(promised), "steps": names},
        )


def _limit(manifest: Manifest, definition: Definition, step: str) -> int:
    """The days that a step of the office may take by its red light or its limit."""
    drawn = definition.elements.get(step)
    if drawn is None or "excluded" in drawn.properties or post_of(drawn, manifest.lanes) == APPLICANT:
        return 0
    if (spec := manifest.steps[step]).limit:
        return spec.limit.days
    red = [_DAYS.fullmatch(light.duration) for light in definition.lights.get(step, ()) if light.colour == "red"]
    return max((int(found[1]) for found in red if found), default=0)


def _unused(manifest: Manifest, step: Element, asked: Collection[tuple[str, str]], ways: _Ways) -> Iterator[Slip]:
    """Several ways to complete a step, and the case goes on in the same way after each, nor does anybody decide upon
    what was chosen."""
    offered = step.properties.get("outcomes", "").split()
    used = any(named == step.id for named, _outcome in asked) or any(code in manifest.documents for code in offered)
    if len(offered) > 1 and not used and not _advises(step, ways):
        yield Slip("outcomes-unused", step.id, "", {"step": step.id, "outcomes": ", ".join(offered)})


def _advises(step: Element, ways: _Ways) -> bool:
    kinds = (ways.elements[one].properties.get("kind") for one in ways.after(step.id))
    return step.properties.get("kind") in _ADVICE and "decide" in kinds


def _asked_twice(definition: Definition, ways: _Ways) -> Iterator[Slip]:
    """Whatever is missing is told once (Art. 32). A step that is marked `again` may come again: its designer says that
    it asks only for what could not be told at first, as where a supplement falls short."""
    steps = [
        one.id
        for one in definition.elements.values()
        if one.type in FOR_PEOPLE and one.properties.get("kind") == "supplement"
    ]
    for step in steps:
        again = [
            other for other in steps if other in ways.after(step) and "again" not in ways.elements[other].properties
        ]
        if again:
            other = step if step in again else again[0]
            yield Slip("supplement-twice", step, "", {"step": step, "other": other})


def _looks(manifest: Manifest, step: Element) -> bool:
    spec = manifest.steps.get(step.id)
    if spec is None or step.properties.get("kind") not in LOOKING or post_of(step, manifest.lanes) == APPLICANT:
        return False
    return bool(spec.checklist or step.form)
