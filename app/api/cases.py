"""Cases: applying, seeing, withdrawing, extending."""

from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import force_locale
from marshmallow import fields, validate

from app import edge
from app.api.case_shapes import (
    LIGHTS,
    CaseDetailShape,
    CaseRowShape,
    CaseShape,
    ClockLedgerShape,
    HistoryLineShape,
    MarkShape,
    clock_ledger,
    detail,
    key_of,
)
from app.api.description import Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once
from app.api.pagination import PageQuery, paged, place
from app.api.problems import language
from app.api.shapes import Body, Shape, list_of, page_of, text
from app.cases import messages, operations, queries, reception
from app.cases.models import Case
from app.cases.queries import CaseFilter
from app.cases.types import Application, Channel, Status
from app.kernel.errors import Stale

room = Room("cases", "Applications of items: drafts, and cases through their whole life.")

READ = ("case.read", "case.read-all", "case.read-own")
APPLY = ("case.apply", "case.receive")


class CaseQuery(PageQuery):
    """Which cases are wanted."""

    status = fields.String(load_default=None, validate=validate.OneOf(list(Status)))
    item = text(most=100, load_default=None)
    light = fields.String(load_default=None, validate=validate.OneOf(LIGHTS))
    q = text(most=100, load_default=None, metadata={"description": "Part of title or applicant, or a code."})
    received_here = fields.Boolean(
        load_default=False,
        metadata={"description": "What the caller's window received, whichever jurisdiction handles it."},
    )


class ApplicationBody(Body):
    """What is applied for. The form may be incomplete until it is submitted."""

    item = text(most=100, required=True, metadata={"description": "Code of the item."})
    tenant = text(
        most=12,
        required=True,
        metadata={
            "description": "The jurisdiction that is to decide; at a window another one only where `reception` says so."
        },
    )
    title = text(least=0, most=200, load_default="", metadata={"description": "Until the form says it."})
    applicant = text(least=0, most=200, load_default="", metadata={"description": "Until the form says it."})
    data = fields.Dict(keys=fields.String(), load_default=dict, metadata={"description": "The form's fields."})
    account = text(
        most=100,
        load_default=None,
        metadata={
            "description": "At a window: the applicant's username or number of identity; they see the case online."
        },
    )


class DraftBody(Body):
    """What was entered so far, in place of what was there."""

    title = text(most=200, load_default=None)
    data = fields.Dict(keys=fields.String(), required=True)


class ReasonBody(Body):
    """Why."""

    reason = text(required=True)


class ExtendBody(Body):
    """How much longer, and why; the reason is told to the applicant (Art. 42)."""

    basis = fields.String(required=True, validate=validate.OneOf(["statutory", "promised"]))
    days = fields.Integer(required=True, strict=True, validate=validate.Range(1, 15))
    reason = text(required=True)


class MessageBody(Body):
    """What a case waits for, by its name in the diagram."""

    name = text(most=200, required=True)
    kind = fields.String(
        load_default="message",
        validate=validate.OneOf(["message", "signal"]),
        metadata={"description": "A message is for what has waited for it longest, a signal for all that wait."},
    )
    data = fields.Dict(
        keys=fields.String(),
        load_default=dict,
        metadata={
            "description": "What it brings: the variables named in `brings` where it is awaited, null where unknown.",
            "example": {"verdict": "passed"},
        },
    )


class MarksShape(Shape):
    """How the elements of the case's diagram are to be drawn."""

    marks = fields.Dict(keys=fields.String(), values=fields.Nested(MarkShape))


@room.route("/cases")
@edge.guarded(*READ)
@room.arguments(CaseQuery, location="query")
@room.response(200, page_of(CaseRowShape))
def cases(wanted: dict[str, Any]) -> Response:
    """The cases that one may see, the latest first: an applicant's own, or those of one's posts or jurisdiction."""
    narrowed = CaseFilter(wanted["status"], wanted["item"], wanted["light"], wanted["q"], wanted["received_here"])
    found = place(wanted["cursor"])
    rows, following = queries.listing(
        edge.session(), edge.actor(), narrowed, wanted["limit"], UUID(found[0]) if found else None
    )
    shown = [CaseRowShape.of(row.case, light=row.light, due_at=row.due_at) for row in rows]
    return paged(shown, (following,) if following else None)


@room.route("/cases", methods=["POST"])
@edge.guarded(*APPLY)
@once
@room.arguments(ApplicationBody)
@room.response(201, CaseShape)
def draft(body: dict[str, Any]) -> Response:
    """Begin an application: an applicant for themselves, a window clerk for somebody at the window."""
    actor = edge.actor()
    online = actor.kind == "applicant"
    named = body.pop("account")
    application = Application(
        **body,
        applicant_id=reception.applicant_of(edge.session(), actor, named),
        channel=Channel.ONLINE if online else Channel.WINDOW,
    )
    return _changed(operations.create_draft(edge.session(), actor, application, edge.now()), 201)


