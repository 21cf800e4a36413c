"""`flask case …`: apply for an item, look at cases, withdraw, extend, deliver messages."""

from io import BufferedReader
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import click
import orjson
from flask.cli import AppGroup
from flask_babel import force_locale, gettext

from app.cases import handing, messages, operations, queries, reception
from app.cases.models import Case
from app.cases.queries import CaseFilter
from app.cases.types import Application, Channel, Status
from app.cli.desk import Desk, as_person, desk, language, read
from app.cli.output import print_json, show, show_one, with_json
from app.kernel.errors import Invalid

group = AppGroup("case", help="Apply for items, and look at cases.")

_FACTS = (
    "code", "id", "tenant", "item", "item_version", "status", "result", "title", "applicant", "channel", "received_in",
    "received_at", "accepted_at", "deemed_at", "decided_at", "concluded_at", "delivered_at", "revoked_at", "version",
)  # fmt: skip


@group.command("apply")
@click.argument("item")
@click.option("--data", "file", type=click.File("rb"), required=True, help="JSON: the fields of the form.")
@click.option("--tenant", help="Jurisdiction that is to decide; at a window one's own unless said otherwise.")
@click.option("--account", help="At a window: the applicant's username or number of identity.")
@click.option("--material", "materials", multiple=True, metavar="CODE=FILE", help="A material to hand in.")
@click.option("--draft", is_flag=True, help="Do not submit yet.")
@as_person
@with_json
def apply(
    item: str, file: BufferedReader, tenant: str | None, account: str | None, materials: tuple[str, ...], draft: bool,
    username: str, as_json: bool,
) -> None:  # fmt: skip
    """Apply for ITEM: as an applicant for oneself, as a window clerk for somebody at the window."""
    data = as_data(file)
    with desk(username) as at:
        online = at.actor.kind == "applicant"
        if online and tenant is None:
            raise Invalid({"--tenant": ["Name the jurisdiction that is to decide."]})
        application = Application(
            item=item,
            tenant=tenant or at.actor.tenant,
            title="",
            applicant="",
            applicant_id=reception.applicant_of(at.session, at.actor, account),
            channel=Channel.ONLINE if online else Channel.WINDOW,
            data=data,
        )
        case = operations.create_draft(at.session, at.actor, application, at.now)
        for material in materials:
            hand_in(at, case.id, material)
        if not draft:
            case = operations.submit(at.session, at.actor, case.id, at.now)
        show_one(facts(case), as_json=as_json)


@group.command("submit")
@click.argument("key")
@as_person
@with_json
def submit(key: str, username: str, as_json: bool) -> None:
    """Submit the draft KEY (its id)."""
    with desk(username) as at:
        case = operations.submit(at.session, at.actor, seen(at, key).id, at.now)
        show_one(facts(case), as_json=as_json)


@group.command("attach")
@click.argument("key")
@click.argument("materials", nargs=-1, required=True, metavar="CODE=FILE...")
@as_person
def attach(key: str, materials: tuple[str, ...], username: str) -> None:
    """Hand materials in for the case KEY."""
    with desk(username) as at:
        case = seen(at, key)
        for material in materials:
            hand_in(at, case.id, material)


@group.command("list")
@click.option("--status", type=click.Choice([str(status) for status in Status]))
@click.option("--item", help="Code of the item.")
@click.option("--light", type=click.Choice(["green", "yellow", "red"]))
@click.option("--text", help="Part of title or applicant, or a code.")
@click.option("--received-here", is_flag=True, help="What one's window received, whoever handles it.")
@click.option("--limit", default=50, show_default=True)
@as_person
@with_json
def list_(
    status: str | None, item: str | None, light: str | None, text: str | None, received_here: bool, limit: int,
    username: str, as_json: bool,
) -> None:  # fmt: skip
    """List the cases that one may see, the latest first."""
    with desk(username) as at:
        wanted = CaseFilter(status, item, light, text, received_here)
        rows, _ = queries.listing(at.session, at.actor, wanted, limit)
        show(
            (
                {
                    "case": row.case.code or row.case.id,
                    "handled in": row.case.tenant,
                    "status": row.case.status,
                    "light": row.light,
                    "due": row.due_at,
                    "received": row.case.received_at,
                    "title": row.case.title,
                    "applicant": row.case.applicant,
                }
                for row in rows
            ),
            as_json=as_json,
        )


@group.command("show")
@click.argument("key")
@as_person
@with_json
def show_(key: str, username: str, as_json: bool) -> None:
    """Show the case KEY: its facts, steps, limits, files and documents."""
    with desk(username) as at:
        view = queries.overview(at.session, seen(at, key), at.actor)
        parts: dict[str, list[dict[str, Any]]] = {
            "steps": [_of(step, "id", "element", "post", "state", "outcome", "opened_at", "due_at", "closed_at")
                      for step in view.steps],
            "clocks": [_of(clock, "level", "basis", "element", "light", "started_at", "yellow_at", "red_at",
                           "stopped_at") for clock in view.clocks],
            "spans": [_of(span, "reason", "announced", "opened_at", "closed_at") for span in view.spans],
            "materials": [_of(row, "id", "requirement", "grade", "filename", "size") for row in view.materials],
            "documents": [_of(row, "id", "kind", "number", "verification_code", "revoked_at")
                          for row in view.documents],
        }  # fmt: skip
        if as_json:
            print_json({**facts(view.case), "application": view.application, **parts})
            return
        show_one(facts(view.case), as_json=False)
        for name, rows in parts.items():
            if rows:
                click.echo(f"\n{name}")
                show(rows, as_json=False)


