"""`flask account …`: accounts of people, and the posts that they hold."""

from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.cli.desk import desk, office, plainly
from app.cli.output import show, show_one, with_json
from app.identity import access, operations
from app.identity.models import Account
from app.identity.rules import plain_username
from app.identity.types import SYSTEM
from app.kernel.errors import NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.org import operations as org
from app.org import queries as offices

group = AppGroup("account", help="Accounts of people, and the posts that they hold.")

_OF_SESSION = ("id", "created_at", "last_used_at", "expires_at")
_OF_TOKEN = ("id", "name", "scopes", "created_at", "last_used_at", "expires_at", "revoked_at")
_as_admin = click.option(
    "--as", "by", required=True, envvar="GREENLIGHT_AS", metavar="USERNAME", help="The administrator who does this."
)


@group.command("open")
@click.argument("username")
@click.option("--name", required=True, help="The person's name.")
@click.option("--kind", type=click.Choice(["staff", "applicant"]), default="staff", show_default=True)
@click.password_option()
@with_json
def open_(username: str, name: str, kind: Any, password: str, as_json: bool) -> None:
    """Open an account."""
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        made = operations.open_account(
            session, SYSTEM, username=username, name=name, kind=kind, password=password, now=real_now()
        )
        show_one({"id": made.id, "username": made.username, "kind": made.kind}, as_json=as_json)


@group.command("password")
@click.argument("username")
@click.password_option()
def password_(username: str, password: str) -> None:
    """Set somebody's password and end their sessions."""
    with plainly(), office().database.transaction(GLOBAL_TENANT, office().tenants) as session:
        operations.set_password(session, SYSTEM, _id_of(username), password, real_now())


@group.command("close")
@click.argument("username")
def close(username: str) -> None:
    """Shut somebody out."""
    with plainly(), office().database.transaction(GLOBAL_TENANT, office().tenants) as session:
        operations.close_account(session, SYSTEM, _id_of(username), real_now())


@group.command("reopen")
@click.argument("username")
def reopen(username: str) -> None:
    """Let somebody in again."""
    with plainly(), office().database.transaction(GLOBAL_TENANT, office().tenants) as session:
        operations.reopen_account(session, SYSTEM, _id_of(username), real_now())


@group.command("reset")
@click.argument("username")
@_as_admin
def reset(username: str, by: str) -> None:
    """Print a password with which somebody can do nothing but choose another; their sessions and tokens end."""
    account = _id_of(username)
    with desk(by) as at:
        click.echo(access.reset_password(at.session, at.actor, account, at.now, real_now()))


@group.command("sessions")
@click.argument("username")
@click.option("--end", is_flag=True, help="End them all.")
@_as_admin
@with_json
def sessions(username: str, end: bool, by: str, as_json: bool) -> None:
    """List where somebody is logged in, or log them out everywhere."""
    account = _id_of(username)
    with desk(by) as at:
        found = access.sessions_of_person(at.session, at.actor, account, at.now, real_now())
        show(({name: getattr(one, name) for name in _OF_SESSION} for one in found), as_json=as_json)
        if end:
            access.end_sessions(at.session, at.actor, account, at.now, real_now())


@group.command("tokens")
@click.argument("username")
@click.option("--revoke", type=click.UUID, help="End this one.")
@_as_admin
@with_json
def tokens(username: str, revoke: UUID | None, by: str, as_json: bool) -> None:
    """List somebody's tokens, without their secrets, or end one."""
    account = _id_of(username)
    with desk(by) as at:
        if revoke is not None:
            access.revoke_token_of(at.session, at.actor, account, revoke, at.now, real_now())
        found = access.tokens_of_person(at.session, at.actor, account, at.now)
        show(({name: getattr(one, name) for name in _OF_TOKEN} for one in found), as_json=as_json)


@group.command("give")
@click.argument("username")
@click.argument("tenant")
@click.argument("post")
def give(username: str, tenant: str, post: str) -> None:
    """Let somebody hold the post POST of a jurisdiction from now on."""
    account = _id_of(username)
    with plainly(), office().database.transaction(tenant) as session:
        found = offices.post_by_code(session, tenant, post)
        org.give_post(session, tenant, account, found.id, real_now())


def _id_of(username: str) -> UUID:
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        found = session.scalar(
            select(Account.id).where(Account.tenant == GLOBAL_TENANT, Account.username == plain_username(username))
        )
        if found is None:
            raise NotFound(kind="account", key=username)
        return found
