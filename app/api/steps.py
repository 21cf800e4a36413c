"""Steps: the queues of posts, claiming, releasing, completing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields
from sqlalchemy import select

from app import edge
from app.api.answers import answer
from app.api.case_shapes import LIGHTS, MaterialShape, OpinionShape, StepShape, material, opinion
from app.api.description import Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once
from app.api.pagination import PageQuery, paged, place
from app.api.shapes import Body, Names, Shape, instant, page_of, text
from app.cases import operations as cases
from app.cases import queries as case_queries
from app.cases import reception
from app.inbox import operations, queries
from app.inbox.models import Step
from app.inbox.queries import Cursor, QueueFilter
from app.kernel.errors import DomainError

room = Room("steps", "Work that waits for somebody: the queues of one's posts, and what an applicant has to do.")


class StepQuery(PageQuery):
    """What of the queue is wanted."""

    mine = fields.Boolean(load_default=False, metadata={"description": "Only what the caller has claimed."})
    unclaimed = fields.Boolean(load_default=False, metadata={"description": "Only what nobody has claimed."})
    item = text(most=100, load_default=None, metadata={"description": "Code of the item."})
    element = text(most=100, load_default=None, metadata={"description": "Id of the step in the diagram."})
    q = text(most=100, load_default=None, metadata={"description": "Part of title or applicant, or a code."})


class OutcomeShape(Shape):
    """One way to complete a step."""

    code = fields.String()
    name = fields.Nested(Names)
    style = fields.String(metadata={"enum": ["default", "primary", "danger"]})
    requires_opinion = fields.Boolean()
    requires_form = fields.Boolean(metadata={"description": "The form must be complete, not only free of faults."})


class HeldShape(Shape):
    """A step whose claim changed."""

    id = fields.UUID()
    case_id = fields.UUID()
    element = fields.String()
    state = fields.String(metadata={"enum": ["open", "claimed"]})
    version = fields.Integer()


class CountsShape(Shape):
    """How many live steps one's queue holds."""

    open = fields.Integer(metadata={"description": "Claimed by nobody."})
    mine = fields.Integer(metadata={"description": "Claimed by the caller."})


class StepViewShape(StepShape):
    """What one needs to do a step."""

    name = fields.Nested(Names)
    light = fields.String(metadata={"enum": list(LIGHTS)})
    yellow_at = instant(null=True)
    form = fields.Dict(keys=fields.String(), allow_none=True, metadata={"description": "form-js JSON."})
    values = fields.Dict(keys=fields.String(), metadata={"description": "What the form begins with."})
    outcomes = fields.List(fields.Nested(OutcomeShape))
    checklist = fields.List(fields.Nested(Names))
    application = fields.Dict(keys=fields.String(), metadata={"description": "What the applicant entered."})
    materials = fields.List(fields.Nested(MaterialShape))
    opinions = fields.List(fields.Nested(OpinionShape))
    listed = fields.Nested(
        Names,
        allow_none=True,
        metadata={"description": "Why the elimination list has what is applied for; null: it has not."},
    )


class CompletionBody(Body):
    """How a step is completed."""

    outcome = text(most=100, load_default=None, allow_none=True)
    data = fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": "The form's fields."})
    opinion = text(least=0, most=10_000, load_default="")


class CompletedShape(Shape):
    """What completing a step led to."""

    case_id = fields.UUID()
    case_code = fields.String()
    step_id = fields.UUID()
    opened = fields.List(fields.UUID(), metadata={"description": "Steps that opened."})
    ended = fields.Boolean(metadata={"description": "Whether the case has ended."})
    at = instant()


