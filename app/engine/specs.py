"""What each kind of element does: SpiffWorkflow's task specs, mended where they go wrong or slow (see tokens)."""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import (
    BoundaryEvent,
    CallActivity,
    ExclusiveGateway,
    InclusiveGateway,
    IntermediateCatchEvent,
    IntermediateThrowEvent,
    ManualTask,
    NoneTask,
    ParallelGateway,
    ParallelMultiInstanceTask,
    ScriptTask,
    SequentialMultiInstanceTask,
    ServiceTask,
    StandardLoopTask,
    StartEvent,
    SubWorkflowTask,
    UserTask,
)
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

from app.engine.errors import ExpressionFailed, NoWayOut
from app.engine.timing import next_cycle, timing_text
from app.engine.tokens import LIVE, Token, scopes_of
from app.engine.types import Calendar, Colour

MAX_ITEMS = 500
"""Items that one multi-instance may have."""


class Lean(BpmnTaskSpec):
    """What every element has in common here: checked at load, not at each step; children made on completion."""

    idle = False
    """Whether a live token of it is only moved by other tokens."""
    late = False
    """Whether it can only decide once nothing else moves."""
    shown = True
    """Whether its completion is told: not so for what stands for no element of its own."""
    activity = ""
    """Whether a live token of it is an activity: "element", or "multiInstance" for what repeats one."""
    lives: int = TaskState.READY
    """The state in which its tokens wait."""

    def test(self) -> None:
        """Nothing: the diagram was checked when it was loaded."""

    def _predict(self, my_task: Token, *_args: Any, **_kwargs: Any) -> None:
        """Nothing is predicted."""

    def _on_complete_hook(self, my_task: Token) -> None:
        if not my_task._children:
            my_task.advance()
        super()._on_complete_hook(my_task)

    def _on_cancel(self, my_task: Token) -> None:
        """Nothing: Token.cancel knows what is below."""


class UserStep(Lean, UserTask):
    """A step for a person."""

    activity = "element"


class ManualStep(Lean, ManualTask):
    """A step that a person does elsewhere and reports here."""

    activity = "element"


class PlainStep(Lean, NoneTask):
    """A task without a type: it waits for a person too."""

    activity = "element"


class Script(Lean, ScriptTask):
    """Assigns variables of the case."""


class Service(Lean, ServiceTask):
    """Waits for its operation, which runs after the commit. SpiffWorkflow leaves it STARTED, which is right here."""

    activity = "element"
    lives = TaskState.STARTED

    def _run_hook(self, _my_task: Token) -> None:
        return None


class Choice(Lean, ExclusiveGateway):
    """An exclusive gateway: the first condition that is true, else the default."""

    def _run_hook(self, my_task: Token) -> bool:
        chosen = next(_true_ways(self, my_task), self.default_task_spec)
        if chosen is None:
            raise NoWayOut(element=self.bpmn_id)
        Token(my_task.workflow, my_task.workflow.spec.task_specs[chosen], my_task)
        return True


def _true_ways(gateway: Any, my_task: Token) -> Iterator[str]:
    """Names of the specs behind the flows whose condition is true, in the order drawn."""
    evaluate = my_task.workflow.script_engine.evaluate
    for condition, name in gateway.cond_task_specs:
        if condition is not None and evaluate(my_task, condition.args[0]):
            yield name


class _Joining(Lean):
    """Waits for tokens on several flows. Tokens are counted by flow, so no history is needed and surplus ones stay."""

    lives = TaskState.WAITING
    idle = True

    def _update_hook(self, my_task: Token) -> bool:
        if "via" not in my_task.internal_data:
            my_task.internal_data["via"] = my_task.parent.task_spec.name if my_task.parent else ""
        if len(self._inputs) < 2 or (not self.late and self.complete(my_task)):
            return True
        my_task._set_state(TaskState.WAITING)
        return False

    def arrived(self, my_task: Token) -> dict[str, Token]:
        """The first token waiting on each flow that has one."""
        first: dict[str, Token] = {}
        for token in (*my_task.workflow.board.live.values(), my_task):
            if token.task_spec is self and token.workflow is my_task.workflow and token.state != TaskState.READY:
                first.setdefault(token.internal_data["via"], token)
        return first

    def merge(self, my_task: Token, arrived: dict[str, Token]) -> None:
        """Let `my_task` go on for all that arrived."""
        for token in arrived.values():
            if token is not my_task:
                token.cancel()

    def complete(self, my_task: Token) -> bool:
        """Whether a token stands on each flow; if so they become one."""
        arrived = self.arrived(my_task)
        if len(arrived) < len(self._inputs):
            return False
        self.merge(my_task, arrived)
        return True


