"""`flask demo …`: build a demo, say who can log in, move its clock ahead."""

import re
from datetime import timedelta

import click
from flask.cli import AppGroup

from app.cli.demo import building
from app.cli.demo.people import PASSWORD
from app.cli.desk import office, plainly
from app.cli.output import cell, show, with_json
from app.kernel import settings as stored
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now

group = AppGroup("demo", help="A demo database: build it, move its clock.")

_SPAN = re.compile(r"\+(\d{1,4})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@group.command("build")
@click.option("--fresh", is_flag=True, help="Remove the demo that is there, and build it anew.")
@click.option("--cases", type=click.IntRange(1, 20_000), default=building.CASES, show_default=True, help="How many.")
def build(fresh: bool, cases: int) -> None:
    """Build the demo: an office, its people, cases in every state. Does nothing where it is built already."""
    with plainly():
        building.build(office(), real_now(), cases=cases, fresh=fresh, say=click.echo)


@group.command("accounts")
@with_json
def accounts(as_json: bool) -> None:
    """Say who can log in."""
    rows = [
        {"username": one["username"], "name": one["name"], "post": f"{one['post']['zh']} · {one['post']['en']}"}
        for one in building.named()
    ]
    show(rows, as_json=as_json)
    if not as_json:
        click.echo(f"\nEverybody's password: {PASSWORD}")


@group.command("clock")
@click.argument("to", metavar="+5d|+3h|show", default="show")
def clock(to: str) -> None:
    """Move the demo's clock ahead (+5d, +3h, +20m), or show it. It never runs back."""
    span = _SPAN.fullmatch(to)
    if to != "show" and span is None:
        raise click.BadParameter("write +5d, +3h, +20m or show", param_hint="TO")
    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        if span is not None:
            stored.move_clock(session, timedelta(**{_UNITS[span[2]]: int(span[1])}))
        offset = stored.clock_offset(session)
    click.echo(f"{cell(real_now() + offset)}  ({offset} ahead)")
