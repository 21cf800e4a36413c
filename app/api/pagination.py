"""Lists in pages: a page says where the next one starts, in a cursor that only this API can have written.

A cursor is a place in an order, not a number of a page: what is added or taken away in between neither doubles nor
hides a row.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeSerializer
from marshmallow import fields, validate

from app.api.etags import listed
from app.api.shapes import Query
from app.kernel.errors import DomainError

DEFAULT_SIZE = 50
MOST = 200


class BadCursor(DomainError):
    """The cursor was not written by this list, or was changed."""

    code = "bad-cursor"
    message = "This cursor does not belong to this list."
    remedy = "Start again without a cursor, or follow the link “next” of the page before."


class PageQuery(Query):
    """Which page of a list is wanted."""

    limit = fields.Integer(
        load_default=DEFAULT_SIZE,
        validate=validate.Range(1, MOST),
        metadata={"description": "How many rows the page may have."},
    )
    cursor = fields.String(
        load_default=None, metadata={"description": "Where the page starts: from `next` of the page before it."}
    )


def place(cursor: str | None) -> list[Any] | None:
    """What `paged` wrote into a cursor of this same list. Raises BadCursor."""
    if cursor is None:
        return None
    try:
        found: list[Any] = _signer().loads(cursor)
    except BadData:
        raise BadCursor() from None
    return found


def paged(rows: Iterable[Any], next_place: Iterable[Any] | None) -> Response:
    """A page: `data`, and `next`: the address of the next page, or null."""
    following = None
    if next_place is not None:
        arguments = request.args.to_dict(flat=False) | {"cursor": [_signer().dumps([_plain(v) for v in next_place])]}
        following = f"{request.path}?{urlencode(arguments, doseq=True)}"
    answer = listed({"data": list(rows), "next": following})
    if following:
        answer.headers["Link"] = f'<{following}>; rel="next"'
    return answer


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"cursor {request.endpoint}")


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            return value
