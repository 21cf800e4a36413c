"""Errors as problem+json (RFC 9457): one table from what went wrong to a status, in the reader's language.

`code` is for programs and never changes; `detail` says what happened, `remedy` what to do about it; `trace_id` ties the
answer to the log. `errors` names the fields that do not fit, each by its path.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Response, current_app, g, request
from flask_babel import force_locale, gettext
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app import edge, engine
from app.api import idempotency, pagination
from app.api.description import PROBLEM_TYPE
from app.cases import errors as cases
from app.catalog import errors as catalog
from app.identity import errors as identity
from app.inbox import errors as inbox
from app.kernel import codes, confine
from app.kernel import errors as kernel
from app.kernel.errors import DomainError
from app.kernel.marking import _
from app.materials import errors as materials
from app.notices import errors as notices
from app.notices.faults import describe

STATUSES: Mapping[type[DomainError], HTTPStatus] = {
    DomainError: HTTPStatus.CONFLICT,
    edge.NotLoggedIn: HTTPStatus.UNAUTHORIZED,
    kernel.Forbidden: HTTPStatus.FORBIDDEN,
    kernel.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    kernel.NotFound: HTTPStatus.NOT_FOUND,
    kernel.Stale: HTTPStatus.PRECONDITION_FAILED,
    kernel.WrongState: HTTPStatus.CONFLICT,
    confine.TooBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    confine.Unworkable: HTTPStatus.UNPROCESSABLE_ENTITY,
    cases.NotReceivedHere: HTTPStatus.UNPROCESSABLE_ENTITY,
    cases.MaterialsMissing: HTTPStatus.UNPROCESSABLE_ENTITY,
    cases.OpinionNeeded: HTTPStatus.UNPROCESSABLE_ENTITY,
    cases.TenantUnknown: HTTPStatus.UNPROCESSABLE_ENTITY,
    cases.UnknownOutcome: HTTPStatus.UNPROCESSABLE_ENTITY,
    engine.AnswerUnfit: HTTPStatus.UNPROCESSABLE_ENTITY,
    catalog.BadItemCode: HTTPStatus.UNPROCESSABLE_ENTITY,
    catalog.ItemRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    catalog.NotOnBench: HTTPStatus.UNPROCESSABLE_ENTITY,
    catalog.ReasonNeeded: HTTPStatus.UNPROCESSABLE_ENTITY,
    codes.BadCodePattern: HTTPStatus.UNPROCESSABLE_ENTITY,
    idempotency.BadKey: HTTPStatus.BAD_REQUEST,
    idempotency.KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    identity.LoginRefused: HTTPStatus.UNAUTHORIZED,
    inbox.NotYours: HTTPStatus.FORBIDDEN,
    materials.FileDamaged: HTTPStatus.INTERNAL_SERVER_ERROR,
    materials.FileRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    notices.BadVerificationCode: HTTPStatus.NOT_FOUND,
    notices.DocumentDamaged: HTTPStatus.INTERNAL_SERVER_ERROR,
    pagination.BadCursor: HTTPStatus.BAD_REQUEST,
}
"""The status of an error is that of the nearest class it comes from; the rest conflicts with how things stand."""

log = structlog.get_logger(__name__)


OF_HTTP: Mapping[int, tuple[str, str, str]] = {
    400: ("bad-request", _("This request cannot be read."), _("Check that the body is valid JSON.")),
    404: (
        "no-such-address",
        _("There is nothing at this address."),
        _("Look the address up in the API's description."),
    ),
    405: (
        "method-not-allowed",
        _("This address does not know that method."),
        _("The header Allow names those it knows."),
    ),
    412: ("stale", kernel.Stale.message, kernel.Stale.remedy),
    413: ("too-large", _("The request is too large."), _("Send less at once.")),
    415: ("media-type", _("The body is of a kind that is not taken here."), _("Send application/json.")),
    428: (
        "precondition-required",
        _("Say which version you have seen."),
        _("Send the ETag that you were given in the header If-Match, or “*” if any version will do."),
    ),
    429: ("too-many-requests", _("Too many attempts."), _("Wait a while before you try again.")),
}
FAILED = ("failed", _("Something went wrong here."), _("Try again later; tell the operator the trace id if it stays."))
BUSY = ("unavailable", _("The office cannot be reached at the moment."), _("Try again in a few seconds."))
TAKEN = ("conflict", _("This does not go together with what is there already."), _("Load it again and look."))

# What marshmallow and webargs say, so that it is translated too.
_SAID_OF_FIELDS = (
    _("Missing data for required field."),
    _("Unknown field."),
    _("Field may not be null."),
    _("Invalid value."),
    _("Not a valid string."),
    _("Not a valid integer."),
    _("Not a valid boolean."),
    _("Not a valid UUID."),
    _("Not a valid datetime."),
    _("Not a valid mapping type."),
    _("Not a valid list."),
    _("Invalid input type."),
)
_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
_WORDS = ("kind", "state", "status", "verb")
"""Parameters of messages that are words of ours."""


@dataclass
class Problem:
    """What is said of an error."""

    status: int
    code: str
    detail: str
    remedy: str
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(error: Exception) -> Response:
    """The problem+json of any error."""
    with force_locale(language()):
        problem = _problem(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request.failed", trace_id=edge.trace_id(), endpoint=request.endpoint, error=describe(error))
    else:
        log.info("request.refused", trace_id=edge.trace_id(), endpoint=request.endpoint, code=problem.code)
    body = {
        "type": f"urn:greenlight:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "remedy": problem.remedy,
        "errors": problem.errors,
        "trace_id": edge.trace_id(),
    }
    return Response(orjson.dumps(body), problem.status, problem.headers, mimetype=PROBLEM_TYPE)


def language() -> str:
    """The language of the reader: the one asked for, else the person's own, else Chinese."""
    asked = request.accept_languages.best_match(["zh-CN", "zh", "en"])
    if asked is None:
        return g.actor.language if "actor" in g else "zh_CN"
    return "en" if asked == "en" else "zh_CN"


