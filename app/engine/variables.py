"""The variables of one case. They belong to the case and live in its tables; tokens carry none."""

import keyword
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.engine.types import Write

CASE = ""
"""The scope of the case itself."""


def spelled(name: str) -> str:
    """How an expression writes a name that is none there, such as the id sid-1: sid_1."""
    text = re.sub(r"\W", "_", name)
    return f"_{text}" if not text.isidentifier() or keyword.iskeyword(text) else text


class Variables:
    """Scoped variables: what a subprocess or multi-instance sets stays inside unless it is handed out.

    Reads are lazy: where no expression is evaluated, nothing is loaded. `pending` are the writes to store.
    """

    def __init__(self, writes: Iterable[Write] | Callable[[], Iterable[Write]] = ()) -> None:
        self._source: Iterable[Write] | Callable[[], Iterable[Write]] | None = writes
        self._values: dict[str, dict[str, Any]] = {}
        self._pending: list[Write] = []
        self.moment: Callable[[], datetime] | None = None
        """What time it is where the case is handled, for expressions that ask."""

    @property
    def pending(self) -> tuple[Write, ...]:
        """The writes made since construction, oldest first."""
        return tuple(self._pending)

    def visible(self, scopes: Sequence[str] = ()) -> dict[str, Any]:
        """What an element inside `scopes` (outermost first) sees: the case's variables, inner names over outer ones."""
        values = self._loaded()
        seen = dict(values.get(CASE, {}))
        for scope in scopes:
            seen.update(values.get(scope, {}))
        return seen

    def set(self, scope: str, name: str, value: Any, element: str | None = None) -> None:
        """Write `name` in `scope`."""
        write = Write(scope, name, value, element)
        self._pending.append(write)
        if self._source is None:
            self._apply(write)

    def assign(self, scopes: Sequence[str], name: str, value: Any, element: str | None = None, floor: int = 0) -> None:
        """Write as a script inside `scopes` does: where the name already stands, else in the innermost scope.

        The outermost `floor` scopes, that of the case counted, are out of its reach.
        """
        values = self._loaded()
        reached = reversed((CASE, *scopes)[floor:])
        home = next((scope for scope in reached if name in values.get(scope, {})), None)
        self.set(scopes[-1] if home is None and scopes else home or CASE, name, value, element)

    def within(self, scope: str) -> Mapping[str, Any]:
        """What stands in one scope itself."""
        return self._loaded().get(scope, {})

    def set_outcome(self, scope: str, step: str, outcome: str) -> None:
        """Keep the outcome of `step` so that expressions read it as `step.outcome`."""
        self.set(scope, step, {"outcome": outcome}, step)

    def rename(self, steps: Mapping[str, str]) -> None:
        """Let what stands under the names of `steps` be read under their new names too, in every scope."""
        if not steps:
            return
        found = [
            (scope, now, values[was])
            for scope, values in self._loaded().items()
            for was, now in steps.items()
            if was in values and (now not in values or now in steps)
        ]
        for scope, name, value in found:
            self.set(scope, name, value, name)

    def names(self) -> frozenset[str]:
        """Every name that has a value in some scope."""
        return frozenset(name for values in self._loaded().values() for name in values)

    def hand_out(self, scopes: Sequence[str], names: Iterable[str], element: str) -> None:
        """Copy `names` from the innermost of `scopes` to the one around it; a name that was never set is left out."""
        inner = self._loaded().get(scopes[-1], {})
        outer = scopes[-2] if len(scopes) > 1 else CASE
        for name in names:
            if name in inner:
                self.set(outer, name, inner[name], element)

    def _loaded(self) -> Mapping[str, Mapping[str, Any]]:
        if self._source is not None:
            source, self._source = self._source, None
            for write in source() if callable(source) else source:
                self._apply(write)
            for write in self._pending:
                self._apply(write)
        return self._values

    def _apply(self, write: Write) -> None:
        self._values.setdefault(write.scope, {})[write.name] = write.value
