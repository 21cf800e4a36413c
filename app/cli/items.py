"""`flask items …`: the catalogue."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
from flask.cli import AppGroup

from app.cases.services import OPERATIONS
from app.catalog import archive, folder, life, operations, queries, settings, skeleton, waiver
from app.catalog.errors import ItemRefused
from app.catalog.models import ItemVersion
from app.catalog.types import Wording
from app.cli import drafts, moving
from app.cli.desk import as_person, desk, office, plainly
from app.cli.item_files import one, write, zipped
from app.cli.output import show, show_one, with_json
from app.engine import Finding
from app.kernel.ids import GLOBAL_TENANT
from app.studio import publication

group = AppGroup("items", help="Draw up, check, play, publish and list service items.")
for _command in (*drafts.COMMANDS, *moving.COMMANDS):
    group.add_command(_command)

ROOT = Path(__file__).parents[2]
C = TypeVar("C", bound=Callable[..., Any])

_folder = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT,
    help="Holds processes/, forms/.",
)
_note = click.option("--note", default="", help="What is to be remembered of it.")
_reason = click.option("--reason", required=True, help="Why.")
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


def _names(command: C) -> C:
    named = click.option("--zh", default=None, help="Its name in Chinese."), click.option("--en", help="… in English.")
    return named[0](named[1](command))


@group.command("list")
@click.option("--all", "everything", is_flag=True, help="With drafts, withdrawn items and every version.")
@with_json
def list_(everything: bool, as_json: bool) -> None:
    """List the catalogue."""
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        if everything:
            show(
                (
                    {
                        "item": item.code,
                        "version": version.version,
                        "state": version.state,
                        "current": version.is_current,
                        "withdrawn": item.withdrawn == version.version,
                        "name": item.manifest.name.zh,
                        "published": version.published_at,
                        "note": version.note,
                    }
                    for item in queries.whole(session)
                    for version in item.versions
                ),
                as_json=as_json,
            )
            return
        show(
            (
                {
                    "item": entry.code,
                    "version": entry.version,
                    "name": entry.manifest.name.zh,
                    "main": entry.manifest.main.name.zh if entry.manifest.main else None,
                    "number": entry.manifest.number,
                    "promised": entry.manifest.limits.promised.days,
                    "statutory": entry.manifest.limits.statutory.days,
                    "published": entry.published_at,
                }
                for entry in queries.current(session)
            ),
            as_json=as_json,
        )


@group.command("submit")
@click.argument("what", metavar="FILE|DIR|CODE")
@_note
@_folder
@as_person
@with_json
def submit(what: str, note: str, root: Path, username: str, as_json: bool) -> None:
    """Hand an item in as a draft."""
    with plainly():
        files = one(what, root)
    with desk(username) as at:
        _told(operations.submit, at.session, files, at.actor, at.now, note, OPERATIONS, as_json=as_json)


@group.command("import")
@click.argument("file", type=_file, metavar="FILE.zip")
@_note
@as_person
@with_json
def import_(file: Path, note: str, username: str, as_json: bool) -> None:
    """Hand an item in as a draft, from a ZIP file as `export` makes it."""
    with plainly():
        try:
            files = zipped(file)
        except ItemRefused as refused:
            _print(refused.findings, as_json)
            raise
    with desk(username) as at:
        _told(operations.submit, at.session, files, at.actor, at.now, note, OPERATIONS, as_json=as_json)


@group.command("review")
@click.argument("item")
@click.argument("version", type=int)
@_note
@as_person
@with_json
def review(item: str, version: int, note: str, username: str, as_json: bool) -> None:
    """Say that a draft is right in its matter."""
    with desk(username) as at:
        _told(life.review, at.session, item, version, at.actor, at.now, note, as_json=as_json)


@group.command("confirm")
@click.argument("item")
@click.argument("version", type=int)
@_note
@as_person
@with_json
def confirm(item: str, version: int, note: str, username: str, as_json: bool) -> None:
    """Say that what was reviewed may be published."""
    with desk(username) as at:
        _told(life.confirm, at.session, item, version, at.actor, at.now, note, as_json=as_json)


@group.command("return")
@click.argument("item")
@click.argument("version", type=int)
@_reason
@as_person
@with_json
def return_(item: str, version: int, reason: str, username: str, as_json: bool) -> None:
    """Send a version back to its author."""
    with desk(username) as at:
        _told(life.send_back, at.session, item, version, at.actor, at.now, reason, as_json=as_json)


@group.command("waive")
@click.argument("item")
@click.argument("version", type=int)
@_reason
@as_person
@with_json
def waive(item: str, version: int, reason: str, username: str, as_json: bool) -> None:
    """Answer for a version of which it is not proven that every case ends."""
    with desk(username) as at:
        told = (at.session, item, version, at.actor, at.now, reason, None, OPERATIONS)
        _told(waiver.waive, *told, as_json=as_json)


@group.command("publish")
@click.argument("what", metavar="FILE|DIR|CODE")
@click.option("--version", type=int, help="Publish a version that was handed in before, of the item CODE.")
@_note
@_folder
@as_person
@with_json
def publish(what: str, version: int | None, note: str, root: Path, username: str, as_json: bool) -> None:
    """Publish: new cases take it from now on, running ones stay as they are.

    The files are published in one act where duties are not separated; otherwise name the version that was confirmed.
    """
    with plainly():
        files = one(what, root) if version is None else {}
    with desk(username) as at:
        if version is None:
            _told(publication.publish_files, at.session, files, at.actor, at.now, note, as_json=as_json)
        else:
            _told(publication.publish, at.session, what, version, at.actor, at.now, note, None, as_json=as_json)


@group.command("withdraw")
@click.argument("item")
@_reason
@as_person
@with_json
def withdraw(item: str, reason: str, username: str, as_json: bool) -> None:
    """Take an item from the catalogue: no new cases, running ones go on."""
    with desk(username) as at:
        _told(life.withdraw, at.session, item, at.actor, at.now, reason, as_json=as_json)


@group.command("restore")
@click.argument("item")
@_note
@as_person
@with_json
def restore(item: str, note: str, username: str, as_json: bool) -> None:
    """Bring a withdrawn item back."""
    with desk(username) as at:
        _told(publication.restore, at.session, item, at.actor, at.now, note, as_json=as_json)


@group.command("history")
@click.argument("item")
@with_json
def history(item: str, as_json: bool) -> None:
    """Show what was done with an item, the latest first."""
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        show(
            (
                {"at": act.at, "version": act.version, "act": act.act, "by": act.actor, "note": act.note}
                for act in queries.history(session, item)
            ),
            as_json=as_json,
        )


@group.command("new")
@click.argument("code")
@_names
@click.option("--post", default=skeleton.WINDOW, show_default=True, help="Code of the post that reviews and decides.")
@_folder
def new(code: str, zh: str | None, en: str | None, post: str, root: Path) -> None:
    """Write the beginning of an item to disk: it passes the check, and can be published and applied for as it is."""
    with plainly():
        name = Wording(zh or en or code, en or zh or code) if zh or en else None
        made = skeleton.new(code, name, post) if name else skeleton.new(code, post=post)
        _wrote(write(made, root))


@group.command("copy")
@click.argument("code")
@click.argument("to", metavar="NEW")
@click.option("--version", type=int, help="Copy this version of the catalogue; without it, the files under --root.")
@_names
@_folder
def copy(code: str, to: str, version: int | None, zh: str | None, en: str | None, root: Path) -> None:
    """Write a copy of an item to disk, under another code."""
    with plainly():
        if version is None:
            files: Mapping[str, bytes] = folder.read(root, code)
        else:
            with office().database.transaction(GLOBAL_TENANT) as session:
                files = queries.files(session, code, version)
        name = Wording(zh or en or "", en or zh or "") if zh or en else None
        _wrote(write(skeleton.copy(files, code, to, name), root))


@group.command("export")
@click.argument("code")
@click.option("--version", type=int, help="Without it, the current one.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True)
def export(code: str, version: int | None, output: Path) -> None:
    """Write a version to a ZIP file, byte for byte."""
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        chosen = queries.current_item(session, code).version if version is None else version
        output.write_bytes(archive.pack(queries.files(session, code, chosen)))
    _wrote([output])


@group.command("settings")
@click.option("--case-pattern", help="Give codes of cases by this pattern from now on.")
@click.option("--item-pattern", help="Ask for numbers of items by this pattern; '' takes any.")
@click.option("--separation", type=click.Choice(["on", "off"]), help="Whether each act is another person's.")
@as_person
@with_json
def settle(
    case_pattern: str | None, item_pattern: str | None, separation: str | None, username: str, as_json: bool
) -> None:
    """Show, or change, what is settled for the whole catalogue.

    \b
    {region}                         jurisdiction, six digits (GB/T 2260)
    {year} {month} {day} {date}      4, 2, 2, 8 digits
    {serial:7}                       running number of seven digits
    {digits:3} {letters:2} {any:4}   what the author of an item writes
    {check:97-10|11-10|11-2|37-36}   ISO 7064 check characters, at the end
    """
    with desk(username) as at:
        if case_pattern is not None:
            settings.set_case_pattern(at.session, at.actor, at.now, case_pattern)
        if item_pattern is not None:
            settings.set_item_pattern(at.session, at.actor, at.now, item_pattern)
        if separation is not None:
            settings.set_separation(at.session, at.actor, at.now, separation == "on")
        book = settings.rulebook(at.session)
        show_one(
            {
                "case_pattern": book.case_pattern,
                "example": settings.example(at.session),
                "earlier": book.earlier,
                "item_pattern": book.item_pattern,
                "separation": book.separation,
            },
            as_json=as_json,
        )


def _told(verb: Callable[..., ItemVersion], *arguments: Any, as_json: bool) -> None:
    """Do something to a version and say what became of it; print the findings where it is refused for them."""
    try:
        made = verb(*arguments)
    except ItemRefused as refused:
        _print(refused.findings, as_json)
        raise
    show_one({"item": made.item, "version": made.version, "state": made.state, "digest": made.digest}, as_json=as_json)


def _wrote(paths: list[Path]) -> None:
    for path in paths:
        click.echo(path)


def _print(findings: tuple[Finding, ...], as_json: bool) -> None:
    rows = (
        {
            "severity": f.severity,
            "rule": f.code,
            "file": f.file,
            "element": f.element,
            "finding": f.text,
            "remedy": f.remedy % f.params if f.params else f.remedy,
        }
        for f in findings
    )
    show(rows, as_json=as_json)
