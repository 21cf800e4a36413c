"""A text in FEEL, from one name, sign or word to the next: where a name ends depends on what is known."""

import re
from collections.abc import Collection

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


class Text:
    """What is left to read, and how deep what is being read is nested. `spaced` are known names with spaces."""

    def __init__(self, text: str, known: Collection[str], deepest: int) -> None:
        self.text, self.at, self.depth, self.deepest = text, 0, 0, deepest
        self.spaced = {" ".join(name.split()) for name in known if not NAME.fullmatch(name)} | {*_PARTS}
        self.spaced.discard("")

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
        for word in words:
            pattern = r"\s+".join(map(re.escape, word.split())) + r"(?!\w)"
            if match := re.compile(pattern).match(self.text, self.at):
                self.at = match.end()
                return word
        return ""

    def must_word(self, word: str) -> None:
        """Pass over a word. Raises Malformed where another stands."""
        if not self.word(word):
            raise Malformed(f"“{word}” is missing")

    def name(self, reserved: Collection[str] = RESERVED) -> str:
        """The name that stands next, passed over; the longest that is known. "" where none stands."""
        self.space()
        for known in sorted(self.spaced, key=len, reverse=True):
            if self.word(known):
                return known
        match = NAME.match(self.text, self.at)
        if match is None or match[0] in reserved:
            return ""
        self.at = match.end()
        return match[0]

    def deeper(self) -> None:
        """Count a nesting. Raises Malformed for one too many."""
        self.depth += 1
        if self.depth > self.deepest:
            raise Malformed(f"it is nested more than {self.deepest} deep")

    def next_is(self, sign: str) -> bool:
        """Whether this sign stands next."""
        self.space()
        return self.text.startswith(sign, self.at)
