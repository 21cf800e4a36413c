"""Tags by which a client says what it has: 304 where it is still so, 412 where it was changed, 428 where it must say.

The tag of a thing with a version begins with it, `"3.9a0c…"`; the rest stands for what may change without an act upon
the thing (a limit that moved). A write compares versions only. The tag of a list is weak.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from hashlib import blake2b
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from app.api.answers import JSON
from app.api.description import document_header

_VARY = "Authorization, Cookie, Accept-Language"


def listed(data: Any) -> Response:
    """A list, or anything without a version of its own."""
    body = orjson.dumps(data)
    return _unless_known(body, f'W/"{_digest(body)}"', 200)


def versioned(
    data: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None, *, by: str = "version"
) -> Response:
    """One thing whose changes are counted, in the field that `by` names."""
    body = orjson.dumps(data)
    given = _unless_known(body, f'"{data[by]}.{_digest(body)}"', status)
    given.headers.update(headers or {})
    return given


def if_match(*, required: bool) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Give the view the `version` that the client has seen, from If-Match; None where any will do (`*`).

    Raises PreconditionRequired (428) where it is `required` and missing, PreconditionFailed (412) where it is no tag
    of ours.
    """

    def mark(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def run(*args: Any, **kwargs: Any) -> Response:
            return view(*args, version=_seen(required), **kwargs)

        document_header(run, "IfMatch" if required else "IfMatchOptional")
        return run

    return mark


def _seen(required: bool) -> int | None:
    given = request.headers.get("If-Match", "").strip()
    if not given and required:
        raise PreconditionRequired()
    if given in ("", "*"):
        return None
    version = given[1:-1].partition(".")[0]
    if not (given[0] == given[-1] == '"' and version.isascii() and version.isdigit()):
        raise PreconditionFailed()
    return int(version)


def _digest(body: bytes) -> str:
    return blake2b(body, digest_size=8).hexdigest()


def _unless_known(body: bytes, tag: str, status: int) -> Response:
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": _VARY}
    known = request.headers.get("If-None-Match") if request.method in ("GET", "HEAD") else None
    if known and request.if_none_match.contains_weak(tag.removeprefix("W/").strip('"')):
        return Response(status=304, headers=headers)
    return Response(body, status, headers, mimetype=JSON)
