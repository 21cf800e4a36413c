"""The engine room: BPMN in, work items and timers out. The only room that knows SpiffWorkflow."""

from app.engine.answering import answer, put
from app.engine.bringing import fits
from app.engine.definition import Definition, Examined, check, definition_for, digest, examine, load, outline
from app.engine.diagram import FOR_PEOPLE
from app.engine.errors import (
    AnswerUnfit,
    DiagramRefused,
    ExpressionFailed,
    NotAwaited,
    NoWayOut,
    StateUnreadable,
    Stuck,
    TokenGone,
    TooDeep,
    TooSlow,
)
from app.engine.foresight import Names
from app.engine.instance import Instance
from app.engine.migrating import Migration, Moved
from app.engine.obstacles import NotMovable, Obstacle, obstacle
from app.engine.proof import UNSOUND, Failure, Proof
from app.engine.types import (
    Activity,
    Awaited,
    Element,
    Finding,
    FormField,
    Left,
    Light,
    Mark,
    Movement,
    Request,
    Sent,
    Timer,
    Write,
)
from app.engine.variables import CASE, Variables
from app.engine.written import Written

__all__ = [
    "CASE",
    "FOR_PEOPLE",
    "UNSOUND",
    "Activity",
    "AnswerUnfit",
    "Awaited",
    "Definition",
    "DiagramRefused",
    "Element",
    "Examined",
    "ExpressionFailed",
    "Failure",
    "Finding",
    "FormField",
    "Instance",
    "Left",
    "Light",
    "Mark",
    "Migration",
    "Moved",
    "Movement",
    "Names",
    "NoWayOut",
    "NotAwaited",
    "NotMovable",
    "Obstacle",
    "Proof",
    "Request",
    "Sent",
    "StateUnreadable",
    "Stuck",
    "Timer",
    "TokenGone",
    "TooDeep",
    "TooSlow",
    "Variables",
    "Write",
    "Written",
    "answer",
    "check",
    "definition_for",
    "digest",
    "examine",
    "fits",
    "load",
    "obstacle",
    "outline",
    "put",
]
