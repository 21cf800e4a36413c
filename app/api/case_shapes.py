"""What the API shows of a case."""

from typing import Any
from uuid import UUID

from flask_babel import gettext
from marshmallow import fields

from app.api.notices import NoticeShape, said
from app.api.shapes import Names, Shape, instant
from app.cases.models import Case
from app.cases.types import Status
from app.cases.views import ClockLedger, Opinion, Overview
from app.deadlines.types import LedgerLine
from app.materials.models import Material
from app.notices.documents import title_of
from app.notices.models import Document

LIGHTS = ("green", "yellow", "red")


class CaseShape(Shape):
    """A case. It has a code from the moment it was submitted; a draft is named by its id."""

    id = fields.UUID()
    tenant = fields.String()
    code = fields.String(allow_none=True, metadata={"description": "Supervision code (服务监管码)."})
    item = fields.String()
    item_version = fields.Integer()
    status = fields.String(metadata={"enum": list(Status)})
    title = fields.String()
    applicant = fields.String()
    applicant_id = fields.UUID(allow_none=True)
    channel = fields.String(metadata={"enum": ["online", "window"]})
    received_in = fields.String(
        allow_none=True, metadata={"description": "The jurisdiction whose window received it; `tenant` handles it."}
    )
    received_at = instant()
    accepted_at = instant(null=True)
    deemed_at = instant(null=True, description="When it counted as accepted for want of an answer (Art. 32).")
    decided_at = instant(null=True)
    concluded_at = instant(null=True)
    delivered_at = instant(null=True)
    result = fields.String(allow_none=True, metadata={"description": "What the diagram's end event says."})
    revoked_at = instant(null=True, description="When what was granted was revoked (Art. 69).")
    version = fields.Integer()


class CaseRowShape(CaseShape):
    """A case in a list."""

    light = fields.String(metadata={"enum": list(LIGHTS), "description": "The worst of its running limits."})
    due_at = instant(null=True, description="When the decision is promised.")


class StepShape(Shape):
    """A step, as it stands in a queue: the most urgent come first."""

    id = fields.UUID()
    tenant = fields.String()
    case_id = fields.UUID()
    case_code = fields.String(metadata={"description": "Supervision code of its case."})
    item = fields.String()
    title = fields.String()
    applicant = fields.String()
    element = fields.String(metadata={"description": "Its id in the diagram."})
    kind = fields.String()
    post = fields.String(allow_none=True, metadata={"description": "Null: it is the applicant's."})
    state = fields.String(metadata={"enum": ["open", "claimed", "done", "cancelled"]})
    opened_at = instant()
    due_at = instant(null=True)
    claimed_by = fields.UUID(allow_none=True)
    claimed_at = instant(null=True)
    closed_at = instant(null=True)
    outcome = fields.String(allow_none=True)
    version = fields.Integer()


class LegShape(Shape):
    """One department's part."""

    id = fields.UUID()
    element = fields.String()
    kind = fields.String()
    is_lead = fields.Boolean()
    opened_at = instant()
    closed_at = instant(null=True)


class ClockShape(Shape):
    """A limit that runs or ran."""

    id = fields.UUID()
    level = fields.String(metadata={"enum": ["step", "leg", "case"]})
    basis = fields.String(metadata={"enum": ["step", "promised", "statutory"]})
    subject = fields.UUID(metadata={"description": "The step, leg or case."})
    element = fields.String(allow_none=True)
    calendar = fields.String()
    counting = fields.String(metadata={"enum": ["working", "civil"]})
    started_at = instant()
    yellow = fields.String(allow_none=True, metadata={"description": "Threshold: P3D, -P1D or 20%."})
    red = fields.String(allow_none=True, metadata={"description": "Limit, ISO 8601."})
    yellow_at = instant(null=True)
    red_at = instant(null=True)
    provisional = fields.Boolean(metadata={"description": "A year not announced yet decided a date."})
    light = fields.String(metadata={"enum": list(LIGHTS)})
    stopped_at = instant(null=True)


