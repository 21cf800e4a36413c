"""Logging in and out."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, ParamSpec
from urllib.parse import urlsplit

from flask import flash, g, make_response, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.identity import attempts
from app.identity import operations as identity
from app.identity.errors import LoginRefused
from app.identity.queries import actor_by_session
from app.identity.rules import SESSION_LIFE
from app.identity.types import Actor
from app.kernel import settings as stored
from app.kernel.time import real_now
from app.web.account import blueprint
from app.web.language import pick
from app.web.navigation import places

P = ParamSpec("P")

DEMO_ACCOUNTS = "demo.accounts"
"""The setting in which a demo names its people: [{"username", "password", "name", "post": {"zh", "en"}}, …]."""


def _throttled(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Refuse after too many wrong logins; count and record a wrong one after the roll-back, and show the form again."""

    @wraps(view)
    def run(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        tried = edge.office().database, request.form.get("username", ""), edge.address()
        if attempts.too_many(*tried):
            edge.too_many("login")
        try:
            return view(*args, **kwargs)
        except LoginRefused as refused:
            attempts.count(*tried)
            identity.record_refused_login(edge.office().database, refused, real_now())
            g.problem = refused
            return make_response(login(), HTTPStatus.UNAUTHORIZED)

    return run


@blueprint.get("/login")
@edge.public
def login() -> ResponseReturnValue:
    """The form; in a demo, also who can log in."""
    if edge.actor().account_id is not None:
        return redirect(home_of(edge.actor()))
    accounts = stored.read(edge.session(), DEMO_ACCOUNTS, []) if edge.office().is_demo else []
    return render_template("account/login.html", accounts=_by_place(accounts), next=_safe(request.values.get("next")))


@blueprint.post("/login")
@_throttled
@edge.public
def log_in() -> ResponseReturnValue:
    """Let somebody in, and on to the page they wanted."""
    now = real_now()
    form = request.form
    secret, _account = identity.log_in(edge.session(), form.get("username", ""), form.get("password", ""), now)
    actor = actor_by_session(edge.session(), secret, now, office_now=edge.now()) or edge.PUBLIC
    browser.clear()
    response = redirect(_safe(form.get("next")) or home_of(actor), HTTPStatus.SEE_OTHER)
    response.set_cookie(
        edge.SESSION_COOKIE,
        secret,
        max_age=SESSION_LIFE,
        httponly=True,
        samesite="Lax",
        secure=edge.office().settings.cookie_secure,
    )
    return response


@blueprint.post("/logout")
@edge.public
def logout() -> ResponseReturnValue:
    """End the session of this browser."""
    if edge.actor().account_id is not None:
        identity.log_out(edge.session(), edge.actor(), request.cookies.get(edge.SESSION_COOKIE, ""), real_now())
    browser.clear()
    flash(gettext("You are logged out."), "good")
    response = redirect(url_for("public.home"), HTTPStatus.SEE_OTHER)
    response.delete_cookie(edge.SESSION_COOKIE)
    response.delete_cookie(edge.TENANT_COOKIE)
    return response


def home_of(actor: Actor) -> str:
    """Where a person starts: staff at the first place of their work, an applicant with their cases."""
    if actor.kind == "applicant":
        return url_for("applicant.own")
    return next((place.address for place in places(actor)), url_for("public.home"))


def _by_place(accounts: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """A demo's people by their jurisdiction; applicants stand with the first."""
    groups: dict[str, list[dict[str, Any]]] = {}
    applicants: list[dict[str, Any]] = []
    for account in accounts:
        place, separator, _post = pick(account["post"]).partition(" · ")
        (groups.setdefault(place, []) if separator else applicants).append(account)
    first = next(iter(groups), "")
    return {first: applicants + groups.pop(first, []), **groups} if accounts else {}


def _safe(wanted: str | None) -> str | None:
    """A page of this site to go on to; None for anything else."""
    if not wanted or not wanted.isprintable() or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted
