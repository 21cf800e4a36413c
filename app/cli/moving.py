"""`flask items move …`, `what-if`: running cases moved to another version, concluded ones replayed on one."""

from datetime import datetime
from time import sleep
from typing import Any, Final
from uuid import UUID

import click
from flask.cli import with_appcontext
from flask_babel import force_locale, gettext

from app.cli.desk import as_person, desk, language
from app.cli.output import ZONE, print_json, show, show_one, with_json
from app.studio import batches, moving, what_if
from app.studio.batches import Group, Progress
from app.studio.missed import why


def _mapped(_context: click.Context, _option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in given]
    if wrong := [before + sign for before, sign, after in pairs if not (before and after)]:
        raise click.BadParameter(f"{wrong[0]}: write old=new")
    return {before.strip(): after.strip() for before, _sign, after in pairs}


@click.command("move")
@with_appcontext
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
@with_appcontext
@click.argument("item")
@with_json
@as_person
def moves(item: str, username: str, as_json: bool) -> None:
    """Show the batches of an item, the latest first, and how far they are."""
    with desk(username) as at:
        show((_line(found) for found in batches.batches(at.session, at.actor, item)), as_json=as_json)


@click.command("moved")
@with_appcontext
@click.argument("batch", type=click.UUID)
@with_json
@as_person
def moved(batch: UUID, username: str, as_json: bool) -> None:
    """Show one batch: how far it is, and why cases stayed."""
    with desk(username) as at:
        _batch(batches.progress(at.session, at.actor, batch), as_json)


@click.command("move-back")
@with_appcontext
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
@with_appcontext
@click.argument("batch", type=click.UUID)
@as_person
@with_json
def move_retry(batch: UUID, username: str, as_json: bool) -> None:
    """Try the cases of a batch that failed again."""
    with desk(username) as at:
        made = moving.retry(at.session, at.actor, batch, at.now)
        _batch(batches.progress(at.session, at.actor, made.id), as_json)


@click.command("what-if")
@with_appcontext
@click.argument("item")
@click.option("--version", type=int, required=True, help="The version, a draft or not, on which cases are replayed.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only cases concluded since this day.")
@click.option("--times", type=click.Choice(what_if.TIMES), default="median", help="What steps that are new take.")
@click.option("--days", type=int, default=0, help="Working days that they take, with --times days.")
@click.option("--outcome", "outcomes", multiple=True, callback=_mapped, metavar="STEP=CODE", help="How they end.")
@click.option("--map", "steps", multiple=True, callback=_mapped, metavar="NEW=OLD", help="A step was called otherwise.")
@as_person
@with_json
def ask(
    item: str,
    version: int,
    since: datetime | None,
    times: str,
    days: int,
    outcomes: dict[str, str],
    steps: dict[str, str],
    username: str,
    as_json: bool,
) -> None:
    """Replay concluded cases on a version: how many would have turned yellow or red, and where.

    Where the command is interrupted the ticker goes on; what-if-stop ends it.
    """
    with desk(username) as at:
        day = since.replace(tzinfo=ZONE) if since else None
        what = (at.session, at.actor, item, version, at.now)
        asked = what_if.ask(*what, since=day, times=times, days=days, outcomes=outcomes, steps=steps)
        here, tenant = at.office, at.actor.tenant
    click.echo(asked.id, err=True)
    while asked.finished_at is None:
        with here.database.transaction(tenant) as session:
            moved = what_if.carry_on(session, tenant, here.now(session))
        asked = _look(username, asked.id).asked
        click.echo(f"{asked.done}/{asked.total}", err=True)
        if not moved:
            sleep(1)  # the ticker is at it
    _answered(_look(username, asked.id), as_json)


@click.command("what-ifs")
@with_appcontext
@click.argument("item")
@with_json
@as_person
def asked_before(item: str, username: str, as_json: bool) -> None:
    """Show what was asked about an item, the latest first, and how far each answer is."""
    with desk(username) as at:
        lines = [
            {
                "what_if": str(found.asked.id),
                "version": found.asked.version,
                "by": found.asked.by,
                "started": found.asked.started_at,
                "finished": found.asked.finished_at,
                "done": found.asked.done,
                "cases": found.asked.total,
                "error": found.asked.error,
            }
            for found in what_if.answers(at.session, at.actor, item)
        ]
    show(lines, as_json=as_json)


@click.command("what-if-told")
@with_appcontext
@click.argument("question", type=click.UUID)
@with_json
@as_person
def told(question: UUID, username: str, as_json: bool) -> None:
    """Show what came of one question, as far as it has come."""
    _answered(_look(username, question), as_json)


@click.command("what-if-stop")
@with_appcontext
@click.argument("question", type=click.UUID)
@with_json
@as_person
def stop(question: UUID, username: str, as_json: bool) -> None:
    """Have no more cases replayed; what was counted so far stays."""
    with desk(username) as at:
        what_if.stop(at.session, at.actor, question, at.now)
    _answered(_look(username, question), as_json)


def _look(username: str, question: UUID) -> what_if.Answer:
    with desk(username) as at:
        return what_if.answer(at.session, at.actor, question)


def _answered(found: what_if.Answer, as_json: bool) -> None:
    facts = {
        "what_if": str(found.asked.id),
        "cases": found.asked.total,
        "done": found.asked.done,
        "error": found.asked.error,
        "replayed": found.replayed,
        "before": dict(found.before),
        "after": dict(found.after),
        "worse": found.worse,
        "better": found.better,
        "new_steps": dict(found.new),
    }
    places = [
        {
            "where": place.key,
            **{f"{side} {light}": getattr(place, side).get(light, 0) for side in _SIDES for light in ("yellow", "red")},
        }
        for place in found.places
    ]
    with force_locale(language()):
        missed = [
            {"number": number, "why": str(gettext(why(code))) % {"element": element}}
            for code, element, number in found.missed
        ]
    if as_json:
        print_json({**facts, "places": places, "missed": missed})
        return
    show_one(facts, as_json=False)
    for rows in filter(None, (places, missed)):
        click.echo()
        show(rows, as_json=False)


_SIDES: Final = ("before", "after")


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


COMMANDS = (move, moves, moved, move_back, move_retry, ask, asked_before, told, stop)
