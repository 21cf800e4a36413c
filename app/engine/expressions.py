"""Expressions and scripts of a diagram: a small Python over the case's variables, without `eval`.

Comparisons of variables and constants, which most conditions are, are walked here; the rest goes to the sandbox.
`step.outcome` reads the member `outcome` of the variable `step`.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.engine import sandbox

MAX_EXPRESSION = 2_000
MAX_SCRIPT = 20_000
"""Characters."""
MAX_NESTING = 40
"""Nesting up to which a condition is walked here."""

Names = Mapping[str, Any]
Walk = Callable[[Names], Any]

_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


class Malformed(ValueError):
    """The text is no expression, or no script, of this small Python."""


class Failed(Exception):
    """The evaluation went wrong; the text says how."""


@dataclass(frozen=True)
class Compiled:
    """An expression or script, ready to be evaluated."""

    source: str
    """For the sandbox, members turned into subscripts."""
    reads: frozenset[str]
    assigns: frozenset[str]
    walk: Walk | None
    """Where the sandbox is not needed."""


@lru_cache(maxsize=4096)
def expression(text: str) -> Compiled:
    """Raises Malformed."""
    if len(text) > MAX_EXPRESSION:
        raise Malformed(f"longer than {MAX_EXPRESSION} characters")
    return _compiled(text.strip(), "eval")


@lru_cache(maxsize=1024)
def script(text: str) -> Compiled:
    """Raises Malformed."""
    if len(text) > MAX_SCRIPT:
        raise Malformed(f"longer than {MAX_SCRIPT} characters")
    return _compiled(text.strip(), "exec")


def evaluate(text: str, names: Names) -> Any:
    """The value of an expression. Raises Failed."""
    try:
        compiled = expression(text)
        if compiled.walk is not None:
            return compiled.walk(names)
        return sandbox.run(compiled.source, _only(names, compiled.reads))
    except sandbox.Stopped as stopped:
        raise Failed(str(stopped)) from None
    except KeyError as error:
        raise Failed(f"there is no variable or member {error}") from None
    except (Malformed, TypeError, IndexError) as error:
        raise Failed(str(error)) from None


def execute(text: str, names: Names) -> dict[str, Any]:
    """The variables that a script changed or made, with their values. Raises Failed."""
    try:
        compiled = script(text)
        before = _only(names, compiled.reads | compiled.assigns)
        after = sandbox.run(f"{compiled.source}\nlocals()", before)
        return {
            name: sandbox.keepable(name, value)
            for name, value in after.items()
            if (name in compiled.assigns or name in before) and (name not in before or before[name] != value)
        }
    except (Malformed, sandbox.Stopped) as error:
        raise Failed(str(error)) from None


def _only(names: Names, wanted: frozenset[str]) -> dict[str, Any]:
    return {name: names[name] for name in wanted if name in names}


def _compiled(text: str, mode: str) -> Compiled:
    try:
        tree = ast.parse(text, mode=mode)
        reads, assigns = set[str](), set[str]()
        for node in ast.walk(tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                raise Malformed("nothing can be imported")
            if isinstance(node, ast.Name):
                (reads if isinstance(node.ctx, ast.Load) else assigns).add(node.id)
        walk = _walk(tree.body, MAX_NESTING) if isinstance(tree, ast.Expression) else None
        source = text if walk else ast.unparse(_Members().visit(tree))
    except SyntaxError as error:
        raise Malformed(f"{error.msg} (line {error.lineno})") from None
    except (RecursionError, MemoryError):
        raise Malformed("nested too deep") from None
    except ValueError as error:
        raise Malformed(str(error)) from None
    return Compiled(source, frozenset(reads), frozenset(assigns), walk)


class _Members(ast.NodeTransformer):
    """`review.outcome` becomes `review['outcome']`; methods (`name.upper()`) stay."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Attribute):
            node.func.value = self.visit(node.func.value)
        else:
            node.func = self.visit(node.func)
        node.args = [self.visit(argument) for argument in node.args]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return ast.Subscript(self.visit(node.value), ast.Constant(node.attr), node.ctx)


def _walk(node: ast.expr, depth: int) -> Walk | None:
    """A function for an expression of names, members, constants, comparisons, and, or, not; None for any other."""
    if depth == 0:
        return None
    maker = _WALKS.get(type(node))
    return maker(node, depth - 1) if maker else None


def _constant(node: ast.Constant, _depth: int) -> Walk | None:
    value = node.value
    return (lambda _names: value) if value is None or isinstance(value, str | int | float) else None


def _name(node: ast.Name, _depth: int) -> Walk:
    name = node.id
    return lambda names: names[name]


def _member(node: ast.Attribute, depth: int) -> Walk | None:
    of, name = _walk(node.value, depth), node.attr

    def walk(names: Names) -> Any:
        owner = of(names) if of else None
        if not isinstance(owner, dict):
            raise TypeError(f"{type(owner).__name__} has no member '{name}'")
        return owner[name]

    return walk if of else None


def _both(node: ast.BoolOp, depth: int) -> Walk | None:
    walks = [_walk(value, depth) for value in node.values]
    stop = isinstance(node.op, ast.Or)

    def walk(names: Names) -> Any:
        value: Any = None
        for part in walks:
            value = part(names) if part else None
            if bool(value) is stop:
                break
        return value

    return walk if all(walks) else None


def _not(node: ast.UnaryOp, depth: int) -> Walk | None:
    of = _walk(node.operand, depth)
    return (lambda names: not of(names)) if of and isinstance(node.op, ast.Not) else None


def _several(node: ast.List | ast.Tuple, depth: int) -> Walk | None:
    walks = [walk for item in node.elts if (walk := _walk(item, depth))]
    return (lambda names: [walk(names) for walk in walks]) if len(walks) == len(node.elts) else None


def _compare(node: ast.Compare, depth: int) -> Walk | None:
    first = _walk(node.left, depth)
    rest = [(_COMPARE[type(sign)], _walk(value, depth)) for sign, value in zip(node.ops, node.comparators, strict=True)]

    def walk(names: Names) -> Any:
        left = first(names) if first else None
        for compare, part in rest:
            right = part(names) if part else None
            if not compare(left, right):
                return False
            left = right
        return True

    return walk if first and all(part for _compare, part in rest) else None


_WALKS: dict[type[ast.expr], Callable[[Any, int], Walk | None]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _member,
    ast.BoolOp: _both,
    ast.UnaryOp: _not,
    ast.List: _several,
    ast.Tuple: _several,
    ast.Compare: _compare,
}
