"""What commands print: tables that line up in Chinese too, or JSON for programs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from unicodedata import east_asian_width
from zoneinfo import ZoneInfo

import click
import orjson

ZONE = ZoneInfo("Asia/Shanghai")
C = TypeVar("C", bound=Callable[..., Any])


def with_json(command: C) -> C:
    """Add the option that asks for JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


def show(rows: Iterable[Mapping[str, Any]], *, as_json: bool) -> None:
    """Print rows as a table, one column for each key, or as JSON."""
    found = list(rows)
    if as_json:
        print_json(found)
    elif not found:
        click.echo("Nothing.", err=True)
    else:
        table(list(found[0]), [[cell(value) for value in row.values()] for row in found])


def show_one(facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Print the facts of one thing, a line each, or as JSON."""
    if as_json:
        print_json(facts)
        return
    width = max(map(len, facts))
    for name, value in facts.items():
        click.echo(f"{name:<{width}}  {cell(value)}")


def print_json(value: Any) -> None:
    """Print JSON."""
    click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2, default=str).decode())


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table. A Chinese character is two columns wide."""
    widths = [max(map(width_of, column)) for column in zip(head, *rows, strict=True)]
    for line in (head, ["─" * width for width in widths], *rows):
        cells = [text + " " * (width - width_of(text)) for text, width in zip(line, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def cell(value: Any) -> str:
    """A value as people read it; instants in the office's time zone."""
    match value:
        case None:
            return "–"
        case datetime():
            return f"{value.astimezone(ZONE):%Y-%m-%d %H:%M}"
        case list() | tuple() | set() | frozenset():
            return ", ".join(map(cell, value))
        case dict():
            return orjson.dumps(value, default=str).decode()
        case _:
            return str(value)


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