class Together(_Joining, ParallelGateway):
    """A parallel gateway."""

    def _run_hook(self, _my_task: Token) -> bool:
        return True


class Inclusive(_Joining, InclusiveGateway):
    """An inclusive gateway: joins what is under way (BPMN 2.0.2, table 13.3), then takes every true condition."""

    late = True
    reach: dict[str, frozenset[str]]
    """Spec name → the inputs of this gateway that a token there can come to without passing the gateway."""

    def settle(self, my_task: Token) -> bool:
        """Fire unless a token elsewhere can still fill an empty flow (and no filled one)."""
        arrived = self.arrived(my_task)
        my_task = next(iter(arrived.values()))
        for token in my_task.workflow.board.live.values():
            if token.workflow is my_task.workflow and token.task_spec is not self:
                ways = self.reach.get(token.task_spec.name, frozenset())
                if ways and ways.isdisjoint(arrived):
                    return False
        self.merge(my_task, arrived)
        my_task._ready()
        return True

    def _run_hook(self, my_task: Token) -> bool:
        chosen = list(_true_ways(self, my_task)) or [name for given, name in self.cond_task_specs if given is None]
        if not chosen:
            raise NoWayOut(element=self.bpmn_id)
        for name in chosen:
            Token(my_task.workflow, my_task.workflow.spec.task_specs[name], my_task)
        return True


class Start(Lean, StartEvent):
    """The start of a process or subprocess."""

    def _run_hook(self, _my_task: Token) -> bool:
        return True


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

    def _on_ready_hook(self, my_task: Token) -> None:
        """Nothing: no event manager has to be told."""

    def _run_hook(self, _my_task: Token) -> bool:
        return True


class Catch(_Catching, IntermediateCatchEvent):
    """A timer in the flow."""


class PassedEvent(Lean, IntermediateCatchEvent):
    """A none event drawn as a catching one: passed at once."""

    def _run_hook(self, _my_task: Token) -> bool:
        return True

    def _on_ready_hook(self, my_task: Token) -> None:
        """Nothing: no event manager has to be told."""


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


class Guarded(Lean, BoundaryEventSplit):
    """Stands before an activity with boundary events: its token holds them together while the activity is open."""

    lives = TaskState.COMPLETED
    shown = False

    def _run_hook(self, _my_task: Token) -> bool:
        return True


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


class _Nested(Lean):
    """Opens a level of its own, with a scope for variables."""

    activity = "element"
    lives = TaskState.STARTED
    idle = True
    hands_out: tuple[str, ...] = ()

    def _update_hook(self, my_task: Token) -> bool:
        inner = my_task.workflow.top_workflow.create_subprocess(my_task, self.spec)
        my_task._set_state(TaskState.STARTED)
        start = Token(inner, inner.spec.start, None)
        start.task_spec._update(start)
        return False

    def _on_subworkflow_completed(self, _subworkflow: Any, my_task: Token) -> None:
        del my_task.workflow.top_workflow.subprocesses[my_task.id]
        if my_task.state != TaskState.STARTED:
            return
        if self.hands_out:
            variables = my_task.workflow.script_engine.variables
            variables.hand_out((*scopes_of(my_task), my_task.id.hex), self.hands_out, self.bpmn_id)
        my_task._set_state(TaskState.READY)


class Subprocess(_Nested, SubWorkflowTask):
    """An embedded subprocess."""


class Called(_Nested, CallActivity):
    """A call activity: another process of the same upload."""


