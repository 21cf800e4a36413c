"""What a function is given that can be told to be wrong before any case comes: times and regular expressions."""

from collections.abc import Callable
from typing import Any

from app.engine.languages import moments, patterns, tree, values
from app.engine.languages.errors import Failed, Malformed
from app.engine.languages.tree import Node

_TIMES: dict[str, Callable[[str], Any]] = {
    "date": moments.date_in,
    "time": values.time_of,
    "date and time": moments.moment_in,
    "duration": values.duration_of,
}
_PATTERNS: dict[str, tuple[int, int]] = {"matches": (1, 2), "replace": (1, 3), "split": (1, 9), "extract": (1, 9)}
"""Where the regular expression stands, and where its flags."""


def check(call: tree.Call) -> None:
    """Raise Malformed for a constant that is no date, time or duration, or no regular expression that is known here."""
    given = call.arguments
    try:
        if call.function in _TIMES and len(given) == 1 and (written := _text(given[0])) is not None:
            if _TIMES[call.function](written) is None:
                raise Malformed(f"“{written[:40]}” is no {call.function}")
        elif call.function in _PATTERNS and not call.names:
            at, behind = _PATTERNS[call.function]
            written = _text(given[at])
            flags = _text(given[behind]) if behind < len(given) else None
            if written is not None and patterns.compiled(written, flags) is None:
                raise Malformed(f"“{written[:40]}” is no regular expression, or its flags are none")
    except Failed as failed:
        raise Malformed(str(failed)) from None


def _text(node: Node) -> str | None:
    return node.value if isinstance(node, tree.Literal) and isinstance(node.value, str) else None
