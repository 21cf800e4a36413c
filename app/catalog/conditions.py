"""What the expressions of a diagram read: which names of them nobody knows."""

import builtins
from collections.abc import Collection

from app.engine import Written

_BUILT_IN = frozenset(name for name in dir(builtins) if name.islower())
"""Functions of the small Python."""


def unknown(found: Written, known: Collection[str]) -> frozenset[str]:
    """The names that an expression reads and nothing gives; a step whose outcome it asks for is told by that."""
    asked = {step for step, _outcome in found.asked}
    return frozenset(name for name in found.names if name not in known and name not in asked | _BUILT_IN)
