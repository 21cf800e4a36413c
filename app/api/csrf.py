"""A write with the cookie of a browser must prove that a page of ours sent it. An API token needs no such proof."""

from flask import request
from flask_wtf.csrf import validate_csrf
from wtforms import ValidationError

from app import edge
from app.kernel.errors import Forbidden

HEADER = "X-CSRFToken"
_HARMLESS = ("GET", "HEAD", "OPTIONS")


class CsrfRefused(Forbidden):
    """A write with the cookie of a session, but without the token of a page."""

    code = "csrf"
    message = "This request does not come from a page of this site."
    remedy = "Send the page's token in the header X-CSRFToken, or use an API token instead of the cookie."


def check() -> None:
    """Raise CsrfRefused where a browser's cookie would be used without the page knowing."""
    if (
        request.method in _HARMLESS
        or request.headers.get("Authorization")
        or edge.SESSION_COOKIE not in request.cookies
    ):
        return
    try:
        validate_csrf(request.headers.get(HEADER))
    except ValidationError:
        raise CsrfRefused() from None
