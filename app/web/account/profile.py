"""Where one acts, one's password, sessions and tokens."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.identity import operations as identity
from app.identity import queries as people
from app.identity.types import ALL_SCOPES
from app.kernel.errors import Invalid
from app.kernel.time import real_now
from app.org import queries as org
from app.web.account import blueprint
from app.web.errors import shown_on

TOKEN_DAYS = (30, 90, 365)


@blueprint.get("/account")
@edge.guarded("token.manage")
def profile() -> ResponseReturnValue:
    """All of it on one page."""
    return _page(None)


@blueprint.post("/account/place")
@edge.guarded("token.manage")
def act_in() -> ResponseReturnValue:
    """Act in another of the jurisdictions in which one holds a post."""
    tenant = request.form.get("tenant", "")
    response = redirect(url_for("public.start"), HTTPStatus.SEE_OTHER)
    if tenant in edge.tenants_held():
        response.set_cookie(
            edge.TENANT_COOKIE, tenant, httponly=True, samesite="Lax", secure=edge.office().settings.cookie_secure
        )
    return response


@blueprint.post("/account/password")
@shown_on(profile)
@edge.guarded("token.manage")
def change_password() -> ResponseReturnValue:
    """Change one's password; all other browsers are logged out."""
    form, here = request.form, request.cookies.get(edge.SESSION_COOKIE)
    identity.change_password(
        edge.session(), edge.actor(), form.get("old", ""), form.get("new", ""), real_now(), keep=here
    )
    flash(gettext("Your password was changed; you are logged out everywhere else."), "good")
    return redirect(url_for(".profile"), HTTPStatus.SEE_OTHER)


@blueprint.post("/account/sessions/<uuid:session_id>/end")
@edge.guarded("token.manage")
def end_session(session_id: UUID) -> ResponseReturnValue:
    """Log out another browser."""
    identity.end_session(edge.session(), edge.actor(), session_id, real_now())
    return redirect(url_for(".profile"), HTTPStatus.SEE_OTHER)


@blueprint.post("/account/tokens")
@shown_on(profile)
@edge.guarded("token.manage")
def issue_token() -> ResponseReturnValue:
    """Issue a token for the API and show its secret, this once."""
    form, now = request.form, real_now()
    days = form.get("days", TOKEN_DAYS[0], type=int)
    if days not in TOKEN_DAYS:
        raise Invalid({"expires_at": ["A token ends in the future, and within a year."]})
    scopes = [ALL_SCOPES] if form.get("all") else form.getlist("scopes")
    secret = identity.issue_token(
        edge.session(), edge.actor(), form.get("name", ""), scopes, now + timedelta(days=days), now
    )
    g.page = url_for(".profile")
    return _page(secret)


@blueprint.post("/account/tokens/<uuid:token_id>/revoke")
@edge.guarded("token.manage")
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    """End a token."""
    identity.revoke_token(edge.session(), edge.actor(), token_id, real_now())
    flash(gettext("The token was revoked."), "good")
    return redirect(url_for(".profile"), HTTPStatus.SEE_OTHER)


def _page(secret: str | None) -> str:
    actor, session = edge.actor(), edge.session()
    regions = {region.code: region for region in org.tenants(session)}
    return render_template(
        "account/profile.html",
        tenants=[regions[code] for code in edge.tenants_held() if code in regions],
        sessions=people.sessions_of(session, actor, real_now()),
        tokens=people.tokens_of(session, actor),
        permissions=sorted(actor.permissions),
        token_days=TOKEN_DAYS,
        real_now=real_now(),
        secret=secret,
    )
