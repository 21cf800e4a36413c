"""The part of FEEL in which form-js writes when a field is hidden and what an expression field computes.

    whole      = "if" whole "then" whole "else" whole | both { "or" both }
    both       = term { "and" term }
    term       = sum [ ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) sum ]
    sum        = product { ( "+" | "-" ) product }        product = factor { ( "*" | "/" ) factor }
    factor     = [ "-" ] value
    value      = "(" whole ")" | "not" "(" whole ")" | "list contains" "(" whole "," whole ")"
               | ( "sum" | "count" | "min" | "max" ) "(" whole ")"
               | name { "." name } | text | number | true | false | null

It is read and evaluated by the engine room, as conditions and decision tables are; of its grammar only this much, which
the pages evaluate too. Only true hides. A name of a list's field (plots.area) is the list of what its rows hold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.engine.languages import Failed, Malformed, feel, feel_reading, tree

MAX_LENGTH = 500
MAX_DEPTH = 20
LONGEST = 10_000
"""Characters of a text that is put together."""
MOST = 2**53 - 1
"""What every JSON reader still counts exactly."""

Scope = Mapping[str, Any]

_PARTS = (
    tree.Both,
    tree.Either,
    tree.Not,
    tree.Compare,
    tree.Choice,
    tree.Negative,
    tree.Name,
    tree.Literal,
    tree.Member,
    tree.Sum,
)
_FUNCTIONS = {"list contains": 2, "sum": 1, "count": 1, "min": 1, "max": 1}
_CONSTANTS = (str, Decimal, bool, type(None))


class NotUnderstood(ValueError):
    """The text is outside the grammar above; says where."""


@dataclass(frozen=True)
class Expression:
    """An expression that was read; `names` are the fields it reads."""

    text: str
    names: frozenset[str]
    _tree: tree.Node

    def holds(self, scope: Scope) -> bool:
        """Whether it is true, and not merely not false."""
        return self._found(scope) is True

    def value(self, scope: Scope) -> Any:
        """What it comes to: a text, a number, true or false; None for what cannot be computed or is none of these."""
        found = self._found(scope)
        if isinstance(found, Decimal):
            return _plain(found)
        if isinstance(found, str):
            return found if len(found) <= LONGEST else None
        return found if isinstance(found, bool) else None

    def _found(self, scope: Scope) -> Any:
        try:
            return feel.value(self._tree, scope)
        except Failed:
            return None


def read(text: str) -> Expression:
    """The expression in `text`, with or without the leading “=”; raises NotUnderstood."""
    if len(text) > MAX_LENGTH:
        raise NotUnderstood(f"it is longer than {MAX_LENGTH} characters")
    try:
        found = feel_reading.expression(text.strip().removeprefix("="), deepest=MAX_DEPTH)
    except Malformed as error:
        raise NotUnderstood(str(error)) from None
    for part in tree.walk(found):
        if name := _beyond(part):
            raise NotUnderstood(f"“{name}” is not expected")
    return Expression(text, tree.free_names(found), found)


def _beyond(part: tree.Node) -> str:
    """What a form cannot have of FEEL, by its name; "" for what it can."""
    if isinstance(part, tree.Call):
        given = _FUNCTIONS.get(part.function) == len(part.arguments) and not part.names
        return "" if given else part.function
    if isinstance(part, tree.Literal):
        return "" if isinstance(part.value, _CONSTANTS) else "@"
    if isinstance(part, tree.Sum):
        return part.sign if part.sign == "**" else ""
    return "" if isinstance(part, _PARTS) else type(part).__name__.lower()


def _plain(value: Decimal) -> int | float | None:
    """A number as JSON has it; None for one that not every reader of JSON would count exactly."""
    if not value.is_finite() or abs(value) > MOST:
        return None
    return int(value) if value == value.to_integral_value() else float(round(value, 10))
