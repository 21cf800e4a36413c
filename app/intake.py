"""What a request may bring: text that can be written down, and JSON of a modest size and depth.

PostgreSQL keeps no NUL, UTF-8 no lone surrogate, JSON knows neither NaN nor nesting without end. Whoever sends such
things is told so before anything else is done; no view and no room below has to think of it.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import orjson
from flask import Flask, current_app, request
from werkzeug.exceptions import BadRequest

from app.kernel.errors import Invalid

LARGEST_BODY: Final = 1024 * 1024
"""Bytes, of anything but a form with files. The longest application is a tenth of it."""

LARGEST_FORM: Final = 16 * 1024 * 1024
"""Bytes of a form with files, such as a package or a table; views marked `takes_files` take more."""

LARGEST_REQUEST: Final = 128 * 1024 * 1024
"""Bytes. The largest material that an item may ask for is smaller."""

DEEPEST: Final = 32
"""Nesting of JSON. Forms nest a group in a row in a list."""

V = TypeVar("V", bound=Callable[..., Any])

_UPLOAD: Final = "multipart/form-data"
_NUL: Final = "\0"


class Unkeepable(Invalid):
    """Text with characters that no database takes."""

    code = "unkeepable-text"
    message = "There are characters here that cannot be kept."
    remedy = "Take the control characters out."


def register(app: Flask) -> None:
    """Look at every request before anybody else does."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.before_request(check)


def takes_files(view: V) -> V:
    """Mark a view that takes documents, which may be as large as a request can be."""
    view.takes_files = True  # type: ignore[attr-defined]
    return view


def check() -> None:
    """Raise Unkeepable (422), BadRequest (400), RequestEntityTooLarge (413) for what is not taken in."""
    request.max_content_length = _most()
    if any(_NUL in text for text in _texts()):
        raise Unkeepable()
    if request.is_json and (body := request.get_data()):
        _check_json(body)


def _most() -> int:
    """How much this request may bring. Who comes without any credentials hands in no documents, but to be compared."""
    if request.mimetype != _UPLOAD:
        return LARGEST_BODY
    view = current_app.view_functions.get(request.endpoint or "")
    is_nobody = not request.cookies and "Authorization" not in request.headers
    is_closed = len(getattr(view, "permissions", ())) > 0
    if not getattr(view, "takes_files", False) or (is_nobody and is_closed):
        return LARGEST_FORM
    return LARGEST_REQUEST


def _texts() -> Iterator[str]:
    """The texts outside a JSON body. Uploads to the API are left to the view, which first asks who sends them."""
    yield request.path
    yield from request.cookies.values()
    parts = [request.args] if request.path.startswith("/api/") else [request.args, request.form]
    for part in parts:
        for name, value in part.items(multi=True):
            yield name
            yield value


def _check_json(body: bytes) -> None:
    """orjson takes what the standard says, and so refuses lone surrogates, NaN and numbers without end."""
    try:
        waiting: list[tuple[Any, int]] = [(orjson.loads(body), 0)]
    except orjson.JSONDecodeError:
        raise BadRequest() from None
    while waiting:
        found, depth = waiting.pop()
        if depth > DEEPEST:
            raise BadRequest()
        if isinstance(found, str):
            if _NUL in found:
                raise Unkeepable()
        elif isinstance(found, dict):
            waiting.extend((inner, depth + 1) for entry in found.items() for inner in entry)
        elif isinstance(found, list):
            waiting.extend((inner, depth + 1) for inner in found)
