"""Pages for everybody: what can be applied for, tracking by code, verifying a document."""

from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app import edge
from app.cases.tracking import Journey, followed
from app.cases.views import PublicView
from app.catalog import queries as catalog
from app.catalog import search, settings, uniform
from app.identity.attempts import LOOKING_UP
from app.intake import takes_files
from app.kernel.errors import DomainError, Invalid
from app.notices import documents
from app.notices import queries as notices
from app.notices.errors import BadVerificationCode
from app.org import queries as org
from app.web.account.login import home_of

PIECE = 1024 * 1024

blueprint = Blueprint("public", __name__, template_folder="templates")


class MistypedCode(DomainError):
    """The text is no supervision code: its check digits do not fit."""

    code = "mistyped-code"
    message = "“%(text)s” is not a supervision code: at least one digit is wrong or missing."
    remedy = "Compare it with your receipt. A code looks like %(example)s."


class UnknownCode(DomainError):
    """A well-formed supervision code of no case."""

    code = "unknown-code"
    message = "No case has the code %(text)s."
    remedy = "Compare it with your receipt. A draft that was not handed in has no code yet."


class UnknownDocument(DomainError):
    """A well-formed verification code under which nothing was issued."""

    code = "unknown-document"
    message = "No document was issued with the code %(text)s."
    remedy = "Do not rely on the document. Ask the office that is named on it."


@dataclass(frozen=True)
class Verdict:
    """What is said of a document: its public record, and whether the file that was uploaded is the one issued."""

    record: documents.PublicRecord
    same_file: bool | None


@blueprint.get("/")
@edge.public
def home() -> ResponseReturnValue:
    """What can be applied for, and the ways in. What is looked for stands in the address."""
    session, args = edge.session(), request.args
    wanted = search.Wanted(
        args.get("q", "").strip()[:100],
        args.get("for") if args.get("for") in search.AUDIENCES else None,
        args.get("department", "").strip()[:100] or None,
    )
    found = search.find(session, wanted)
    return render_template("public/home.html", found=found, wanted=wanted, example=settings.example(session))


@blueprint.get("/start")
@edge.public
def start() -> ResponseReturnValue:
    """Where the person who is logged in works."""
    return redirect(home_of(edge.actor()))


@blueprint.get("/items/<code>")
@edge.public
def item(code: str) -> ResponseReturnValue:
    """The guide of an item: who may apply, with what, how long it takes, and what the law says."""
    session = edge.session()
    found = catalog.current_item(session, code)
    main = found.manifest.main
    beside = [
        entry for entry in catalog.current(session) if main and entry.code != code and entry.manifest.main == main
    ]
    return render_template(
        "public/item.html",
        item=found,
        tenants=org.tenants(session),
        uniform=uniform.elements(found),
        beside=beside,
    )


@blueprint.get("/items/<code>/diagram")
@edge.public
def item_diagram(code: str) -> ResponseReturnValue:
    """How an item is handled, as it was drawn."""
    return render_template("public/item_diagram.html", item=catalog.current_item(edge.session(), code))


@blueprint.get("/items/<code>/diagram.bpmn")
@edge.public
def item_bpmn(code: str) -> ResponseReturnValue:
    """The diagram itself."""
    found = catalog.current_item(edge.session(), code)
    return found.definition.xml, {"Content-Type": "application/xml; charset=utf-8"}


@blueprint.get("/track")
@edge.throttled(LOOKING_UP, when=lambda: bool(request.args.get("code")))
@edge.public
def track() -> ResponseReturnValue:
    """Where a case stands, for anybody who has its code; no personal data."""
    code = request.args.get("code", "").strip()
    view, journey, problem = _track(code) if code else (None, None, None)
    shown = render_template(
        "public/track.html",
        code=code,
        view=view,
        journey=journey,
        problem=problem,
        example=settings.example(edge.session()),
        now=edge.now(),
    )
    return shown, 404 if problem else 200


@blueprint.get("/verify")
@blueprint.get("/verify/<code>")
@edge.public
def verify(code: str = "") -> ResponseReturnValue:
    """Whether a document is genuine, by the code on it; the document's QR code leads here."""
    code = (code or request.args.get("code", "")).strip()
    verdict, problem = _verify(code, None) if code else (None, None)
    return render_template("public/verify.html", code=code, verdict=verdict, problem=problem), 404 if problem else 200


@blueprint.post("/verify")
@edge.public
@takes_files
def verify_file() -> ResponseReturnValue:
    """Whether a file is the very one that was issued: its SHA-256 is compared. The file is not kept.

    Without a code there is nothing to compare with: 422, and the page says so.
    """
    code = request.form.get("code", "").strip()
    if not code:
        missing = Invalid({"code": ["This must be filled in."]})
        return render_template("public/verify.html", code=code, verdict=None, problem=missing), 422
    upload = request.files.get("file")
    digest = _sha256(upload.stream) if upload is not None and upload.filename else None
    verdict, problem = _verify(code, digest)
    return render_template("public/verify.html", code=code, verdict=verdict, problem=problem), 404 if problem else 200


@blueprint.get("/<path:unknown>")
@edge.public
def nothing_here(unknown: str) -> ResponseReturnValue:  # noqa: ARG001 — the route's own
    """Every other address: a page that says so to somebody whom it knows."""
    raise NotFound()


def _track(code: str) -> tuple[PublicView | None, Journey | None, DomainError | None]:
    if settings.region_of(edge.session(), code) is None:
        return None, None, MistypedCode(text=code[:60], example=settings.example(edge.session()))
    try:
        return *followed(edge.session(), code), None
    except DomainError:
        return None, None, UnknownCode(text=code[:60])


def _verify(code: str, digest: bytes | None) -> tuple[Verdict | None, DomainError | None]:
    try:
        row = notices.find_by_code(edge.session(), code)
    except BadVerificationCode as problem:
        return None, problem
    if row is None:
        return None, UnknownDocument(text=code[:60])
    same = None if digest is None else digest == row.sha256
    return Verdict(documents.public(row), same), None


def _sha256(stream: IO[bytes]) -> bytes:
    """Of a file that may be large: it is never held whole."""
    running = sha256()
    while piece := stream.read(PIECE):
        running.update(piece)
    return running.digest()
