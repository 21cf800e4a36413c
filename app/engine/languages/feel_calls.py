"""Functions of FEEL called, and made where an expression defines its own (DMN 1.5, 10.3.2.6, 10.3.2.10)."""

from collections.abc import Callable
from typing import Any

from app.engine.languages import feel_types, functions, tree
from app.engine.languages.feel_scope import Scope, look
from app.engine.languages.tree import Node
from app.engine.languages.values import Closure


def _call(node: tree.Call, scope: Scope) -> Any:
    given = [look(part, scope) for part in node.arguments]
    return functions.call(scope.work, node.function, given, node.names)


def _function(node: tree.Function, scope: Scope) -> Closure:
    """It sees what is in view where it stands, and is counted as deep as it is written."""
    levels = tree.height(node.body)

    def call(given: list[Any]) -> Any:
        bound = {
            name: value if kind is None else feel_types.coerced(value, kind, scope.work)
            for (name, kind), value in zip(node.parameters, given, strict=True)
        }
        scope.work.enter(levels)
        try:
            return look(node.body, scope.within(bound))
        finally:
            scope.work.leave(levels)

    return Closure(tuple(name for name, _kind in node.parameters), call)


def _invoke(node: tree.Invoke, scope: Scope) -> Any:
    """Null for what is no function, and for arguments that are not those it takes."""
    function = look(node.of, scope)
    given = [look(part, scope) for part in node.arguments]
    if not isinstance(function, Closure):
        return None
    if node.names:
        if sorted(node.names) != sorted(function.parameters):
            return None
        by_name = dict(zip(node.names, given, strict=True))
        given = [by_name[name] for name in function.parameters]
    return function.call(given) if len(given) == len(function.parameters) else None


def _instance(node: tree.InstanceOf, scope: Scope) -> bool:
    return feel_types.conforms(look(node.of, scope), node.type, scope.work)


def _cast(node: tree.Cast, scope: Scope) -> Any:
    found = feel_types.coerced(look(node.of, scope), node.type, scope.work)
    return found if allows(node.type, found, scope) else None


def allows(kind: tree.Type, value: Any, scope: Scope) -> bool:
    """Whether a value, and what is in it, is among those that its type allows."""
    if value is None:
        return True
    test: Node | None = kind.allowed
    if test is not None and look(test, scope.within({"?": value})) is not True:
        return False
    if isinstance(value, list) and kind.of is not None:
        return all(allows(kind.of, entry, scope) for entry in value)
    if isinstance(value, dict):
        return all(allows(part, value.get(name), scope) for name, part in kind.members or ())
    return True


CALLS: dict[type[Node], Callable[[Any, Scope], Any]] = {
    tree.Call: _call,
    tree.Function: _function,
    tree.Invoke: _invoke,
    tree.InstanceOf: _instance,
    tree.Cast: _cast,
}
