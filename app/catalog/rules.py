"""Whether an item's files fit together: item.yaml, the diagram and the forms, each naming what stands in another."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from app import engine
from app.catalog import approval, conditions, elimination, occasions, scenarios
from app.catalog.contents import Contents, read
from app.catalog.fields import TEXTS, Form
from app.catalog.findings import Report
from app.catalog.occasions import Slip
from app.catalog.types import APPLICANT, LIST_REASON, ON_LIST, Manifest, StepSpec, post_of
from app.catalog.ways import Regions
from app.engine import FOR_PEOPLE, Definition, Element, Finding

NEGATIVE = frozenset({"refuse", "reject", "deny", "revoke"})

_DAYS = re.compile(r"P([0-9]+)D", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checked:
    """What the files hold, and every finding about them, errors first."""

    contents: Contents
    findings: tuple[Finding, ...]
    definition: Definition | None = None
    """What is drawn; None where the diagram has errors, or item.yaml cannot be read."""
    proof: engine.Proof | None = None

    @property
    def refused(self) -> bool:
        """Whether there is an error."""
        return any(finding.severity == "error" for finding in self.findings)


def check(files: Mapping[str, bytes], operations: Collection[str] | None = None) -> Checked:
    """Check an item's files, whose paths begin with processes/ or forms/. Never raises on bad input.

    `operations` are the names that a service task may use; None takes any.
    """
    report = Report()
    contents = read(files, report)
    definition = proof = None
    if contents.diagrams:
        lanes = contents.manifest.lanes if contents.manifest else ()
        examined = engine.examine(contents.diagrams, operations, lanes)
        definition, proof = examined.definition, examined.proof
        report.findings.extend(examined.findings)
        if contents.manifest and definition:
            _Check(contents, contents.manifest, definition, report).run(proof.beside if proof else ())
    return Checked(contents, report.result(), definition, proof)


def _steps(definition: Definition) -> dict[str, Element]:
    """The steps that are drawn; one that only stands in for an answer to come has a colon in its id."""
    steps = (found for found in definition.elements.values() if found.type in FOR_PEOPLE)
    return {found.id: found for found in steps if ":" not in found.id}


class _Check:
    """The checks that need all three; each method is one question."""

    def __init__(self, contents: Contents, manifest: Manifest, definition: Definition, report: Report) -> None:
        self._contents, self._manifest, self._definition, self._report = contents, manifest, definition, report
        self._diagram = next(path for path, content in contents.diagrams.items() if content == definition.xml)
        self._elements = definition.elements
        self._steps = _steps(definition)

    def run(self, beside: Iterable[Regions] = ()) -> None:
        """Ask all questions. `beside`: what is under way at the same time."""
        self._uniform()
        self._limits()
        self._materials()
        self._posts()
        self._legs()
        for element, step in self._steps.items():
            if self._need(element, self._manifest.steps, "step-unnamed", step=element):
                self._step(step, self._manifest.steps[element])
        self._unknown(self._manifest.steps, self._steps, "step-unknown", "steps", "step")
        self._conditions()
        self._note(approval.check(self._manifest, self._definition, self._contents.forms, beside))
        self._labels()
        self._note(occasions.check(self._manifest, self._elements))
        self._forms()
        self._fields()
        self._note(_hand_outs(self._elements, self._steps, self._contents.forms))
        self._note(elimination.check(self._manifest, self._contents.forms, self._contents.form_files))
        self._note(scenarios.check(self._contents.scenarios, self._elements, self._contents.scenarios_file))

    def _in_manifest(self, rule_code: str, path: str, **params: object) -> None:
        self._report.add(rule_code, path, self._contents.manifest_file, **self._named(params))

    def _in_diagram(self, rule_code: str, element: str, **params: object) -> None:
        self._report.add(rule_code, element, self._diagram, **self._named(params))

    def _named(self, params: Mapping[str, object]) -> dict[str, object]:
        """Steps are told by their name and id."""
        step = self._steps.get(str(params.get("step", "")))
        return {**params, "step": approval.called(step)} if step else dict(params)

    def _need(self, element: str, named: Collection[str], rule_code: str, **params: str) -> bool:
        if (name := next(iter(params.values()))) not in named:
            self._in_diagram(rule_code, element, **params)
        return name in named

    def _unknown(self, named: Iterable[str], drawn: Collection[str], rule_code: str, path: str, what: str) -> None:
        for name in named:
            if name not in drawn:
                self._in_manifest(rule_code, f"{path}.{name}", **{what: name})

    def _uniform(self) -> None:
        """Of the eight uniform elements (八统一), those that item.yaml may leave out."""
        if self._manifest.main is None:
            self._in_manifest("no-main-item", "main")
        if "materials" not in self._contents.data:
            self._in_manifest("no-materials", "materials")
        if not self._manifest.guide:
            self._in_manifest("no-service-flow", "guide")

    def _limits(self) -> None:
        statutory, promised = self._manifest.limits.statutory, self._manifest.limits.promised
        if promised.days > statutory.days:
            self._in_manifest(
                "promise-too-long", "limits.promised.days", promised=promised.days, statutory=statutory.days
            )
        for kind, leg in self._manifest.legs.items():
            if leg.limit and leg.limit.days > promised.days:
                self._in_manifest(
                    "leg-too-long", f"legs.{kind}.limit.days", leg=kind, days=leg.limit.days, promised=promised.days
                )

    def _materials(self) -> None:
        codes = [material.code for material in self._manifest.materials]
        for number, code in enumerate(codes):
            if code in codes[:number]:
                self._in_manifest("material-twice", f"materials[{number + 1}].code", code=code)

    def _posts(self) -> None:
        """Lanes that are bound to a post; of what has none the diagram itself is asked (see post-missing, nobody)."""
        lanes = {element.lane for element in self._elements.values() if element.lane}
        self._unknown(self._manifest.lanes, lanes, "lane-unknown", "lanes", "lane")

    def _legs(self) -> None:
        drawn: dict[str, Element] = {}
        for element in self._elements.values():
            if kind := element.properties.get("leg"):
                self._need(element.id, self._manifest.legs, "leg-unnamed", leg=kind)
                if kind in drawn:
                    self._in_diagram("leg-twice", element.id, leg=kind)
                drawn[kind] = element
        self._unknown(self._manifest.legs, drawn, "leg-unknown", "legs", "leg")
        leads = sorted(kind for kind, element in drawn.items() if element.properties.get("lead") == "true")
        if drawn and not leads:
            self._in_diagram("no-lead", next(iter(drawn.values())).id, legs=", ".join(drawn))
        if len(leads) > 1:
            self._in_diagram("several-leads", drawn[leads[1]].id, legs=", ".join(leads))

    def _step(self, step: Element, spec: StepSpec) -> None:
        path = f"steps.{step.id}"
        if step.name and step.name != spec.name.zh:
            self._in_manifest("step-named-otherwise", f"{path}.name", drawn=step.name, named=spec.name.zh)
        offered = step.properties.get("outcomes", "").split()
        if not offered:
            self._in_diagram("no-outcome", step.id, step=step.id)
        for code in offered:
            if code not in spec.outcomes:
                self._in_diagram("outcome-unnamed", step.id, step=step.id, outcome=code)
        for code, outcome in spec.outcomes.items():
            if code not in offered:
                self._in_manifest("outcome-unknown", f"{path}.outcomes.{code}", step=step.id, outcome=code)
            if (code in NEGATIVE or outcome.style == "danger") and not outcome.requires_opinion:
                self._in_manifest("reason-not-asked", f"{path}.outcomes.{code}", step=step.id, outcome=code)
        self._lights(step, spec)

        listed = {material.code for material in self._manifest.materials}
        for code in spec.materials:
            if code not in listed:
                self._in_manifest("step-material-unknown", f"{path}.materials", step=step.id, material=code)

    def _lights(self, step: Element, spec: StepSpec) -> None:
        lights = {light.colour: light for light in self._definition.lights.get(step.id, ())}
        if lights and spec.limit:
            self._in_manifest("light-twice", f"steps.{step.id}.limit", step=step.id)
        if "red" not in lights and not spec.limit and post_of(step, self._manifest.lanes) != APPLICANT:
            self._in_diagram("no-red-light", step.id, step=step.id)
        if "yellow" in lights and "red" in lights and lights["yellow"].calendar == lights["red"].calendar:
            yellow, red = _DAYS.fullmatch(lights["yellow"].duration), _DAYS.fullmatch(lights["red"].duration)
            if yellow and red and int(yellow[1]) >= int(red[1]):
                self._in_diagram("yellow-not-before-red", lights["yellow"].id, step=step.id)

    def _conditions(self) -> None:
        """What expressions read: outcomes that are offered, and names that a step, form or the diagram itself gives."""
        known = {name for form in self._contents.forms.values() for name in form.variables}
        known |= {*self._steps, *self._definition.given}
        if self._manifest.elimination:
            known |= {ON_LIST, LIST_REASON}
        offered = conditions.choices(self._contents.forms, self._definition.given)
        self._note(conditions.check(self._definition.written, self._manifest, known, offered))

    def _labels(self) -> None:
        for what, named in (("milestone", self._manifest.milestones), ("result", self._manifest.results)):
            drawn = {found.properties[what]: found for found in self._elements.values() if what in found.properties}
            for value, element in drawn.items():
                self._need(element.id, named, f"{what}-unnamed", **{what: value})
            self._unknown(named, drawn, f"{what}-unknown", f"{what}s", what)

    def _forms(self) -> None:
        forms = self._contents.forms
        used = {step.form: step.id for step in self._steps.values() if step.form}
        for form, element in used.items():
            if form not in self._contents.form_files:
                self._in_diagram("form-unknown", element, form=form)
        start = self._manifest.applicant_form
        if start not in self._contents.form_files:
            self._in_manifest("form-unknown", "applicant_form", form=start)
        elif start in forms:
            for name in ("title_field", "applicant_field"):
                self._case_field(forms[start], name, getattr(self._manifest, name))
        for form, file in self._contents.form_files.items():
            if form not in used and form != start:
                self._report.add("form-unused", None, file, form=form)

    def _case_field(self, form: Form, name: str, key: str) -> None:
        found = form.variables.get(key)
        if found is None or found.type not in TEXTS or not found.rules.required:
            self._in_manifest("case-field-unknown", name, field=key)

    def _fields(self) -> None:
        """What forms write: no two the same name, none that a step's outcome has; files are materials."""
        materials = {material.code for material in self._manifest.materials}
        home: dict[str, str] = {}
        for name, form in self._contents.forms.items():
            file = self._contents.form_files[name]
            for key in form.variables:
                if key in self._steps:
                    self._report.add("field-like-step", key, file, field=key)
                if key in home:
                    self._report.add("field-twice-in-item", key, file, field=key, first=home[key], second=name)
                home.setdefault(key, name)
            for slot in form.file_slots:
                if slot.key and slot.key not in materials:
                    self._report.add("file-slot-unknown", slot.key, file, key=slot.key)
            for preview in form.previews:
                if preview.source not in materials:
                    self._report.add("preview-unknown", preview.id, file, key=preview.source[:100])

    def _note(self, slips: Iterable[Slip]) -> None:
        for slip in slips:
            if slip.file:
                self._report.add(slip.code, slip.element, slip.file, **slip.params)
            elif slip.element is None:
                self._in_manifest(slip.code, slip.path, **slip.params)
            else:
                self._in_diagram(slip.code, slip.element, **slip.params)


def _hand_outs(
    elements: Mapping[str, Element], steps: Mapping[str, Element], forms: Mapping[str, Form]
) -> Iterator[Slip]:
    """What a part of the diagram hands out is set inside it: by a step, its form, or a script."""
    for element in elements.values():
        parts = [part for part in elements.values() if _is_inside(elements, part, element.id)]
        if any(part.type in {"scriptTask", "businessRuleTask"} for part in parts):
            continue
        inside = [part for part in parts if part.id in steps]
        filled = [form for step in inside if (form := forms.get(step.form or ""))]
        given = {step.id for step in inside}.union(*(form.variables for form in filled))
        for name in element.properties.get("hands-out", "").split():
            if name not in given:
                yield Slip("hand-out-unknown", element.id, "", {"part": element.id, "name": name})


def _is_inside(elements: Mapping[str, Element], step: Element, part: str) -> bool:
    at: str | None = step.id
    while at is not None and at != part:
        at = elements[at].scope if at in elements else None
    return at == part
