"""`flask items move …`: running cases moved to another version, looked at beforehand, taken back."""

from typing import Any
from uuid import UUID

import click
from flask_babel import force_locale, gettext

from app.cli.desk import as_person, desk, language
from app.cli.output import print_json, show, show_one, with_json
from app.studio import batches, moving
from app.studio.batches import Group, Progress


def _mapped(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given]
    if wrong := [before + sign for before, sign, after in pairs if not (before and after)]:
        raise click.BadParameter(f"{wrong[0]}: write old=new")
    return {before.strip(): after.strip() for before, _sign, after in pairs}


@click.command("move")
@click.argument("item")
@click.option("--from", "from_version", type=int, required=True, help="The version that the cases are on.")
@click.option("--to", "to_version", type=int, required=True, help="The version that they are to be on.")
@click.option("--case", "--cases", "codes", multiple=True, metavar="CODE", help="Only these; without it, all.")
@click.option(
    "--map", "steps", multiple=True, callback=_mapped, metavar="OLD=NEW", help="A step takes another's place."
)
@click.option("--note", default="", help="What is to be remembered of it.")
@click.option("--dry-run", is_flag=True, help="Only say how many can go, and why the others cannot.")
@as_person
@with_json
def move(
    item: str,
    from_version: int,
    to_version: int,
    codes: tuple[str, ...],
    steps: dict[str, str],
    note: str,
    dry_run: bool,
    username: str,
    as_json: bool,
) -> None:
    """Move running cases to another version; the ticker does it, `items moves` says how far it is."""
    chosen = [code for given in codes for code in given.replace(",", " ").split()] or None
    with desk(username) as at:
        what = (at.session, at.actor, item, from_version, to_version, steps)
        if dry_run:
            found = moving.preview(*what, chosen)
            _told({"total": found.total, "able": found.able}, found.groups, as_json)
            return
        made = moving.start(*what, at.now, note, chosen)
        _batch(batches.progress(at.session, at.actor, made.id), as_json)


@click.command("moves")
@click.argument("item")
@with_json
@as_person
def moves(item: str, username: str, as_json: bool) -> None:
    """Show the batches of an item, the latest first, and how far they are."""
    with desk(username) as at:
        show((_line(found) for found in batches.batches(at.session, at.actor, item)), as_json=as_json)


@click.command("moved")
@click.argument("batch", type=click.UUID)
@with_json
@as_person
def moved(batch: UUID, username: str, as_json: bool) -> None:
    """Show one batch: how far it is, and why cases stayed."""
    with desk(username) as at:
        _batch(batches.progress(at.session, at.actor, batch), as_json)


@click.command("move-back")
@click.argument("batch", type=click.UUID)
@click.option("--note", default="", help="What is to be remembered of it.")
@as_person
@with_json
def move_back(batch: UUID, note: str, username: str, as_json: bool) -> None:
    """Have the cases of a batch go back to where they were; one that went on since stays."""
    with desk(username) as at:
        made = moving.take_back(at.session, at.actor, batch, at.now, note)
        _batch(batches.progress(at.session, at.actor, made.id), as_json)


@click.command("move-retry")
@click.argument("batch", type=click.UUID)
@as_person
@with_json
def move_retry(batch: UUID, username: str, as_json: bool) -> None:
    """Try the cases of a batch that failed again."""
    with desk(username) as at:
        made = moving.retry(at.session, at.actor, batch, at.now)
        _batch(batches.progress(at.session, at.actor, made.id), as_json)


def _line(found: Progress) -> dict[str, Any]:
    batch = found.batch
    return {
        "batch": str(batch.id),
        "from": batch.from_version,
        "to": batch.to_version,
        "by": batch.by,
        "started": batch.started_at,
        "finished": batch.finished_at,
        **{state: found.counts.get(state, 0) for state in ("waiting", "moved", "refused", "failed")},
        "note": batch.note,
    }


def _batch(found: Progress, as_json: bool) -> None:
    failed = [{"case": code, "error": error} for code, error in found.failed]
    _told({**_line(found), **({"failures": failed} if failed else {})}, found.groups, as_json)


def _told(facts: dict[str, Any], groups: tuple[Group, ...], as_json: bool) -> None:
    """Facts, and below them why cases stay."""
    with force_locale(language()):
        stay = [
            {
                "number": group.number,
                "why": " ".join(str(gettext(reason.message)) % reason.params for reason in group.reasons),
                "cases": group.codes,
            }
            for group in groups
        ]
    if as_json:
        print_json({**facts, "stay": stay})
        return
    show_one(facts, as_json=False)
    if stay:
        click.echo()
        show(stay, as_json=False)


COMMANDS = (move, moves, moved, move_back, move_retry)