def status_of(error: DomainError) -> HTTPStatus:
    """The status of a domain error."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def _problem(error: Exception) -> Problem:
    match error:
        case DomainError():
            return _of_domain(error)
        case MethodNotAllowed(valid_methods=methods) if not set(methods or ()) - _LOOKING and _leads_out():
            return _of_http(error, HTTPStatus.NOT_FOUND)
        case HTTPException(code=int(code)) if code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _of_http(error, code)
        case OperationalError() | PoolTimeout():
            return _said(HTTPStatus.SERVICE_UNAVAILABLE, BUSY, headers={"Retry-After": "5"})
        case IntegrityError():
            return _said(HTTPStatus.CONFLICT, TAKEN)
        case _:
            return _said(HTTPStatus.INTERNAL_SERVER_ERROR, FAILED)


def _leads_out() -> bool:
    """Whether the address is none of the API's: the pages answer every other one, and know no method but GET."""
    rule, _arguments = current_app.url_map.bind("").match(request.path, "GET", return_rule=True)
    return not rule.rule.startswith("/api/")


def _of_domain(error: DomainError) -> Problem:
    status = status_of(error)
    params = error.params | {name: gettext(error.params[name]) for name in _WORDS if error.params.get(name)}
    fields = error.fields if isinstance(error, kernel.Invalid) else {}
    if isinstance(error, catalog.ItemRefused):
        params, fields = {"first": _filled(error.findings[0].message, error.findings[0].params)}, _findings(error)
    return Problem(
        status,
        error.code,
        _filled(error.message, params),
        _filled(error.remedy, params),
        {path: [_filled(said, getattr(said, "params", {})) for said in messages] for path, messages in fields.items()},
        {"WWW-Authenticate": 'Bearer realm="greenlight"'} if status == HTTPStatus.UNAUTHORIZED else {},
    )


def _findings(refused: catalog.ItemRefused) -> dict[str, list[str]]:
    """What is wrong with an item's files, each with its remedy, by file#element."""
    found: dict[str, list[str]] = {}
    for one in refused.findings:
        place = f"{one.file or ''}#{one.element}" if one.element else one.file or ""
        said = f"{_filled(one.message, one.params)} {_filled(one.remedy, one.params)}".strip()
        found.setdefault(place, []).append(said)
    return found


def _of_http(error: HTTPException, code: int) -> Problem:
    if code == HTTPStatus.UNPROCESSABLE_ENTITY:
        messages = getattr(error, "data", {}).get("messages", {})
        fields = {path: found for location in messages.values() for path, found in _flat(location)}
        return _said(code, ("invalid", kernel.Invalid.message, kernel.Invalid.remedy), errors=fields)
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    return _said(code, OF_HTTP.get(code, OF_HTTP[400]), headers=headers)


def _filled(msgid: str, params: Mapping[str, Any]) -> str:
    text: str = gettext(msgid) if msgid else ""
    return text % params if params else text


def _said(code: int, texts: tuple[str, str, str], **more: Any) -> Problem:
    return Problem(code, texts[0], gettext(texts[1]), gettext(texts[2]), **more)


def _flat(messages: Any, path: str = "") -> Iterator[tuple[str, list[str]]]:
    """marshmallow's nested messages, by the path of the field."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, [gettext(str(message)) for message in messages]
