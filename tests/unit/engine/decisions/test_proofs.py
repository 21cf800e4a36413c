"""What is found of a table before any case comes is what cases would find: random tables, held to brute force.

DMN 1.5, 8.2.11: of UNIQUE “no overlap is possible”, of ANY “there may be overlap, but all of the matching rules show
equal output entries”; 8.2.7: what no rule matches has no result.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.decisions import checks, proving, reading
from app.engine.decisions.evaluating import holds
from app.engine.decisions.model import Table
from app.engine.findings import Report
from app.engine.languages import feel
from app.engine.xml import parse
from tests.unit.engine.decisions.tables import decision, dmn, table

FIRST = date(2026, 1, 1)
WRITTEN: dict[str, list[str]] = {
    "number": [str(number) for number in range(6)],
    "string": ['"land"', '"water"', '"fire"'],
    "date": [f'date("{FIRST + timedelta(days=days)}")' for days in range(0, 12, 2)],
    "boolean": ["true", "false"],
}
VALUES: dict[str, list[Any]] = {
    "number": [Decimal(quarter) / 4 for quarter in range(-4, 26)],
    "string": ["land", "water", "fire", "something else"],
    "date": [FIRST + timedelta(days=days) for days in range(-1, 13)],
    "boolean": [True, False],
}


def values(kind: str) -> st.SearchStrategy[str]:
    return st.sampled_from(WRITTEN[kind])


def ranges(kind: str) -> st.SearchStrategy[str]:
    """Open and closed to either side, and open to all sides; a range from high to low holds nothing."""
    ends = st.tuples(st.sampled_from("[]("), values(kind), values(kind), st.sampled_from("[])"))
    compared = st.tuples(st.sampled_from(("<", "<=", ">", ">=", "!=", "=")), values(kind))
    return st.one_of(ends.map(lambda part: f"{part[0]}{part[1]}..{part[2]}{part[3]}"), compared.map(" ".join))


def cells(kind: str) -> st.SearchStrategy[str]:
    single = values(kind) if kind in ("string", "boolean") else st.one_of(values(kind), ranges(kind))
    several = st.lists(single, min_size=1, max_size=3).map(", ".join)
    listed = st.lists(values(kind), min_size=1, max_size=3).map(lambda items: f"[{', '.join(items)}]")
    asked = values(kind).map(lambda value: f"? = {value}")
    return st.one_of(st.just("-"), several, several.map(lambda tests: f"not({tests})"), listed, asked)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[str]], list[bool]]:
    """The kinds of the columns, the rows, and whether each column declares its type."""
    kinds = draw(st.lists(st.sampled_from(tuple(WRITTEN)), min_size=1, max_size=2))
    rows = draw(st.lists(st.tuples(*(cells(kind) for kind in kinds)), min_size=1, max_size=5))
    results = draw(st.lists(st.sampled_from(("1", "2")), min_size=len(rows), max_size=len(rows)))
    typed = [kind == "boolean" or draw(st.booleans()) for kind in kinds]
    return kinds, [[*row, found] for row, found in zip(rows, results, strict=True)], typed


def read(
    kinds: Sequence[str], rows: Sequence[Sequence[str]], typed: Sequence[bool], policy: str
) -> tuple[Table, bytes]:
    inputs = [f"{'xy'[at]}:{kind if says else ''}" for at, (kind, says) in enumerate(zip(kinds, typed, strict=True))]
    file = dmn(decision(table(rows, inputs=inputs, policy=policy)))
    report = Report()
    root = parse(file, "t.dmn", report)
    assert root is not None
    (found,) = reading.read(root, "t.dmn", report)
    assert isinstance(found.logic, Table)
    return found.logic, file


def matching(logic: Table, kinds: Sequence[str]) -> Iterator[tuple[int, ...]]:
    """For every case that there can be, the rows that hold."""
    scope = feel.Scope({}, None, feel.Turn(steps=10_000_000))
    fits = [
        {value: [holds(row.tests[at], value, scope) for row in logic.rows] for value in VALUES[kind]}
        for at, kind in enumerate(kinds)
    ]
    for case in product(*(VALUES[kind] for kind in kinds)):
        beside = [fits[at][value] for at, value in enumerate(case)]
        yield tuple(row.number for at, row in enumerate(logic.rows) if all(column[at] for column in beside))


@given(tables())
@settings(max_examples=150, deadline=None)
def test_overlaps_and_gaps_are_those_that_cases_would_find(
    drawn: tuple[list[str], list[list[str]], list[bool]],
) -> None:
    kinds, rows, typed = drawn
    logic, _file = read(kinds, rows, typed, "UNIQUE")
    found = proving.columns(logic, proving.Bound())
    assert found is not None
    cases = set(matching(logic, kinds))
    overlapping = {pair for numbers in cases for pair in combinations(numbers, 2)}
    assert {(pair.one.number, pair.other.number) for pair in proving.overlaps(logic, found)} == overlapping
    assert (proving.gap(logic, found) is not None) == (() in cases)


@given(tables())
@settings(max_examples=60, deadline=None)
def test_a_contradiction_is_reported_where_two_rows_that_hold_at_once_differ(
    drawn: tuple[list[str], list[list[str]], list[bool]],
) -> None:
    kinds, rows, typed = drawn
    logic, file = read(kinds, rows, typed, "ANY")
    report = Report()
    root = parse(file, "t.dmn", report)
    assert root is not None
    checks.check({one.id: one for one in reading.read(root, "t.dmn", report)}, report)
    told = any(finding.code == "decision-contradiction" for finding in report.findings)
    differ = any(
        rows[one - 1][-1] != rows[other - 1][-1]
        for numbers in matching(logic, kinds)
        for one, other in combinations(numbers, 2)
    )
    assert told == differ


@pytest.mark.parametrize(
    ("one", "other", "kind", "overlap"),
    [
        ("null", "null", "", True),
        ("null", "not(null)", "", False),
        ("-", "null", "", True),
        ('time("08:00:00")', '< time("09:00:00")', "time", True),
        ('[duration("P1D")..duration("P3D")]', '> duration("P3D")', "dayTimeDuration", False),
        ('date and time("2026-01-01T00:00:00Z")', '>= date and time("2026-01-01T08:00:00+08:00")', "dateTime", True),
    ],
)
def test_other_kinds(one: str, other: str, kind: str, overlap: bool) -> None:
    logic, _file = read([kind or "x"], [[one, "1"], [other, "2"]], [bool(kind)], "UNIQUE")
    found = proving.columns(logic, proving.Bound())
    assert found is not None
    assert bool(list(proving.overlaps(logic, found))) is overlap
