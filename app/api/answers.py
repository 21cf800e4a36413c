"""How the API answers: JSON written once, by orjson.

A view returns a finished response, so the schemas of answers only describe; the tests hold every answer against them.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import orjson
from flask import Response

JSON = "application/json"


def answer(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`data` as JSON. Instants are ISO 8601 in UTC, identifiers strings."""
    return Response(orjson.dumps(data), status, headers, mimetype=JSON)


def nothing() -> Response:
    """Done; there is nothing to say."""
    return Response(status=204)


def file(content: bytes | Iterable[bytes], media_type: str, filename: str) -> Response:
    """A file to keep, under its own name; a browser saves it and never takes it for a page of this site."""
    given = Response(content, mimetype=media_type)
    plain = "".join(character if character.isascii() else "_" for character in filename)
    names = {"filename": plain, **({"filename*": f"UTF-8''{quote(filename)}"} if plain != filename else {})}
    given.headers.set("Content-Disposition", "attachment", **names)  # a header carries no Chinese (RFC 6266)
    return given
