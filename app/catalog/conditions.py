"""What the expressions of a diagram read: outcomes that are never offered, and names that nobody knows."""

import builtins
import difflib
from collections.abc import Collection, Iterable, Iterator

from app.catalog.occasions import Slip
from app.catalog.types import Manifest
from app.engine import Written

_BUILT_IN = frozenset(name for name in dir(builtins) if name.islower())
"""Functions of the small Python."""


def check(written: Iterable[Written], manifest: Manifest, known: Collection[str]) -> Iterator[Slip]:
    """What each reads that is not there; `known` are the names that something gives."""
    for found in written:
        text = found.text[:200]
        for step, outcome in sorted(found.asked):
            spec = manifest.steps.get(step)
            if spec is None or outcome not in spec.outcomes:
                params = {"condition": text, "step": step, "outcome": outcome}
                yield Slip("condition-on-nothing", found.element, "", params, found.file)
        for name in sorted(unknown(found, known)):
            near = ", ".join(difflib.get_close_matches(name, known, 3)) or "-"
            params = {"condition": text, "name": name, "near": near}
            yield Slip("condition-unknown-name", found.element, "", params, found.file)


def unknown(found: Written, known: Collection[str]) -> frozenset[str]:
    """The names that an expression reads and nothing gives; a step whose outcome it asks for is told by that."""
    asked = {step for step, _outcome in found.asked}
    return frozenset(name for name in found.names if name not in known and name not in asked | _BUILT_IN)
