"""What events do: start and end, timers without a clock, errors and escalations that stay in their branch."""

from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, IntermediateCatchEvent, IntermediateThrowEvent, StartEvent
from SpiffWorkflow.bpmn.specs.event_definitions import (
    ErrorEventDefinition,
    EscalationEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import ThrowingEvent
from SpiffWorkflow.bpmn.util import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from app.engine.errors import ExpressionFailed
from app.engine.specs import Lean
from app.engine.timing import next_cycle, timing_text
from app.engine.tokens import LIVE, Token
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
    """An event that may throw an error or escalation out of its level."""

    def _run_hook(self, my_task: Token) -> bool:
        if isinstance(self.event_definition, ErrorEventDefinition | EscalationEventDefinition):
            top = my_task.workflow.top_workflow
            top.catch(BpmnEvent(self.event_definition, target=my_task.workflow))
        return True


class End(_Throwing, ThrowingEvent, BpmnSpecMixin):
    """An end event. A terminating one takes all other tokens of its level away."""

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        if isinstance(self.event_definition, TerminateEventDefinition):
            for token in list(my_task.workflow.tasks.values()):
                if token is not my_task and token.state & LIVE:
                    token.cancel()


class Throw(_Throwing, IntermediateThrowEvent):
    """A none event (a milestone), or one that throws an escalation."""


class _Catching(Lean):
    """An event that waits. What it waits for comes through `Instance.fire` or `CaseWorkflow.catch`."""

    lives = TaskState.WAITING

    def _update_hook(self, my_task: Token) -> bool:
        definition = self.event_definition
        if isinstance(definition, Clockless) and my_task.state != TaskState.WAITING:
            definition.arm(my_task)
        my_task._set_state(TaskState.WAITING)
        return False


class Catch(_Catching, IntermediateCatchEvent):
    """A timer in the flow."""


class PassedEvent(Lean, IntermediateCatchEvent):
    """A none event drawn as a catching one: passed at once."""


class Boundary(_Catching, BoundaryEvent):
    """A boundary event. The one of a cycle is followed by the next when it fires."""

    def _on_complete_hook(self, my_task: Token) -> None:
        super()._on_complete_hook(my_task)
        if isinstance(self.event_definition, Clockless) and self.event_definition.kind == "cycle":
            following = next_cycle(self.event_definition.value(my_task))
            if following and my_task.parent is not None:
                token = Token(my_task.workflow, self, my_task.parent)
                token.internal_data["value"] = following
                token.task_spec._update(token)
