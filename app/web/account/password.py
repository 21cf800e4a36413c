"""A new password for who logged in with one that somebody else has set: nothing else is done before."""

from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.identity import operations as identity
from app.kernel.time import real_now
from app.web.account import blueprint
from app.web.errors import shown_on


@blueprint.get("/new-password")
@edge.guarded("token.manage", given_password=True)
def new_password() -> ResponseReturnValue:
    """The form."""
    if not edge.actor().must_change_password:
        return redirect(url_for(".profile"))
    return render_template("account/new_password.html")


@blueprint.post("/new-password/set")
@shown_on(new_password)
@edge.guarded("token.manage", given_password=True)
def set_new_password() -> ResponseReturnValue:
    """Set it, and go on to where one's work is."""
    form, here = request.form, request.cookies.get(edge.SESSION_COOKIE)
    identity.change_password(
        edge.session(), edge.actor(), form.get("old", ""), form.get("new", ""), real_now(), keep=here
    )
    flash(gettext("Your password was changed."), "good")
    return redirect(url_for("public.start"), HTTPStatus.SEE_OTHER)
