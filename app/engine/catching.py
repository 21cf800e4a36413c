"""Where goes what is thrown (BPMN 2.0.2, 10.5.1): errors and escalations outward to the nearest event that catches
them, signals to all that wait for them, a message to the one that has waited longest."""

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.util.task import TaskState

from app.engine.tokens import Board, Token

OUTWARD = frozenset({"error", "escalation", "cancel"})
FROM_OUTSIDE = frozenset({"message", "signal"})


class Cause(EventDefinition):
    """What an event waits for or throws, timers aside."""

    def __init__(self, element: str, kind: str, wanted: str | None = None, condition: str | None = None) -> None:
        super().__init__(element)
        self.kind, self.wanted, self.condition = kind, wanted, condition


def cause_of(token: Token) -> Cause | None:
    """What a token waits for; None where it waits for a person, a time, or other tokens."""
    found = getattr(token.task_spec, "event_definition", None)
    return found if isinstance(found, Cause) and token.state == TaskState.WAITING else None


def throw(thrower: Token, cause: Cause) -> None:
    """Let happen what `thrower`, which is completed, throws."""
    board = thrower.workflow.board
    if cause.kind == "signal":
        broadcast(board, cause.wanted)
    elif cause.kind == "message":
        if not deliver(board, cause.wanted):
            board.sent.append(thrower)
    elif cause.kind in OUTWARD:
        found = nearest(thrower.workflow, cause)
        if found is not None:
            found.task_spec.occur(found)


def broadcast(board: Board, name: str | None) -> bool:
    """Give a signal to everything that waits for it now, whatever its level; returns whether anything did."""
    found = list(_waiting(board, "signal", name))
    for token in found:
        if token.state == TaskState.WAITING:  # one before it may have taken it away
            token.task_spec.occur(token)
    return bool(found)


def deliver(board: Board, name: str | None) -> bool:
    """Give a message to what has waited for it longest; returns whether anything did."""
    token = next(_waiting(board, "message", name), None)
    if token is not None:
        token.task_spec.occur(token)
    return token is not None


def catcher(activity: Token, cause: Cause) -> Token | None:
    """What would catch an error in which an open activity ended."""
    return _fitting(guards(activity), cause) or nearest(activity.workflow, cause)


def nearest(level: Any, cause: Cause) -> Token | None:
    """The nearest event around `level` that catches an error or escalation.

    At each level first its event subprocesses, then the border of its activity. What is thrown out of an event
    subprocess is not given back to the same one.
    """
    left = None
    while True:
        handlers = (token for token in _handlers(level) if token.task_spec.outputs[0] is not left)
        found = _fitting(handlers, cause)
        host = level.top_workflow.get_task_from_id(level.parent_task_id) if level.parent_task_id else None
        if found is None and host is not None:
            found = _fitting(guards(host), cause)
        if found is not None or host is None:
            return found
        level, left = host.workflow, host.task_spec


def guards(host: Token) -> Iterator[Token]:
    """The boundary events of an activity, or of the multi-instance that it is one of."""
    parent = host.parent
    while parent is not None and isinstance(parent.task_spec, LoopTask):
        parent = parent.parent
    if parent is not None and parent.task_spec.holds:
        for child in parent.children:
            if isinstance(child.task_spec, BoundaryEvent):
                yield child


def _handlers(level: Any) -> Iterator[Token]:
    """The event subprocesses of a level that wait to be started."""
    for token in level.board.live.values():
        if token.workflow is level and token.task_spec.background:
            yield token


def _waiting(board: Board, kind: str, name: str | None) -> Iterator[Token]:
    for token in board.live.values():
        cause = cause_of(token)
        if cause is not None and cause.kind == kind and cause.wanted == name:
            yield token


def _fitting(tokens: Iterable[Token], thrown: Cause) -> Token | None:
    """The one that catches what was thrown: rather by its code than because it catches every one."""
    found: Token | None = None
    for token in tokens:
        cause = cause_of(token)
        if cause is None or cause.kind != thrown.kind:
            continue
        if cause.wanted is not None and cause.wanted == thrown.wanted:
            return token
        if cause.wanted is None and found is None:
            found = token
    return found
