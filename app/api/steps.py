"""Steps: the queues of posts, claiming, releasing, completing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields
from sqlalchemy import select

from app import edge
from app.api.answers import answer
from app.api.description import Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once
from app.api.pagination import PageQuery, paged, place
from app.api.shapes import Body, Shape, instant, page_of, text
from app.cases import operations as cases
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
    after = Cursor(*found) if found else None
    steps, following = queries.queue(edge.session(), edge.actor(), narrowed, wanted["limit"], after)
    return paged(map(StepShape.of, steps), (following.due_at, following.id) if following else None)


@room.route("/steps/counts")
@edge.guarded("step.read")
@room.response(200, CountsShape)
def counts() -> Response:
    """How much waits in one's queue."""
    found = queries.counts(edge.session(), edge.actor())
    return listed({"open": found.open, "mine": found.mine})


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


def _held(step: Any, state: str) -> Response:
    return versioned(HeldShape.of(step, state=state))
