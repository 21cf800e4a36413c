"""A service item as its office publishes it: what item.yaml says, in values that do not change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["instant", "promised", "referred-up"]
Counting = Literal["working", "civil"]
Style = Literal["default", "primary", "danger"]
Grade = Literal["A", "B", "C", "D"]

APPLICANT = "applicant"
"""The reserved post code: whoever the case's applicant is."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in both languages."""

    zh: str
    en: str

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
    """What the manifest says about one step of the diagram. `limit`: only where the diagram has no light for it."""

    name: Wording
    outcomes: Mapping[str, Outcome]
    checklist: tuple[Wording, ...] = ()
    limit: Limit | None = None


@dataclass(frozen=True, slots=True)
class DocumentSpec:
    """A document that the office issues at an outcome; `valid` is how long it holds, ISO 8601."""

    name: Wording
    valid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What item.yaml says."""

    code: str
    name: Wording
    summary: Wording
    kind: Kind
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
    documents: Mapping[str, DocumentSpec] = field(default_factory=dict)

    def requirement(self, code: str) -> Requirement | None:
        """The material with this code."""
        return next((found for found in self.materials if found.code == code), None)
