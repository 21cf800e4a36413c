"""What steps, scripts and gateways do: SpiffWorkflow's task specs, mended where they go wrong or slow (see tokens)."""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.bpmn_task_spec import BpmnTaskSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import (
    ExclusiveGateway,
    InclusiveGateway,
    ManualTask,
    NoneTask,
    ParallelGateway,
    ScriptTask,
    ServiceTask,
    UserTask,
)
from SpiffWorkflow.util.task import TaskState

from app.engine.decisions.model import Call
from app.engine.errors import NoWayOut
from app.engine.tokens import Token


class Lean(BpmnTaskSpec):
    """What every element has in common here: checked at load, not at each step; children made on completion."""

    idle = False
    """Whether a live token of it is only moved by other tokens."""
    late = False
    """Whether it can only decide once nothing else moves."""
    watches = False
    """Whether it waits for a condition, which every move can make true."""
    holds = False
    """Whether its token, passed as it is, holds those behind it together until one of them happens."""
    background = False
    """Whether a live token of it does not keep its level open."""
    isolates = False
    """Whether scripts inside change nothing outside: a called process has variables of its own."""
    spills = False
    """Whether what is set inside is handed out even where it is broken off."""
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

    def _update_hook(self, _my_task: Token) -> bool:
        """Ready as soon as it is reached."""
        return True

    def _on_ready(self, _my_task: Token) -> None:
        """Nothing to prepare."""

    def _run_hook(self, _my_task: Token) -> bool | None:
        """Passed as soon as it is run."""
        return True

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

    result: str | None = None
    """The variable that takes the value, where it is an expression."""

    def _run_hook(self, my_task: Token) -> bool:
        engine = my_task.workflow.script_engine
        if self.result:
            engine.compute(my_task, self.script, self.result)
        else:
            engine.execute(my_task, self.script)
        return True


class Decide(Lean, ScriptTask):
    """Asks a decision, whose result goes to variables of the case."""

    call: Call

    def _run_hook(self, my_task: Token) -> bool:
        my_task.workflow.script_engine.decide(my_task, self.call)
        return True


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
    holds = my_task.workflow.script_engine.holds
    for condition, name in gateway.cond_task_specs:
        if condition is not None and holds(my_task, condition.args[0]):
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


class _Passed(Lean):
    """Passed on the spot, so that what is behind it comes at the same turn as it would without."""

    lives = TaskState.COMPLETED

    def _update_hook(self, my_task: Token) -> bool:
        my_task.complete()
        return False


class Guarded(_Passed, BoundaryEventSplit):
    """Stands before an activity with boundary events: its token holds them together while the activity is open."""

    holds = True
    shown = False


class FirstEvent(_Passed):
    """An event-based gateway: what is behind it waits together, and the first to happen takes the others away."""

    holds = True


class Spread(_Passed):
    """A parallel gateway before events that are waited for together."""
