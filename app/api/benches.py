"""Working copies of items: what the studio's editor does, one operation for each thing that it can do."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, url_for
from marshmallow import fields, validate

from app import edge
from app.api.answers import answer, nothing
from app.api.catalogue import ItemNoteBody
from app.api.description import Room
from app.api.etags import if_match, listed, versioned
from app.api.idempotency import once
from app.api.publishing import FindingsShape, VersionShape, created, findings
from app.api.shapes import Body, Shape, instant, list_of, text
from app.cases.services import OPERATIONS
from app.catalog import acts, bench
from app.catalog.models import Bench

room = Room("benches", "Working copies of items: edited, checked, answered, and handed in as a version.")

_FILES = {
    "description": "Files by path, as text in UTF-8, that are otherwise than saved; null: taken away.",
    "example": {"processes/land-preliminary-review/item.yaml": "code: land-preliminary-review\n"},
}


class BenchLineShape(Shape):
    """A working copy, in a list."""

    id = fields.UUID()
    item = fields.String()
    base = fields.Integer(allow_none=True, metadata={"description": "The version it began from; null: none."})
    stamp = fields.Integer(metadata={"description": "How often it was saved: the tag of If-Match."})
    begun_at = instant(description="When it was begun.")
    begun_by = fields.String(metadata={"description": "Username of who began it."})
    saved_at = instant(description="When it was saved last.")
    saved_by = fields.String(metadata={"description": "Username of who saved it last."})


class BenchShape(BenchLineShape):
    """A working copy with its files."""

    files = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "Its files by path, as text in UTF-8."}
    )


class ChangesBody(Body):
    """What is otherwise than saved."""

    files = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 200)),
        values=fields.String(allow_none=True, validate=validate.Length(max=2_100_000)),
        required=True,
        validate=validate.Length(max=60),
        metadata=_FILES,
    )


class AnswerBody(ChangesBody):
    """The answer to a finding of the kind “question”."""

    element = text(most=200, required=True, metadata={"description": "The element that the finding names."})
    code = text(most=60, required=True, metadata={"description": "The finding's code.", "example": "condition-missing"})
    value = text(most=2000, least=0, required=True, metadata={"description": "As it is written into the diagram."})


class AnsweredShape(Shape):
    """What an answer changed; it is not saved yet."""

    files = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "The files changed."})


class BenchSeatShape(Shape):
    """Somebody else who has the working copy open."""

    username = fields.String(metadata={"example": "chen"})
    name = fields.String()
    since = instant(description="Since when it is open.")


@room.route("/benches")
@edge.guarded(*acts.ANY)
@room.response(200, list_of(BenchLineShape))
def benches() -> Response:
    """Every working copy; what was saved last comes first."""
    return listed({"data": list(map(BenchLineShape.of, bench.benches(edge.session())))})


@room.route("/catalogue/<code>/versions/<int:number>/bench", methods=["POST"])
@edge.guarded(acts.DRAFT)
@once
@room.response(201, BenchShape)
def begin(code: str, number: int) -> Response:
    """Begin a working copy of a version, the newest or an earlier one. Where there is one of that version, it is it."""
    return _shown(bench.begin(edge.session(), code, number, edge.actor(), edge.now()), 201)


@room.route("/benches/<uuid:bench_id>")
@edge.guarded(*acts.ANY)
@room.response(200, BenchShape)
def one(bench_id: UUID) -> Response:
    """A working copy with its files."""
    return _shown(bench.get(edge.session(), bench_id))


@room.route("/benches/<uuid:bench_id>", methods=["PUT"])
@edge.guarded(acts.DRAFT)
@once
@if_match(required=True)
@room.arguments(ChangesBody)
@room.response(200, BenchLineShape)
def save(body: dict[str, Any], bench_id: UUID, version: int | None) -> Response:
    """Save. Refused where somebody else saved since the tag was given: load theirs, or keep yours as a copy."""
    found = bench.save(edge.session(), bench_id, _changes(body), edge.actor(), edge.now(), version)
    return versioned(BenchLineShape.of(found), by="stamp")


@room.route("/benches/<uuid:bench_id>", methods=["DELETE"])
@edge.guarded(acts.DRAFT)
@once
@room.response(204)
def clear(bench_id: UUID) -> Response:
    """Throw a working copy away."""
    bench.clear(edge.session(), bench_id, edge.actor(), edge.now())
    return nothing()


@room.route("/benches/<uuid:bench_id>/copies", methods=["POST"])
@edge.guarded(acts.DRAFT)
@once
@room.arguments(ChangesBody)
@room.response(201, BenchShape)
def copy(body: dict[str, Any], bench_id: UUID) -> Response:
    """Keep a copy, changes included, as a working copy of its own."""
    return _shown(bench.copy(edge.session(), bench_id, _changes(body), edge.actor(), edge.now()), 201)


@room.route("/benches/<uuid:bench_id>/check", methods=["POST"])
@edge.guarded(*acts.ANY)
@room.arguments(ChangesBody)
@room.response(200, FindingsShape)
def check(body: dict[str, Any], bench_id: UUID) -> Response:
    """Check a working copy, with changes that are not saved yet."""
    return answer(findings(bench.check(edge.session(), bench_id, _changes(body), OPERATIONS)))


@room.route("/benches/<uuid:bench_id>/answers/preview", methods=["POST"])
@edge.guarded(acts.DRAFT)
@room.arguments(AnswerBody)
@room.response(200, AnsweredShape)
def give(body: dict[str, Any], bench_id: UUID) -> Response:
    """Write the answer to a question into the diagram. Nothing is saved: the changed files come back."""
    before = bench.files(edge.session(), bench_id, _changes(body))
    after = bench.answered(edge.session(), bench_id, _changes(body), body["element"], body["code"], body["value"])
    return answer({"files": _texts({path: content for path, content in after.items() if before.get(path) != content})})


@room.route("/benches/<uuid:bench_id>/seat", methods=["PUT"])
@edge.guarded(*acts.ANY)
@room.response(200, list_of(BenchSeatShape))
def sit(bench_id: UUID) -> Response:
    """Say that one has it open, every half minute; who else has."""
    return answer({"data": list(map(BenchSeatShape.of, bench.sit(edge.session(), bench_id, edge.actor(), edge.now())))})


@room.route("/benches/<uuid:bench_id>/submit", methods=["POST"])
@edge.guarded(acts.DRAFT)
@once
@if_match(required=False)
@room.arguments(ItemNoteBody)
@room.response(201, VersionShape)
def hand_in(body: dict[str, Any], bench_id: UUID, version: int | None) -> Response:
    """Hand in what was saved, as a draft version; the working copy is gone then."""
    at = edge.session(), bench_id, edge.actor(), edge.now()
    return created(bench.hand_in(*at, body["note"], version, OPERATIONS))


def _changes(body: Mapping[str, Any]) -> dict[str, bytes | None]:
    return {path: None if content is None else content.encode() for path, content in body["files"].items()}


def _texts(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: content.decode("utf-8", "replace") for path, content in files.items()}


def _shown(found: Bench, status: int = 200) -> Response:
    shown = BenchShape.of(found, files=_texts(bench.files(edge.session(), found.id)))
    headers = {"Location": url_for("benches.one", bench_id=found.id)} if status == 201 else {}
    return versioned(shown, status, headers, by="stamp")
