"""A text in FEEL, from one name, sign or word to the next: where a name ends depends on what is known."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from app.engine.languages import feel_types, tree
from app.engine.languages.errors import Malformed

RESERVED = frozenset(
    (
        "true",
        "false",
        "null",
        "and",
        "or",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "instance",
        "not",
        "function",
    )
)
_PARTS = ("time offset", "start included", "end included")

SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
NAME = re.compile(r"[^\W\d]\w*|\?")
_SIGN = re.compile(r"\.\.|\*\*|!=|<=|>=|[-+*/=<>()\[\]{},.:@]")


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words, with any space between their parts."""
    return re.compile("(?:" + "|".join(r"\s+".join(map(re.escape, word.split())) for word in words) + r")(?!\w)")


def _longest(words: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@dataclass(frozen=True)
class Known:
    """What is declared around an expression."""

    names: frozenset[str] = frozenset()
    """Any of them can have spaces, and can be a function."""
    types: Mapping[str, tree.Type] = field(default_factory=dict)


NOTHING = Known()


class Text:
    """What is left to read, and how deep what is being read is nested. `spaced` are known names with spaces."""

    def __init__(self, text: str, known: Known, deepest: int) -> None:
        self.text, self.at, self.depth, self.deepest = text, 0, 0, deepest
        self.known = known.names
        self.own: set[str] = set()
        """Names that the text itself gives."""
        self.spaced = {" ".join(name.split()) for name in known.names if not NAME.fullmatch(name)} | {*_PARTS}
        self.spaced.discard("")
        self.longest = _longest(self.spaced)
        self.types = {**feel_types.BUILT_IN, **known.types}
        self.kinds = _longest(self.types)

    def is_function(self, name: str) -> bool:
        """Whether this may be a function of one's own."""
        return name in self.own or name in self.known

    def space(self) -> None:
        """Pass over spaces and comments."""
        if match := SPACE.match(self.text, self.at):
            self.at = match.end()

    def unexpected(self) -> Malformed:
        """Names what stands here."""
        self.space()
        return Malformed(f"“{self.text[self.at : self.at + 20].strip() or 'the end'}” is not expected")

    def sign(self, *signs: str) -> str:
        """The sign that stands next, passed over, if it is one of these; otherwise ""."""
        self.space()
        match = _SIGN.match(self.text, self.at)
        if match is None or match[0] not in signs:
            return ""
        self.at = match.end()
        return match[0]

    def must(self, sign: str) -> None:
        """Pass over a sign. Raises Malformed where another stands."""
        if not self.sign(sign):
            raise Malformed(f"“{sign}” is missing")

    def word(self, *words: str) -> str:
        """The words that stand next, passed over, if they are one of these; otherwise ""."""
        self.space()
        match = _pattern(words).match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return " ".join(match[0].split())

    def must_word(self, word: str) -> None:
        """Pass over a word. Raises Malformed where another stands."""
        if not self.word(word):
            raise Malformed(f"“{word}” is missing")

    def name(self, reserved: Collection[str] = RESERVED) -> str:
        """The name that stands next, passed over; the longest that is known. "" where none stands."""
        self.space()
        if known := self.word(*self.longest):
            return known
        match = NAME.match(self.text, self.at)
        if match is None or match[0] in reserved:
            return ""
        self.at = match.end()
        return match[0]

    def know(self, name: str) -> None:
        """From here on this is a name."""
        self.spaced.add(name)
        self.longest = _longest(self.spaced)

    def deeper(self) -> None:
        """Count a nesting. Raises Malformed for one too many."""
        self.depth += 1
        if self.depth > self.deepest:
            raise Malformed(f"it is nested more than {self.deepest} deep")

    def next_is(self, sign: str) -> bool:
        """Whether this sign stands next."""
        self.space()
        return self.text.startswith(sign, self.at)
