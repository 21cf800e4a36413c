"""The part of FEEL in which form-js writes when a field is hidden and what an expression field computes.

    whole      = "if" whole "then" whole "else" whole | both { "or" both }
    both       = term { "and" term }
    term       = sum [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) sum ]
    sum        = product { ( "+" | "-" ) product }        product = factor { ( "*" | "/" ) factor }
    factor     = [ "-" ] value
    value      = "(" whole ")" | "not" "(" whole ")" | "list contains" "(" whole "," whole ")"
               | ( "sum" | "count" | "min" | "max" ) "(" whole ")"
               | name { "." name } | text | number | true | false | null

Truth has three values: what cannot be compared or counted is null, and only true hides. A name of a list's field
(plots.area) is the list of what its rows hold.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MAX_LENGTH = 500
MAX_DEPTH = 20
LONGEST = 10_000
"""Characters of a text that is put together."""
MOST = 2**53 - 1
"""What every JSON reader still counts exactly."""

Scope = Mapping[str, Any]
Walk = Callable[[Scope], Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"(?:[^\"\\]|\\.)*\")|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<contains>list\s+contains\b)"
    r"|(?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*)*)|(?P<sign>!=|<=|>=|[-+*/=<>(),]))"
)
_CONSTANTS = {"true": True, "false": False, "null": None}
_RESERVED = {*_CONSTANTS, "and", "or", "not", "if", "then", "else"}


class NotUnderstood(ValueError):
    """The text is outside the grammar above; says where."""


@dataclass(frozen=True)
class Expression:
    """An expression that was read; `names` are the fields it reads."""

    text: str
    names: frozenset[str]
    _walk: Walk

    def holds(self, scope: Scope) -> bool:
        """Whether it is true, and not merely not false."""
        return self._walk(scope) is True

    def value(self, scope: Scope) -> Any:
        """What it comes to: a text, a number, true or false; None for what cannot be computed or is none of these."""
        found = self._walk(scope)
        if isinstance(found, Decimal):
            return _plain(found)
        if isinstance(found, str):
            return found if len(found) <= LONGEST else None
        return found if isinstance(found, bool) else None


def read(text: str) -> Expression:
    """The expression in `text`, with or without the leading “=”; raises NotUnderstood."""
    if len(text) > MAX_LENGTH:
        raise NotUnderstood(f"it is longer than {MAX_LENGTH} characters")
    parser = _Parser(text.strip().removeprefix("="))
    walk = parser.condition()
    parser.expect_end()
    return Expression(text, frozenset(parser.names), walk)


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
        """The whole, or what stands between parentheses."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise NotUnderstood(f"it is nested more than {MAX_DEPTH} deep")
        walk = self._choice() if self._take("name", "if") else self._either()
        self._depth -= 1
        return walk

    def _choice(self) -> Walk:
        asked = self.condition()
        self._must_name("then")
        right = self.condition()
        self._must_name("else")
        wrong = self.condition()
        return lambda scope: right(scope) if asked(scope) is True else wrong(scope)

    def _either(self) -> Walk:
        walks = [self._both()]
        while self._take("name", "or"):
            walks.append(self._both())
        return walks[0] if len(walks) == 1 else lambda scope: _or([walk(scope) for walk in walks])

    def _both(self) -> Walk:
        walks = [self._term()]
        while self._take("name", "and"):
            walks.append(self._term())
        return walks[0] if len(walks) == 1 else lambda scope: _and([walk(scope) for walk in walks])

    def _term(self) -> Walk:
        left = self._sum()
        for sign, compare in _COMPARE.items():
            if self._take("sign", sign):
                right = self._sum()
                return lambda scope: compare(left(scope), right(scope))
        return left

    def _sum(self) -> Walk:
        return self._row(self._product, _ADD)

    def _product(self) -> Walk:
        return self._row(self._factor, _MULTIPLY)

    def _row(self, part: Callable[[], Walk], signs: Mapping[str, Callable[[Any, Any], Any]]) -> Walk:
        """Parts joined by signs, from left to right."""
        first = part()
        others: list[tuple[Callable[[Any, Any], Any], Walk]] = []
        while sign := next((sign for sign in signs if self._take("sign", sign)), None):
            others.append((signs[sign], part()))
        if not others:
            return first

        def walk(scope: Scope) -> Any:
            value = first(scope)
            for join, other in others:
                value = join(value, other(scope))
            return value

        return walk

    def _factor(self) -> Walk:
        if not self._take("sign", "-"):
            return self._value()
        value = self._value()
        return lambda scope: _difference(Decimal(0), value(scope))

    def _value(self) -> Walk:
        if self._take("name", "not"):
            negated = self._inner()
            return lambda scope: _not(negated(scope))
        if self._next < len(self._tokens) and self._tokens[self._next] == ("sign", "("):
            return self._inner()
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
        if kind == "name" and text in _COUNTS and self._tokens[self._next : self._next + 1] == [("sign", "(")]:
            listed, count = self._inner(), _COUNTS[text]
            return lambda scope: count(listed(scope))
        if kind == "name" and text not in _RESERVED:
            path = text.split(".")
            self.names.add(path[0])
            return lambda scope: _member(scope, path)
        raise NotUnderstood(f"“{text}” is not expected")

    def _inner(self) -> Walk:
        self._must("(")
        inner = self.condition()
        self._must(")")
        return inner

    def _contains(self) -> Walk:
        self._must("(")
        several = self.condition()
        self._must(",")
        one = self.condition()
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

    def _must_name(self, name: str) -> None:
        if not self._take("name", name):
            raise NotUnderstood(f"“{name}” is missing")

    def expect_end(self) -> None:
        """Raise unless all was read."""
        if self._next < len(self._tokens):
            raise NotUnderstood(f"“{self._tokens[self._next][1]}” is not expected")


