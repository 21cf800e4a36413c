"""The description of the API (OpenAPI 3.1) and a page to browse it and try it, without any third party."""

from functools import cache
from pathlib import Path
from typing import Any

import flask_swagger_ui
import orjson
from flask import Blueprint, Response, current_app, render_template, send_from_directory
from flask_wtf.csrf import generate_csrf

from app import edge
from app.api.answers import JSON

UI = Path(flask_swagger_ui.__file__).parent / "dist"
OWN = Path(__file__).parent / "static"
_FILES = {"swagger-ui-bundle.js": UI, "swagger-ui.css": UI, "start.js": OWN}

blueprint = Blueprint("api-docs", __name__, url_prefix="/api", template_folder="templates")


@blueprint.get("/v1/openapi.json")
@edge.plain
def description() -> Response:
    """The API's description."""
    return Response(_written(current_app.extensions["api"].spec), mimetype=JSON)


@blueprint.get("/docs")
@edge.plain
def page() -> str:
    """The page that shows it. It carries the token with which a logged-in person may try writes."""
    return render_template("api-docs.html", csrf_token=generate_csrf())


@blueprint.get("/docs/<name>")
@edge.plain
def file(name: str) -> Response:
    """The page's scripts and styles."""
    return send_from_directory(_FILES.get(name, OWN), name, max_age=3600)


@cache
def _written(spec: Any) -> bytes:
    return orjson.dumps(spec.to_dict())
