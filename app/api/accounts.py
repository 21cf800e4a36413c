"""How people of one's jurisdiction come in: a lost password, sessions and tokens, accounts closed and opened again."""

from typing import Any
from uuid import UUID

from flask import Response, request
from marshmallow import fields

from app import edge
from app.api.answers import answer, nothing
from app.api.description import Room
from app.api.etags import listed
from app.api.idempotency import once, remember
from app.api.people import SessionList, SessionShape, TokenList, TokenShape
from app.api.shapes import Body, Shape, text
from app.identity import access, operations
from app.kernel.time import real_now

room = Room(
    "accounts",
    "How people come in whom one administers: those with a post in one's own jurisdiction and in no other, and with no "
    "permission that one could not lend. The administrator of the platform administers all who have a post there.",
)


class GivenPasswordShape(Shape):
    """A password to be told to the person. It is shown once: an answer repeated to an Idempotency-Key has null."""

    password = fields.String(allow_none=True)


class PasswordBody(Body):
    """One's present password, and the one that it is to be."""

    old = text(most=256, required=True)
    new = text(most=256, required=True)


@room.route("/people/<uuid:account_id>/password", methods=["POST"])
@edge.guarded("org.manage")
@once
@room.response(200, GivenPasswordShape)
def reset_password(account_id: UUID) -> Response:
    """Give somebody a password with which they can do nothing but choose another. All their sessions and
    tokens end."""
    password = access.reset_password(edge.session(), edge.actor(), account_id, edge.now(), real_now())
    remember(answer({"password": None}))
    return answer({"password": password})


@room.route("/people/<uuid:account_id>/sessions")
@edge.guarded("org.manage")
@room.response(200, SessionList)
def sessions(account_id: UUID) -> Response:
    """Where is somebody logged in?"""
    found = access.sessions_of_person(edge.session(), edge.actor(), account_id, edge.now(), real_now())
    return listed({"data": list(map(SessionShape.of, found))})


@room.route("/people/<uuid:account_id>/sessions", methods=["DELETE"])
@edge.guarded("org.manage")
@room.response(204)
def end_sessions(account_id: UUID) -> Response:
    """Log somebody out everywhere."""
    access.end_sessions(edge.session(), edge.actor(), account_id, edge.now(), real_now())
    return nothing()


@room.route("/people/<uuid:account_id>/sessions/<uuid:session_id>", methods=["DELETE"])
@edge.guarded("org.manage")
@room.response(204)
def end_session(account_id: UUID, session_id: UUID) -> Response:
    """End one of somebody's sessions."""
    access.end_sessions(edge.session(), edge.actor(), account_id, edge.now(), real_now(), only=session_id)
    return nothing()


@room.route("/people/<uuid:account_id>/tokens")
@edge.guarded("org.manage")
@room.response(200, TokenList)
def tokens(account_id: UUID) -> Response:
    """All tokens that somebody ever issued, without their secrets."""
    found = access.tokens_of_person(edge.session(), edge.actor(), account_id, edge.now())
    return listed({"data": list(map(TokenShape.of, found))})


@room.route("/people/<uuid:account_id>/tokens/<uuid:token_id>", methods=["DELETE"])
@edge.guarded("org.manage")
@room.response(204)
def revoke_token(account_id: UUID, token_id: UUID) -> Response:
    """End one of somebody's tokens."""
    access.revoke_token_of(edge.session(), edge.actor(), account_id, token_id, edge.now(), real_now())
    return nothing()


@room.route("/people/<uuid:account_id>/close", methods=["POST"])
@edge.guarded("org.manage")
@once
@room.response(204)
def close(account_id: UUID) -> Response:
    """Shut somebody out: no login, and no session or token works any more."""
    operations.close_account(edge.session(), edge.actor(), account_id, edge.now())
    return nothing()


@room.route("/people/<uuid:account_id>/reopen", methods=["POST"])
@edge.guarded("org.manage")
@once
@room.response(204)
def reopen(account_id: UUID) -> Response:
    """Let somebody in again."""
    operations.reopen_account(edge.session(), edge.actor(), account_id, edge.now())
    return nothing()


@room.route("/me/password", methods=["PUT"])
@edge.guarded("token.manage", given_password=True)
@room.arguments(PasswordBody)
@room.response(204)
def change_password(body: dict[str, Any]) -> Response:
    """Change one's own password, logged in and not with a token; all other sessions end."""
    here = request.cookies.get(edge.SESSION_COOKIE)
    operations.change_password(edge.session(), edge.actor(), body["old"], body["new"], real_now(), keep=here)
    return nothing()
