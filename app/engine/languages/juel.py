"""JUEL evaluated as the Expression Language says (EL 2.2, 1.7–1.18): long and double numbers, its own conversions."""

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.engine.languages import tree
from app.engine.languages.errors import Failed
from app.engine.languages.juel_reading import LONGEST_WHOLE
from app.engine.languages.tree import Node
from app.engine.languages.values import LONGEST

Names = Mapping[str, Any]


def value(node: Node, names: Names) -> Any:
    """What an expression comes to. Raises Failed."""
    return _LOOKS[type(node)](node, names)


def _name(node: tree.Name, names: Names) -> Any:
    if node.name not in names:
        raise Failed(f"there is no variable '{node.name}'")
    return names[node.name]


def _member(node: tree.Member, names: Names) -> Any:
    return _of(value(node.of, names), node.name)


def _index(node: tree.Index, names: Names) -> Any:
    return _of(value(node.of, names), value(node.by, names))


def _of(owner: Any, key: Any) -> Any:
    """A member (1.6): of nothing it is nothing, as is one that is missing."""
    if owner is None or key is None:
        return None
    if isinstance(owner, dict):
        return owner.get(key if isinstance(key, str) else text(key))
    if isinstance(owner, list):
        at = _long(key)
        return owner[at] if 0 <= at < len(owner) else None
    raise Failed(f"{_kind(owner)} has no member '{key}'")


def _kind(found: Any) -> str:
    return {bool: "a boolean", int: "a number", float: "a number", str: "a text", list: "a list"}.get(
        type(found), type(found).__name__
    )


def text(found: Any) -> str:
    """1.18.2: nothing is the empty text."""
    if found is None or isinstance(found, bool):
        return {None: "", True: "true", False: "false"}[found]
    return found if isinstance(found, str) else str(found)


def _truth(found: Any) -> bool:
    """1.18.5: nothing and the empty text are false, a text is true where it says so."""
    if found is None or isinstance(found, bool):
        return bool(found)
    if isinstance(found, str):
        return found.lower() == "true"
    raise Failed(f"{_kind(found)} is neither true nor false")


def _long(found: Any) -> int:
    """1.18.3"""
    if found is None or found == "":
        return 0
    try:
        if isinstance(found, str):
            return _held(int(found))
        if isinstance(found, int | float) and not isinstance(found, bool):
            return _held(int(found))
    except (ValueError, OverflowError):
        pass
    raise Failed(f"“{str(found)[:40]}” is no whole number")


def _double(found: Any) -> float:
    if found is None or found == "":
        return 0.0
    try:
        if isinstance(found, str | int | float) and not isinstance(found, bool):
            return _finite(float(found))
    except (ValueError, OverflowError):
        pass
    raise Failed(f"“{str(found)[:40]}” is no number")


def _held(found: int) -> int:
    if abs(found) > LONGEST_WHOLE:
        raise Failed("the number is too large")
    return found


def _finite(found: float) -> float:
    if not math.isfinite(found):
        raise Failed("the number is too large, or none")
    return found


def _fraction(found: Any) -> bool:
    """Whether arithmetic with it is done with fractions (1.7.1)."""
    return isinstance(found, float) or (isinstance(found, str) and any(mark in found for mark in ".eE"))


def _sum(node: tree.Sum, names: Names) -> Any:
    left, right = value(node.left, names), value(node.right, names)
    if left is None and right is None:
        return 0
    if node.sign == "/" or _fraction(left) or _fraction(right):
        return _finite(_FRACTIONS[node.sign](_double(left), _double(right)))
    return _held(_WHOLES[node.sign](_long(left), _long(right)))


def _divided(left: float, right: float) -> float:
    if not right:
        raise Failed("division by zero")
    return left / right


def _left_over(left: float, right: float) -> float:
    if not right:
        raise Failed("division by zero")
    return math.fmod(left, right)


def _whole_left_over(left: int, right: int) -> int:
    """With the sign of what is divided, as in Java."""
    if not right:
        raise Failed("division by zero")
    return (abs(left) % abs(right)) * (-1 if left < 0 else 1)


_FRACTIONS: dict[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divided,
    "mod": _left_over,
}
_WHOLES: dict[str, Callable[[int, int], int]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "mod": _whole_left_over,
}


def _negative(node: tree.Negative, names: Names) -> Any:
    of = value(node.of, names)
    return -_double(of) if _fraction(of) else -_long(of)


def _compare(node: tree.Compare, names: Names) -> bool:
    left, right = value(node.left, names), value(node.right, names)
    if node.sign in ("=", "!="):
        return equal(left, right) is (node.sign == "=")
    return _before(node.sign, left, right)


