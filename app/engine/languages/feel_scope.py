"""What FEEL is evaluated in (DMN 1.5, 10.3.2.11): the names in view, the steps left, what time it is."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.engine.languages import values
from app.engine.languages.errors import Failed
from app.engine.languages.tree import Node
from app.engine.languages.values import Work

DEEPEST = 200
"""Nesting of the functions of one's own that call each other, counted in levels of what is written in them."""


Clock = Callable[[], datetime]
"""Says what time it is; asked at most once in an evaluation."""


class Scope:
    """Names in view: those of the case, and what is bound around an expression."""

    __slots__ = ("_kept", "_names", "_outer", "work")

    def __init__(self, names: Mapping[str, Any], outer: "Scope | None", work: "Turn") -> None:
        self._names, self._outer, self.work = names, outer, work
        self._kept: dict[str, Any] = {}

    def get(self, name: str) -> Any:
        """The value of a variable; null where there is none."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope._names:
                return scope._value(name)
            scope = scope._outer
        return None

    def _value(self, name: str) -> Any:
        if self._outer is not None:
            return self._names[name]
        if name not in self._kept:
            self._kept[name] = values.incoming(self._names[name], self.work.tick)
        return self._kept[name]

    def within(self, names: Mapping[str, Any]) -> "Scope":
        """The same with further names."""
        return Scope(names, self, self.work)


class Turn(Work):
    """One evaluation: its steps, and what time it is where that is given."""

    def __init__(self, moment: Clock | None = None, steps: int = values.MOST_STEPS) -> None:
        super().__init__(steps)
        self._moment, self.depth = moment, 0
        self._told: datetime | None = None

    def now(self) -> datetime:
        """What time it is: the same all through the evaluation. Raises Failed where that is not given."""
        if self._moment is None:
            raise Failed("what time it is, is not given here")
        if self._told is None:
            self._told = self._moment()
        return self._told

    def enter(self, levels: int) -> None:
        """A function is called, itself so many levels deep. Raises Failed where they call each other without end."""
        self.depth += levels
        if self.depth > DEEPEST:
            raise Failed("functions call each other too deep")

    def leave(self, levels: int) -> None:
        """It has been called."""
        self.depth -= levels


LOOKS: dict[type[Node], Callable[[Any, Scope], Any]] = {}
"""How each part of an expression is evaluated."""


def look(node: Node, scope: Scope) -> Any:
    """What a part of an expression comes to. Raises Failed."""
    scope.work.tick()
    return LOOKS[type(node)](node, scope)
