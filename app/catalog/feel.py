"""The part of FEEL in which form-js writes when a field is hidden: comparisons, and what joins them.

    condition  = both { "or" both }          both = term { "and" term }
    term       = "not" "(" condition ")" | "(" condition ")" | value [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value ]
    value      = name { "." name } | "list contains" "(" value "," value ")" | text | number | true | false | null

Truth has three values: what cannot be compared is null, and only true hides.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MAX_LENGTH = 500
MAX_DEPTH = 20

Scope = Mapping[str, Any]
Walk = Callable[[Scope], Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"(?:[^\"\\]|\\.)*\")|(?P<number>-?[0-9]+(?:\.[0-9]+)?)|(?P<contains>list\s+contains\b)"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|(?P<sign>!=|<=|>=|[=<>(),]))"
)
_CONSTANTS = {"true": True, "false": False, "null": None}
_RESERVED = {*_CONSTANTS, "and", "or", "not"}


class NotUnderstood(ValueError):
    """The text is outside the grammar above; says where."""


@dataclass(frozen=True)
class Condition:
    """A condition that was read; `names` are the fields it reads."""

    text: str
    names: frozenset[str]
    _walk: Walk

    def holds(self, scope: Scope) -> bool:
        """Whether it is true, and not merely not false."""
        return self._walk(scope) is True


def read(text: str) -> Condition:
    """The condition in `text`, with or without the leading “=”; raises NotUnderstood."""
    if len(text) > MAX_LENGTH:
        raise NotUnderstood(f"it is longer than {MAX_LENGTH} characters")
    parser = _Parser(text.strip().removeprefix("="))
    walk = parser.condition()
    parser.expect_end()
    return Condition(text, frozenset(parser.names), walk)


class _Parser:
    """Recursive descent within a bounded depth."""

    def __init__(self, text: str) -> None:
        self.names: set[str] = set()
        self._tokens: list[tuple[str, str]] = []
        self._next = 0
        self._depth = 0
        position, text = 0, text.rstrip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None or found.lastgroup is None:
                raise NotUnderstood(f"“{text[position : position + 20].strip()}” is not expected")
            self._tokens.append((found.lastgroup, found[found.lastgroup]))
            position = found.end()

    def condition(self) -> Walk:
        """both { or both }"""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotUnderstood(f"it is nested more than {MAX_DEPTH} deep")
        walks = [self._both()]
        while self._take("name", "or"):
            walks.append(self._both())
        self._depth -= 1
        return walks[0] if len(walks) == 1 else lambda scope: _or([walk(scope) for walk in walks])

    def _both(self) -> Walk:
        walks = [self._term()]
        while self._take("name", "and"):
            walks.append(self._term())
        return walks[0] if len(walks) == 1 else lambda scope: _and([walk(scope) for walk in walks])

    def _term(self) -> Walk:
        if self._take("name", "not"):
            self._must("(")
            negated = self.condition()
            self._must(")")
            return lambda scope: _not(negated(scope))
        if self._take("sign", "("):
            inner = self.condition()
            self._must(")")
            return inner
        left = self._value()
        for sign, compare in _COMPARE.items():
            if self._take("sign", sign):
                right = self._value()
                return lambda scope: compare(left(scope), right(scope))
        return left

    def _value(self) -> Walk:
        kind, text = self._tokens[self._next] if self._next < len(self._tokens) else ("end", "the end")
        self._next += 1
        if kind == "text":
            constant = re.sub(r"\\(.)", r"\1", text[1:-1])
            return lambda _scope: constant
        if kind == "number":
            number = Decimal(text)
            return lambda _scope: number
        if kind == "contains":
            return self._contains()
        if kind == "name" and text in _CONSTANTS:
            fixed = _CONSTANTS[text]
            return lambda _scope: fixed
        if kind == "name" and text not in _RESERVED:
            path = text.split(".")
            self.names.add(path[0])
            return lambda scope: _member(scope, path)
        raise NotUnderstood(f"“{text}” is not expected")

    def _contains(self) -> Walk:
        self._must("(")
        several = self._value()
        self._must(",")
        one = self._value()
        self._must(")")
        return lambda scope: _contains(several(scope), one(scope))

    def _take(self, kind: str, text: str) -> bool:
        if self._next < len(self._tokens) and self._tokens[self._next] == (kind, text):
            self._next += 1
            return True
        return False

    def _must(self, sign: str) -> None:
        if not self._take("sign", sign):
            raise NotUnderstood(f"“{sign}” is missing")

    def expect_end(self) -> None:
        """Raise unless all was read."""
        if self._next < len(self._tokens):
            raise NotUnderstood(f"“{self._tokens[self._next][1]}” is not expected")


def _member(scope: Scope, path: list[str]) -> Any:
    value: Any = scope
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _equal(left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return left is right
    return left == right if type(left) is type(right) else None


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool | None]:
    def walk(left: Any, right: Any) -> bool | None:
        same = type(left) is type(right) and isinstance(left, Decimal | str)
        return compare(left, right) if same else None

    return walk


def _contains(several: Any, one: Any) -> bool | None:
    if several is None:
        return None
    return any(_equal(entry, one) is True for entry in (several if isinstance(several, list) else [several]))


def _not(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


def _and(values: list[Any]) -> bool | None:
    if any(value is False for value in values):
        return False
    return True if all(value is True for value in values) else None


def _or(values: list[Any]) -> bool | None:
    if any(value is True for value in values):
        return True
    return False if all(value is False for value in values) else None


_COMPARE: dict[str, Callable[[Any, Any], bool | None]] = {
    "=": _equal,
    "!=": lambda left, right: _not(_equal(left, right)),
    "<": _ordered(lambda left, right: left < right),
    "<=": _ordered(lambda left, right: left <= right),
    ">": _ordered(lambda left, right: left > right),
    ">=": _ordered(lambda left, right: left >= right),
}
