"""Where a command does its work: as one person, in one transaction, and with a plain word when it is refused."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, TypeVar, cast
from uuid import UUID

import click
from flask import current_app
from flask_babel import force_locale, gettext
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.audit.operations import refuse
from app.identity.queries import actor_by_username
from app.identity.types import Actor
from app.kernel.database import enter_tenant
from app.kernel.errors import DomainError, Invalid
from app.kernel.ids import GLOBAL_TENANT
from app.office import Office

C = TypeVar("C", bound=Callable[..., Any])


@dataclass(slots=True)
class Desk:
    """One person at work. `about` is the case that a refusal is to be recorded with: its tenant and id."""

    office: Office
    session: Session
    actor: Actor
    now: datetime
    about: tuple[str, UUID] | None = None


class Refused(click.ClickException):
    """Ends the command with what went wrong and what to do about it, on stderr, without a traceback."""


def office() -> Office:
    """The office of the application."""
    return cast(Office, current_app.extensions["greenlight"])


@contextmanager
def desk(username: str) -> Iterator[Desk]:
    """Work as a person; commits at the end. What the rules refuse is recorded and ends the command."""
    with plainly():
        here = office()
        place: Desk | None = None
        try:
            with here.database.transaction(GLOBAL_TENANT, here.tenants) as session:
                now = here.now(session)
                actor = actor_by_username(session, username, now)
                enter_tenant(session, actor.tenant, () if actor.kind == "staff" else here.tenants)
                place = Desk(here, session, actor, now)
                yield place
        except DomainError as error:
            if place is not None:
                _record(place, error)
            raise


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what the rules refuse, and a database that cannot be reached, into a plain word. Raises Refused."""
    try:
        yield
    except DomainError as error:
        with force_locale(language()):
            raise Refused(said(error)) from error
    except OperationalError as error:
        raise Refused(f"The database cannot be reached: {error.orig}") from error


def said(error: DomainError) -> str:
    """What happened, which fields do not fit, and what to do."""
    lines = [_filled(error.message, error.params)]
    if isinstance(error, Invalid):
        for path, messages in error.fields.items():
            lines += [f"  {path}: {_filled(message, getattr(message, 'params', {}))}" for message in messages]
    if error.remedy:
        lines.append(_filled(error.remedy, error.params))
    return "\n".join(lines)


def language() -> str:
    """The language of the terminal."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh_CN" if locale.startswith("zh") else "en"


def as_person(command: C) -> C:
    """Add the option that says who acts."""
    return click.option(
        "--as", "username", required=True, envvar="GREENLIGHT_AS", metavar="USERNAME", help="Who does this."
    )(command)


def read(file: IO[bytes] | None) -> bytes:
    """What a file holds; nothing without one."""
    return b"" if file is None else file.read()


def _filled(msgid: str, params: dict[str, Any]) -> str:
    text = str(gettext(msgid))
    return text % params if params else text


def _record(place: Desk, error: DomainError) -> None:
    tenant, chain = place.about or (GLOBAL_TENANT, place.actor.account_id)
    context = click.get_current_context(silent=True)
    command = context.command_path.split()[-2:] if context else ["unknown"]
    if chain is not None:
        refuse(
            place.office.database,
            tenant,
            chain,
            at=place.now,
            actor_id=place.actor.account_id,
            actor=place.actor.username,
            tag=f"cli:{'.'.join(command)}:refused",
            data={"error": error.code},
        )
