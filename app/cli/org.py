"""`flask org …`: the office of one jurisdiction: its departments, posts and people; tables from which it is built."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from app.administration import importing, people, queries, tables
from app.administration.queries import PeopleFilter
from app.administration.tables import Kind
from app.administration.types import NewPerson
from app.cli.desk import Desk, as_person, desk, language
from app.cli.output import ZONE, print_json, show, with_json
from app.identity.models import Account
from app.kernel import sheets
from app.kernel.errors import NotFound
from app.org import queries as offices

group = AppGroup("org", help="Departments, posts and people of a jurisdiction; tables from which it is built.")

MOST = 10_000
"""People that a list shows."""

_kind = click.argument("kind", type=click.Choice([str(kind) for kind in Kind]))
_on = click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="From the beginning of this day; without it, from now on."
)
_successor = click.option("--successor", metavar="USERNAME", help="Who takes over; without it, the queue does.")


@group.command("list")
@_kind
@as_person
@with_json
def list_(kind: str, username: str, as_json: bool) -> None:
    """List KIND of the jurisdiction; regions are those of all. Personal data is masked."""
    with desk(username) as at:
        show(_rows(at, Kind(kind)), as_json=as_json)


@group.command("join")
@click.argument("username_of_new", metavar="USERNAME")
@click.argument("post")
@click.option("--name", required=True, help="The person's name.")
@_on
@as_person
def join(username_of_new: str, post: str, name: str, day: datetime | None, username: str) -> None:
    """Open an account for somebody who joins at POST. They come in once a password has been set (flask account)."""
    with desk(username) as at:
        person = NewPerson(username=username_of_new, name=name)
        people.join(at.session, at.actor, person, _post(at, post), since=_begins(day), now=at.now)


@group.command("give")
@click.argument("whom")
@click.argument("post")
@_on
@as_person
def give(whom: str, post: str, day: datetime | None, username: str) -> None:
    """Give WHOM the post POST besides those they hold."""
    with desk(username) as at:
        account = _account(at, whom)
        people.give_post(at.session, at.actor, account.id, _post(at, post), since=_begins(day), now=at.now)


@group.command("move")
@click.argument("whom")
@click.argument("from_post")
@click.argument("to_post")
@_on
@_successor
@as_person
def move(whom: str, from_post: str, to_post: str, day: datetime | None, successor: str | None, username: str) -> None:
    """Let WHOM change from one post to another; what they have in hand is handed over."""
    with desk(username) as at:
        people.move(
            at.session,
            at.actor,
            _account(at, whom).id,
            _post(at, from_post),
            _post(at, to_post),
            at=_begins(day),
            successor_id=_account(at, successor).id if successor else None,
            now=at.now,
        )


@group.command("leave")
@click.argument("whom")
@click.argument("post", required=False)
@_on
@_successor
@as_person
def leave(whom: str, post: str | None, day: datetime | None, successor: str | None, username: str) -> None:
    """Let WHOM leave POST, or without it the office; what they have in hand is handed over."""
    with desk(username) as at:
        ends: Any = {
            "at": _begins(day),
            "successor_id": _account(at, successor).id if successor else None,
            "now": at.now,
        }
        account = _account(at, whom)
        if post is None:
            people.leave_office(at.session, at.actor, account.id, **ends)
        else:
            people.leave_post(at.session, at.actor, account.id, _post(at, post), **ends)


@group.command("import")
@_kind
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@as_person
@with_json
def import_(kind: str, file: Path, dry_run: bool, username: str, as_json: bool) -> None:
    """Do what the table FILE (CSV or XLSX) says: all of it, or, where there are faults, nothing (and exit with 1)."""
    with desk(username) as at:
        content = file.read_bytes()
        plan = importing.preview(at.session, at.actor, Kind(kind), content, at.now)
        if not (dry_run or plan.faults):
            importing.take_over(at.session, at.actor, Kind(kind), content, at.now)
    with force_locale(language()):
        faults = [
            {"row": one.row, "column": one.column, "fault": str(gettext(str(one.said))) % one.said.params}
            for one in plan.faults
        ]
    done = [{"row": row.row, "key": row.key, "verb": row.verb, "changes": dict(row.changes)} for row in plan.rows]
    if as_json:
        print_json({"digest": plan.digest, "rows": done, "faults": faults})
    else:
        show(faults or done, as_json=False)
    if faults:
        raise click.exceptions.Exit(1)


@group.command("template")
@_kind
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(kind: str, file: Path) -> None:
    """Write a table to fill in to FILE: XLSX if it is named so, else CSV."""
    rows = tables.template(Kind(kind))
    file.write_bytes(sheets.as_workbook(rows) if file.suffix == ".xlsx" else sheets.as_csv(rows))


def _rows(at: Desk, kind: Kind) -> list[dict[str, Any]]:
    match kind:
        case Kind.REGIONS:
            names = ("code", "name_zh", "name_en", "parent", "is_tenant", "calendar")
            return [{name: getattr(row, name) for name in names} for row in queries.regions(at.session)]
        case Kind.DEPARTMENTS:
            found = offices.departments(at.session, at.actor.tenant)
            return [{"code": row.code, "name_zh": row.name_zh, "name_en": row.name_en} for row in found]
        case Kind.POSTS:
            homes = {row.id: row.code for row in offices.departments(at.session, at.actor.tenant, closed=True)}
            return [
                {
                    "code": row.code,
                    "department": homes[row.department_id],
                    "name_zh": row.name_zh,
                    "name_en": row.name_en,
                    "roles": row.roles,
                    "head": row.is_head,
                    "holders": [name for _, name in row.holders],
                }
                for row in queries.posts(at.session, at.actor, at.now)
            ]
        case Kind.PEOPLE:
            shown, _ = queries.people(at.session, at.actor, at.now, PeopleFilter(), MOST)
            return [
                {
                    "username": row.username,
                    "name": row.name,
                    "phone": row.phone,
                    "posts": [held.post for held in row.posts if held.until is None or held.until > at.now],
                }
                for row in shown
            ]


def _begins(day: datetime | None) -> datetime | None:
    return day and day.replace(tzinfo=ZONE)


def _post(at: Desk, code: str) -> Any:
    return offices.post_by_code(at.session, at.actor.tenant, code).id


def _account(at: Desk, username: str) -> Account:
    found = people.staff_named(at.session, username)
    if found is None:
        raise NotFound(kind="person", key=username)
    return found
