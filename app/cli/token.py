"""`flask token …`: tokens with which programs act for somebody."""

from datetime import timedelta
from uuid import UUID

import click
from flask.cli import AppGroup

from app.cli.desk import as_person, desk
from app.cli.output import show, with_json
from app.identity import operations, queries
from app.kernel.time import real_now

group = AppGroup("token", help="Tokens with which programs act for somebody.")


@group.command("issue")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, default=("*",), help="A permission; `*` for all that one has.")
@click.option("--days", default=90, show_default=True, help="How long it holds.")
@as_person
def issue(name: str, scopes: tuple[str, ...], days: int, username: str) -> None:
    """Issue a token NAME for oneself, and print its secret: it is shown this once."""
    with desk(username) as at:
        ends = real_now() + timedelta(days=days)
        click.echo(operations.issue_token(at.session, at.actor, name, list(scopes), ends, real_now()))


@group.command("list")
@as_person
@with_json
def list_(username: str, as_json: bool) -> None:
    """List one's tokens."""
    with desk(username) as at:
        found = queries.tokens_of(at.session, at.actor)
        shown = ("id", "name", "scopes", "created_at", "expires_at", "revoked_at")
        show(({name: getattr(token, name) for name in shown} for token in found), as_json=as_json)


@group.command("revoke")
@click.argument("token_id", type=click.UUID)
@as_person
def revoke(token_id: UUID, username: str) -> None:
    """End a token."""
    with desk(username) as at:
        operations.revoke_token(at.session, at.actor, token_id, real_now())
