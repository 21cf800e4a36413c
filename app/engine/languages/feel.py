"""FEEL evaluated (DMN 1.5, 10.3.2): three-valued, exact, within a bounded number of steps."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from app.engine.languages import feel_calls, feel_loops, moments, texts, tree, values
from app.engine.languages.feel_scope import LOOKS, Clock, Scope, Turn, look
from app.engine.languages.tree import Node
from app.engine.languages.values import CONTEXT, Months, Span, Work, number

__all__ = ["LOOKS", "Clock", "Scope", "Turn", "look", "plain", "value"]


def value(node: Node, names: Mapping[str, Any], moment: Clock | None = None) -> Any:
    """What an expression comes to, as FEEL has it. Raises Failed."""
    return look(node, Scope(names, None, Turn(moment)))


def plain(node: Node, names: Mapping[str, Any], moment: Clock | None = None) -> Any:
    """What an expression comes to, as a variable can hold it. Raises Failed."""
    scope = Scope(names, None, Turn(moment))
    return values.outgoing(look(node, scope), scope.work.tick)


def _literal(node: tree.Literal, _scope: Scope) -> Any:
    return node.value


def _name(node: tree.Name, scope: Scope) -> Any:
    return scope.get(node.name)


def _member(node: tree.Member, scope: Scope) -> Any:
    return member(look(node.of, scope), node.name, scope.work)


def member(of: Any, name: str, work: Work) -> Any:
    """A member of a context, of each member of a list, or a part of a date."""
    if isinstance(of, dict):
        return of.get(name)
    if isinstance(of, list):
        work.tick(len(of))
        return [entry.get(name) if isinstance(entry, dict) else moments.part(entry, name) for entry in of]
    return moments.part(of, name)


def _listed(node: tree.Listed, scope: Scope) -> list[Any]:
    return [look(item, scope) for item in node.items]


def _context(node: tree.Context, scope: Scope) -> dict[str, Any]:
    found: dict[str, Any] = {}
    inner = scope.within(found)
    for name, part in node.entries:
        found[name] = look(part, inner)
    return found


def _sum(node: tree.Sum, scope: Scope) -> Any:
    found = calculated(node.sign, look(node.left, scope), look(node.right, scope))
    scope.work.weigh(found)
    return found


def calculated(sign: str, left: Any, right: Any) -> Any:
    """Two values joined by a sign (10.3.2.3); null where they cannot be."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _NUMBERS[sign](left, right)
    if sign == "+" and isinstance(left, str) and isinstance(right, str):
        return texts.joined(left + right)
    if sign == "+":
        return moments.added(left, right)
    if sign == "-":
        return moments.taken(left, right)
    return _of_lengths(sign, left, right)


def _of_lengths(sign: str, left: Any, right: Any) -> Any:
    if sign == "*" and isinstance(left, Decimal):
        left, right = right, left
    if not isinstance(left, timedelta | Months) or sign not in ("*", "/"):
        return None
    if isinstance(right, Decimal):
        return moments.scaled(left, right, divide=sign == "/")
    return moments.ratio(left, right) if sign == "/" and type(left) is type(right) else None


def _power(left: Decimal, right: Decimal) -> Decimal | None:
    return number(CONTEXT.power(left, right)) if abs(right) <= 10_000 else None


_NUMBERS: dict[str, Callable[[Decimal, Decimal], Decimal | None]] = {
    "+": lambda left, right: number(CONTEXT.add(left, right)),
    "-": lambda left, right: number(CONTEXT.subtract(left, right)),
    "*": lambda left, right: number(CONTEXT.multiply(left, right)),
    "/": lambda left, right: number(CONTEXT.divide(left, right)) if right else None,
    "**": _power,
}


def _negative(node: tree.Negative, scope: Scope) -> Any:
    of = look(node.of, scope)
    if isinstance(of, Decimal):
        return number(CONTEXT.minus(of))
    return moments.scaled(of, Decimal(-1)) if isinstance(of, timedelta | Months) else None


def _compare(node: tree.Compare, scope: Scope) -> bool | None:
    return compared(node.sign, look(node.left, scope), look(node.right, scope), scope.work)


def compared(sign: str, left: Any, right: Any, work: Work) -> bool | None:
    """Two values compared; null where they are of two types."""
    if sign == "=":
        return values.equal(left, right, work.tick)
    if sign == "!=":
        return values.opposite(values.equal(left, right, work.tick))
    return values.ordered(sign, left, right)


def _both(node: tree.Both, scope: Scope) -> bool | None:
    found: list[Any] = []
    for part in node.parts:
        found.append(look(part, scope))
        if found[-1] is False:
            return False
    return values.together(found)


def _either(node: tree.Either, scope: Scope) -> bool | None:
    found: list[Any] = []
    for part in node.parts:
        found.append(look(part, scope))
        if found[-1] is True:
            return True
    return values.one_of(found)


def _not(node: tree.Not, scope: Scope) -> bool | None:
    return values.opposite(look(node.of, scope))


def _choice(node: tree.Choice, scope: Scope) -> Any:
    return look(node.right if look(node.asked, scope) is True else node.wrong, scope)


def _range(node: tree.Range, scope: Scope) -> Span | None:
    low = look(node.low, scope) if node.low is not None else None
    high = look(node.high, scope) if node.high is not None else None
    ends = [end for end, part in ((low, node.low), (high, node.high)) if part is not None]
    if any(type(end) not in values.ORDERED or type(end) is not type(ends[0]) for end in ends):
        return None
    return Span(low, high, node.with_low, node.with_high)


def _within(node: tree.Within, scope: Scope) -> bool | None:
    subject = look(node.value, scope)
    if not (isinstance(node.value, tree.Name) and node.value.name == "?"):
        scope = scope.within({"?": subject})
    found: list[Any] = []
    for test, asks in zip(node.tests, node.asks, strict=True):
        found.append(_holds(test, asks, subject, scope))
        if found[-1] is True:
            return True
    return values.one_of(found)


_TESTED = tree.Name("?")


def _holds(test: Node, asks: bool, subject: Any, scope: Scope) -> bool | None:
    """Whether one unary test holds (10.3.2.8): a truth of “?”, a value it equals, a list or range it is in."""
    found = look(test, scope)
    if asks and test != _TESTED:
        return found if isinstance(found, bool) else None
    if isinstance(found, Span):
        return values.inside(subject, found)
    if isinstance(found, list) and not isinstance(subject, list):
        return _in_list(subject, found, scope.work)
    if isinstance(found, bool) and not isinstance(subject, bool) and not isinstance(test, tree.Literal):
        return found
    same = values.equal(subject, found, scope.work.tick)
    if isinstance(found, list) and same is not True:
        return values.one_of([same, _in_list(subject, found, scope.work)])
    return same


def _in_list(subject: Any, items: list[Any], work: Work) -> bool | None:
    return values.one_of(
        [
            values.inside(subject, item) if isinstance(item, Span) else values.equal(subject, item, work.tick)
            for item in items
        ]
    )


LOOKS.update(
    {
        **feel_loops.LOOPS,
        **feel_calls.CALLS,
        tree.Literal: _literal,
        tree.Name: _name,
        tree.Member: _member,
        tree.Listed: _listed,
        tree.Context: _context,
        tree.Sum: _sum,
        tree.Negative: _negative,
        tree.Compare: _compare,
        tree.Both: _both,
        tree.Either: _either,
        tree.Not: _not,
        tree.Choice: _choice,
        tree.Range: _range,
        tree.Within: _within,
    }
)
