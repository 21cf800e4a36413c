"""Steps: the queues of posts, claiming, releasing, completing."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response
from marshmallow import fields, validate
from sqlalchemy import select

from app import edge
from app.api.answers import answer
from app.api.case_shapes import LIGHTS, MaterialShape, OpinionShape, StepShape, material, opinion
from app.api.description import Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once
from app.api.notices import OFFICE_ZONE
from app.api.pagination import PageQuery, paged, place
from app.api.shapes import Body, Names, Query, Shape, instant, list_of, page_of, text
from app.cases import desk, reception, reporting
from app.cases import operations as cases
from app.cases import queries as case_queries
from app.cases.desk import Today, Wanted
from app.inbox import operations, queries
from app.inbox.models import Step
from app.inbox.queries import Cursor, QueueFilter
from app.kernel.errors import DomainError

room = Room("steps", "Work that waits for somebody: the queues of one's posts, and what an applicant has to do.")


class StepQuery(PageQuery):
    """What of the queue is wanted."""

    mine = fields.Boolean(load_default=False, metadata={"description": "Only what the caller has claimed."})
    unclaimed = fields.Boolean(
        load_default=False,
        metadata={"description": "Only what nobody has claimed; with `mine`: what the caller can work on, either."},
    )
    light = fields.String(
        load_default=None,
        validate=validate.OneOf((*desk.LIGHTS, *desk.COMING)),
        metadata={
            "description": "Only steps with this light as of now. `still`: its clock stands still; `due`: its limit "
            "ends in what is left of today; `turning`: it turns yellow in what is left of today."
        },
    )
    order = fields.String(
        load_default="due",
        validate=validate.OneOf(desk.ORDERS),
        metadata={"description": "`due`: the most urgent first; `longest`: what waits longest; `newest`: the latest."},
    )
    item = text(most=100, load_default=None, metadata={"description": "Code of the item."})
    element = text(most=100, load_default=None, metadata={"description": "Id of the step in the diagram."})
    q = text(most=100, load_default=None, metadata={"description": "Part of title or applicant, or a code."})


class TallyQuery(Query):
    """What is counted."""

    q = text(most=100, load_default=None, metadata={"description": "Part of title or applicant, or a code."})


class TallyShape(Shape):
    """How many steps of a queue are alike in all that a queue can be narrowed by."""

    held = fields.String(metadata={"enum": ["unclaimed", "mine", "others"], "description": "Who has claimed them."})
    light = fields.String(metadata={"enum": list(desk.LIGHTS), "description": "Their light as of now."})
    is_due = fields.Boolean(metadata={"description": "Whether their limits end in what is left of today."})
    is_turning = fields.Boolean(metadata={"description": "Whether they turn yellow in what is left of today."})
    element = fields.String()
    item = fields.String()
    number = fields.Integer(metadata={"description": "How many steps."})


class OutcomeShape(Shape):
    """One way to complete a step."""

    code = fields.String()
    name = fields.Nested(Names)
    style = fields.String(metadata={"enum": ["default", "primary", "danger"]})
    requires_opinion = fields.Boolean()
    requires_form = fields.Boolean(metadata={"description": "The form must be complete, not only free of faults."})


class ReportShape(Shape):
    """What whoever does a step may report, because the diagram says what happens then."""

    event = fields.String(metadata={"description": "The event on the border of the step, by its id in the diagram."})
    name = fields.Nested(Names)


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
    reports = fields.List(
        fields.Nested(ReportShape),
        metadata={"description": "What may be reported instead, where it stands in the way."},
    )
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


class ReportBody(Body):
    """What stands in the way of a step, and why."""

    event = text(most=200, required=True, metadata={"description": "One of the step's `reports`."})
    reason = text(most=10_000, required=True)


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
    """One's queue, the most urgent first unless another order is asked for."""
    found = place(wanted["cursor"])
    after = Cursor(_instant(found[0]), UUID(found[1])) if found else None
    steps, following = _queue(wanted, after)
    return paged(map(StepShape.of, steps), (following.due_at, following.id) if following else None)


@room.route("/steps/tallies")
@edge.guarded("step.read")
@room.arguments(TallyQuery, location="query")
@room.response(200, list_of(TallyShape))
def tallies(wanted: dict[str, Any]) -> Response:
    """One's whole queue, counted by all that it can be narrowed by."""
    found = desk.tallies(edge.session(), edge.actor(), wanted["q"], Today.of(edge.now(), OFFICE_ZONE))
    return listed({"data": list(map(TallyShape.of, found))})


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
            reports=[{"event": event, "name": found.name} for event, found in view.reports.items()],
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


@room.route("/steps/<uuid:step_id>/report", methods=["POST"])
@edge.guarded("step.complete")
@once
@if_match(required=True)
@room.arguments(ReportBody)
@room.response(200, CompletedShape)
def report(body: dict[str, Any], step_id: UUID, version: int | None) -> Response:
    """Report what stands in the way of a step, where the diagram catches it; one that interrupts ends the step."""
    given = body["event"], body["reason"], edge.now(), version
    with refusals_of(step_id):
        done = reporting.report_step(edge.session(), edge.actor(), step_id, *given)
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


def _queue(wanted: Mapping[str, Any], after: Cursor | None) -> tuple[Sequence[Any], Cursor | None]:
    """What programs ask for all day is one index scan; a light, or another order, is looked up with the clocks."""
    session, actor, most = edge.session(), edge.actor(), wanted["limit"]
    mine, unclaimed, light, order = (wanted[name] for name in ("mine", "unclaimed", "light", "order"))
    which = wanted["item"], wanted["element"], wanted["q"]
    if light is None and order == "due" and not (mine and unclaimed):
        return queries.queue(session, actor, QueueFilter(mine, unclaimed, *which), most, after)
    item, element, said = which
    held = "workable" if mine and unclaimed else "mine" if mine else "unclaimed" if unclaimed else None
    asked = Wanted(held, light, element, item, said, order)
    return desk.queue(session, actor, asked, Today.of(edge.now(), OFFICE_ZONE), most, after)


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _held(step: Any, state: str) -> Response:
    return versioned(HeldShape.of(step, state=state))
