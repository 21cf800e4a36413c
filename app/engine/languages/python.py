"""The small Python of conditions and scripts: names, members, constants and comparisons are walked here.

The rest goes to the sandbox. `step.outcome` reads the member `outcome` of the variable `step`; `true`, `false` and
`null` are read too.
"""

import ast
import builtins
import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from app.engine.languages import tree
from app.engine.languages.errors import Malformed
from app.engine.languages.tree import Node

MAX_NESTING = 40
"""Nesting up to which a condition is walked here."""

Names = Mapping[str, Any]
Walk = Callable[[Names], Any]
Mode = Literal["eval", "exec"]

_KNOWN = frozenset(dir(builtins))
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


def _is(left: Any, right: Any) -> bool:
    """Equal texts and numbers are one, as they are in the sandbox."""
    return left is right or (type(left) is type(right) and isinstance(left, str | int) and left == right)


_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: _is,
    ast.IsNot: lambda left, right: not _is(left, right),
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


def read(text: str, mode: Mode) -> tuple[str, frozenset[str], frozenset[str], Walk | None, Node]:
    """Of an expression or script: what the sandbox runs, the names that it reads and those that it assigns, a walk
    where the sandbox is not needed, and its tree. Raises Malformed."""
    try:
        parsed: ast.AST = _Constants().visit(ast.parse(text, mode=mode))
        reads, assigns = set[str](), set[str]()
        for node in ast.walk(parsed):
            if isinstance(node, ast.Import | ast.ImportFrom):
                raise Malformed("nothing can be imported")
            if isinstance(node, ast.ClassDef):
                raise Malformed("classes cannot be defined")
            if isinstance(node, ast.Name):
                (reads if isinstance(node.ctx, ast.Load) else assigns).add(node.id)
        if unknown := _called(parsed) - _made(parsed) - assigns - _KNOWN:
            raise Malformed(f"there is no function “{min(unknown)}”")
        walk = _walk(parsed.body, MAX_NESTING) if isinstance(parsed, ast.Expression) else None
        meant = _read(parsed.body) if isinstance(parsed, ast.Expression) else tree.Opaque(())
        source = text if walk else ast.unparse(_Members().visit(ast.fix_missing_locations(parsed)))
    except SyntaxError as error:
        raise Malformed(f"{error.msg} (line {error.lineno})") from None
    except (RecursionError, MemoryError):
        raise Malformed("nested too deep") from None
    except ValueError as error:
        raise Malformed(str(error)) from None
    return source, frozenset(reads), frozenset(assigns), walk, meant


def _called(parsed: ast.AST) -> set[str]:
    calls = (node.func for node in ast.walk(parsed) if isinstance(node, ast.Call))
    return {function.id for function in calls if isinstance(function, ast.Name)}


def _made(parsed: ast.AST) -> set[str]:
    """What a script defines itself: functions, and their parameters."""
    parts = list(ast.walk(parsed))
    named = {part.name for part in parts if isinstance(part, ast.FunctionDef | ast.ClassDef)}
    return named | {part.arg for part in parts if isinstance(part, ast.arg)}


def is_idle(script: str) -> bool:
    """Whether a script only says words that another engine may know, and does nothing. `pass` does so on purpose."""
    try:
        lines = ast.parse(script).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    if all(isinstance(line, ast.Pass) for line in lines):
        return not lines
    parts = [part for line in lines if isinstance(line, ast.Expr) for part in ast.walk(line)]
    does = any(isinstance(part, ast.Call | ast.NamedExpr) for part in parts)
    return not does and all(isinstance(line, ast.Expr | ast.Pass) for line in lines)


class _Constants(ast.NodeTransformer):
    """`true`, `false` and `null`, as other languages write them."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in _CONSTANTS and isinstance(node.ctx, ast.Load):
            return ast.copy_location(ast.Constant(_CONSTANTS[node.id]), node)
        return node


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

_SIGNS: dict[type[ast.cmpop], str] = {
    ast.Eq: "=",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "=",
    ast.IsNot: "!=",
}
_SUMS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Mod: "mod",
    ast.Pow: "**",
}


def _read(node: ast.AST) -> Node:
    """The tree of an expression; opaque where only its parts mean something in every language."""
    reader = _READS.get(type(node))
    return reader(node) if reader else _opaque(node)


def _opaque(node: ast.AST) -> Node:
    binds = frozenset(part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not _loads(part))
    binds |= {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    return tree.Opaque(tuple(_read(part) for part in _expressions(node)), binds)


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            yield part
        else:
            yield from _expressions(part)


def _loads(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Load)


def _read_compare(node: ast.Compare) -> Node:
    found: list[Node] = []
    left = node.left
    for sign, right in zip(node.ops, node.comparators, strict=True):
        one, other = _read(left), _read(right)
        if isinstance(sign, ast.In | ast.NotIn):
            within = tree.Within(one, (other,))
            found.append(within if isinstance(sign, ast.In) else tree.Not(within))
        else:
            found.append(tree.Compare(_SIGNS[type(sign)], one, other))
        left = right
    return found[0] if len(found) == 1 else tree.Both(tuple(found))


def _read_bool(node: ast.BoolOp) -> Node:
    parts = tuple(_read(value) for value in node.values)
    return tree.Either(parts) if isinstance(node.op, ast.Or) else tree.Both(parts)


def _read_unary(node: ast.UnaryOp) -> Node:
    if isinstance(node.op, ast.Not):
        return tree.Not(_read(node.operand))
    return tree.Negative(_read(node.operand)) if isinstance(node.op, ast.USub) else _opaque(node)


def _read_sum(node: ast.BinOp) -> Node:
    sign = _SUMS.get(type(node.op))
    return tree.Sum(sign, _read(node.left), _read(node.right)) if sign else _opaque(node)


def _read_call(node: ast.Call) -> Node:
    arguments = tuple(_read(argument) for argument in node.args)
    if node.keywords:
        return _opaque(node)
    if isinstance(node.func, ast.Attribute):
        return tree.Call(f".{node.func.attr}", (_read(node.func.value), *arguments))
    return tree.Call(node.func.id, arguments) if isinstance(node.func, ast.Name) else _opaque(node)


_READS: dict[type[ast.AST], Callable[[Any], Node]] = {
    ast.Constant: lambda node: tree.Literal(node.value),
    ast.Name: lambda node: tree.Name(node.id),
    ast.Attribute: lambda node: tree.Member(_read(node.value), node.attr),
    ast.Subscript: lambda node: tree.Index(_read(node.value), _read(node.slice)),
    ast.List: lambda node: tree.Listed(tuple(map(_read, node.elts))),
    ast.Tuple: lambda node: tree.Listed(tuple(map(_read, node.elts))),
    ast.Set: lambda node: tree.Listed(tuple(map(_read, node.elts))),
    ast.Compare: _read_compare,
    ast.BoolOp: _read_bool,
    ast.UnaryOp: _read_unary,
    ast.BinOp: _read_sum,
    ast.IfExp: lambda node: tree.Choice(_read(node.test), _read(node.body), _read(node.orelse)),
    ast.Call: _read_call,
    ast.JoinedStr: lambda node: tree.Call("f", tuple(_read(part) for part in _expressions(node))),
}
