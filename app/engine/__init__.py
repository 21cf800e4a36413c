"""The engine room: BPMN in, work items and timers out. The only room that knows SpiffWorkflow."""

from app.engine.definition import Definition, check, definition_for, digest, load
from app.engine.errors import (
    DiagramRefused,
    ExpressionFailed,
    NoWayOut,
    StateUnreadable,
    Stuck,
    TokenGone,
    TooDeep,
)
from app.engine.instance import Instance
from app.engine.types import (
    Activity,
    Element,
    Finding,
    Left,
    Light,
    Mark,
    Movement,
    Request,
    Timer,
    Write,
)
from app.engine.variables import CASE, Variables

__all__ = [
    "CASE",
    "Activity",
    "Definition",
    "DiagramRefused",
    "Element",
    "ExpressionFailed",
    "Finding",
    "Instance",
    "Left",
    "Light",
    "Mark",
    "Movement",
    "NoWayOut",
    "Request",
    "StateUnreadable",
    "Stuck",
    "Timer",
    "TokenGone",
    "TooDeep",
    "Variables",
    "Write",
    "check",
    "definition_for",
    "digest",
    "load",
]
