"""Whether the rows of a table exclude each other, and whether they leave anything out: proven by an example.

From the constants of a column come the values that tell its cells apart: each of them, one between each two, one before
and one behind. A cell is asked with each of these; what is found is so, what is not found is not proven.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from app.engine.decisions.declared import NUMBERS
from app.engine.decisions.model import Input, Row, Table
from app.engine.languages import Failed, feel, tree, values

MOST_TRIED = 50_000
MOST_ASKED = 40_000
"""Cells that are asked, each with one value, for all tables together."""
MOST_STEPS = 400_000
MOST_STEPS_EACH = 2_000
WHOLE = frozenset({"integer", "long", "int", "short"})
ANYTHING = object()
"""Stands for any value of a column that no cell asks for."""


@dataclass(frozen=True)
class Column:
    """The values tried for one input, and the rows (as bits) that each fits."""

    label: str
    tried: tuple[Any, ...]
    fits: tuple[int, ...]
    decided: int
    """The rows whose cell can be told without a case."""


class Bound:
    """How many cells may still be asked, and how much work that may be."""

    def __init__(self) -> None:
        self.asked, self.steps = MOST_ASKED, MOST_STEPS

    def allows(self, asked: int) -> bool:
        """Whether so many more cells may be asked; counts them."""
        self.asked -= asked
        return self.asked >= 0

    def value(self, node: tree.Node, names: Mapping[str, Any]) -> Any:
        """What a part of a table comes to without a case. Raises Failed."""
        turn = feel.Turn(steps=min(self.steps, MOST_STEPS_EACH))
        before = turn.left
        try:
            return feel.look(node, feel.Scope({}, None, turn).within(names))
        finally:
            self.steps -= before - max(turn.left, 0)


def columns(table: Table, bound: Bound) -> list[Column] | None:
    """The columns of a table; None where they say nothing provable: computed, dependent on each other, or too many."""
    paths = [column.expression for column in table.inputs]
    if not all(_is_path(path) for path in paths) or len(set(paths)) < len(paths):
        return None
    if any(one != other and _within(one, other) for one in paths for other in paths):
        return None
    found: list[Column] = []
    for place, column in enumerate(table.inputs):
        cells = [row.tests[place] for row in table.rows]
        tried = _tried(column, cells, bound)
        if not bound.allows(len(tried) * len(set(cells))):
            return None
        found.append(_column(column, cells, tried, bound))
    return found


def _is_path(node: tree.Node) -> bool:
    while isinstance(node, tree.Member):
        node = node.of
    return isinstance(node, tree.Name)


def _within(outer: tree.Node, inner: tree.Node) -> bool:
    return any(part == outer for part in tree.walk(inner))


def _column(column: Input, cells: Sequence[tree.Node], tried: Sequence[Any], bound: Bound) -> Column:
    rows: dict[tree.Node, int] = {}
    for at, cell in enumerate(cells):
        rows[cell] = rows.get(cell, 0) | 1 << at
    known = {cell: mask for cell, mask in rows.items() if not tree.free_names(cell)}
    fits = [sum(mask for cell, mask in known.items() if _fits(cell, value, bound)) for value in tried]
    return Column(column.label, tuple(tried), tuple(fits), sum(known.values()))


def _fits(cell: tree.Node, value: Any, bound: Bound) -> bool:
    if isinstance(cell, tree.Literal):
        return cell.value is True
    if value is ANYTHING:
        return False
    try:
        return bound.value(cell, {"?": value, "cellInput": value}) is True
    except Failed:
        return False


def _tried(column: Input, cells: Sequence[tree.Node], bound: Bound) -> list[Any]:
    """The values that tell the cells of a column apart, as far as the column allows them."""
    parts = [*cells, *([column.allowed] if column.allowed else [])]
    constants = [
        constant for cell in set(parts) if not isinstance(cell, tree.Literal) for constant in _constants(cell, bound)
    ]
    name = column.type.rpartition(":")[2]
    found: list[Any] = []
    for kind in (Decimal, str, date, datetime, time, timedelta, values.Months):
        ordered = sorted({constant for constant in constants if type(constant) is kind})
        found += _around(ordered, whole=name in WHOLE)
    if name == "boolean" or any(isinstance(constant, bool) for constant in constants):
        found += [True, False]
    if name in NUMBERS or name in ("string", "boolean"):
        wanted = {"string": str, "boolean": bool}.get(name, Decimal)
        found = [value for value in found if type(value) is wanted]
    if None in constants:
        found.append(None)
    allowed = column.allowed
    if allowed is not None and not tree.free_names(allowed):
        found = [value for value in found if _fits(allowed, value, bound)] or found
    return found or ([Decimal(0)] if name in NUMBERS else [ANYTHING])


def _constants(cell: tree.Node, bound: Bound) -> Iterator[Any]:
    """All constants in a cell; what is computed from constants is one, such as date("2026-01-01")."""
    waiting = [cell]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tree.Literal):
            yield part.value
        elif isinstance(part, tree.Call | tree.Sum | tree.Negative) and not _asks(part) and not tree.free_names(part):
            try:
                yield bound.value(part, {})
            except Failed:
                continue
        else:
            waiting.extend(tree.below(part))


def _asks(node: tree.Node) -> bool:
    return any(isinstance(part, tree.Name) for part in tree.walk(node))


def _around(ordered: list[Any], *, whole: bool) -> Iterator[Any]:
    """Each value, one between each two, one before and one behind."""
    if not ordered:
        return
    if isinstance(ordered[0], str):
        yield from ordered
        yield _other(ordered)
        return
    step = _STEPS.get(type(ordered[0]))
    try:
        if step is not None:
            yield ordered[0] - step
        for at, value in enumerate(ordered):
            yield value
            if at + 1 < len(ordered):
                yield from _between(value, ordered[at + 1], whole=whole)
        if step is not None:
            yield ordered[-1] + step
    except OverflowError:
        return


_STEPS: dict[type, Any] = {
    Decimal: Decimal(1),
    date: timedelta(days=1),
    datetime: timedelta(seconds=1),
    timedelta: timedelta(seconds=1),
}


def _between(low: Any, high: Any, *, whole: bool) -> Iterator[Any]:
    middle: Any = low
    if isinstance(low, Decimal):
        middle = values.CONTEXT.divide(values.CONTEXT.add(low, high), Decimal(2))
        if whole:
            middle = values.CONTEXT.add(low.to_integral_value("ROUND_FLOOR", values.CONTEXT), Decimal(1))
    elif isinstance(low, date):
        middle = low + (high - low) / 2 if isinstance(low, datetime) else low + timedelta(days=(high - low).days // 2)
    if low < middle < high:
        yield middle


def _other(known: Sequence[str]) -> str:
    """A text that is none of them."""
    return next(f"…{number or ''}" for number in range(len(known) + 1) if f"…{number or ''}" not in known)


@dataclass(frozen=True)
class Overlap:
    """Two rows that hold at once, and values for which they do."""

    one: Row
    other: Row
    example: str


def overlaps(table: Table, found: Sequence[Column]) -> Iterator[Overlap]:
    """Pairs of rows that hold at once, each with an example."""
    for at, row in enumerate(table.rows):
        shared = (1 << len(table.rows)) - 1
        for column in found:
            if not column.decided >> at & 1:
                shared = 0
                break
            beside = 0
            for fits in column.fits:
                beside |= fits if fits >> at & 1 else 0
            shared &= beside
        later = shared >> (at + 1)
        for other in range(at + 1, len(table.rows)):
            if later >> (other - at - 1) & 1:
                yield Overlap(row, table.rows[other], _example(found, 1 << at | 1 << other))


def _example(found: Sequence[Column], rows: int) -> str:
    chosen = [
        (column, next(value for value, fits in zip(column.tried, column.fits, strict=True) if fits & rows == rows))
        for column in found
    ]
    return said(chosen)


def said(chosen: Sequence[tuple[Column, Any]]) -> str:
    """An example in words."""
    work = values.Work()
    written = [
        f"{column.label} = {'…' if value is ANYTHING else values.written(value, work.tick)}" for column, value in chosen
    ]
    return "; ".join(written)[:300] or "-"


def gap(table: Table, found: Sequence[Column]) -> str | None:
    """Values for which no row holds; None where there are none, or none was found within the bound."""
    every = (1 << len(table.rows)) - 1
    if any(column.decided != every for column in found):
        return None
    left = MOST_TRIED
    ways = [_apart(column) for column in found]
    waiting: list[tuple[int, int, tuple[Any, ...]]] = [(0, every, ())]
    while waiting and left > 0:
        left -= 1
        at, rows, chosen = waiting.pop()
        if not rows:
            rest = [way[0][0] for way in ways[at:]]
            return said(list(zip(found, (*chosen, *rest), strict=True)))
        if at < len(found):
            waiting.extend((at + 1, rows & fits, (*chosen, value)) for value, fits in reversed(ways[at]))
    return None


def _apart(column: Column) -> list[tuple[Any, int]]:
    """One value for each set of rows that values fit."""
    by_rows: dict[int, Any] = {}
    for value, fits in zip(column.tried, column.fits, strict=True):
        by_rows.setdefault(fits, value)
    return [(value, fits) for fits, value in by_rows.items()]


def constant(row: Row, bound: Bound) -> list[Any] | None:
    """The results of a row where they need no case."""
    if any(tree.free_names(cell) for cell in row.results):
        return None
    try:
        return [bound.value(cell, {}) for cell in row.results]
    except Failed:
        return None
