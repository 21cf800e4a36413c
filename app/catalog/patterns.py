"""Regular expressions that designers write, matched in time linear in the answer: no answer can stall a server."""

import re2  # type: ignore[import-untyped]

LONGEST = 500
"""Characters of a pattern."""

LONGEST_VALUE = 2_000
"""Characters of a value. The time for one is in proportion to it and to the pattern: a tenth of a second at most."""

_options = re2.Options()
_options.log_errors = False
_options.max_mem = 1 << 20


class BadPattern(ValueError):
    """The expression is not understood; look-ahead and back-references cannot be matched in linear time."""


def check(pattern: str) -> None:
    """Raise BadPattern unless `pattern` can be used."""
    try:
        re2.compile(pattern, _options)
    except UnicodeError as error:
        raise BadPattern("it has characters that are none") from error
    except re2.error as error:
        reason = error.args[0] if error.args else b""
        raise BadPattern(reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)) from error


def found(pattern: str, value: str) -> bool:
    """Whether `pattern` occurs in `value`, as form-js asks; anchor it to mean the whole. Never in what is longer than
    anything that has a pattern."""
    return len(value) <= LONGEST_VALUE and re2.search(pattern, value, _options) is not None
