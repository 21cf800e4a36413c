"""What a diagram means for an approval: its limits added up, refusals that can be come to, what is told only once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations
from typing import Final

from app.catalog.fields import Form
from app.catalog.occasions import Slip
from app.catalog.types import APPLICANT, Manifest, Requirement, post_of
from app.catalog.ways import Regions, Ways, days_of
from app.engine import FOR_PEOPLE, Definition, Element, Light, Written

LOOKING: Final = frozenset({"pre-review", "accept", "review", "inspect", "decide", "verify"})
"""Kinds of steps in which the office looks at what was handed in."""
_JUDGING: Final = frozenset({"review", "inspect", "decide"})
_ADVICE: Final = frozenset({"pre-review", "review", "inspect"})
"""Kinds of steps whose outcome advises a person who decides later, and needs no flow of its own."""
_REFUSALS: Final = frozenset({"denied", "refused"})


def check(
    manifest: Manifest,
    definition: Definition,
    forms: Mapping[str, Form] | None = None,
    beside: Iterable[Regions] = (),
) -> Iterator[Slip]:
    """What is to be said of an item as an approval; `beside`: what is under way at the same time (see Proof)."""
    ways = Ways(definition, beside)
    yield from _too_long(manifest, definition, ways)
    for step in _steps(definition, manifest):
        yield from _unused(manifest, step, definition.written, ways)
        if step.properties.get("kind") == "decide" and not ways.results(step.id) & _REFUSALS:
            yield Slip("decision-never-refuses", step.id, "", {"step": called(step)})
    yield from _never_refused(definition)
    yield from _asked_twice(definition, ways)
    yield from _unled(manifest, definition, ways)
    yield from _unseen(manifest, definition, forms or {}, ways)


def called(step: Element) -> str:
    """A step by its name and its id."""
    name = " ".join(step.name.split())
    return f"{name} ({step.id})" if name and name != step.id else step.id


def _steps(definition: Definition, manifest: Manifest) -> Iterator[Element]:
    for step in definition.elements.values():
        if step.type in FOR_PEOPLE and step.id in manifest.steps:
            yield step


# --- time


def _too_long(manifest: Manifest, definition: Definition, ways: Ways) -> Iterator[Slip]:
    """From acceptance to the decision, which is what the promised limit counts; excluded time is not counted."""
    days = {step.id: limit for step in _steps(definition, manifest) if (limit := _limit(manifest, definition, step))}
    marks = {
        milestone: [one.id for one in definition.elements.values() if one.properties.get("milestone") == milestone]
        for milestone in ("accepted", "decided")
    }
    total, path = ways.longest(marks["accepted"] or ways.starts(), days, marks["decided"])
    promised = manifest.limits.promised.days
    if total > promised:
        names = " → ".join(f"{called(definition.elements[step])} {days[step]:g}" for step in path)
        params = {"days": f"{round(total, 1):g}", "promised": str(promised), "steps": names}
        yield Slip("path-too-long", None, "limits.promised.days", params)


def _limit(manifest: Manifest, definition: Definition, step: Element) -> float:
    """The days that a step of the office may take by its red light or its limit."""
    if post_of(step, manifest.lanes) == APPLICANT or _is_excluded(definition.elements, step):
        return 0.0
    if spec := manifest.steps[step.id].limit:
        return float(spec.days)
    lights = [light for light in definition.lights.get(step.id, ()) if light.colour == "red"]
    return max((_counted(manifest, light) for light in lights), default=0.0)


def _counted(manifest: Manifest, light: Light) -> float:
    """The days of a light as the promised limit counts them: of seven civil days five are working days."""
    days = days_of(light.duration) or 0.0
    return days * 5 / 7 if manifest.counting == "working" and light.calendar == "civil" else days


def _is_excluded(elements: Mapping[str, Element], step: Element) -> bool:
    """Whether its time, or that of a part around it, is not counted."""
    at: Element | None = step
    while at is not None and "excluded" not in at.properties:
        at = elements.get(at.scope or "")
    return at is not None


# --- outcomes


def _unused(manifest: Manifest, step: Element, written: Iterable[Written], ways: Ways) -> Iterator[Slip]:
    """Outcomes of a step after which the case goes on in the same way, with the same documents, and nobody decides
    upon what was chosen. One that nothing asks for is what is left where all others are asked for."""
    offered = step.properties.get("outcomes", "").split()
    if len(offered) < 2 or _advises(step, ways):
        return
    asked = {outcome for found in written for named, outcome in found.asked if named == step.id}
    whole = any(step.id in found.names and all(named != step.id for named, _o in found.asked) for found in written)
    unused = [code for code in offered if code not in asked and code not in manifest.documents]
    if len(unused) > 1 and not whole:
        yield Slip("outcomes-unused", step.id, "", {"step": called(step), "outcomes": ", ".join(unused)})


def _advises(step: Element, ways: Ways) -> bool:
    kinds = (ways.elements[one].properties.get("kind") for one in ways.after(step.id))
    return step.properties.get("kind") in _ADVICE and "decide" in kinds


def _never_refused(definition: Definition) -> Iterator[Slip]:
    """An item of which no step is marked as the decision: it can be granted, and nowhere denied."""
    elements = definition.elements.values()
    ends = {result: one for one in elements if (result := one.properties.get("result"))}
    decides = any(one.properties.get("kind") == "decide" for one in elements)
    if "granted" in ends and not decides and not ends.keys() & _REFUSALS:
        yield Slip("never-refused", ends["granted"].id, "", {"step": called(ends["granted"])})


# --- what is told once


def _asked_twice(definition: Definition, ways: Ways) -> Iterator[Slip]:
    """Whatever is missing is told once (Art. 32). A step that is marked `again` may come again: its designer says that
    it asks only for what could not be told at first, as where a supplement falls short."""
    steps = {one.id: one for one in definition.elements.values() if one.type in FOR_PEOPLE and _is_supplement(one)}
    fresh = {step for step, one in steps.items() if "again" not in one.properties}
    for step, one in steps.items():
        after = fresh & ways.after(step)
        after |= {step} & fresh if one.times > 1 else set()
        after |= {other for other in fresh - {step} if step < other and _at_once(ways, step, other)}
        if after:
            other = steps[step if step in after else min(after)]
            yield Slip("supplement-twice", step, "", {"step": called(one), "other": called(other)})


def _is_supplement(step: Element) -> bool:
    return step.properties.get("kind") == "supplement" or step.properties.get("excluded") == "supplement"


def _at_once(ways: Ways, one: str, other: str) -> bool:
    """Whether two steps lie in branches that run at the same time."""
    for regions in ways.beside:
        parts = [ways.within(region) for region in regions]
        if any((one in a and other in b) or (one in b and other in a) for a, b in combinations(parts, 2)):
            return True
    return False


# --- who leads, and who looks


def _unled(manifest: Manifest, definition: Definition, ways: Ways) -> Iterator[Slip]:
    """Several posts judge at the same time, and no department leads. Where legs are drawn, see no-lead."""
    if any("leg" in one.properties for one in definition.elements.values()):
        return
    for regions in ways.beside:
        found: dict[str, Element] = {}
        for region in dict.fromkeys(regions):
            for element in sorted(ways.within(region)):
                step = definition.elements[element]
                post = post_of(step, manifest.lanes)
                if step.type in FOR_PEOPLE and step.properties.get("kind") in _JUDGING and post != APPLICANT and post:
                    found.setdefault(post, step)
                    break
        if len(found) > 1:
            steps = ", ".join(called(step) for step in found.values())
            yield Slip("parallel-unled", next(iter(found.values())).id, "", {"steps": steps})
            return


def _unseen(manifest: Manifest, definition: Definition, forms: Mapping[str, Form], ways: Ways) -> Iterator[Slip]:
    """Each material is looked at: a step of the office names it in item.yaml or in its checklist, or its form shows it.
    What an applicant hands in at a later step is looked at after that."""
    looking = [step for step in _steps(definition, manifest) if _looks(manifest, step)]
    given = _handed_in(manifest, definition, forms)
    for number, material in enumerate(manifest.materials):
        path = f"materials[{number + 1}]"
        seen = {step.id for step in looking if _sees(manifest, step, forms.get(step.form or ""), material)}
        params = {"material": f"{material.name.zh} ({material.code})"}
        if not seen:
            yield Slip("materials-unseen", None, path, params)
        for step in given.get(material.code, ()):
            if seen and not seen & ways.after(step):
                late = {**params, "step": called(definition.elements[step])}
                yield Slip("material-unseen-later", None, path, late)


def _looks(manifest: Manifest, step: Element) -> bool:
    return step.properties.get("kind") in LOOKING and post_of(step, manifest.lanes) != APPLICANT


def _sees(manifest: Manifest, step: Element, form: Form | None, material: Requirement) -> bool:
    spec = manifest.steps[step.id]
    if material.code in spec.materials or (form and any(one.source == material.code for one in form.previews)):
        return True
    return any(material.name.zh in point.zh or material.name.en.lower() in point.en.lower() for point in spec.checklist)


def _handed_in(manifest: Manifest, definition: Definition, forms: Mapping[str, Form]) -> Mapping[str, Collection[str]]:
    """Material → the applicant's later steps in whose forms it is asked for."""
    found: dict[str, list[str]] = {}
    for step in _steps(definition, manifest):
        form = forms.get(step.form or "")
        if form is not None and post_of(step, manifest.lanes) == APPLICANT:
            for slot in form.file_slots:
                found.setdefault(slot.key or "", []).append(step.id)
    return found
