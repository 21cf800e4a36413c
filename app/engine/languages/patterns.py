"""Regular expressions of XPath (Functions and Operators 3.1, 5.6) as the linear matcher reads them."""

import re
from functools import lru_cache
from typing import Any

import re2  # type: ignore[import-untyped]

from app.engine.languages.errors import Failed
from app.engine.languages.values import Work

_options = re2.Options()
_options.log_errors = False
_options.max_mem = 1 << 20
_LONGEST = 500
_HARD = 2_000
"""Steps of a pattern that cannot be used, and instructions upon characters that are one step."""

ERROR: type[Exception] = re2.error
"""Raised for what cannot be put in the place of a match."""

_PART = re.compile(r"\\(?:[pP]\{[^}]*\}|.)|\(\?.?|-\[|.", re.DOTALL)
_UNKNOWN = re.compile(r"\\[1-9icIC]|\\[pP]\{\s*Is|-\[")
"""What XPath has and the matcher has not: back-references, names of XML, blocks of characters, classes subtracted."""
_FOREIGN = re.compile(r"\\[abBAzZQExCG0]|\(\?[^:]")
"""What the matcher has and XPath has not."""


def compiled(pattern: str, flags: str | None) -> Any:
    """What matches in time linear in the text; None for no regular expression. Raises Failed for one not known here."""
    given = set(flags or "")
    if given - set("ismxq"):
        return None
    if len(pattern) > _LONGEST:
        raise Failed(f"a regular expression is longer than {_LONGEST} characters")
    known = "".join(sorted(given & set("ism")))
    written = re2.escape(pattern) if "q" in given else _translated(pattern, given)
    return None if written is None else _compiled(f"(?{known}){written}" if known else written)


@lru_cache(maxsize=64)
def _compiled(written: str) -> Any:
    try:
        return re2.compile(written, _options)
    except (re2.error, UnicodeError):
        return None


def ready(work: Work, text: str, pattern: str, flags: str | None) -> Any:
    """To be matched with `text`, the steps that this takes counted. Raises Failed as `compiled` does."""
    found = compiled(pattern, flags)
    size = found.programsize if found is not None else 10 * _HARD
    work.tick(size * len(text) // _HARD + (size // 10 if pattern not in work.patterns else 0))
    work.patterns.add(pattern)
    return found


def _translated(pattern: str, flags: set[str]) -> str | None:
    found: list[str] = []
    inside = False
    for part in _PART.findall(_collapsed(pattern) if "x" in flags else pattern):
        if _UNKNOWN.match(part) and (inside or part != "-["):
            raise Failed(f"the regular expression “{pattern[:40]}” uses what is not known here")
        if _FOREIGN.match(part):
            return None
        if part in ("[", "]", "-["):
            inside = part != "]"
        found.append("[^\\n\\r]" if part == "." and not inside and "s" not in flags else part)
    return "".join(found)


def _collapsed(pattern: str) -> str:
    """Without its spaces, those in classes apart."""
    found, inside = "", False
    for mark in pattern:
        if mark in "[]" and not found.endswith("\\"):
            inside = mark == "["
        if inside or not mark.isspace():
            found += mark
    return found
