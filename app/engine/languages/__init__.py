"""The languages of expressions: FEEL (`=…`), JUEL (`${…}`), and a small Python for all that is written otherwise."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from app.engine.languages import feel, feel_reading, functions, juel, juel_reading, python, tree
from app.engine.languages.errors import Failed, Malformed
from app.engine.languages.kinds import Kind, kind_of

__all__ = ["Compiled", "Failed", "Kind", "Language", "Malformed", "compile", "language_of", "script"]

MAX_EXPRESSION = 2_000
MAX_SCRIPT = 20_000
"""Characters."""

Language = Literal["FEEL", "JUEL", "Python"]
Walk = Callable[[Mapping[str, Any]], Any]

_QUOTED = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_JUEL = re.compile(r"[$#]\{")


@dataclass(frozen=True)
class Compiled:
    """An expression or script, ready to be evaluated."""

    language: Language
    source: str
    """For the sandbox, members turned into subscripts."""
    tree: tree.Node
    """What it says, in every language alike."""
    reads: frozenset[str]
    """The variables that it reads."""
    walk: Walk | None
    """Where the sandbox is not needed. Raises Failed, KeyError, TypeError, IndexError."""
    result: Kind = "unknown"
    assigns: frozenset[str] = frozenset()

    @property
    def outcomes(self) -> frozenset[tuple[str, str]]:
        """(step, outcome) of all outcomes that it asks for."""
        return frozenset(tree.outcomes(self.tree))


def language_of(text: str) -> Language:
    """The language that a text is in: the text itself says it."""
    text = text.strip()
    if text.startswith("="):
        return "FEEL"
    return "JUEL" if _JUEL.match(text) or _JUEL.search(_QUOTED.sub("", text)) else "Python"


@lru_cache(maxsize=4096)
def compile(text: str) -> Compiled:  # noqa: A001 - what it is called everywhere
    """The expression in a text. Raises Malformed."""
    if len(text) > MAX_EXPRESSION:
        raise Malformed(f"longer than {MAX_EXPRESSION} characters")
    text = text.strip()
    return _COMPILERS[language_of(text)](text)


@lru_cache(maxsize=1024)
def script(text: str) -> Compiled:
    """A script, which is Python. Raises Malformed."""
    if len(text) > MAX_SCRIPT:
        raise Malformed(f"longer than {MAX_SCRIPT} characters")
    source, reads, assigns, _walk, meant = python.read(text.strip(), "exec")
    return Compiled("Python", source, meant, reads, None, assigns=assigns)


def _python(text: str) -> Compiled:
    source, reads, assigns, walk, meant = python.read(text, "eval")
    return Compiled("Python", source, meant, reads, walk, kind_of(meant), assigns)


def _feel(text: str) -> Compiled:
    meant = feel_reading.expression(text.removeprefix("="))
    for part in tree.walk(meant):
        if isinstance(part, tree.Call) and part.function in functions.CLOCK:
            raise Malformed(f"“{part.function}()” is not given here; take the time from a timer or a field")
    span = _written_duration(meant)
    walk: Walk = (lambda _names: span) if span else (lambda names: feel.plain(meant, names))
    return Compiled("FEEL", text, meant, tree.free_names(meant), walk, kind_of(meant))


def _written_duration(meant: tree.Node) -> str | None:
    """Of `duration("PT24H")` alone the text itself: as a working time it is another than the P1D that it equals."""
    if isinstance(meant, tree.Call) and meant.function == "duration" and isinstance(meant.arguments[0], tree.Literal):
        written = meant.arguments[0].value
        return written if isinstance(written, str) and feel.plain(meant, {}) is not None else None
    return None


def _juel(text: str) -> Compiled:
    meant = juel_reading.expression(text)
    result: Kind = "number" if isinstance(meant, tree.Sum) else kind_of(meant)  # its signs never join texts
    return Compiled("JUEL", text, meant, tree.free_names(meant), lambda names: juel.value(meant, names), result)


_COMPILERS: dict[Language, Callable[[str], Compiled]] = {"FEEL": _feel, "JUEL": _juel, "Python": _python}