class _Repeated(Lean):
    """An activity done several times. Its items are evaluated once, when it is entered."""

    activity = "multiInstance"
    lives = TaskState.STARTED
    idle = True
    shown = False
    hands_out: tuple[str, ...] = ()
    item_name: str | None = None
    collection: str | None = None

    def items(self, my_task: Token) -> list[Any]:
        """What it is done for: the members of the collection, or numbers from 0."""
        evaluate = my_task.workflow.script_engine.evaluate
        expression = self.collection or self.cardinality or ""
        value = evaluate(my_task, expression)
        if self.collection is not None and isinstance(value, list | tuple | dict):
            items = list(value)
        elif self.collection is None and isinstance(value, int) and not isinstance(value, bool):
            items = list(range(min(value, MAX_ITEMS + 1)))
        else:
            raise self._failed(expression, f"{type(value).__name__} cannot be gone through")
        if len(items) > MAX_ITEMS:
            raise self._failed(expression, f"more than {MAX_ITEMS} items")
        return items

    def add_item(self, my_task: Token, item: Any) -> None:
        """Do the activity for one item."""
        child = Token(my_task.workflow, my_task.workflow.spec.task_specs[self.task_spec], my_task)
        child.triggered = True
        child.internal_data["item"] = item
        child.task_spec._update(child)

    def enough(self, child: Token) -> bool:
        """Whether the completion condition says that the rest is not needed."""
        return self.condition is not None and bool(child.workflow.script_engine.evaluate(child, self.condition))

    def finish(self, my_task: Token) -> None:
        """All items are done, or enough of them."""
        for child in my_task.children:
            if child.state & LIVE:
                child.cancel()
        if self.hands_out:
            variables = my_task.workflow.script_engine.variables
            variables.hand_out((*my_task.workflow.path, my_task.id.hex), self.hands_out, self.bpmn_id)
        my_task._set_state(TaskState.READY)

    def _on_complete_hook(self, my_task: Token) -> None:
        my_task.advance()
        super()._on_complete_hook(my_task)

    def _run_hook(self, _my_task: Token) -> bool:
        return True

    def _failed(self, expression: str, reason: str) -> ExpressionFailed:
        return ExpressionFailed(element=self.bpmn_id, expression=expression, reason=reason)


class AllAtOnce(_Repeated, ParallelMultiInstanceTask):
    """Parallel multi-instance."""

    def _update_hook(self, my_task: Token) -> bool:
        items = self.items(my_task)
        if not items:
            return True
        my_task._set_state(TaskState.STARTED)
        for item in items:
            self.add_item(my_task, item)
        return False

    def merge_child(self, _workflow: Any, child: Token) -> None:
        """An item is done."""
        my_task = child.parent
        if self.enough(child) or not any(other.state & LIVE for other in my_task.children):
            self.finish(my_task)


class OneByOne(_Repeated, SequentialMultiInstanceTask):
    """Sequential multi-instance."""

    def _update_hook(self, my_task: Token) -> bool:
        items = self.items(my_task)
        if not items:
            return True
        my_task._set_state(TaskState.STARTED)
        my_task.internal_data["remaining"] = items[1:]
        self.add_item(my_task, items[0])
        return False

    def merge_child(self, _workflow: Any, child: Token) -> None:
        """An item is done: on to the next."""
        my_task = child.parent
        remaining = my_task.internal_data["remaining"]
        if not remaining or self.enough(child):
            self.finish(my_task)
            return
        my_task.internal_data["remaining"] = remaining[1:]
        self.add_item(my_task, remaining[0])


class Again(_Repeated, StandardLoopTask):
    """A standard loop: while its condition is true, at most `maximum` times."""

    def _update_hook(self, my_task: Token) -> bool:
        if self.test_before and not self.goes_on(my_task, 0):
            return True
        my_task._set_state(TaskState.STARTED)
        my_task.internal_data["round"] = 1
        self.add_item(my_task, 0)
        return False

    def merge_child(self, _workflow: Any, child: Token) -> None:
        """A round is done: another one, or on."""
        my_task = child.parent
        done = my_task.internal_data["round"]
        if not self.goes_on(child, done):
            self.finish(my_task)
            return
        my_task.internal_data["round"] = done + 1
        self.add_item(my_task, done)

    def goes_on(self, asking: Token, done: int) -> bool:
        """Whether another round follows after `done` of them."""
        if self.maximum is not None and done >= self.maximum:
            return False
        return self.condition is None or bool(asking.workflow.script_engine.evaluate(asking, self.condition))


def bindings(token: Token) -> list[tuple[str, Any]]:
    """Names and values of the items that a token is done for, outermost first."""
    found: list[tuple[str, Any]] = []
    current: Token | None = token
    while current is not None:
        parent = current.parent
        if parent is not None and isinstance(parent.task_spec, _Repeated) and parent.task_spec.item_name:
            found.append((parent.task_spec.item_name, current.internal_data.get("item")))
        workflow = current.workflow
        host = workflow.parent_task_id
        current = workflow.top_workflow.get_task_from_id(host) if host is not None else None
    return found[::-1]
