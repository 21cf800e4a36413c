"""The studio: items with their versions and findings, how they come in, and the acts that bring them into force."""

from flask import Blueprint

blueprint = Blueprint("studio", __name__, url_prefix="/studio")

from app.web.studio import (  # noqa: E402 — they add their views
    acting,  # noqa: F401
    benches,  # noqa: F401
    comparing,  # noqa: F401
    home,  # noqa: F401
    intake,  # noqa: F401
    moving,  # noqa: F401
    playing,  # noqa: F401
    previewing,  # noqa: F401
    views,  # noqa: F401
    what_if,  # noqa: F401
)
