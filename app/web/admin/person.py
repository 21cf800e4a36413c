"""One person: their posts, moving and leaving with what is handed over, what is kept of them, how they come in."""

from datetime import datetime
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app import edge
from app.administration import people as verbs
from app.administration import queries
from app.administration.types import PostRow
from app.identity import access, operations, policy
from app.identity.models import ApiToken, LoginSession
from app.identity.queries import names_of
from app.kernel.errors import DomainError
from app.kernel.marking import _
from app.kernel.time import real_now
from app.org import queries as org
from app.web.admin import blueprint
from app.web.admin.forms import first_day, key, last_day, needed, number
from app.web.errors import shown_on
from app.web.once import once

KEPT = ("name", "phone", "email", "id_number", "language")


@blueprint.get("/people/<uuid:account_id>")
@edge.guarded("org.manage")
def person(account_id: UUID) -> ResponseReturnValue:
    """All of it on one page."""
    return _page(account_id)


@blueprint.post("/people/<uuid:account_id>/edit")
@shown_on(person)
@edge.guarded("org.manage")
def edit(account_id: UUID) -> ResponseReturnValue:
    """Show what is kept of a person whole, to be changed; that it was read is recorded."""
    account = verbs.read_person(edge.session(), edge.actor(), account_id, edge.now())
    g.page = url_for(".person", account_id=account_id)
    return render_template("admin/person_edit.html", account=account)


@blueprint.post("/people/<uuid:account_id>/kept")
@shown_on(person)
@edge.guarded("org.manage")
@once
def change(account_id: UUID) -> ResponseReturnValue:
    """Change what is kept of a person."""
    values: dict[str, str | None] = {name: request.form.get(name) for name in KEPT}
    verbs.edit_person(edge.session(), edge.actor(), account_id, values, now=edge.now(), version=number("version"))
    return _back(account_id, _("Saved."))


@blueprint.post("/people/<uuid:account_id>/posts")
@shown_on(person)
@edge.guarded("org.manage")
@once
def give_post(account_id: UUID) -> ResponseReturnValue:
    """Give a further post."""
    post, since, until = needed("post"), first_day("since"), last_day("until")
    verbs.give_post(edge.session(), edge.actor(), account_id, post, since=since, until=until, now=edge.now())
    return _back(account_id, _("The post was given."))


@blueprint.post("/people/<uuid:account_id>/move")
@shown_on(person)
@edge.guarded("org.manage")
@once
def move(account_id: UUID) -> ResponseReturnValue:
    """Change from one post to another, and hand over."""
    left, taken, successor = needed("from_post"), needed("to_post"), key("successor")
    at = last_day("at")
    verbs.move(edge.session(), edge.actor(), account_id, left, taken, at=at, successor_id=successor, now=edge.now())
    return _back(account_id, _done(at, _("The person has moved."), _("The move is planned.")))


@blueprint.post("/people/<uuid:account_id>/leave-post")
@shown_on(person)
@edge.guarded("org.manage")
@once
def leave_post(account_id: UUID) -> ResponseReturnValue:
    """Leave one post, and hand over."""
    at, successor = last_day("at"), key("successor")
    verbs.leave_post(
        edge.session(), edge.actor(), account_id, needed("post"), at=at, successor_id=successor, now=edge.now()
    )
    return _back(account_id, _done(at, _("The post was left."), _("The end is planned.")))


@blueprint.post("/people/<uuid:account_id>/leave")
@shown_on(person)
@edge.guarded("org.manage")
@once
def leave(account_id: UUID) -> ResponseReturnValue:
    """Leave all posts here, and hand over."""
    at, successor = last_day("at"), key("successor")
    verbs.leave_office(edge.session(), edge.actor(), account_id, at=at, successor_id=successor, now=edge.now())
    return _back(account_id, _done(at, _("The person has left."), _("Leaving is planned.")))


