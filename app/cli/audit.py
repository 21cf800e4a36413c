"""`flask audit …`: prove the record, seal it."""

from collections.abc import Iterator

import click
from flask.cli import AppGroup

from app.audit.operations import seal
from app.audit.types import Seal
from app.audit.verification import verify
from app.cli.desk import office, plainly
from app.cli.output import print_json, show, with_json
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now

group = AppGroup("audit", help="Prove that the record is as it was written.")


@group.command("verify")
@click.option("--tenant", "wanted", multiple=True, help="Only these jurisdictions; `*` for that of accounts.")
@click.option("--seal", "kept", multiple=True, metavar="TENANT:SEQ:HASH", help="A seal that was kept elsewhere.")
@with_json
def verify_(wanted: tuple[str, ...], kept: tuple[str, ...], as_json: bool) -> None:
    """Find any row that was changed, is missing or out of order. Exits with 1 where something is wrong."""
    seals = [_seal(text) for text in kept]
    faults = []
    with plainly():
        for tenant in _tenants(wanted):
            with office().database.transaction(tenant) as session:
                faults += list(verify(session, tenant, witness=seals))
    rows = [{"tenant": f.tenant, "chain": f.chain, "seq": f.seq, "wrong": str(f.wrong)} for f in faults]
    if as_json:
        print_json(rows)
    elif rows:
        show(rows, as_json=False)
    else:
        click.echo("The record is as it was written.")
    if rows:
        raise click.exceptions.Exit(1)


@group.command("seal")
def seal_() -> None:
    """Seal what was recorded since the last seal, and print the seals: kept elsewhere, they prove the record."""
    with plainly():
        for tenant in _tenants(()):
            with office().database.transaction(tenant) as session:
                made = seal(session, tenant, real_now())
            if made is not None:
                click.echo(f"{made.tenant}:{made.seq}:{made.hash.hex()}")


def _tenants(wanted: tuple[str, ...]) -> Iterator[str]:
    yield from wanted or (GLOBAL_TENANT, *office().tenants)


def _seal(text: str) -> Seal:
    tenant, _, rest = text.partition(":")
    seq, _, digest = rest.partition(":")
    try:
        return Seal(tenant, int(seq), bytes.fromhex(digest))
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is no seal", param_hint="--seal") from error
