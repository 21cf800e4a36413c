"""Oneself: who am I, where am I logged in, my tokens."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_wtf.csrf import generate_csrf
from marshmallow import fields, validate

from app import edge
from app.api.answers import answer, nothing
from app.api.description import Room
from app.api.etags import listed
from app.api.idempotency import once, remember
from app.api.shapes import Body, Shape, instant, list_of, text
from app.identity import attempts, operations, queries
from app.identity.errors import LoginRefused
from app.kernel.time import real_now

room = Room("people", "Who one is, where one is logged in, and the tokens with which programs act for one.")


class MeShape(Shape):
    """The person who asks."""

    id = fields.UUID()
    username = fields.String()
    name = fields.String()
    kind = fields.String(metadata={"enum": ["staff", "applicant"]})
    tenant = fields.String(metadata={"description": "The jurisdiction in which one acts; `*` for an applicant."})
    tenants = fields.List(fields.String(), metadata={"description": "All those in which one holds a post."})
    posts = fields.List(fields.String())
    permissions = fields.List(fields.String(), metadata={"description": "What one may do with this token or session."})
    language = fields.String()
    csrf_token = fields.String(
        allow_none=True, metadata={"description": "For the header X-CSRFToken; null where one came with a token."}
    )


class SessionShape(Shape):
    """A browser that is logged in."""

    id = fields.UUID()
    created_at = instant()
    expires_at = instant()
    last_used_at = instant(null=True, description="Exact to the hour.")


class CredentialsBody(Body):
    """How one logs in."""

    username = text(most=100, required=True)
    password = text(most=256, required=True)


class LoggedInShape(Shape):
    """The cookie `greenlight` is set; writes need this token in the header X-CSRFToken."""

    csrf_token = fields.String()


class TokenShape(Shape):
    """An API token. Its secret is not kept."""

    id = fields.UUID()
    name = fields.String()
    scopes = fields.List(fields.String())
    created_at = instant()
    expires_at = instant()
    revoked_at = instant(null=True)
    last_used_at = instant(null=True, description="Exact to the hour.")


SessionList = list_of(SessionShape)
TokenList = list_of(TokenShape)


class TokenBody(Body):
    """The token that is wanted."""

    name = text(most=100, required=True, metadata={"description": "So that one knows later what uses it."})
    scopes = fields.List(
        text(most=100),
        required=True,
        validate=validate.Length(1, 100),
        metadata={"description": "Permissions that one has, or `*` for all of them."},
    )
    expires_at = fields.AwareDateTime(required=True, metadata={"description": "Within a year."})


class IssuedTokenShape(TokenShape):
    """A new token. The secret is shown once: an answer repeated to an Idempotency-Key comes without it."""

    secret = fields.String(allow_none=True)


@room.route("/me")
@edge.guarded("token.manage", "item.read")
@room.response(200, MeShape)
def me() -> Response:
    """Who am I, and what may I do?"""
    who = edge.actor()
    return listed(
        MeShape.of(
            who,
            id=who.account_id,
            tenants=edge.tenants_held(),
            posts=sorted(who.posts),
            permissions=sorted(filter(who.may, who.permissions)),
            csrf_token=generate_csrf() if who.scopes is None else None,
        )
    )


def _throttled(view: Callable[[], Response]) -> Callable[[], Response]:
    """Refuse after too many wrong logins; count and record a wrong one. Outside the request's transaction: counting
    takes a connection of its own, and who holds one must not wait for a second."""

    @wraps(view)
    def run() -> Response:
        given = request.get_json(silent=True)
        username = str(given.get("username", "")) if isinstance(given, dict) else ""
        tried = edge.office().database, username, edge.address()
        if username and attempts.too_many(*tried):  # without one it is refused for its shape
            edge.too_many("login")
        try:
            return view()
        except LoginRefused as refused:
            attempts.count(*tried)
            operations.record_refused_login(edge.office().database, refused, real_now(), source="api")
            raise

    return run


@room.route("/sessions", methods=["POST"])
@_throttled
@edge.public
@room.arguments(CredentialsBody)
@room.response(201, LoggedInShape)
def log_in(body: dict[str, Any]) -> Response:
    """Log in. A program had better use a token."""
    username, password = body["username"], body["password"]
    secret, _account = operations.log_in(edge.session(), username, password, real_now(), source="api")
    given = answer({"csrf_token": generate_csrf()}, 201)
    given.set_cookie(
        edge.SESSION_COOKIE,
        secret,
        httponly=True,
        samesite="Lax",
        secure=edge.office().settings.cookie_secure,
    )
    return given


@room.route("/sessions")
@edge.guarded("token.manage")
@room.response(200, SessionList)
def sessions() -> Response:
    """Where am I logged in?"""
    found = queries.sessions_of(edge.session(), edge.actor(), real_now())
    return listed({"data": list(map(SessionShape.of, found))})


@room.route("/sessions/<uuid:session_id>", methods=["DELETE"])
@edge.guarded("token.manage")
@room.response(204)
def end_session(session_id: UUID) -> Response:
    """Log out there."""
    operations.end_session(edge.session(), edge.actor(), session_id, real_now())
    return nothing()


@room.route("/tokens")
@edge.guarded("token.manage")
@room.response(200, TokenList)
def tokens() -> Response:
    """All tokens I ever issued, without their secrets."""
    return listed({"data": list(map(TokenShape.of, queries.tokens_of(edge.session(), edge.actor())))})


@room.route("/tokens", methods=["POST"])
@edge.guarded("token.manage")
@once
@room.arguments(TokenBody)
@room.response(201, IssuedTokenShape)
def issue(body: dict[str, Any]) -> Response:
    """Issue a token. Only a person who has logged in may do that: a token cannot lengthen its own life."""
    secret = operations.issue_token(
        edge.session(), edge.actor(), body["name"], body["scopes"], body["expires_at"], real_now()
    )
    issued = IssuedTokenShape.of(queries.tokens_of(edge.session(), edge.actor())[0], secret=None)
    remember(answer(issued, 201))
    return answer({**issued, "secret": secret}, 201)


@room.route("/tokens/<uuid:token_id>", methods=["DELETE"])
@edge.guarded("token.manage")
@room.response(204)
def revoke(token_id: UUID) -> Response:
    """End a token."""
    operations.revoke_token(edge.session(), edge.actor(), token_id, real_now())
    return nothing()
