"""Administration: the office, its people, roles, regions, calendars; failed work, and whether the record is whole."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

from app.web.admin import calendars, home, hours, office, people, person, roles, tables, views, webhooks  # noqa: E402, F401 — they add their views
