"""A service item as its office publishes it: what item.yaml says, in values that do not change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from app.engine import Definition, Element

if TYPE_CHECKING:
    from app.catalog.fields import Form

Kind = Literal["instant", "promised", "referred-up"]
Counting = Literal["working", "civil"]
Style = Literal["default", "primary", "danger"]
Grade = Literal["A", "B", "C", "D"]
Reception = Literal["here", "anywhere"]
Audience = Literal["person", "organisation"]
CaseBasis = Literal["statutory", "promised"]

APPLICANT = "applicant"
"""The reserved post code: whoever the case's applicant is."""

OCCASIONS = frozenset({"receipt", "special", "extend", "delivery", "revoke"})
"""Documents that no outcome of a step calls for: each is made when its moment comes."""

ON_LIST, LIST_REASON = "on_elimination_list", "elimination_reason"
"""The variables that are set at submission where the item has an elimination list."""


class Wording(dict[str, str]):
    """A text in both languages; JSON as it stands: {"zh": …, "en": …}. Nobody changes it."""

    __slots__ = ()

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh=zh, en=en)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash((self.zh, self.en))

    @property
    def zh(self) -> str:
        """The Chinese text."""
        return self["zh"]

    @property
    def en(self) -> str:
        """The English text."""
        return self["en"]

    def in_language(self, language: str) -> str:
        """The text for a locale such as zh_CN or en."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class Basis:
    """One piece of legal basis."""

    law: Wording
    article: str
    text: Wording


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit in days, counted as its owner says.

    `yellow` is a threshold as a clock takes it: “P3D” after the start, “-P1D” before the limit, “20%” of it left.
    """

    days: int
    source: str | None = None
    illustrative: bool = False
    yellow: str | None = None

    @property
    def duration(self) -> str:
        """ISO 8601."""
        return f"P{self.days}D"


@dataclass(frozen=True, slots=True)
class Limits:
    """The two limits of a case: by law, and as promised. The promise is never longer than the law allows."""

    statutory: Limit
    promised: Limit


@dataclass(frozen=True, slots=True)
class MainItem:
    """The main item (主项) that an item is a sub-item (子项) of. Sub-items of one code give it the same name."""

    code: str
    name: Wording


@dataclass(frozen=True, slots=True)
class Requirement:
    """A material that the item asks for. One that is not `key` may follow after conditional acceptance (容缺受理)."""

    code: str
    name: Wording
    required: bool
    key: bool
    grade: Grade
    formats: tuple[str, ...]
    max_size_mb: int
    copies: int
    sample: str | None = None
    note: Wording | None = None


@dataclass(frozen=True, slots=True)
class Fees:
    """What the applicant pays."""

    charged: bool
    source: str
    text: Wording | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the guide for applicants."""

    title: Wording
    text: Wording


@dataclass(frozen=True, slots=True)
class LegSpec:
    """One department's part of a parallel approval; `limit` runs from the leg's opening to its close."""

    name: Wording
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to complete a step. `requires_form`: the step's form must be complete, not only free of faults."""

    code: str
    name: Wording
    style: Style = "default"
    requires_opinion: bool = False
    requires_form: bool = True


@dataclass(frozen=True, slots=True)
class StepSpec:
    """What the manifest says about one step of the diagram. `limit`: only where the diagram has no light for it.

    `materials`: the codes of those that are looked at in it.
    """

    name: Wording
    outcomes: Mapping[str, Outcome]
    checklist: tuple[Wording, ...] = ()
    limit: Limit | None = None
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """A document that the office issues at an outcome; `valid` is how long it holds, ISO 8601."""

    name: Wording
    valid: str | None = None


@dataclass(frozen=True, slots=True)
class EliminationEntry:
    """What is no longer licensed, and why: `value` is an answer to the field that the list is about."""

    value: str
    name: Wording
    reason: Wording


