"""`flask items check`, `play`: for designers, on files. They need no database, and start quickly: what only some of the
work needs is imported when it is done, and the engine only by the confined child."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from app.cli.beside import found_beside, together
from app.cli.beside import told as told_beside
from app.cli.output import print_json, show
from app.kernel.confine import Unworkable
from app.kernel.errors import DomainError, Invalid
from app.studio import play as studio
from app.studio import telling
from app.studio.examining import examine

ROOT = Path(__file__).parents[2]
Files = Mapping[str, bytes]
Findings = list[dict[str, Any]]

LARGEST = 2 * 1024 * 1024
"""Bytes of a diagram."""
_DRAWN = (".bpmn", ".dmn")

_folder = click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=ROOT,
    help="Holds processes/, forms/.",
)
_form = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="How it is shown.")


class _Given(click.ParamType[dict[str, Any]]):
    """A JSON object, or @file that holds one."""

    name = "JSON|@FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        """The object. A fault is one of usage."""
        try:
            found: Any = json.loads(Path(value[1:]).read_text("utf-8") if value.startswith("@") else value)
        except (OSError, ValueError, RecursionError) as error:
            self.fail(f"{value[:80]} cannot be read: {error}", param, ctx)
        if not isinstance(found, dict):
            self.fail("it is no JSON object", param, ctx)
        return found


@click.command("check")
@click.argument("what", nargs=-1, required=True, metavar="FILE|DIR|CODE…")
@click.option("--catalogue", is_flag=True, help="Check them beside what is published, too (needs the database).")
@_form
@_folder
@click.option("--json", "rows", is_flag=True, help="Print the findings as JSON rows.")
def check(what: tuple[str, ...], catalogue: bool, form: str, root: Path, rows: bool) -> None:
    """Check items and diagrams: ZIP files, folders, files of an item, codes of items, .bpmn and .dmn files by
    themselves. Exits with 1 where something is refused.

    Items that are checked together are also held against each other: numbers, names of main items.
    """
    sets, found, taken = _sets(what, root)
    found += taken
    names = list[str]()
    proof: dict[str, Any] = {}
    manifests = []
    for files in sets:
        examined = examine(files)
        names += files
        found += examined["findings"]
        proof |= examined["proof"]
        manifests.append(examined["data"])
    found += _among(manifests, catalogue)
    found.sort(key=lambda one: str(one["severity"]) != "error")
    if form == "json":
        print_json(telling.findings(names or what, found, proof))
    else:
        _print(found, as_json=rows)
    if any(one["severity"] == "error" for one in found):
        raise click.exceptions.Exit(1)


@click.command("play")
@click.argument("what", nargs=-1, required=True, metavar="FILE|DIR|CODE…")
@click.option("--variables", type=_Given(), default="{}", help="The variables that the case begins with.")
@click.option("--outcomes", type=_Given(), default="{}", help="Step → code, or a list with one for each visit.")
@click.option("--at", metavar="ISO", help="When it begins; without it, now.")
@_form
@_folder
def play(
    what: tuple[str, ...],
    variables: dict[str, Any],
    outcomes: dict[str, Any],
    at: str | None,
    form: str,
    root: Path,
) -> None:
    """Play a draft to its end, without the database. Exits with 1 where it is refused or fails.

    What is refused only because it may come to no end is played all the same, and says what it came to.

    \b
    An outcome is a code, null (nobody does the step), or
    {"outcome": code, "after": "P3D", "form": {…}}; a step without one takes its first.
    """
    sets, wrong, taken = _sets(what, root)
    if wrong:
        _print(wrong, as_json=False)
        raise click.exceptions.Exit(1)
    files = {name: content for found in sets for name, content in found.items()}
    try:
        studio.check_choices(outcomes)
    except Invalid as invalid:
        raise click.UsageError(
            "; ".join(f"{path}: {', '.join(said)}" for path, said in invalid.fields.items())
        ) from None
    played = studio.play(files, variables=variables, outcomes=outcomes, at=_instant(at))
    told = telling.trace({**played, "findings": [*played["findings"], *taken]})
    if form == "json":
        print_json(told)
    else:
        _tell(told)
    if told["state"] in ("refused", "failed"):
        raise click.exceptions.Exit(1)


@click.command("test")
@click.argument("what", nargs=-1, required=True, metavar="FILE|DIR|CODE…")
@_form
@_folder
def test(what: tuple[str, ...], form: str, root: Path) -> None:
    """Play the scenarios of items. Exits with 1 where one fails, or an item is refused.

    What of each diagram no scenario passes is told, too.
    """
    from app.studio import scenarios

    sets, wrong, _taken = _sets(what, root)
    told = []
    for files in sets:
        try:
            told.append(telling.scenarios(files, scenarios.test(files)))
        except Unworkable as error:
            raise click.ClickException("\n".join(filter(None, (error.text, error.remedy)))) from None
    if form == "json":
        print_json({"format": scenarios.FORMAT, "items": told, "findings": [telling.finding(one) for one in wrong]})
    else:
        _tell_scenarios(told, wrong)
    if wrong or any(not item["passed"] for item in told):
        raise click.exceptions.Exit(1)


COMMANDS = (check, play, test)


def _instant(at: str | None) -> datetime:
    if at is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        raise click.UsageError(f"--at: “{at[:40]}” is no ISO 8601 instant.") from None
    if not 1900 <= found.year <= 9000:
        raise click.UsageError("--at: a year between 1900 and 9000 is expected.")
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    return found.astimezone(UTC)


def _sets(what: tuple[str, ...], root: Path) -> tuple[list[Files], Findings, Findings]:
    """The files that belong together, what is wrong with archives, and what was taken from beside a diagram."""
    alone: dict[str, bytes] = {}
    drawn: list[Path] = []
    sets: list[Files] = []
    faults: Findings = []
    for argument in what:
        path = Path(argument)
        if path.suffix in _DRAWN and not (path.parent / "item.yaml").is_file():
            if not path.is_file():
                raise click.UsageError(f"There is no file “{argument}”.")
            with path.open("rb") as opened:  # of what is larger, the check says so
                alone[path.name if path.name not in alone else argument] = opened.read(LARGEST + 1)
            drawn += [path] if path.suffix == ".bpmn" else []
        else:
            found, wrong = _packages(argument, root)
            sets += found
            faults += wrong
    taken: Findings = []
    for path in drawn:
        more = found_beside(path, alone)
        taken += [told_beside(name, path.name) for name in more]
        alone |= more
    return [*together(alone), *sets], faults, taken


def _packages(argument: str, root: Path) -> tuple[list[Files], Findings]:
    from app.catalog.errors import ItemRefused
    from app.cli.item_files import packages

    try:
        return list(packages(argument, root).values()), []
    except ItemRefused as refused:
        return [], [asdict(one) for one in refused.findings]
    except DomainError as error:
        raise click.ClickException("\n".join(filter(None, (error.text, error.remedy)))) from None


def _among(data: list[Mapping[str, Any]], catalogue: bool) -> Findings:
    """How items fit each other, and what is published."""
    if not catalogue and sum(map(bool, data)) < 2:
        return []
    from app.catalog import neighbours, schema

    beside = _published() if catalogue else neighbours.Neighbours()
    manifests = [manifest for one in data if one and (manifest := schema.load(dict(one))[0])]
    together = neighbours.Neighbours({**beside.items, **{found.code: found for found in manifests}}, beside.numbers)
    return [asdict(finding) for found in manifests for finding in neighbours.fit(found, together)]


def _published() -> Any:
    from app.catalog import queries
    from app.cli.desk import office, plainly
    from app.kernel.ids import GLOBAL_TENANT

    with plainly(), office().database.transaction(GLOBAL_TENANT) as session:
        return queries.neighbours(session)


def _print(findings: Findings, *, as_json: bool) -> None:
    told = [(found, telling.finding(found)) for found in findings]
    rows = (
        {
            "severity": found["severity"],
            "rule": found["code"],
            "file": found["file"],
            "element": found["element"],
            "finding": said["text"],
            "remedy": said["remedy"],
        }
        for found, said in told
    )
    show(rows, as_json=as_json)


def _tell(told: Mapping[str, Any]) -> None:
    """A trace for people: what happened line by line, then what is left."""
    for found in told["findings"]:
        click.echo(f"{found['kind']:<10} {found['element'] or '–'}: {found['text']}")
    happened = [(step["at"], f"{step['what']:<10} {step['element']}") for step in told["steps"]]
    happened += [(light["at"], f"{light['colour']:<10} {light['step']}") for light in told["lights"]]
    for at, line in sorted(happened, key=lambda one: datetime.fromisoformat(one[0])):
        click.echo(f"{at[:16]}  {line}")
    for one in told["assumed"]:
        click.echo(f"assumed    {one['element']}: {one['what']} {one.get('name', '')} {one['value']}")
    if "error" in told:
        click.echo(f"{told['error']['code']}: {told['error']['text']}")
    waiting = f" ({', '.join(told['waiting'])})" if told["waiting"] else ""
    came_to = f", {told['came_to']}" if "came_to" in told else ""
    click.echo(f"{told['state']}{came_to}{waiting}: {told['result'] or '–'}")


def _tell_scenarios(told: list[dict[str, Any]], wrong: Findings) -> None:
    for found in [*map(telling.finding, wrong), *(one for item in told for one in item["findings"])]:
        if found["kind"] == "refused":
            click.echo(f"{found['file'] or '-'}: {found['text']}")
    for item in told:
        for one in item["scenarios"]:
            click.echo(f"{'passed' if one['passed'] else 'FAILED'}  {item['item']}  {one['code']}  {one['name']['zh']}")
        if item["missed"]:
            click.echo(f"no scenario of {item['item']} passes: {', '.join(item['missed'])}")
