"""The studio: items with their versions and findings, how they come in, and the acts that bring them into force."""

from flask import Blueprint

blueprint = Blueprint("studio", __name__, url_prefix="/studio")

from app.web.studio import acting, benches, comparing, home, intake, playing, views  # noqa: E402, F401 — they add their views