@group.command("history")
@click.argument("key")
@as_person
@with_json
def history(key: str, username: str, as_json: bool) -> None:
    """Show the record of the case KEY."""
    with desk(username) as at:
        lines = queries.history(at.session, seen(at, key), at.actor)
        show((_of(line, "seq", "at", "actor", "actor_name", "tag", "data") for line in lines), as_json=as_json)


@group.command("ledger")
@click.argument("key")
@as_person
@with_json
def ledger(key: str, username: str, as_json: bool) -> None:
    """Show the days that each limit of the case KEY counted, and why others were not."""
    with desk(username) as at, force_locale(language()):
        for found in queries.time_ledger(at.session, seen(at, key), at.now):
            days = [
                {
                    "day": line.day.isoformat(),
                    "counted": "yes" if line.counted else "",
                    "total": line.total,
                    "unit": line.unit,
                    "why": gettext(line.why),
                    "note": line.note,
                    "turns": ", ".join(line.marks),
                }
                for line in found.lines
            ]
            clock = _of(found.clock, "level", "basis", "element", "light", "started_at", "red_at", "provisional")
            if as_json:
                print_json({**clock, "days": days})
            else:
                click.echo()
                show_one(clock, as_json=False)
                show(days, as_json=False)


@group.command("diagram")
@click.argument("key")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where the BPMN goes; else its marks.")
@as_person
@with_json
def diagram(key: str, output: Path | None, username: str, as_json: bool) -> None:
    """Show where the tokens of the case KEY are, or write its diagram to a file."""
    with desk(username) as at:
        case = seen(at, key)
        if output is not None:
            output.write_bytes(queries.diagram_xml(at.session, case))
            return
        marks = queries.marks(at.session, case, at.actor)
        show(({"element": element, **mark} for element, mark in marks.items() if mark["state"]), as_json=as_json)


@group.command("withdraw")
@click.argument("key")
@click.option("--reason", required=True)
@as_person
@with_json
def withdraw(key: str, reason: str, username: str, as_json: bool) -> None:
    """Take one's application KEY back."""
    with desk(username) as at:
        case = operations.withdraw(at.session, at.actor, seen(at, key).id, reason, at.now)
        show_one(facts(case), as_json=as_json)


@group.command("extend")
@click.argument("key")
@click.argument("days", type=int)
@click.option("--basis", type=click.Choice(["statutory", "promised"]), default="statutory", show_default=True)
@click.option("--reason", required=True, help="It is told to the applicant (Art. 42).")
@as_person
@with_json
def extend(key: str, days: int, basis: Any, reason: str, username: str, as_json: bool) -> None:
    """Extend a limit of the case KEY by DAYS working days."""
    with desk(username) as at:
        case = operations.extend(at.session, at.actor, seen(at, key).id, basis, days, reason, at.now)
        show_one(facts(case), as_json=as_json)


@group.command("deliver")
@click.argument("key")
@click.argument("name")
@click.option("--kind", type=click.Choice(["message", "signal"]), default="message", show_default=True)
@click.option("--data", "file", type=click.File("rb"), help="JSON: the variables that the message brings.")
@as_person
@with_json
def deliver(key: str, name: str, kind: Any, file: BufferedReader | None, username: str, as_json: bool) -> None:
    """Deliver the message NAME, which the case KEY waits for."""
    data = as_data(file)
    with desk(username) as at:
        case = messages.deliver_message(at.session, at.actor, seen(at, key).id, name, at.now, kind, data)
        show_one(facts(case), as_json=as_json)


def seen(at: Desk, key: str) -> Case:
    """The case with this code (or id), if one may see it; what is refused from now on is recorded with it."""
    case = queries.by_code(at.session, at.actor, key)
    at.about = (case.tenant, case.id)
    return case


def hand_in(at: Desk, case_id: UUID, material: str) -> None:
    """Hand in a material written as CODE=FILE."""
    code, _, name = material.partition("=")
    path = Path(name)
    if not name or not path.is_file():
        raise Invalid({"CODE=FILE": [f"{material}: there is no such file."]})
    handing.attach_material(at.session, at.actor, at.office.store, case_id, code, path.name, path.read_bytes(), at.now)


def as_data(file: IO[bytes] | None) -> dict[str, Any]:
    """The fields of a form, from a JSON file; none without one."""
    try:
        found = orjson.loads(read(file) or b"{}")
    except orjson.JSONDecodeError as error:
        raise click.BadParameter(f"no JSON: {error}", param_hint="--data") from error
    if not isinstance(found, dict):
        raise click.BadParameter("a JSON object is expected", param_hint="--data")
    return found


def facts(case: Case) -> dict[str, Any]:
    """The facts of a case."""
    return _of(case, *_FACTS)


def _of(thing: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names}
