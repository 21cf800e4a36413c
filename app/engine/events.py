"""What events do: start and end, throw and catch; timers without a clock; event subprocesses that wait to start."""

from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ReceiveTask,
    SendTask,
    StartEvent,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import ThrowingEvent
from SpiffWorkflow.util.task import TaskState

from app.engine.catching import Cause, throw
from app.engine.errors import ExpressionFailed
from app.engine.specs import Lean
from app.engine.timing import next_cycle, timing_text
from app.engine.tokens import Token, release
from app.engine.types import Calendar, Colour


class Clockless(TimerEventDefinition):
    """A timer without a clock: its time is evaluated once and told; somebody else fires it when it is due."""

    def __init__(
        self, name: str, kind: str, expression: str, literal: str | None, calendar: Calendar, light: Colour | None
    ) -> None:
        super().__init__(name, expression)
        self.kind, self.literal, self.calendar, self.light = kind, literal, calendar, light

    def arm(self, my_task: Token) -> None:
        """Evaluate the time, unless it is written in the diagram or was counted down from the cycle before."""
        if self.literal is None and "value" not in my_task.internal_data:
            value = my_task.workflow.script_engine.evaluate(my_task, self.expression)
            text = timing_text(self.kind, value)
            if text is None:
                raise ExpressionFailed(
                    element=self.name, expression=self.expression, reason=f"{value!r} is no ISO 8601 {self.kind}"
                )
            my_task.internal_data["value"] = text

    def value(self, my_task: Token) -> str:
        """The time of this token's timer."""
        value: str = my_task.internal_data.get("value") or self.literal or ""
        return value

    def has_fired(self, _my_task: Token) -> bool:
        """Never by itself."""
        return False


class Start(Lean, StartEvent):
    """The start of a process or subprocess."""


class _Throwing(Lean):
    """Throws what it is drawn with, once it is passed itself."""

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        if isinstance(self.event_definition, Cause):
            throw(my_task, self.event_definition)


class End(_Throwing, ThrowingEvent, BpmnSpecMixin):
    """An end event. A terminating one takes all other tokens of its level away."""

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        if isinstance(self.event_definition, Cause) and self.event_definition.kind == "terminate":
            my_task.workflow.clear(keep=my_task)


class Throw(_Throwing, IntermediateThrowEvent):
    """A none event (a milestone), or one that throws an escalation, signal or message and goes on."""


class Send(_Throwing, SendTask):
    """A send task: throws its message and goes on."""


class Waiting(Lean):
    """An event that waits. What it waits for comes through `Instance.fire`, or as a cause (see catching)."""

    lives = TaskState.WAITING

    def _update_hook(self, my_task: Token) -> bool:
        definition = self.event_definition
        if isinstance(definition, Clockless) and my_task.state != TaskState.WAITING:
            definition.arm(my_task)
        my_task._set_state(TaskState.WAITING)
        return False

    def occur(self, my_task: Token) -> None:
        """What the token waits for has happened."""
        my_task._ready()
        if my_task.parent is not None and my_task.parent.task_spec.holds:
            release(my_task.parent, my_task)

    def settle(self, my_task: Token) -> bool:
        """Let a condition happen that has become true; it does so again only after it was false."""
        definition = self.event_definition
        if not isinstance(definition, Cause) or definition.condition is None or my_task.state != TaskState.WAITING:
            return False
        before = my_task.internal_data.pop("true", False)
        after = my_task.workflow.script_engine.has_become_true(my_task, definition.condition)
        if after:
            my_task.internal_data["true"] = True
        if after and not before:
            self.occur(my_task)
        return bool(after and not before)


class Catch(Waiting, IntermediateCatchEvent):
    """An event in the flow that waits."""


class Receive(Waiting, ReceiveTask):
    """A receive task: waits for its message."""

    activity = "element"


class PassedEvent(Lean, IntermediateCatchEvent):
    """A none event drawn as a catching one: passed at once."""


class Boundary(Waiting, BoundaryEvent):
    """A boundary event. One that does not interrupt happens as often as what it waits for, while the activity is open.

    A timer happens once; the one of a cycle is followed by the next when it fires.
    """

    def occur(self, my_task: Token) -> None:
        """What the token waits for has happened: it goes on, or another one for it while it keeps waiting."""
        if self.cancel_activity or isinstance(self.event_definition, Clockless):
            super().occur(my_task)
        else:
            Token(my_task.workflow, self, my_task.parent)._ready()

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        _wait_again(self, my_task, my_task.parent)


class Armed(Waiting, IntermediateCatchEvent):
    """The start event of an event subprocess as the level around it sees it: it waits, and does not keep that open."""

    background = True
    shown = False
    interrupts = True

    def occur(self, my_task: Token) -> None:
        """Open the event subprocess, in place of everything else on the level or beside it."""
        level = my_task.workflow
        if self.interrupts:
            level.clear()
        elif isinstance(self.event_definition, Clockless):
            my_task.cancel()
            _wait_again(self, my_task, None)
        [handler] = self.outputs
        handler._update(Token(level, handler, None))


def _wait_again(spec: Any, fired: Token, parent: Token | None) -> None:
    """Arm the next time of a cycle, if one is left."""
    clock = spec.event_definition
    if isinstance(clock, Clockless) and clock.kind == "cycle" and (following := next_cycle(clock.value(fired))):
        token = Token(fired.workflow, spec, parent)
        token.internal_data["value"] = following
        spec._update(token)