@dataclass(frozen=True, slots=True)
class Elimination:
    """The elimination list (淘汰目录): an application whose `field` is answered by one of its entries is on it."""

    field: str
    entries: tuple[EliminationEntry, ...]
    source: str | None = None
    illustrative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What item.yaml says. `number` is the item's public code, by the pattern of the office (GB/T 39554.1-like).

    `drawn`: what else is written in the diagram, by its text or its element, and how it reads in English.
    `audience`: who may apply (服务对象); not said, both. `is_licence`: a licence by the Licensing Law; other matters
    follow that law by analogy, and their documents say so.
    """

    code: str
    number: str | None = None
    main: MainItem | None = None
    name: Wording
    summary: Wording
    kind: Kind
    audience: tuple[Audience, ...] = ()
    level: tuple[Wording, ...]
    departments: tuple[Wording, ...]
    basis: tuple[Basis, ...]
    calendar: str
    counting: Counting = "working"
    limits: Limits
    conditions: tuple[Wording, ...] = ()
    materials: tuple[Requirement, ...] = ()
    fees: Fees
    guide: tuple[Section, ...] = ()
    lanes: Mapping[str, str] = field(default_factory=dict)
    legs: Mapping[str, LegSpec] = field(default_factory=dict)
    applicant_form: str
    title_field: str
    applicant_field: str
    steps: Mapping[str, StepSpec]
    milestones: Mapping[str, Wording] = field(default_factory=dict)
    results: Mapping[str, Wording] = field(default_factory=dict)
    drawn: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, DocumentSpec] = field(default_factory=dict)
    reception: Reception = "here"
    is_licence: bool = True
    elimination: Elimination | None = None

    def requirement(self, code: str) -> Requirement | None:
        """The material with this code."""
        return next((found for found in self.materials if found.code == code), None)


@dataclass(frozen=True, kw_only=True)
class ServiceItem:
    """One published version of an item, ready to run cases: manifest, diagram and forms together. Immutable."""

    code: str
    version: int
    digest: str
    manifest: Manifest
    definition: Definition
    forms: Mapping[str, "Form"]

    @property
    def calendar(self) -> str:
        """The code of the calendar on which its limits are counted."""
        return self.manifest.calendar

    @property
    def materials(self) -> tuple[Requirement, ...]:
        """What it asks for."""
        return self.manifest.materials

    @property
    def documents(self) -> Mapping[str, DocumentSpec]:
        """What is issued, by the outcome or the occasion at which it is."""
        return self.manifest.documents

    @property
    def name_in_both(self) -> Wording:
        """Its name."""
        return self.manifest.name

    @property
    def applicant_form(self) -> "Form":
        """What the applicant fills in."""
        return self.forms[self.manifest.applicant_form]

    @property
    def steps(self) -> Mapping[str, StepSpec]:
        """What is said about each step, by its element."""
        return self.manifest.steps

    def case_limits(self) -> Mapping[CaseBasis, Limit]:
        """The limits of the whole case, which run from acceptance."""
        return {"statutory": self.manifest.limits.statutory, "promised": self.manifest.limits.promised}

    def leg_limit(self, kind: str) -> Limit | None:
        """The limit of a leg, if it has one."""
        leg = self.manifest.legs.get(kind)
        return leg.limit if leg else None

    def leg_name(self, kind: str) -> Wording:
        """The name of a leg."""
        leg = self.manifest.legs.get(kind)
        return leg.name if leg else Wording(kind, kind)

    def step_limit(self, element: str) -> Limit | None:
        """The limit of a step that has no light in the diagram."""
        step = self.steps.get(element)
        return step.limit if step else None

    def step_name(self, element: str) -> Wording:
        """The name of a step, or of whatever else is drawn."""
        if step := self.steps.get(element):
            return step.name
        drawn = self.definition.elements.get(element)
        if drawn is not None and (kind := drawn.properties.get("leg")):
            return self.leg_name(kind)
        return self.wording(drawn.name if drawn and drawn.name else element)

    def wording(self, drawn: str) -> Wording:
        """What is written in the diagram, in English as far as item.yaml says it."""
        return Wording(drawn, self.manifest.drawn.get(drawn, drawn))

    @cached_property
    def english(self) -> Mapping[str, str]:
        """What is written in the diagram, in English: of steps and legs by their element, else by the text as drawn."""
        named = [self.manifest.name, *self.manifest.departments, *self.manifest.milestones.values()]
        named += [*self.manifest.results.values(), *(leg.name for leg in self.manifest.legs.values())]
        named += [step.name for step in self.steps.values()]
        named += [outcome.name for step in self.steps.values() for outcome in step.outcomes.values()]
        legs = [drawn.id for drawn in self.definition.elements.values() if "leg" in drawn.properties]
        by_text = {name.zh: name.en for name in named} | dict(self.manifest.drawn)
        return by_text | {element: self.step_name(element).en for element in (*legs, *self.steps)}

    def outcomes(self, element: str) -> Mapping[str, Outcome]:
        """How a step can be completed, by code, in the order in which they are offered."""
        step = self.steps.get(element)
        return step.outcomes if step else {}

    def reports(self, element: str) -> Mapping[str, Outcome]:
        """What whoever does a step may report instead, by the event of the diagram that catches it."""
        return {event: self._report(name) for event, name in self.definition.reports.get(element, {}).items()}

    def came_of(self, element: str, outcome: str | None) -> Outcome | None:
        """How a step was left: one of its outcomes, or what was reported."""
        return self.outcomes(element).get(outcome or "") or self.reports(element).get(outcome or "")

    def _report(self, name: str) -> Outcome:
        return Outcome(name, self.wording(name), "danger", requires_opinion=True)

    def form_of(self, element: str) -> "Form | None":
        """The form of a step."""
        drawn = self.definition.elements.get(element)
        return self.forms.get(drawn.form) if drawn and drawn.form else None

    def post_of(self, element: str) -> str | None:
        """The code of the post that does a step; `APPLICANT` for the applicant's own."""
        drawn = self.definition.elements.get(element)
        return post_of(drawn, self.manifest.lanes) if drawn else None

    def ends_step(self, timer: str) -> bool:
        """Whether a timer of the diagram takes away the step that it hangs on."""
        drawn = self.definition.elements.get(timer)
        return drawn is not None and drawn.attached_to is not None and drawn.interrupting

    def lapses(self, step: str) -> bool:
        """Whether a case lapses by a timer that takes this step away."""
        timers = [drawn.id for drawn in self.definition.elements.values() if drawn.attached_to == step]
        return any(self.ends_step(timer) and self.definition.leads_to(timer, "lapsed") for timer in timers)

    @cached_property
    def lead_post(self) -> str | None:
        """The post that answers for the case: of the leading leg, or else of the step that decides, or of the first."""
        steps = [element for element in self.definition.elements.values() if element.id in self.steps]
        lead = {found.id for found in self.definition.elements.values() if found.properties.get("lead") == "true"}
        leading = [step for step in steps if step.scope in lead or step.id in lead]
        deciding = [step for step in steps if step.properties.get("kind") == "decide"]
        posts = [self.post_of(step.id) for step in [*leading, *deciding, *steps]]
        return next((post for post in posts if post and post != APPLICANT), None)


def post_of(drawn: Element, lanes: Mapping[str, str]) -> str | None:
    """The post of an element: its own, its lane's in the diagram, or its lane's in item.yaml."""
    return drawn.properties.get("post") or drawn.lane_properties.get("post") or lanes.get(drawn.lane or "")
