"""What keeps pages safe: headers that allow nothing inline and nothing foreign, the proof that a form is ours."""

from flask import Flask, Response, g, request
from flask_talisman import Talisman
from flask_wtf.csrf import CSRFProtect

from app import edge
from app.config import Settings

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": ["'self'", "data:"],
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

DECODING = "default-src 'none'; connect-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
"""Of the worker that reads PDF files, and of it alone: the decoders of scanned pictures are WebAssembly."""

_HARMLESS = ("GET", "HEAD", "OPTIONS")


def register(app: Flask, settings: Settings) -> None:
    """Set headers for all answers; ask for the token of a page on every write outside the API."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # it lives as long as the browser's session: a form may be open all day
    app.after_request(_let_decode)  # after Talisman's: what is registered first is done last
    Talisman(
        app,
        content_security_policy=POLICY,
        force_https=settings.cookie_secure,
        session_cookie_secure=settings.cookie_secure,
        strict_transport_security=settings.cookie_secure,
        frame_options="DENY",
        referrer_policy="same-origin",
    )
    protection = CSRFProtect(app)

    @app.before_request
    def demand_token() -> None:
        if request.method not in _HARMLESS and not request.path.startswith("/api/"):
            protection.protect()

    app.after_request(_keep_private)


def _let_decode(response: Response) -> Response:
    if request.endpoint == "assets.file" and request.path.rpartition("/")[2].startswith("viewer-worker-"):
        response.headers["Content-Security-Policy"] = DECODING
    return response


def _keep_private(response: Response) -> Response:
    """What somebody saw who was logged in stays in no cache: the next person at a counter's screen may press “back”.
    And no page of another site opens, embeds or reads ours."""
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if g.get("actor", edge.PUBLIC).account_id is not None:
        response.headers.setdefault("Cache-Control", "private, no-store")
    return response
