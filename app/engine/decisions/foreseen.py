"""The values that a decision can give, where its rows are constants: what is decided behind it can count on them."""

from collections.abc import Iterator, Sequence
from typing import Any

from app.engine.decisions import proving
from app.engine.decisions.model import SINGLE, Call, Table
from app.engine.languages import Failed, feel, tree, values

MOST_VALUES = 200
Values = tuple[Any, ...]


def foreseen(call: Call) -> dict[str, Values]:
    """Variable, members joined by points → the values that it has after the call: one of these, and no other.

    Only what is certain is told: of tables that give the result of one row, all rows being constants.
    """
    decision = call.decisions.get(call.decision)
    table = decision.logic if decision is not None else None
    if not isinstance(table, Table) or table.policy not in SINGLE or call.shape in {"collectEntries", "resultList"}:
        return {}
    rows = list(_rows(table))
    if None in rows or len(rows) > MOST_VALUES:
        return {}
    columns = list(zip(*(row for row in rows if row is not None), strict=True))
    names = [output.name for output in table.outputs]
    return {path: column for path, column in zip(_paths(call, names), columns, strict=False) if path is not None}


def _paths(call: Call, names: Sequence[str]) -> list[str | None]:
    """Where each output is read; None where it is not, or is a part of what may be nothing at all."""
    if not call.result:
        return list(names)
    if len(names) == 1 and call.shape != "singleResult":
        return [call.result]
    return [None for _name in names]


def _rows(table: Table) -> Iterator[tuple[Any, ...] | None]:
    """The results of each row, and of none unless there is one for every case; None for a row that needs a case."""
    bound = proving.Bound()
    for row in table.rows:
        found = proving.constant(row, bound)
        yield None if found is None else _kept(found)
    if any(all(test == tree.Literal(True) for test in row.tests) for row in table.rows):
        return
    try:
        yield _kept([None if out.default is None else bound.value(out.default, {}) for out in table.outputs])
    except Failed:
        yield None


def _kept(found: list[Any]) -> tuple[Any, ...] | None:
    turn = feel.Turn()
    try:
        kept = [values.outgoing(value, turn.tick) for value in found]
    except Failed:
        return None
    return tuple(kept) if all(isinstance(value, str | int | float | bool | None) for value in kept) else None