def _member(scope: Scope, path: list[str]) -> Any:
    value: Any = scope
    for name in path:
        if isinstance(value, list):
            value = [row.get(name) if isinstance(row, Mapping) else None for row in value]
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return [_number(entry) for entry in value] if isinstance(value, list) else _number(value)


def _number(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _plain(value: Decimal) -> int | float | None:
    """A number as JSON has it; None for one that not every reader of JSON would count exactly."""
    if not value.is_finite() or abs(value) > MOST:
        return None
    return int(value) if value == value.to_integral_value() else float(round(value, 10))


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


def _sum(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return left + right if isinstance(left, Decimal) and isinstance(right, Decimal) else None


def _difference(left: Any, right: Any) -> Decimal | None:
    return left - right if isinstance(left, Decimal) and isinstance(right, Decimal) else None


def _times(left: Any, right: Any) -> Decimal | None:
    return left * right if isinstance(left, Decimal) and isinstance(right, Decimal) else None


def _divided(left: Any, right: Any) -> Decimal | None:
    return left / right if isinstance(left, Decimal) and isinstance(right, Decimal) and right else None


def _of_numbers(count: Callable[[list[Decimal]], Decimal]) -> Callable[[Any], Decimal | None]:
    def walk(listed: Any) -> Decimal | None:
        entries = listed if isinstance(listed, list) else [listed]
        return count(entries) if entries and all(isinstance(entry, Decimal) for entry in entries) else None

    return walk


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
_ADD: dict[str, Callable[[Any, Any], Any]] = {"+": _sum, "-": _difference}
_MULTIPLY: dict[str, Callable[[Any, Any], Any]] = {"*": _times, "/": _divided}
_COUNTS: dict[str, Callable[[Any], Any]] = {
    "sum": _of_numbers(lambda entries: sum(entries, Decimal(0))),
    "count": lambda listed: Decimal(len(listed)) if isinstance(listed, list) else None,
    "min": _of_numbers(min),
    "max": _of_numbers(max),
}
