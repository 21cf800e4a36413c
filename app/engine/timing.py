"""The texts of timers: ISO 8601 durations, dates and repeating intervals, bare or quoted."""

import ast
import re
from datetime import datetime
from typing import Any

from app.engine.types import Calendar

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
)
_CYCLE = re.compile(r"R(\d*)/(P.+)")


def is_duration(text: str) -> bool:
    """Whether the text is an ISO 8601 duration such as P15D, P1M or PT4H."""
    return _DURATION.fullmatch(text) is not None


def timing_text(kind: str, value: Any) -> str | None:
    """The value of a timer of this kind, in normal form; None where it is not one."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if kind == "duration":
        return text.upper() if is_duration(text.upper()) else None
    if kind == "cycle":
        match = _CYCLE.fullmatch(text.upper())
        return text.upper() if match and match.group(1) != "0" and is_duration(match.group(2)) else None
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        return None


def literal(kind: str, text: str) -> str | None:
    """The value where `text` is one already, bare (as most modelers write it) or quoted; None for an expression."""
    bare = timing_text(kind, text)
    if bare is not None:
        return bare
    try:
        return timing_text(kind, ast.literal_eval(text))
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None


def next_cycle(value: str) -> str | None:
    """What remains of a repeating interval after it has come due once: R3/PT8H → R2/PT8H → R1/PT8H → None."""
    match = _CYCLE.fullmatch(value)
    if match is None or not match.group(1):
        return value
    left = int(match.group(1)) - 1
    return f"R{left}/{match.group(2)}" if left > 0 else None


def calendar_of(properties: dict[str, str], is_light: bool) -> Calendar:
    """Working time on a light, civil elsewhere, unless the diagram says otherwise."""
    written = properties.get("calendar")
    if written == "working" or (written is None and is_light):
        return "working"
    return "civil"
