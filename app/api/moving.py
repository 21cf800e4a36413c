"""Running cases moved to another version of their item: looked at beforehand, done, taken back."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import force_locale, gettext
from marshmallow import fields, validate

from app import edge
from app.api.answers import answer
from app.api.description import Room
from app.api.etags import listed
from app.api.idempotency import once
from app.api.problems import language
from app.api.shapes import Body, Names, Query, Shape, instant, list_of, text
from app.catalog import queries
from app.studio import batches, mapping, moving
from app.studio.batches import MOVE, Group, Progress

room = Room("moving", "Running cases moved to another version of their item.")

_STATES = ("waiting", "moved", "refused", "failed")


class MoveReasonShape(Shape):
    """Why cases cannot go."""

    code = fields.String(metadata={"description": "For programs.", "example": "step-gone"})
    element = fields.String(allow_none=True, metadata={"description": "Where, as the old version calls it."})
    text = fields.String(metadata={"example": "“review”, where the case stands, is not in the new version."})


class MoveGroupShape(Shape):
    """Cases that cannot go, for the same reasons."""

    reasons = fields.List(fields.Nested(MoveReasonShape), metadata={"description": "Why they cannot go."})
    number = fields.Integer()
    codes = fields.List(fields.String(), metadata={"description": "The first fifty of them."})


class MovePreviewShape(Shape):
    """What moving would do."""

    item = fields.String()
    from_version = fields.Integer()
    to_version = fields.Integer()
    steps = fields.Dict(keys=fields.String(), values=fields.String())
    total = fields.Integer(metadata={"description": "Running cases that were asked for."})
    able = fields.Integer(metadata={"description": "Those that can go."})
    groups = fields.List(fields.Nested(MoveGroupShape))


class MoveCountsShape(Shape):
    """How many cases of a batch are how far."""

    waiting = fields.Integer(metadata={"description": "Their turn has not come."})
    moved = fields.Integer(metadata={"description": "They run on the new version."})
    refused = fields.Integer(metadata={"description": "They cannot go and stay where they are."})
    failed = fields.Integer(metadata={"description": "Something broke; they stay until they are tried again."})


class MoveFailureShape(Shape):
    """A case that failed and was set aside."""

    code = fields.String()
    error = fields.String()


class MoveBatchLineShape(Shape):
    """A batch, in a list."""

    id = fields.UUID()
    item = fields.String()
    from_version = fields.Integer()
    to_version = fields.Integer()
    steps = fields.Dict(keys=fields.String(), values=fields.String())
    note = fields.String()
    back_of = fields.UUID(allow_none=True, metadata={"description": "The batch that this one takes back."})
    by = fields.String(metadata={"description": "Username.", "example": "operator"})
    started_at = instant()
    finished_at = instant(null=True)
    counts = fields.Nested(MoveCountsShape, metadata={"description": "How many cases are how far."})


class MoveBatchShape(MoveBatchLineShape):
    """A batch: how far it is, and why cases stayed."""

    groups = fields.List(fields.Nested(MoveGroupShape))
    failures = fields.List(fields.Nested(MoveFailureShape), metadata={"description": "Those that failed."})


class MoveChoiceShape(Shape):
    """What could take the place of an element."""

    element = fields.String()
    name = fields.Nested(Names)


class MoveSuggestionShape(Shape):
    """A place of the old version where cases can stand, and what is suggested for it."""

    old = fields.String()
    name = fields.Nested(Names)
    new = fields.String(allow_none=True)
    by = fields.String(allow_none=True, metadata={"enum": ["id", "name"]})
    choices = fields.List(
        fields.Nested(MoveChoiceShape), metadata={"description": "Elements of the same kind in the new version."}
    )


class MoveVersionsQuery(Query):
    """Between which versions."""

    from_version = fields.Integer(required=True, strict=False, validate=validate.Range(1))
    to_version = fields.Integer(required=True, strict=False, validate=validate.Range(1))


class MoveWhatBody(Body):
    """Which cases, from where to where."""

    from_version = fields.Integer(required=True, strict=True, validate=validate.Range(1))
    to_version = fields.Integer(required=True, strict=True, validate=validate.Range(1))
    steps = fields.Dict(
        keys=text(most=200),
        values=text(most=200),
        load_default=dict,
        validate=validate.Length(max=500),
        metadata={
            "description": "Old element → new element, where they are called differently.",
            "example": {"review": "review_land"},
        },
    )
    cases = fields.List(
        text(most=100),
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 5000),
        metadata={"description": "Codes; null: all that run on the version."},
    )


class MoveStartBody(MoveWhatBody):
    """The same, and why."""

    note = text(least=0, most=500, load_default="")


class MoveNoteBody(Body):
    """What is to be remembered."""

    note = text(least=0, most=500, load_default="")


@room.route("/catalogue/<code>/moves/suggestions")
@edge.guarded(MOVE)
@room.arguments(MoveVersionsQuery, location="query")
@room.response(200, list_of(MoveSuggestionShape))
def suggestions(wanted: dict[str, Any], code: str) -> Response:
    """Which steps of the new version are suggested for those of the old one: by id, or else by name."""
    old, new = (queries.item(edge.session(), code, wanted[name]) for name in ("from_version", "to_version"))
    return listed({"data": list(map(_suggestion, mapping.suggestions(old, new)))})


@room.route("/catalogue/<code>/moves/preview", methods=["POST"])
@edge.guarded(MOVE)
@room.arguments(MoveWhatBody)
@room.response(200, MovePreviewShape)
def preview(body: dict[str, Any], code: str) -> Response:
    """Try every case and change nothing: how many can go, and why the others cannot. The new version may be a draft."""
    found = moving.preview(
        edge.session(), edge.actor(), code, body["from_version"], body["to_version"], body["steps"], body["cases"]
    )
    return answer(MovePreviewShape.of(found, groups=_groups(found.groups)))


@room.route("/catalogue/<code>/moves", methods=["POST"])
@edge.guarded(MOVE)
@once
@room.arguments(MoveStartBody)
@room.response(202, MoveBatchShape)
def start(body: dict[str, Any], code: str) -> Response:
    """Have them moved, one after the other; the batch says how far it is."""
    made = moving.start(
        edge.session(),
        edge.actor(),
        code,
        body["from_version"],
        body["to_version"],
        body["steps"],
        edge.now(),
        body["note"],
        body["cases"],
    )
    return _begun(made.id)


@room.route("/catalogue/<code>/moves")
@edge.guarded(MOVE)
@room.response(200, list_of(MoveBatchLineShape))
def moves(code: str) -> Response:
    """The batches of an item in one's jurisdiction, the latest first; fifty at most."""
    found = batches.batches(edge.session(), edge.actor(), code)
    return listed({"data": [_line(one) for one in found]})


