"""The studio's home: what waits for me, and every item with where it stands."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app import edge
from app.cases.running import running
from app.cases.services import OPERATIONS
from app.catalog import acts, operations, queries, settings
from app.catalog.queries import ItemLine
from app.catalog.waiting import Waiting, waiting
from app.web.language import pick
from app.web.sorting import by_name, sort
from app.web.studio import blueprint

SHOWS: Final = ("all", "force", "way", "new", "withdrawn")


@dataclass(frozen=True, slots=True)
class Row:
    """An item in the table. `shown`: the version that its name leads to; `running`, `older`: cases that run on that
    version, and on others."""

    line: ItemLine
    shown: int
    since: datetime | None
    waiting: tuple[Waiting, ...]
    running: int
    older: int

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return pick(self.line.manifest.name)

    @property
    def main(self) -> tuple[bool, str]:
        """The code of its main item; those that name none come last."""
        main = self.line.manifest.main
        return main is None, main.code if main else ""

    @property
    def days(self) -> int:
        """The working days promised."""
        return self.line.manifest.limits.promised.days

    def is_among(self, shown: str) -> bool:
        """Whether it belongs to what one wants to see."""
        line = self.line
        return {
            "force": line.current is not None,
            "way": bool(self.waiting),
            "new": line.current is None and line.withdrawn is None,
            "withdrawn": line.withdrawn is not None,
        }.get(shown, True)

    def is_about(self, text: str) -> bool:
        """Whether a text, in small letters, occurs in its code, its number or a name."""
        said = self.line.manifest
        called = [self.line.code, said.number or "", said.name.zh, said.name.en]
        called += [said.main.name.zh, said.main.name.en] if said.main else []
        return any(text in one.casefold() for one in called)


_KEYS: Final[Mapping[str, Callable[[Row], Any]]] = {
    "main": lambda row: row.main,
    "name": lambda row: by_name(row.name),
    "running": lambda row: row.running + row.older,
    "days": lambda row: row.days,
    "since": lambda row: row.since.timestamp() if row.since else 0.0,
}


@blueprint.get("")
@edge.guarded(*acts.ANY)
def items() -> ResponseReturnValue:
    """What waits for the reader, and every item, drafts and withdrawn ones included."""
    session, actor = edge.session(), edge.actor()
    lines = queries.whole(session)
    ways = waiting(session, lines, actor, edge.now())
    rows = _rows(lines, ways, running(session, actor.tenant))
    text = request.args.get("q", "").strip()[:100]
    about = [row for row in rows if row.is_about(text.casefold())]
    show = request.args.get("show", "all")
    shown, sorting = sort([row for row in about if row.is_among(show)], _KEYS, "main")
    return render_template(
        "studio/items.html",
        waiting=ways,
        rows=shown,
        sorting=sorting,
        counts={one: sum(row.is_among(one) for row in about) for one in SHOWS},
        show=show if show in SHOWS else "all",
        text=text,
        separated=settings.separated(session),
    )


@blueprint.get("/<code>/<int:version>/findings")
@edge.guarded(*acts.ANY)
def findings(code: str, version: int) -> ResponseReturnValue:
    """How much the check finds about a version: for the table, which asks for one after the other."""
    found = operations.findings(edge.session(), code, version, OPERATIONS)
    return render_template("studio/found.html", findings=found, code=code, version=version)


def _rows(lines: Sequence[ItemLine], ways: list[Waiting], cases: Mapping[tuple[str, int], int]) -> list[Row]:
    rows = []
    for line in lines:
        shown = line.current or line.withdrawn or line.versions[0].version
        one = next(version for version in line.versions if version.version == shown)
        on_it = cases.get((line.code, shown), 0)
        every = sum(number for (code, _version), number in cases.items() if code == line.code)
        mine = tuple(way for way in ways if way.line.code == line.code)
        rows.append(Row(line, shown, one.published_at, mine, on_it, every - on_it))
    return rows
