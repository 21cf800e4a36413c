"""What a message or signal brings along: the names that the event which waits for it declares, and their kinds.

Nothing else is taken from outside, so that a sender can neither fake an outcome nor overwrite what was applied for.
"""

import keyword
from collections.abc import Mapping
from typing import Any, Final

from app.engine.diagram import Diagram, Node

PROPERTY: Final = "brings"
KINDS: Final[Mapping[str, type | tuple[type, ...]]] = {"text": str, "number": (int, float), "boolean": bool}


def brings(properties: Mapping[str, str]) -> Mapping[str, str]:
    """The declared names, and the kind of each; "" where any value will do."""
    pairs = (word.partition(":") for word in properties.get(PROPERTY, "").split())
    return {name: kind for name, _colon, kind in pairs}


def is_fit(value: str) -> bool:
    """Whether a declaration can be read. Names that begin with an underscore are nobody's to set."""
    return bool(value.split()) and all(map(_is_fit, value.split()))


def _is_fit(word: str) -> bool:
    name, colon, kind = word.partition(":")
    is_name = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("_")
    return is_name and (kind in KINDS if colon else True)


def fits(kind: str, value: Any) -> bool:
    """Whether a value is of the kind that was declared; null is known to be unknown, and fits every kind."""
    if kind not in KINDS or value is None:
        return True
    return isinstance(value, KINDS[kind]) and isinstance(value, bool) == (kind == "boolean")


def brought(diagram: Diagram) -> Mapping[str, Mapping[str, str]]:
    """For each event that can wait in a case: what its message or signal brings."""
    return {
        node.id: found
        for scope in diagram.used()
        for node in scope.nodes.values()
        if (found := brought_by(diagram, node))
    }


def brought_by(diagram: Diagram, node: Node) -> Mapping[str, str]:
    """What the message or signal of one event brings, if it can wait in a case."""
    return brings(node.properties) if _waits(diagram, node) else {}


def _waits(diagram: Diagram, node: Node) -> bool:
    """The start of a process is passed when the application is handed in, whatever it is drawn to wait for."""
    if node.type != "startEvent":
        return True
    around = diagram.nodes.get(node.scope)
    return around is not None and around.event_subprocess
