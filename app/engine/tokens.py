"""Tokens: SpiffWorkflow's tasks and workflows, without logs, clock, copied data, predictions or recursion.

SpiffWorkflow predicts what may come and keeps what has been. Here a token's children are made when it completes, and
everything that is live stands on a `Board`, so that no step walks the tree and no depth of history matters.
"""

from collections import deque
from time import monotonic
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from app.engine.errors import Stuck, TooDeep, TooSlow
from app.kernel.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.engine.definition import Definition

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED
_UNDONE = LIVE | TaskState.FUTURE
MAX_MOVES = 10_000
"""Elements that one call may pass."""
MAX_LIVE = 2_000
"""Tokens that one case may hold."""
MAX_SECONDS = 3.0
"""What one instance may work, expressions and scripts included: all that is done while the case is locked."""

_NO_DATA: MappingProxyType[str, Any] = MappingProxyType({})


class Token(Task):
    """One token. Its data are the case's variables, so `data` is empty and refuses to be written."""

    def __init__(self, workflow: Any, task_spec: Any, parent: "Token | None", state: int = TaskState.FUTURE) -> None:
        # Task.__init__ is left out on purpose: it reads the clock and counts threads.
        self.id: UUID = new_id()
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent = parent.id if parent is not None else None
        self._children: list[UUID] = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.data = _NO_DATA
        self.internal_data: dict[str, Any] = {}
        self.last_state_change = 0.0
        workflow.tasks[self.id] = self
        if parent is not None:
            parent._children.append(self.id)

    @classmethod
    def revived(cls, workflow: Any, task_spec: Any, parent: "Token | None", token: UUID, state: int) -> "Token":
        """A token as it was stored."""
        self = cls.__new__(cls)
        self.id = token
        self.workflow = workflow
        self.task_spec = task_spec
        self._parent = parent.id if parent is not None and parent.workflow is workflow else None
        self._children = []
        self._state = state
        self.triggered = False
        self.thread_id = 0
        self.data = _NO_DATA
        self.internal_data = {}
        self.last_state_change = 0.0
        workflow.tasks[token] = self
        if self._parent is not None and parent is not None:
            parent._children.append(token)
        if state & LIVE:
            workflow.board.admit(self)
        return self

    def advance(self) -> None:
        """Put a token on each output."""
        for spec in self.task_spec.outputs:
            Token(self.workflow, spec, self)

    def cancel(self) -> None:
        """Take this token and everything below it off the board."""
        tokens = [self, *self.below()]
        for token in reversed(tokens):
            if token.task_spec.spills and token.state & _UNDONE:
                token.task_spec.hand_out(token)
        for token in tokens:
            if token.state & _UNDONE:
                token._set_state(TaskState.CANCELLED)

    def below(self) -> "Iterator[Token]":
        """All tokens made by this one, those inside open subprocesses included."""
        waiting = [self]
        while waiting:
            token = waiting.pop()
            inner = token.workflow.top_workflow.subprocesses.get(token.id)
            found = [token.workflow.tasks[child] for child in token._children]
            if inner is not None:
                found += [other for other in inner.tasks.values() if other._parent is None]
            waiting += found
            yield from found

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> "Token":
        return Token(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        if value != self._state:
            self._state = value
            self.workflow.board.moved(self, value)

    def _inherit_data(self) -> None:
        """Nothing to inherit: variables belong to the case."""


class Board:
    """What is live in one case, what is to be run next, and what happened."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.live: dict[UUID, Token] = {}
        self.queue: deque[Token] = deque()
        self.watching: dict[UUID, Token] = {}
        """Those of them that wait for a condition to become true: looked at after every move."""
        self.trace: list[Any] = []
        self.sent: list[Token] = []
        """What threw messages that nothing here waited for."""
        self.counts = counts
        self.moves = 0
        self._worked = 0.0
        self._since: float | None = None

    def admit(self, token: Token) -> None:
        """Count a token as live."""
        if token.id not in self.live:
            self.live[token.id] = token
            if token.task_spec.watches:
                self.watching[token.id] = token
            if not token.task_spec.background:
                token.workflow.open += 1
            if len(self.live) > MAX_LIVE:
                raise TooDeep(element=token.task_spec.bpmn_id, bound=MAX_LIVE)

    def moved(self, token: Token, state: int) -> None:
        """Take note of a token's new state."""
        if state & LIVE:
            self.admit(token)
            if state == TaskState.READY and not token.task_spec.manual:
                self.queue.append(token)
            return
        spec = token.task_spec
        self.watching.pop(token.id, None)
        if self.live.pop(token.id, None) is not None and not spec.background:
            token.workflow.open -= 1
        if state == TaskState.COMPLETED and spec.shown:
            self.trace.append(spec)
            self.counts[spec.bpmn_id] = self.counts.get(spec.bpmn_id, 0) + 1

    def run(self) -> None:
        """Move everything that moves by itself. Raises TooDeep where that never ends, TooSlow where it takes too long,
        Stuck where nothing is left."""
        queue = self.queue
        while queue or self._settle():
            token = queue.popleft()
            if token._state != TaskState.READY:
                continue
            self.moves += 1
            if self.moves > MAX_MOVES:
                raise TooDeep(element=token.task_spec.bpmn_id, bound=MAX_MOVES)
            self.hurry(token)
            token.run()
            self.watch()
        if self._since is not None:
            self._worked, self._since = self._worked + monotonic() - self._since, None
        if self.live and all(token.task_spec.idle for token in self.live.values()):
            raise Stuck(element=next(reversed(self.live.values())).task_spec.bpmn_id)

    def watch(self) -> None:
        """Let happen what waits for a condition that has become true."""
        for token in list(self.watching.values()):
            token.task_spec.settle(token)

    def hurry(self, token: Token) -> None:
        """Called before whatever may take long. Raises TooSlow where it all takes too long."""
        now = monotonic()
        if self._since is None:
            self._since = now
        if self._worked + now - self._since > MAX_SECONDS:
            raise TooSlow(element=token.task_spec.bpmn_id, bound=f"{MAX_SECONDS:g}")

    def _settle(self) -> bool:
        """Nothing moves: an inclusive join may fire now that no other token can reach it."""
        for token in list(self.live.values()):
            if token.task_spec.late:
                self.hurry(token)
                if token.task_spec.settle(token):
                    return True
        return False


class _Level:
    """What the workflow of the case and those of its subprocesses have in common."""

    board: Board
    spec: Any
    tasks: dict[UUID, Token]
    open: int
    """Live tokens of this level, without those that only wait to start an event subprocess."""
    path: tuple[str, ...]
    """The tokens (hex) of the open subprocesses around it, and its own."""
    floor: int
    """How many scopes, that of the case counted, lie outside the innermost called process around it."""
    completed: bool
    completed_event: Any

    def begin(self, start: Any = None) -> None:
        """Let its event subprocesses wait, and put a token on its start event, or on another one."""
        for spec in (*self.spec.handlers, start or self.spec.start):
            token = Token(self, spec, None)
            spec._update(token)

    def clear(self, keep: Token | None = None) -> None:
        """Take everything of this level and below off the board."""
        for token in list(self.tasks.values()):
            if token is not keep and token.state & _UNDONE:
                token.cancel()

    def _task_completed_notify(self, token: Token) -> None:
        """A token completed and its children stand: close what depended on it."""
        parent = token.parent
        if parent is not None and parent.task_spec.holds:
            release(parent, token)
        if self.open == 0 and not self.completed:
            self.completed = True
            if self.spec.handlers:
                self.clear()
            self.completed_event(self)

    def update_waiting_tasks(self) -> None:
        """Not needed: timers are fired by name, joins look when a token arrives."""

    def _predict(self, mask: int = 0) -> None:
        """Nothing is predicted."""


def release(holder: Token, token: Token) -> None:
    """One of those that a token holds together has happened: the others cannot any more.

    They are an activity and its boundary events, or the events behind an event-based gateway. A boundary event that
    does not interrupt leaves the others; one that has happened already goes on.
    """
    spec = token.task_spec
    if isinstance(spec, BoundaryEvent) and not spec.cancel_activity:
        return
    for other in holder.children:
        happened = isinstance(other.task_spec, BoundaryEvent) and other.state == TaskState.READY
        if other is not token and other.state & LIVE and not happened:
            other.cancel()


class CaseWorkflow(_Level, BpmnWorkflow):
    """The tokens of one case."""

    def __init__(self, definition: "Definition", engine: Any, counts: dict[str, int]) -> None:
        self.board = Board(counts)
        self.open = 0
        self.path = ()
        self.floor = 0
        super().__init__(definition.spec, definition.scope_specs, script_engine=engine, deserializing=True)

    def create_subprocess(self, my_task: Token, spec_name: str) -> "ScopeWorkflow":
        """Open the subprocess of `my_task`."""
        inner = ScopeWorkflow(self.subprocess_specs[spec_name], my_task, self)
        self.subprocesses[my_task.id] = inner
        inner.completed_event.connect(my_task.task_spec._on_subworkflow_completed, my_task)
        return inner


class ScopeWorkflow(_Level, BpmnSubWorkflow):
    """The tokens inside one open subprocess."""

    def __init__(self, spec: Any, host: Token, top: CaseWorkflow) -> None:
        self.board = top.board
        self.open = 0
        self.path = (*scopes_of(host), host.id.hex)
        self.floor = len(self.path) if host.task_spec.isolates else host.workflow.floor
        super().__init__(spec, host.id, top, deserializing=True)


def scopes_of(token: Token) -> tuple[str, ...]:
    """The tokens (hex) of what is open around a token, outermost first: subprocesses and multi-instances.

    An item whose result is collected is a scope of its own, as a subprocess is, so that no item reads another's.
    """
    parent = token.parent
    path: tuple[str, ...] = token.workflow.path
    if parent is None or not isinstance(parent.task_spec, LoopTask):
        return path
    is_apart = parent.task_spec.collects is not None and not isinstance(token.task_spec, SubWorkflowTask)
    return (*path, parent.id.hex, *([token.id.hex] if is_apart else []))
