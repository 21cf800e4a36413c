"""`flask document …`: documents that the office issued."""

from dataclasses import asdict
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup

from app.cli.case import seen
from app.cli.desk import as_person, desk, office, plainly
from app.cli.output import show, show_one, with_json
from app.kernel.errors import NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.notices import documents, queries

group = AppGroup("document", help="Get and verify documents that the office issued.")


@group.command("list")
@click.argument("key")
@as_person
@with_json
def list_(key: str, username: str, as_json: bool) -> None:
    """List the documents of the case KEY."""
    with desk(username) as at:
        at.actor.require("document.read")
        case = seen(at, key)
        rows = queries.documents_of(at.session, case.tenant, case.id)
        shown = ("id", "kind", "number", "verification_code", "size", "issued_at", "revoked_at")
        show(({name: getattr(row, name) for name in shown} for row in rows), as_json=as_json)


@group.command("get")
@click.argument("key")
@click.argument("document_id", type=click.UUID)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Where it goes; else its own name.")
@click.option("--translation", is_flag=True, help="The English translation.")
@as_person
def get(key: str, document_id: UUID, output: Path | None, translation: bool, username: str) -> None:
    """Write a document of the case KEY to a file (PDF)."""
    with desk(username) as at:
        at.actor.require("document.read")
        case = seen(at, key)
        row, content = documents.read(at.session, at.office.store, case.tenant, document_id)
        if row.case_id != case.id:
            raise NotFound(kind="document", key=document_id)
        path = output or Path(documents.filename(row))
        path.write_bytes(documents.translation(row) if translation else content)
        click.echo(path)


@group.command("verify")
@click.argument("code")
@with_json
def verify(code: str, as_json: bool) -> None:
    """Say whether a document with the verification code CODE was issued, and what it says."""
    here = office()
    with plainly(), here.database.transaction(GLOBAL_TENANT, here.tenants) as session:
        found = queries.find_by_code(session, code)
        if found is None:
            raise NotFound(kind="document", key=code)
        show_one(asdict(documents.public(found)), as_json=as_json)
