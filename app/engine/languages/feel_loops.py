"""What FEEL does many times (DMN 1.5, 10.3.2.5, 10.3.2.14): filters, `for`, `some` and `every`."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from app.engine.languages import tree, values
from app.engine.languages.errors import Failed
from app.engine.languages.feel_scope import Scope, look
from app.engine.languages.tree import Node
from app.engine.languages.values import CONTEXT, Span, Work


def _filter(node: tree.Filter, scope: Scope) -> Any:
    """10.3.2.5: by a number the member at that place, otherwise those for which the condition is true."""
    of = look(node.of, scope)
    items = of if isinstance(of, list) else [] if of is None else [of]
    if isinstance(node.by, tree.Literal | tree.Negative):
        at = look(node.by, scope)
        return _at(items, at) if isinstance(at, Decimal) else items if at is True else []
    found: list[Any] = []
    for item in items:
        scope.work.weigh(item)
        by = look(node.by, scope.within({"item": item, **item} if isinstance(item, dict) else {"item": item}))
        if isinstance(by, Decimal):
            return _at(items, by)
        if by is True:
            found.append(item)
    return found


def _at(items: list[Any], place: Decimal) -> Any:
    if place != place.to_integral_value() or not 1 <= abs(place) <= len(items):
        return None
    return items[int(place) - 1 if place > 0 else int(place)]


def _turns(turns: tuple[tuple[str, Node], ...], scope: Scope) -> Iterator[Scope]:
    """A scope for each member of the list, and of each further list; the last turns fastest."""
    if not turns:
        yield scope
        return
    (name, source), *rest = turns
    for item in _members(look(source, scope), scope.work):
        scope.work.tick()
        yield from _turns(tuple(rest), scope.within({name: item}))


class _NotIterable(Exception):
    """What is to be gone through is null, or a range without two whole numbers or dates as its ends."""


def _members(found: Any, work: Work) -> Iterator[Any]:
    """Of a list its members, of a range its whole numbers or days, of another value itself."""
    if found is None:
        raise _NotIterable
    if not isinstance(found, Span):
        yield from found if isinstance(found, list) else (found,)
        return
    low, high = found.low, found.high
    if type(low) is not type(high) or type(low) not in (Decimal, date):
        raise _NotIterable
    at, up = low, low <= high
    while at <= high if up else at >= high:
        work.tick()
        if (at != low or found.with_low) and (at != high or found.with_high):
            yield at
        if at == high:
            return
        at = _next(at, up)


def _next(at: Any, up: bool) -> Any:
    if isinstance(at, date):
        return at + timedelta(days=1 if up else -1)
    return CONTEXT.add(at, Decimal(1 if up else -1))


def _for(node: tree.For, scope: Scope) -> list[Any] | None:
    found: list[Any] = []
    outer = scope.within({"partial": found})
    try:
        for inner in _turns(node.turns, outer):
            found.append(look(node.body, inner))
            if len(found) > values.MOST_ITEMS:
                raise Failed(f"a list has more than {values.MOST_ITEMS} members")
    except _NotIterable:
        return None
    return found


def _some(node: tree.Some, scope: Scope) -> bool | None:
    found: list[Any] = []
    try:
        for inner in _turns(node.turns, scope):
            found.append(look(node.body, inner))
            if found[-1] is not node.every and isinstance(found[-1], bool):
                return not node.every
    except _NotIterable:
        return None
    return values.together(found) if node.every else values.one_of(found)


LOOPS: dict[type[Node], Callable[[Any, Scope], Any]] = {tree.Filter: _filter, tree.For: _for, tree.Some: _some}