@room.route("/steps")
@edge.guarded("step.read")
@room.arguments(StepQuery, location="query")
@room.response(200, page_of(StepShape))
def queue(wanted: dict[str, Any]) -> Response:
    """One's queue, the most urgent first."""
    narrowed = QueueFilter(wanted["mine"], wanted["unclaimed"], wanted["item"], wanted["element"], wanted["q"])
    found = place(wanted["cursor"])
    after = Cursor(_instant(found[0]), UUID(found[1])) if found else None
    steps, following = queries.queue(edge.session(), edge.actor(), narrowed, wanted["limit"], after)
    return paged(map(StepShape.of, steps), (following.due_at, following.id) if following else None)


@room.route("/steps/for-applicants")
@edge.guarded("case.receive")
@room.arguments(PageQuery, location="query")
@room.response(200, page_of(StepShape))
def for_applicants(wanted: dict[str, Any]) -> Response:
    """What waits for applicants whom the caller's window received, whichever jurisdiction handles their case.

    The window reads and completes such a step for an applicant who came in person.
    """
    found = place(wanted["cursor"])
    after = Cursor(_instant(found[0]), UUID(found[1])) if found else None
    steps, following = reception.waiting(edge.session(), edge.actor(), wanted["limit"], after)
    shown = [StepShape.of(found.step) for found in steps]
    return paged(shown, (following.due_at, following.id) if following else None)


@room.route("/steps/counts")
@edge.guarded("step.read")
@room.response(200, CountsShape)
def counts() -> Response:
    """How much waits in one's queue."""
    found = queries.counts(edge.session(), edge.actor())
    return listed({"open": found.open, "mine": found.mine})


@room.route("/steps/<uuid:step_id>")
@edge.guarded("step.read")
@room.response(200, StepViewShape)
def step(step_id: UUID) -> Response:
    """Everything that one needs to do a step of one's own posts."""
    view = case_queries.step_view(edge.session(), edge.actor(), step_id)
    return versioned(
        StepViewShape.of(
            view,
            **StepShape.of(view.step),
            light=view.clock.light if view.clock else "green",
            yellow_at=view.clock.yellow_at if view.clock else None,
            form=view.form.schema if view.form else None,
            materials=list(map(material, view.materials)),
            opinions=list(map(opinion, view.opinions)),
        )
    )


@room.route("/steps/<uuid:step_id>/claim", methods=["POST"])
@edge.guarded("step.claim")
@once
@if_match(required=False)
@room.response(200, HeldShape)
def claim(step_id: UUID, version: int | None) -> Response:
    """Take a step from the queue. The first one wins."""
    with refusals_of(step_id):
        return _held(operations.claim(edge.session(), edge.actor(), step_id, edge.now(), version), "claimed")


@room.route("/steps/<uuid:step_id>/release", methods=["POST"])
@edge.guarded("step.release")
@once
@if_match(required=False)
@room.response(200, HeldShape)
def release(step_id: UUID, version: int | None) -> Response:
    """Give a claimed step back to its queue."""
    with refusals_of(step_id):
        return _held(operations.release(edge.session(), edge.actor(), step_id, edge.now(), version), "open")


@room.route("/steps/<uuid:step_id>/complete", methods=["POST"])
@edge.guarded("step.complete")
@once
@if_match(required=True)
@room.arguments(CompletionBody)
@room.response(200, CompletedShape)
def complete(body: dict[str, Any], step_id: UUID, version: int | None) -> Response:
    """Do a step: the case moves on."""
    with refusals_of(step_id):
        done = cases.complete_step(
            edge.session(),
            edge.actor(),
            step_id,
            outcome=body["outcome"],
            data=body["data"],
            opinion=body["opinion"],
            now=edge.now(),
            version=version,
        )
    return answer(CompletedShape.of(done))


@contextmanager
def refusals_of(step_id: UUID) -> Iterator[None]:
    """What is refused inside is kept in the record of the step's case."""
    try:
        yield
    except DomainError:
        found = edge.session().execute(select(Step.tenant, Step.case_id).where(Step.id == step_id)).one_or_none()
        if found is not None:
            edge.about(found.case_id, found.tenant)
        raise


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _held(step: Any, state: str) -> Response:
    return versioned(HeldShape.of(step, state=state))
