"""What pages and the API show of a case: plain values, put together by queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.cases.models import Case, Leg
from app.catalog.forms import Form
from app.catalog.types import Outcome, Requirement, ServiceItem, Wording
from app.deadlines.models import CaseClock, ExcludedSpan, Extension, Flip
from app.deadlines.types import Clock, LedgerLine
from app.engine import Awaited
from app.inbox.models import Step
from app.materials.models import Material
from app.notices.models import Document, Notice


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was said when a step was done. `data` are the fields of its form as entered."""

    step: Step
    name: Wording
    by: str
    outcome: Outcome | None
    opinion: str
    data: Mapping[str, Any]
    form: Form | None


@dataclass(frozen=True, slots=True)
class Overview:
    """The case page: everything that its reader may see of one case.

    `refusal`: why it was not accepted or was denied (Art. 38), in a person's words or the list's. `respond_by`: by when
    the applicant has to answer what was asked, before the case moves on without them.
    """

    case: Case
    item: ServiceItem
    application: Mapping[str, Any]
    steps: Sequence[Step]
    people: Mapping[UUID, str]
    legs: Sequence[Leg]
    clocks: Sequence[CaseClock]
    spans: Sequence[ExcludedSpan]
    extensions: Sequence[Extension]
    flips: Sequence[Flip]
    materials: Sequence[Material]
    documents: Sequence[Document]
    notices: Sequence[Notice]
    opinions: Sequence[Opinion]
    refusal: Wording | str | None
    result: str | None
    respond_by: datetime | None
    awaited: Sequence[Awaited]


@dataclass(frozen=True, slots=True)
class StepView:
    """The task page: what a person needs to do one step. `values`: what the form begins with; `reports`: what may
    be reported instead of an outcome, by the event that catches it; `listed`: why the elimination list has what is
    applied for, where it has."""

    step: Step
    case: Case
    item: ServiceItem
    name: Wording
    form: Form | None
    values: Mapping[str, Any]
    outcomes: Sequence[Outcome]
    reports: Mapping[str, Outcome]
    checklist: Sequence[Wording]
    clock: CaseClock | None
    application: Mapping[str, Any]
    materials: Sequence[Material]
    requirements: Sequence[Requirement]
    opinions: Sequence[Opinion]
    listed: Wording | None

    @property
    def asked(self) -> Opinion | None:
        """What an applicant answers with this step: what the office said last before it, in the same part."""
        said = [
            one
            for one in self.opinions
            if one.step.post is not None and one.step.leg_id == self.step.leg_id and _before(one.step, self.step)
        ]
        return max(said, key=lambda one: (one.step.closed_at, one.step.id), default=None)


def _before(step: Step, later: Step) -> bool:
    return step.closed_at is not None and step.closed_at <= later.opened_at


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a case's record, with its actor's name."""

    seq: int
    at: datetime
    actor: str
    actor_name: str
    tag: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClockLedger:
    """One clock of a case and the days that it counted, line by line."""

    clock: Clock
    lines: Sequence[LedgerLine]


@dataclass(frozen=True, slots=True)
class Standstill:
    """Why a clock stands still, and until when as announced."""

    reason: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class PublicView:
    """What anybody with the supervision code may know: no name, no number, no content.

    `deemed`: it counts as accepted because nobody answered in time (Art. 32). `respond_by` as on the case page; at it
    the application lapses, if `lapses`.
    """

    code: str
    item: Wording
    status: str
    result: str | None
    results: Mapping[str, Wording]
    milestones: Mapping[str, datetime | None]
    due_at: datetime | None
    light: str
    standstills: Sequence[Standstill]
    respond_by: datetime | None
    lapses: bool
    deemed: bool
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list; `light` is the worst of its running clocks, `own_light` of those of the case as a whole."""

    case: Case
    light: str
    own_light: str
    due_at: datetime | None
