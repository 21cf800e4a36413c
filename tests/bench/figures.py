"""Figures out of measurements: medians of runs, percentiles of latencies, and the tables in which they are shown."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from statistics import median
from typing import Any

Row = tuple[str, ...]


def quantiles(seconds: Sequence[float], *percents: int) -> dict[str, float]:
    """Percentiles (nearest rank) in milliseconds: p50, p99 …"""
    ordered = sorted(seconds)
    return {f"p{p}": round(ordered[max(0, ceil(len(ordered) * p / 100) - 1)] * 1e3, 2) for p in percents}


def middle(runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The median of each number over several runs of one thing, mappings inside too."""
    first = runs[0]
    result: dict[str, Any] = {}
    for name, value in first.items():
        values = [run[name] for run in runs]
        if isinstance(value, Mapping):
            result[name] = middle(values)
        else:
            result[name] = round(median(values), 2)
    return result


def table(title: str, head: Row, rows: Sequence[Row]) -> str:
    """A table for a terminal."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = ["  ".join(_cells(row, widths)) for row in (head, *rows)]
    return "\n".join(["", title, lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _cells(row: Row, widths: Sequence[int]) -> Iterator[str]:
    """The first cell to the left, numbers to the right."""
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.rjust(width) if column else cell.ljust(width)


def shown(value: float | None, digits: int = 1) -> str:
    """A number as it stands in a table."""
    return "–" if value is None else f"{value:,.{digits}f}"