class SpanShape(Shape):
    """Time that is not counted (Art. 45, or a supplement)."""

    id = fields.UUID()
    leg_id = fields.UUID(allow_none=True)
    reason = fields.String()
    announced = fields.String(allow_none=True, metadata={"description": "Its length as told in writing, ISO 8601."})
    opened_at = instant()
    closed_at = instant(null=True)


class ExtensionShape(Shape):
    """Days added to a limit (Art. 42)."""

    id = fields.UUID()
    basis = fields.String()
    days = fields.Integer()
    reason = fields.String()
    granted_at = instant()


class FlipShape(Shape):
    """A light that was raised."""

    id = fields.UUID()
    clock_id = fields.UUID()
    colour = fields.String(metadata={"enum": ["yellow", "red"]})
    became_at = instant(description="When the limit passed.")
    noticed_at = instant(description="When the office noticed.")
    superseded_at = instant(null=True, description="When it was no longer true: the limit had moved.")
    superseded_because = fields.String(allow_none=True)


class MaterialShape(Shape):
    """A file that was handed in."""

    id = fields.UUID()
    requirement = fields.String(metadata={"description": "Code of the material in the item."})
    filename = fields.String()
    media_type = fields.String()
    size = fields.Integer(metadata={"description": "Bytes."})
    sha256 = fields.String()
    grade = fields.String(metadata={"enum": ["A", "B", "C", "D"]})
    uploaded_at = instant()
    replaced_at = instant(null=True)


class DocumentShape(Shape):
    """A document that the office issued."""

    id = fields.UUID()
    kind = fields.String()
    title = fields.Nested(Names)
    number = fields.String()
    verification_code = fields.String(metadata={"description": "By it anybody can verify the document."})
    sha256 = fields.String()
    size = fields.Integer()
    issued_at = instant()
    revoked_at = instant(null=True)
    revoked_by = fields.UUID(allow_none=True, metadata={"description": "The document by which it was revoked."})


class OpinionShape(Shape):
    """What was said in a step that is done."""

    step_id = fields.UUID()
    element = fields.String()
    name = fields.Nested(Names)
    by = fields.String()
    at = instant(null=True)
    outcome = fields.String(allow_none=True)
    outcome_name = fields.Nested(Names, allow_none=True)
    opinion = fields.String()
    data = fields.Dict(keys=fields.String(), metadata={"description": "The form's fields as entered."})


class AwaitedShape(Shape):
    """A message or signal that a case waits for."""

    kind = fields.String(metadata={"enum": ["message", "signal"]})
    name = fields.String(metadata={"description": "As it is called in the diagram."})
    element = fields.String(metadata={"description": "What waits for it, by its id in the diagram."})
    brings = fields.Dict(
        keys=fields.String(),
        values=fields.String(metadata={"enum": ["", "text", "number", "boolean"]}),
        metadata={
            "description": "The variables that it sets, and the kind of each; empty: any.",
            "example": {"verdict": "text"},
        },
    )


class CaseDetailShape(CaseRowShape):
    """All that one may see of a case."""

    item_name = fields.Nested(Names)
    application = fields.Dict(keys=fields.String(), metadata={"description": "What the applicant entered."})
    steps = fields.List(fields.Nested(StepShape))
    legs = fields.List(fields.Nested(LegShape))
    clocks = fields.List(fields.Nested(ClockShape))
    spans = fields.List(fields.Nested(SpanShape))
    extensions = fields.List(fields.Nested(ExtensionShape))
    flips = fields.List(fields.Nested(FlipShape))
    materials = fields.List(fields.Nested(MaterialShape))
    documents = fields.List(fields.Nested(DocumentShape))
    opinions = fields.List(fields.Nested(OpinionShape))
    refusal = fields.Raw(
        allow_none=True,
        metadata={
            "description": "Why it was not accepted, or was denied: a text, or one in both languages.",
            "oneOf": [{"type": "string"}, {"type": "object", "required": ["zh", "en"]}, {"type": "null"}],
        },
    )
    respond_by = instant(null=True, description="When what waits for the applicant is taken away.")
    notices = fields.List(fields.Nested(NoticeShape))
    awaited = fields.List(
        fields.Nested(AwaitedShape),
        metadata={"description": "What may be delivered to it from outside, to those of the office that handles it."},
    )