@room.route("/moves")
@edge.guarded(MOVE)
@room.response(200, list_of(MoveBatchLineShape))
def all_moves() -> Response:
    """The batches of all items in one's jurisdiction, the latest first; fifty at most."""
    found = batches.batches(edge.session(), edge.actor())
    return listed({"data": [_line(one) for one in found]})


@room.route("/moves/<uuid:batch_id>")
@edge.guarded(MOVE)
@room.response(200, MoveBatchShape)
def batch(batch_id: UUID) -> Response:
    """How far a batch is, and why cases stayed."""
    return listed(_batch(batch_id))


@room.route("/moves/<uuid:batch_id>/back", methods=["POST"])
@edge.guarded(MOVE)
@once
@room.arguments(MoveNoteBody)
@room.response(202, MoveBatchShape)
def back(body: dict[str, Any], batch_id: UUID) -> Response:
    """Have the cases of a batch go back to where they were; one that went on since stays, and the new batch says so."""
    return _begun(moving.take_back(edge.session(), edge.actor(), batch_id, edge.now(), body["note"]).id)


@room.route("/moves/<uuid:batch_id>/retry", methods=["POST"])
@edge.guarded(MOVE)
@once
@room.response(202, MoveBatchShape)
def retry(batch_id: UUID) -> Response:
    """Try those that failed again."""
    return _begun(moving.retry(edge.session(), edge.actor(), batch_id, edge.now()).id)


def _begun(batch_id: UUID) -> Response:
    return answer(_batch(batch_id), 202, {"Location": url_for("moving.batch", batch_id=batch_id)})


def _batch(batch_id: UUID) -> dict[str, Any]:
    found = batches.progress(edge.session(), edge.actor(), batch_id)
    failures = [{"code": code, "error": error} for code, error in found.failed]
    return {**_line(found), "groups": _groups(found.groups), "failures": failures}


def _line(found: Progress) -> dict[str, Any]:
    counts = {state: found.counts.get(state, 0) for state in _STATES}
    return MoveBatchLineShape.of(found.batch, counts=counts)


def _groups(groups: Iterable[Group]) -> list[dict[str, Any]]:
    with force_locale(language()):
        return [
            MoveGroupShape.of(
                group,
                reasons=[
                    MoveReasonShape.of(reason, text=str(gettext(reason.message)) % reason.params)
                    for reason in group.reasons
                ],
            )
            for group in groups
        ]


def _suggestion(found: mapping.Suggestion) -> dict[str, Any]:
    choices = [{"element": element, "name": name} for element, name in found.choices]
    return MoveSuggestionShape.of(found, choices=choices)