@room.route("/cases/<key>")
@edge.guarded(*READ)
@room.response(200, CaseDetailShape)
def case(key: str) -> Response:
    """Everything about one case, by its supervision code (a draft by its id)."""
    found = seen_case(key)
    with force_locale(language()):
        return versioned(detail(queries.overview(edge.session(), found, edge.actor())))


@room.route("/cases/<key>/draft", methods=["PUT"])
@edge.guarded(*APPLY)
@if_match(required=True)
@room.arguments(DraftBody)
@room.response(200, CaseShape)
def save(body: dict[str, Any], key: str, version: int | None) -> Response:
    """Keep what was entered so far."""
    found = seen_case(key, version)
    return _changed(
        operations.save_draft(edge.session(), edge.actor(), found.id, body["data"], body["title"], edge.now())
    )


@room.route("/cases/<key>/submit", methods=["POST"])
@edge.guarded(*APPLY)
@once
@if_match(required=False)
@room.response(200, CaseShape)
def submit(key: str, version: int | None) -> Response:
    """Hand a draft in. It gets its supervision code, and its diagram starts."""
    found = seen_case(key, version)
    return _changed(operations.submit(edge.session(), edge.actor(), found.id, edge.now()))


@room.route("/cases/<key>/withdraw", methods=["POST"])
@edge.guarded("case.withdraw")
@once
@if_match(required=False)
@room.arguments(ReasonBody)
@room.response(200, CaseShape)
def withdraw(body: dict[str, Any], key: str, version: int | None) -> Response:
    """Take one's application back (撤回申请), before it is decided."""
    found = seen_case(key, version)
    return _changed(operations.withdraw(edge.session(), edge.actor(), found.id, body["reason"], edge.now()))


@room.route("/cases/<key>/extend", methods=["POST"])
@edge.guarded("case.extend")
@once
@if_match(required=False)
@room.arguments(ExtendBody)
@room.response(200, CaseShape)
def extend(body: dict[str, Any], key: str, version: int | None) -> Response:
    """Extend a limit (Art. 42)."""
    found = seen_case(key, version)
    return _changed(
        operations.extend(
            edge.session(), edge.actor(), found.id, body["basis"], body["days"], body["reason"], edge.now()
        )
    )


@room.route("/cases/<key>/messages", methods=["POST"])
@edge.guarded(messages.MESSAGE)
@once
@if_match(required=False)
@room.arguments(MessageBody)
@room.response(200, CaseShape)
def deliver(body: dict[str, Any], key: str, version: int | None) -> Response:
    """Deliver a message that the case waits for (`awaited`); the case moves on from there."""
    found = seen_case(key, version)
    given = body["name"], edge.now(), body["kind"], body["data"]
    return _changed(messages.deliver_message(edge.session(), edge.actor(), found.id, *given))


@room.route("/cases/<key>/history")
@edge.guarded(*READ)
@room.response(200, list_of(HistoryLineShape))
def history(key: str) -> Response:
    """The case's record, in order."""
    return listed(
        {"data": list(map(HistoryLineShape.of, queries.history(edge.session(), seen_case(key), edge.actor())))}
    )


@room.route("/cases/<key>/ledger")
@edge.guarded(*READ)
@room.response(200, list_of(ClockLedgerShape))
def ledger(key: str) -> Response:
    """The days that each limit of the case counted, and why others were not."""
    found = queries.time_ledger(edge.session(), seen_case(key), edge.now())
    with force_locale(language()):
        return listed({"data": list(map(clock_ledger, found))})


@room.route("/cases/<key>/marks")
@edge.guarded("diagram.read")
@room.response(200, MarksShape)
def marks(key: str) -> Response:
    """Where the tokens of the case are, for drawing over its diagram."""
    return listed({"marks": queries.marks(edge.session(), seen_case(key), edge.actor())})


@room.route("/cases/<key>/diagram")
@edge.guarded("diagram.read")
@room.response(200, {"type": "string"}, content_type="application/xml")
def diagram(key: str) -> Response:
    """The diagram that the case runs on, BPMN 2.0."""
    return Response(queries.diagram_xml(edge.session(), seen_case(key)), mimetype="application/xml")


def seen_case(key: str, version: int | None = None) -> Case:
    """The case with this key, if one may see it; what is refused from now on is kept in its record.

    Raises NotFound, and Stale where it is no longer at the `version` that one has seen.
    """
    found = queries.by_code(edge.session(), edge.actor(), key)
    edge.about(found.id, found.tenant)
    if version is not None and found.version != version:
        raise Stale()
    return found


def _changed(found: Case, status: int = 200) -> Response:
    return versioned(CaseShape.of(found), status, {"Location": url_for("cases.case", key=key_of(found))})