class HistoryLineShape(Shape):
    """One line of the record."""

    seq = fields.Integer()
    at = instant()
    actor = fields.String(metadata={"description": "Username, or the machine that acted."})
    actor_name = fields.String()
    tag = fields.String(metadata={"description": "source:subject:action"})
    data = fields.Dict(keys=fields.String())


class DayShape(Shape):
    """One day in the record of a clock's time."""

    day = fields.Date()
    counted = fields.Boolean()
    why = fields.String(metadata={"description": "In the reader's language."})
    code = fields.String(metadata={"description": "The same for programs."})
    note = fields.String(metadata={"description": "The holiday, or the reason of the exclusion."})
    amount = fields.Integer()
    total = fields.Integer()
    unit = fields.String(metadata={"enum": ["days", "seconds"]})
    marks = fields.List(fields.String(), metadata={"description": "Lights that turn on this day; `stopped`."})
    provisional = fields.Boolean()


class ClockLedgerShape(Shape):
    """A clock with the days that it counted and those that it did not, and why."""

    clock = fields.Nested(ClockShape)
    days = fields.List(fields.Nested(DayShape))


class MarkShape(Shape):
    """How an element of the diagram is to be drawn."""

    state = fields.String(allow_none=True, metadata={"enum": ["active", "done", "cancelled", None]})
    count = fields.Integer(metadata={"description": "How often it was completed."})
    light = fields.String(allow_none=True, metadata={"enum": [*LIGHTS, None]})
    since = instant(null=True)
    who = fields.String(allow_none=True)


def material(row: Material) -> dict[str, Any]:
    """A file as MaterialShape."""
    return MaterialShape.of(row, sha256=row.sha256.hex())


def document(row: Document) -> dict[str, Any]:
    """A document as DocumentShape."""
    return DocumentShape.of(row, title=title_of(row), sha256=row.sha256.hex())


def opinion(found: Opinion) -> dict[str, Any]:
    """What was said as OpinionShape."""
    return OpinionShape.of(
        found,
        step_id=found.step.id,
        element=found.step.element,
        at=found.step.closed_at,
        outcome=found.step.outcome,
        outcome_name=found.outcome.name if found.outcome else None,
    )


def detail(view: Overview) -> dict[str, Any]:
    """A case as CaseDetailShape."""
    running = [clock for clock in view.clocks if clock.stopped_at is None]
    promised = [clock.red_at for clock in view.clocks if clock.level == "case" and clock.basis == "promised"]
    return CaseDetailShape.of(
        view.case,
        light=max((clock.light for clock in running), key=LIGHTS.index, default="green"),
        due_at=promised[0] if promised else None,
        item_name=view.item.manifest.name,
        application=view.application,
        steps=list(map(StepShape.of, view.steps)),
        legs=list(map(LegShape.of, view.legs)),
        clocks=list(map(ClockShape.of, view.clocks)),
        spans=list(map(SpanShape.of, view.spans)),
        extensions=list(map(ExtensionShape.of, view.extensions)),
        flips=list(map(FlipShape.of, view.flips)),
        materials=list(map(material, view.materials)),
        documents=list(map(document, view.documents)),
        opinions=list(map(opinion, view.opinions)),
        refusal=view.refusal,
        respond_by=view.respond_by,
        notices=list(map(said, view.notices)),
        awaited=list(map(AwaitedShape.of, view.awaited)),
    )


def clock_ledger(found: ClockLedger) -> dict[str, Any]:
    """A clock's days as ClockLedgerShape."""
    return {"clock": ClockShape.of(found.clock), "days": list(map(_day, found.lines))}


def _day(line: LedgerLine) -> dict[str, Any]:
    note = gettext(line.note) if line.note else ""
    return DayShape.of(line, why=gettext(line.why), code=line.why.name.lower().replace("_", "-"), note=note)


def key_of(case: Case) -> str | UUID:
    """What names a case in an address."""
    return case.code or case.id
