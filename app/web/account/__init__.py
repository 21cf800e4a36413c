"""One's own account: coming in and going out, notices, where one acts, password, sessions, tokens."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)

from app.web.account import login, notices, password, profile  # noqa: E402, F401 — they add their views