def equal(left: Any, right: Any) -> bool:
    """1.8.2: null equals nothing else; a number, a boolean, a text make the other one of their kind."""
    if left is None or right is None:
        return left is right
    kinds = {type(left), type(right)}
    if kinds == {bool}:
        return bool(left == right)
    for kind, convert in _CONVERTED:
        if kind in kinds:
            return bool(convert(left) == convert(right))
    return bool(left == right)


def _before(sign: str, left: Any, right: Any) -> bool:
    """1.8.1: nothing is neither less nor more than anything."""
    if "=" in sign and type(left) is type(right) and left == right:
        return True
    if left is None or right is None:
        return False
    kinds = {type(left), type(right)}
    for kind, convert in _CONVERTED:
        if kind in kinds and kind is not bool:
            one, other = convert(left), convert(right)
            less = one < other if sign[0] == "<" else one > other
            return less or (len(sign) == 2 and one == other)
    raise Failed(f"{_kind(left)} and {_kind(right)} have no order")


_CONVERTED: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (float, _double),
    (int, _long),
    (bool, _truth),
    (str, text),
)


def _both(node: tree.Both, names: Names) -> bool:
    return all(_truth(value(part, names)) for part in node.parts)


def _either(node: tree.Either, names: Names) -> bool:
    return any(_truth(value(part, names)) for part in node.parts)


def _choice(node: tree.Choice, names: Names) -> Any:
    return value(node.right if _truth(value(node.asked, names)) else node.wrong, names)


def _call(node: tree.Call, names: Names) -> Any:
    first = node.arguments[0]
    if node.function in ("exists", "default"):
        there = isinstance(first, tree.Name) and first.name in names
        if node.function == "exists":
            return there
        other = value(node.arguments[1], names) if len(node.arguments) > 1 else None
        return value(first, names) if there else other
    given = [value(part, names) for part in node.arguments]
    if node.function == "":
        return _joined(map(text, given))
    if node.function == "empty":
        return given[0] is None or given[0] in ("", [], {})
    return _method(node.function, *given)


def _joined(parts: Iterable[str]) -> str:
    found, length = list[str](), 0
    for part in parts:
        found.append(part)
        length += len(part)
        if length > LONGEST:
            raise Failed(f"a text is longer than {LONGEST} characters")
    return "".join(found)


def _method(name: str, of: Any, *given: Any) -> Any:
    if of is None:
        raise Failed(f"“{name[1:]}()” is asked of nothing")
    method = _METHODS.get((type(of), name)) or _METHODS.get((object, name))
    if method is None:
        raise Failed(f"{_kind(of)} has no “{name[1:]}()”")
    return method(of, *given)


def _java_equal(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


_METHODS: dict[tuple[type, str], Callable[..., Any]] = {
    (object, ".equals"): _java_equal,
    (object, ".toString"): text,
    (str, ".equalsIgnoreCase"): lambda of, other: isinstance(other, str) and of.lower() == other.lower(),
    (str, ".contains"): lambda of, part: text(part) in of,
    (str, ".startsWith"): lambda of, part: of.startswith(text(part)),
    (str, ".endsWith"): lambda of, part: of.endswith(text(part)),
    (str, ".length"): len,
    (str, ".isEmpty"): lambda of: not of,
    (str, ".toLowerCase"): str.lower,
    (str, ".toUpperCase"): str.upper,
    (str, ".trim"): str.strip,
    (list, ".size"): len,
    (list, ".isEmpty"): lambda of: not of,
    (list, ".contains"): lambda of, item: any(_java_equal(entry, item) for entry in of),
    (list, ".get"): _of,
    (dict, ".size"): len,
    (dict, ".isEmpty"): lambda of: not of,
    (dict, ".containsKey"): lambda of, key: text(key) in of,
    (dict, ".get"): _of,
    (bool, ".booleanValue"): lambda of: of,
    (int, ".intValue"): lambda of: of,
    (float, ".intValue"): int,
}


_LOOKS: dict[type[Node], Callable[[Any, Names], Any]] = {
    tree.Literal: lambda node, _names: node.value,
    tree.Name: _name,
    tree.Member: _member,
    tree.Index: _index,
    tree.Sum: _sum,
    tree.Negative: _negative,
    tree.Compare: _compare,
    tree.Both: _both,
    tree.Either: _either,
    tree.Not: lambda node, names: not _truth(value(node.of, names)),
    tree.Choice: _choice,
    tree.Call: _call,
}
