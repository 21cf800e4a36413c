"""Which errors an operation can raise: read from the sources, along everything that its view calls by name.

What is called on a value (`p.close()`) is not followed; what is caught on the way is not taken out. So the answer may
hold an error too many, and misses those that only a method raises.
"""

import ast
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from textwrap import dedent
from types import FunctionType
from typing import Any

from werkzeug.local import LocalProxy

from app.kernel.errors import DomainError


def errors_of(view: Callable[..., Any]) -> frozenset[type[DomainError]]:
    """The errors that a view may raise."""
    seen: set[FunctionType] = set()
    waiting = [_plain(view)]
    found: set[type[DomainError]] = set()
    while waiting:
        function = waiting.pop()
        if function is None or function in seen:
            continue
        seen.add(function)
        raised, called = _read(function)
        found |= raised
        waiting.extend(called)
    return frozenset(found)


def called_from(view: Callable[..., Any]) -> frozenset[FunctionType]:
    """Every function of the application that a view may come to call."""
    seen: set[FunctionType] = set()
    waiting = [_plain(view)]
    while waiting:
        function = waiting.pop()
        if function is not None and function not in seen:
            seen.add(function)
            waiting.extend(_read(function)[1])
    return frozenset(seen)


def _plain(thing: Any) -> FunctionType | None:
    """The function itself, without its decorators; of a class that is called, how it is made."""
    if isinstance(thing, LocalProxy):
        return None
    if inspect.isclass(thing):
        thing = thing.__dict__.get("__init__")
    thing = inspect.unwrap(getattr(thing, "__func__", thing)) if callable(thing) else None
    ours = inspect.isfunction(thing) and (thing.__module__ or "").startswith("app.")
    return thing if ours else None


@cache
def _read(function: FunctionType) -> tuple[frozenset[type[DomainError]], tuple[FunctionType, ...]]:
    try:
        tree = ast.parse(dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):
        return frozenset(), ()
    body = tree.body[0].body if isinstance(tree.body[0], ast.FunctionDef) else [tree.body[0]]
    raised, called = set(), []
    for node in (inner for statement in body for inner in ast.walk(statement)):
        thing = _resolved(node, function)
        if isinstance(thing, LocalProxy):
            continue
        if inspect.isclass(thing) and issubclass(thing, DomainError):
            if _is_raised(node, body):
                raised.add(thing)
        elif (plain := _plain(thing)) is not None:
            called.append(plain)
    return frozenset(raised), tuple(called)


def _is_raised(node: ast.AST, body: list[ast.stmt]) -> bool:
    return any(
        node in ast.walk(statement.exc)
        for outer in body
        for statement in ast.walk(outer)
        if isinstance(statement, ast.Raise) and statement.exc is not None
    )


def _resolved(node: ast.AST, function: FunctionType) -> Any:
    """What a dotted name stands for in the function's module; None for what is known only when it runs."""
    names = list(_dotted(node))
    if not names:
        return None
    known = {**function.__globals__, **_closure(function)}
    thing = known.get(names[0])
    for name in names[1:]:
        if isinstance(thing, LocalProxy) or not (inspect.ismodule(thing) or inspect.isclass(thing)):
            return None
        thing = getattr(thing, name, None)
    return thing


def _closure(function: FunctionType) -> dict[str, Any]:
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: cell.cell_contents for name, cell in cells}


def _dotted(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        inner = list(_dotted(node.value))
        if inner:
            yield from inner
            yield node.attr
