"""What pages load from this site: the built bundles, by names that carry their content, so that browsers keep them."""

import json
from functools import cache
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, send_from_directory, url_for
from werkzeug.exceptions import NotFound

from app import edge

DIST = Path(__file__).parent / "static" / "dist"
A_YEAR = 31_536_000

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


class NotBuilt(RuntimeError):
    """The front end has not been built on this machine."""

    def __init__(self) -> None:
        super().__init__(f"{DIST / 'manifest.json'} is missing: run `make` (or `npm run build` in frontend/).")


@blueprint.get("/<name>")
@edge.plain
def file(name: str) -> Response:
    """A built file. Its name changes with its content, so it may be kept for ever."""
    if name not in _manifest().values() and name not in _files():
        raise NotFound()
    response = send_from_directory(DIST, name, max_age=A_YEAR)
    response.cache_control.immutable = True
    return response


def asset(name: str) -> str:
    """The address of a built file by its plain name, such as app.css."""
    return url_for("assets.file", name=_manifest()[name])


@cache
def _manifest() -> dict[str, str]:
    path = DIST / "manifest.json"
    if not path.is_file():
        raise NotBuilt()
    return cast(dict[str, str], json.loads(path.read_text("utf-8")))


@cache
def _files() -> frozenset[str]:
    return frozenset(path.name for path in DIST.iterdir() if path.is_file())
