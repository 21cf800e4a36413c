"""`flask items …`: the catalogue."""

from collections.abc import Mapping
from pathlib import Path

import click
from flask.cli import AppGroup

from app.cases.services import OPERATIONS
from app.catalog import folder, operations, queries
from app.catalog.errors import ItemRefused
from app.cli.desk import as_person, desk, office, plainly
from app.cli.output import show, show_one, with_json
from app.engine import Finding
from app.kernel.ids import GLOBAL_TENANT

group = AppGroup("items", help="Check, publish and list service items.")

ROOT = Path(__file__).parents[2]
_folder = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT,
    help="Holds processes/, forms/.",
)


@group.command("list")
@with_json
def list_(as_json: bool) -> None:
    """List the catalogue."""
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        show(
            (
                {
                    "item": entry.code,
                    "version": entry.version,
                    "name": entry.manifest.name.zh,
                    "promised": entry.manifest.limits.promised.days,
                    "statutory": entry.manifest.limits.statutory.days,
                    "published": entry.published_at,
                }
                for entry in queries.current(session)
            ),
            as_json=as_json,
        )


@group.command("check")
@click.argument("item")
@_folder
@with_json
def check(item: str, root: Path, as_json: bool) -> None:
    """Check the files of ITEM. Exits with 1 where there are errors."""
    with plainly():
        findings = operations.check(files(root, item), OPERATIONS)
    _print(findings, as_json)
    if any(finding.severity == "error" for finding in findings):
        raise click.exceptions.Exit(1)


@group.command("publish")
@click.argument("item")
@click.option("--note", default="", help="What is new.")
@_folder
@as_person
@with_json
def publish(item: str, note: str, root: Path, username: str, as_json: bool) -> None:
    """Publish ITEM: new cases take it from now on, running ones stay as they are."""
    package = files(root, item)
    with desk(username) as at:
        try:
            version = operations.publish(at.session, package, at.actor, at.now, note, OPERATIONS)
        except ItemRefused as refused:
            _print(refused.findings, as_json)
            raise
        show_one({"item": version.item, "version": version.version, "digest": version.digest}, as_json=as_json)


def files(root: Path, item: str) -> Mapping[str, bytes]:
    """The files of an item below `root`."""
    return folder.read(root, item)


def _print(findings: tuple[Finding, ...], as_json: bool) -> None:
    rows = (
        {"severity": f.severity, "rule": f.code, "file": f.file, "element": f.element, "finding": f.text}
        for f in findings
    )
    show(rows, as_json=as_json)
