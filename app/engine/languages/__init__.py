"""The languages of expressions: FEEL (`=…`), JUEL (`${…}`), and a small Python for all that is written otherwise."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, Protocol

from app.engine.languages import feel, feel_reading, juel, juel_reading, python, tree
from app.engine.languages.errors import Failed, Malformed
from app.engine.languages.kinds import Kind, kind_of

__all__ = ["Compiled", "Failed", "Kind", "Language", "Malformed", "compile", "language_of", "script"]

MAX_EXPRESSION = 2_000
MAX_SCRIPT = 20_000
"""Characters."""

Language = Literal["FEEL", "JUEL", "Python"]


class Walk(Protocol):
    """Evaluates over variables, at a time that a clock says. Raises Failed, KeyError, TypeError, IndexError."""

    def __call__(self, names: Mapping[str, Any], clock: feel.Clock | None = None, /) -> Any: ...


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
    """Where the sandbox is not needed."""
    result: Kind = "unknown"
    assigns: frozenset[str] = frozenset()

    @property
    def outcomes(self) -> frozenset[tuple[str, str]]:
        """(step, outcome) of all outcomes that it asks for."""
        return frozenset(tree.outcomes(self.tree))

    @property
    def values(self) -> frozenset[tuple[str, str]]:
        """(variable, text) of all texts that it compares variables with."""
        return frozenset((name, text) for name, text in tree.values(self.tree) if name.partition(".")[0] in self.reads)


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
    return Compiled("Python", source, meant, reads, _timeless(walk), kind_of(meant), assigns)


def _timeless(walk: python.Walk | None) -> Walk | None:
    """A language that does not ask what time it is."""
    return None if walk is None else lambda names, _clock=None: walk(names)


def _feel(text: str) -> Compiled:
    meant = feel_reading.expression(text.removeprefix("="))
    span = _written_duration(meant)

    def walk(names: Mapping[str, Any], clock: feel.Clock | None = None) -> Any:
        return span or feel.plain(meant, names, clock)

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
    return Compiled(
        "JUEL", text, meant, tree.free_names(meant), _timeless(lambda names: juel.value(meant, names)), result
    )


_COMPILERS: dict[Language, Callable[[str], Compiled]] = {"FEEL": _feel, "JUEL": _juel, "Python": _python}
