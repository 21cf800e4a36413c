"""Tables that are sorted by their headings: the address says by which (`?sort=name`; `?sort=-name`: the other way)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Sorting:
    """By which heading a table is sorted, and whether from the end."""

    key: str
    down: bool

    def said(self, key: str) -> str:
        """What aria-sort says of a heading; nothing where the table is not sorted by it."""
        return ("descending" if self.down else "ascending") if key == self.key else ""

    def address(self, key: str) -> str:
        """The page sorted by a heading, or turned round where it is so already; all else that was asked for stays."""
        turned = f"-{key}" if key == self.key and not self.down else key
        kept = {name: value for name, value in request.args.items() if name not in ("lang", "after")}
        return f"{request.path}?{urlencode({**kept, 'sort': turned})}"


def asked(keys: Collection[str], first: str) -> Sorting:
    """How the address wants a table sorted that has these headings; else by `first`."""
    wanted = request.args.get("sort", "")
    found = Sorting(wanted.removeprefix("-"), wanted.startswith("-"))
    return found if found.key in keys else Sorting(first, False)


def sort(rows: Iterable[Row], keys: Mapping[str, Callable[[Row], Any]], first: str) -> tuple[list[Row], Sorting]:
    """The rows as the address asks for, or else by `first`; equal ones stay as they stood."""
    found = asked(keys, first)
    return sorted(rows, key=keys[found.key], reverse=found.down), found


def by_name(text: str) -> bytes:
    """The order of names: GB 18030 has the characters in common use in the order of their pinyin."""
    return text.casefold().encode("gb18030")