@blueprint.post("/people/<uuid:account_id>/password")
@shown_on(person)
@edge.guarded("org.manage")
def reset_password(account_id: UUID) -> ResponseReturnValue:
    """Give a password that is shown this once and must be changed at the next login."""
    password = access.reset_password(edge.session(), edge.actor(), account_id, edge.now(), real_now())
    g.page = url_for(".person", account_id=account_id)
    return _page(account_id, password)


@blueprint.post("/people/<uuid:account_id>/sessions/end")
@shown_on(person)
@edge.guarded("org.manage")
def end_sessions(account_id: UUID) -> ResponseReturnValue:
    """Log somebody out: of one session, or everywhere."""
    access.end_sessions(edge.session(), edge.actor(), account_id, edge.now(), real_now(), only=key("session"))
    return _back(account_id, _("Logged out there."))


@blueprint.post("/people/<uuid:account_id>/tokens/revoke")
@shown_on(person)
@edge.guarded("org.manage")
def revoke_token(account_id: UUID) -> ResponseReturnValue:
    """End a token."""
    access.revoke_token_of(edge.session(), edge.actor(), account_id, needed("token"), edge.now(), real_now())
    return _back(account_id, _("The token was revoked."))


@blueprint.post("/people/<uuid:account_id>/close")
@shown_on(person)
@edge.guarded("org.manage")
@once
def close(account_id: UUID) -> ResponseReturnValue:
    """Shut somebody out."""
    operations.close_account(edge.session(), edge.actor(), account_id, edge.now())
    return _back(account_id, _("The account was closed."))


@blueprint.post("/people/<uuid:account_id>/reopen")
@shown_on(person)
@edge.guarded("org.manage")
@once
def reopen(account_id: UUID) -> ResponseReturnValue:
    """Let somebody in again."""
    operations.reopen_account(edge.session(), edge.actor(), account_id, edge.now())
    return _back(account_id, _("The account is open again."))


def _page(account_id: UUID, password: str | None = None) -> str:
    session, actor, now = edge.session(), edge.actor(), edge.now()
    found = queries.person(session, actor, account_id)
    posts = queries.posts(session, actor, now)
    sessions, tokens, beyond = _access(account_id)
    held = [one for one in found.posts if one.until is None or one.until > now]
    return render_template(
        "admin/person.html",
        person=found,
        held=held,
        past=[one for one in found.posts if one not in held],
        successors=_successors(posts, {one.post_id for one in held}, account_id),
        in_hand=queries.in_hand(session, actor, account_id),
        posts=posts,
        departments=org.departments(session, actor.tenant),
        names=names_of(session, [one.successor_id for one in found.posts if one.successor_id]),
        sessions=sessions,
        tokens=tokens,
        beyond=beyond,
        password=password,
        now=now,
        real_now=real_now(),
    )


def _access(account_id: UUID) -> tuple[list[LoginSession], list[ApiToken], DomainError | None]:
    """How somebody comes in; where that is not the reader's to look after, why not."""
    session, actor, now = edge.session(), edge.actor(), edge.now()
    try:
        policy.administered(session, actor, account_id, now)
    except DomainError as error:
        return [], [], error
    sessions = access.sessions_of_person(session, actor, account_id, now, real_now())
    return sessions, access.tokens_of_person(session, actor, account_id, now), None


def _successors(posts: list[PostRow], held: set[UUID], account_id: UUID) -> dict[UUID, list[tuple[UUID, str]]]:
    """Who else holds each of the posts: to whom one may hand over."""
    return {post.id: [one for one in post.holders if one[0] != account_id] for post in posts if post.id in held}


def _done(at: datetime | None, now: str, later: str) -> str:
    return now if at is None or at <= edge.now() else later


def _back(account_id: UUID, said: str) -> ResponseReturnValue:
    flash(gettext(said), "good")
    return redirect(url_for(".person", account_id=account_id), 303)
