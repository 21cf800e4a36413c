"""How the API describes itself: every operation names the permission that it needs, its headers, and how it refuses."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from apispec import APISpec
from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from app.api import csrf
from app.api.answers import JSON
from app.api.shapes import Shape

FORM = "multipart/form-data"
PROBLEM = "Problem"
PROBLEM_TYPE = "application/problem+json"

ABOUT = (Path(__file__).parent / "guide.md").read_text("utf-8")
"""What a stranger needs to know before the operations."""

_HEADERS: dict[str, dict[str, Any]] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "schema": {"type": "string", "maxLength": 200},
        "description": "A key of the client's own making: a request that is repeated with it is done only once.",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "schema": {"type": "string"},
        "description": "The ETag of what the client has seen, or `*`.",
    },
    "IfMatchOptional": {
        "name": "If-Match",
        "in": "header",
        "schema": {"type": "string"},
        "description": "The ETag of what the client has seen: refused if it has changed since.",
    },
}


class ProblemShape(Shape):
    """What went wrong, and what to do about it (RFC 9457)."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String(metadata={"description": "For programs; it never changes."})
    detail = fields.String(metadata={"description": "What happened, in the reader's language."})
    remedy = fields.String(metadata={"description": "What to do about it."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "Fields that do not fit, by path."},
    )
    trace_id = fields.String(metadata={"description": "Ties this answer to the log."})


class Room(Blueprint):
    """The operations of one room. Each must be guarded or public."""

    ARGUMENTS_PARSER = FlaskParser(unknown=None)  # each schema says itself what it does with what it does not know

    def __init__(self, name: str, description: str, *, takes: str = JSON) -> None:
        super().__init__(name, name, url_prefix="/api/v1", description=description)
        self._prepare_doc_cbks.append(_describe_access)
        self._takes = takes
        self.before_request(self._check)

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Callable[..., Any] | None = None, **options: Any
    ) -> None:
        """Add an operation. Raises TypeError where nobody said who may use it."""
        permissions = getattr(view_func, "permissions", None)
        if view_func is None or permissions is None:
            raise TypeError(f"{rule} is neither guarded nor public")
        view_func.__dict__.setdefault("_apidoc", {})["permissions"] = permissions
        super().add_url_rule(rule, endpoint, view_func, **options)

    def arguments(self, schema: type[Schema], **options: Any) -> Any:
        """Read and check arguments by `schema`, which is made once and not for each request."""
        return super().arguments(schema(), **options)

    def _check(self) -> None:
        """What every request must fulfil before its view is asked."""
        csrf.check()
        if request.content_length and request.mimetype != self._takes:
            raise UnsupportedMediaType()


def document_header(view: Callable[..., Any], name: str) -> None:
    """Say that an operation reads one of the headers above."""
    view.__dict__.setdefault("_apidoc", {}).setdefault("headers", []).append(name)


def describe(spec: APISpec) -> None:
    """Add to the description what all operations share."""
    for name, header in _HEADERS.items():
        spec.components.parameter(name, "header", header, lazy=True)
    spec.components.security_scheme(
        "token", {"type": "http", "scheme": "bearer", "description": "An API token: `gl_…`."}
    )
    spec.components.security_scheme(
        "session",
        {
            "type": "apiKey",
            "in": "cookie",
            "name": "greenlight",
            "description": f"The session of a browser; writes carry the page's token in {csrf.HEADER} too.",
        },
    )


def describe_problems(spec: APISpec) -> None:
    """Every refusal has one shape, whatever its status."""
    names = [PROBLEM, *(status.name for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST)]
    for name in names:
        text = "Refused or failed" if name == PROBLEM else HTTPStatus[name].phrase
        content = {PROBLEM_TYPE: {"schema": ProblemShape}}
        spec.components.response(name, {"description": text, "content": content}, lazy=True)


def _describe_access(doc: dict[str, Any], info: dict[str, Any], **_context: Any) -> dict[str, Any]:
    permissions = info["permissions"]
    doc["security"] = [{"token": []}, {"session": []}] if permissions else []
    if permissions:
        doc["x-permissions"] = list(permissions)
    for name in info.get("headers", ()):
        doc.setdefault("parameters", []).append(name)
    return doc
