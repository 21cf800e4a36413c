"""The texts of timers: ISO 8601 durations, dates and repeating intervals, bare or quoted."""

import ast
import re
from datetime import UTC, datetime
from typing import Any

from app.engine.types import Calendar

_NUMBER = r"\d{1,6}"
_DURATION = re.compile(
    rf"P(?=\d|T\d)(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?"
    rf"(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?",
    re.ASCII,
)
_FRACTION = re.compile(rf"({_NUMBER})[.,](\d{{1,9}})S", re.ASCII)
_CYCLE = re.compile(rf"R((?:{_NUMBER})?)/(P.+)", re.ASCII)
_LONGEST = 200
"""Characters that a time may have where it stands in the diagram."""


def is_duration(text: str) -> bool:
    """Whether the text is an ISO 8601 duration such as P15D, P1M or PT4H, in whole seconds and longer than none."""
    return _DURATION.fullmatch(text) is not None and any(digit in text for digit in "123456789")


def timing_text(kind: str, value: Any) -> str | None:
    """The value of a timer of this kind, in normal form; None where it is not one."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if kind != "date":
        text = _FRACTION.sub(_whole, text.upper())
    if kind == "duration":
        return text if is_duration(text) else None
    if kind == "cycle":
        match = _CYCLE.fullmatch(text)
        return text if match and match.group(1) != "0" and is_duration(match.group(2)) else None
    try:
        date = datetime.fromisoformat(text)
        (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
        return date.isoformat()
    except (ValueError, OverflowError):
        return None


def _whole(seconds: re.Match[str]) -> str:
    """Seconds with a fraction, of which the next whole one is taken: clocks count in whole seconds."""
    return f"{int(seconds[1]) + bool(int(seconds[2]))}S"


def literal(kind: str, text: str) -> str | None:
    """The value where `text` is one already, bare (as most modelers write it) or quoted; None for an expression."""
    if len(text) > _LONGEST:
        return None
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
