"""What pages load from this site: the built bundles, by names that carry their content, so that browsers keep them.

The build lays a compressed twin beside each text (`app-….css.br`, `.gz`): nothing is compressed while somebody waits.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from mimetypes import guess_type
from pathlib import Path

from flask import Blueprint, Response, current_app, request, send_from_directory, url_for
from werkzeug.exceptions import NotFound

from app import edge

DIST = Path(__file__).parent / "static" / "dist"
MANIFEST = DIST / "manifest.json"
A_YEAR = 31_536_000
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The best first."""

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


class NotBuilt(RuntimeError):
    """The front end has not been built on this machine."""

    def __init__(self) -> None:
        super().__init__(f"{MANIFEST} is missing: run `make` (or `npm run build` in frontend/).")


@dataclass(frozen=True)
class Build:
    """What the last build made: plain names to built ones, and the names of all files."""

    names: dict[str, str]
    files: frozenset[str]


@blueprint.get("/<path:name>")
@edge.plain
def file(name: str) -> Response:
    """A built file. Its name changes with its content, so it may be kept for ever."""
    build = _build()
    if name not in build.files or name.endswith(tuple(ENCODINGS.values())):
        raise NotFound()
    encoding = next(
        (one for one in ENCODINGS if request.accept_encodings[one] and name + ENCODINGS[one] in build.files), ""
    )
    response = send_from_directory(
        DIST, name + ENCODINGS.get(encoding, ""), mimetype=guess_type(name)[0], max_age=A_YEAR
    )
    if encoding:
        response.content_encoding = encoding
    response.vary.add("Accept-Encoding")
    response.cache_control.immutable = True
    return response


def asset(name: str) -> str:
    """The address of a built file by its plain name, such as app.css."""
    return url_for("assets.file", name=_build().names[name])


def sprite() -> str:
    """The built file with all icons."""
    return (DIST / _build().names["icons.svg"]).read_text("utf-8")


def _build() -> Build:
    """Read once; anew after each build where somebody develops."""
    return _read(MANIFEST.stat().st_mtime_ns if current_app.debug and MANIFEST.is_file() else 0)


@lru_cache(maxsize=1)
def _read(_stamp: int) -> Build:
    if not MANIFEST.is_file():
        raise NotBuilt()
    files = frozenset(path.relative_to(DIST).as_posix() for path in DIST.rglob("*") if path.is_file())
    return Build(json.loads(MANIFEST.read_text("utf-8")), files)
