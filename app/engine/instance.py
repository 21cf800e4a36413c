"""One case's tokens, moved."""

from collections.abc import Mapping
from typing import Any, Literal
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.util.task import TaskState

from app.engine import catching
from app.engine import state as codec
from app.engine.catching import FROM_OUTSIDE, Cause, cause_of
from app.engine.definition import Definition
from app.engine.errors import NotAwaited, TokenGone
from app.engine.events import Clockless
from app.engine.handling import BY_PEOPLE
from app.engine.scripting import Scripting
from app.engine.specs import Service
from app.engine.tokens import Board, CaseWorkflow, Token, scopes_of
from app.engine.types import Activity, Awaited, Left, Mark, Movement, Request, Sent, Timer
from app.engine.variables import Variables


class Instance:
    """The tokens of one case, for one thread and one transaction. After any exception throw it away."""

    def __init__(self, definition: Definition, variables: Variables) -> None:
        self.definition = definition
        self.variables = variables
        self._workflow = CaseWorkflow(definition, Scripting(variables), {})
        self._board = self._workflow.board
        self._shown: dict[UUID, Token] = {}
        """What was live when the last movement was told."""

    @staticmethod
    def start(definition: Definition, variables: Variables, at: str | None = None) -> "Instance":
        """A new case, moved to where it first waits. `movement` says what has been entered.

        `at`: the id of the start event, where it is another one than that which waits for nothing.
        """
        instance = Instance(definition, variables)
        instance.begin(at)
        return instance

    def begin(self, at: str | None = None) -> None:
        """Let a case that was just made begin, as `start` does. Where that fails, `movement` says what had moved."""
        self._workflow.begin(self.definition.spec.task_specs[at] if at else None)
        self._board.run()

    @staticmethod
    def restore(definition: Definition, state: bytes, variables: Variables) -> "Instance":
        """The case as it was dumped. Raises StateUnreadable."""
        instance = Instance(definition, variables)
        codec.restore(instance._workflow, definition, state)
        instance._shown = dict(instance._board.live)
        return instance

    @property
    def board(self) -> Board:
        """All that is live, for the engine room only."""
        return self._board

    def dump(self) -> bytes:
        """The live tokens, compact. Restoring and dumping again gives the same bytes."""
        return codec.dump(self._workflow, self.definition)

    def complete(self, token: UUID) -> None:
        """A person has done the step. Raises TokenGone if it is not open."""
        found = self._board.live.get(token)
        if found is None or found.state != TaskState.READY or not found.task_spec.manual:
            raise TokenGone
        found.run()
        self._board.watch()
        self._board.run()

    def fire(self, token: UUID) -> None:
        """A timer is due. Raises TokenGone if it is not waiting."""
        found = self._board.live.get(token)
        if found is None or _clock(found) is None:
            raise TokenGone
        found.task_spec.occur(found)
        self._board.run()

    def resume(self, token: UUID) -> None:
        """The operation of a service task has been done. Raises TokenGone if it is not waiting for that."""
        found = self._board.live.get(token)
        if found is None or not isinstance(found.task_spec, Service):
            raise TokenGone
        found.complete()
        self._board.watch()
        self._board.run()

    def takers(self, kind: Literal["message", "signal"], name: str) -> tuple[Awaited, ...]:
        """What would take it: a message what has waited for it longest, a signal all that wait."""
        found = tuple(one for one in self.awaited if (one.kind, one.name) == (kind, name))
        return found[:1] if kind == "message" else found

    def receive(self, kind: Literal["message", "signal"], name: str, data: Mapping[str, Any] | None = None) -> None:
        """A message or signal has come from outside. Of its `data` each taker sets the variables that it declares.

        Raises NotAwaited if nothing waits for it.
        """
        takers = self.takers(kind, name)
        if not takers:
            raise NotAwaited(kind=kind, name=name)
        for taker in takers:
            for variable in taker.brings:
                if data is not None and variable in data:
                    self.variables.assign(taker.scopes, variable, data[variable], taker.element)
        given = catching.deliver if kind == "message" else catching.broadcast
        given(self._board, name)
        self._board.run()

    def fail(self, token: UUID, code: str | None) -> None:
        """An open activity ends in an error of the process, which the nearest event that catches its code takes.

        Raises TokenGone if it is not open, NotAwaited if nothing catches the error; then nothing has changed.
        """
        found = self._board.live.get(token)
        if found is None or self._kind(found) is None:
            raise TokenGone
        caught = catching.catcher(found, Cause(found.task_spec.bpmn_id, "error", code))
        if caught is None:
            raise NotAwaited(kind="error", name=code or "")
        caught.task_spec.occur(caught)
        self._board.run()

    def report(self, token: UUID, event: str) -> None:
        """Whoever does an open step reports what an event on its border catches (`Definition.reports`).

        Raises TokenGone if the step is not open, NotAwaited if there is no such event on it; then nothing has changed.
        """
        found = self._board.live.get(token)
        if found is None or found.state != TaskState.READY or not found.task_spec.manual:
            raise TokenGone
        waiting = (guard for guard in catching.guards(found) if guard.task_spec.bpmn_id == event)
        caught = next((guard for guard in waiting if (cause := cause_of(guard)) and cause.kind in BY_PEOPLE), None)
        if caught is None:
            raise NotAwaited(kind="error", name=event)
        caught.task_spec.occur(caught)
        self._board.run()

    def catches(self, token: UUID, code: str) -> bool:
        """Whether something catches an error with this code, if the open activity ended in it."""
        found = self._board.live.get(token)
        cause = Cause("", "error", code)
        return found is not None and self._kind(found) is not None and catching.catcher(found, cause) is not None

    def movement(self) -> Movement:
        """Everything that changed since the start, the restoring or the last movement."""
        board, before = self._board, self._shown
        after = dict(board.live)
        entered = [token for key, token in after.items() if key not in before]
        gone = [token for key, token in before.items() if key not in after]
        trace, board.trace = board.trace, []
        sent, board.sent = board.sent, []
        self._shown = after
        properties = [(spec.bpmn_id, self.definition.elements[spec.bpmn_id].properties) for spec in trace]
        results = [found["result"] for _element, found in properties if "result" in found]
        return Movement(
            entered=tuple(activity for token in entered if (activity := self._activity(token))),
            left=tuple(left for token in gone if (left := self._left(token))),
            armed=tuple(timer for token in entered if (timer := _timer(token))),
            disarmed=tuple(token.id for token in gone if isinstance(_definition(token), Clockless)),
            requested=tuple(self._request(token) for token in entered if isinstance(token.task_spec, Service)),
            milestones=tuple((element, found["milestone"]) for element, found in properties if "milestone" in found),
            awaited=self.awaited,
            sent=tuple(_sent(token) for token in sent),
            trace=tuple(spec.bpmn_id for spec in trace),
            ended=self.ended,
            result=results[-1] if results else None,
        )

    @property
    def waiting(self) -> tuple[Activity, ...]:
        """All activities that are open."""
        return tuple(activity for token in self._board.live.values() if (activity := self._activity(token)))

    @property
    def timers(self) -> tuple[Timer, ...]:
        """All timers that wait."""
        return tuple(timer for token in self._board.live.values() if (timer := _timer(token)))

    @property
    def awaited(self) -> tuple[Awaited, ...]:
        """All messages and signals that are waited for, longest first."""
        return tuple(found for token in self._board.live.values() if (found := _awaited(self.definition, token)))

    @property
    def ended(self) -> bool:
        """Whether no token is left."""
        return not self._board.live

    def marks(self) -> Mapping[str, Mark]:
        """For drawing: how often each element was completed and how many tokens stand on it now."""
        return {element: Mark(*counts) for element, counts in codec.marks_of(self._board).items()}

    def _activity(self, token: Token) -> Activity | None:
        kind = self._kind(token)
        if kind is None:
            return None
        item = token.internal_data.get("item")
        return Activity(token.id, token.task_spec.bpmn_id, kind, scopes_of(token), item)

    def _left(self, token: Token) -> Left | None:
        kind = self._kind(token)
        if kind is None:
            return None
        how = "completed" if token.state == TaskState.COMPLETED else "cancelled"
        return Left(token.id, token.task_spec.bpmn_id, kind, how)  # type: ignore[arg-type]

    def _kind(self, token: Token) -> str | None:
        """The type of activity a live token stands for; None for an event or gateway."""
        spec = token.task_spec
        if spec.activity != "element":
            return spec.activity or None
        return self.definition.elements[spec.bpmn_id].type

    def _request(self, token: Token) -> Request:
        element = self.definition.elements[token.task_spec.bpmn_id]
        operation = element.properties.get("operation", "")
        return Request(token.id, element.id, operation, scopes_of(token), element.properties)


def _definition(token: Token) -> Any:
    return getattr(token.task_spec, "event_definition", None)


def _clock(token: Token) -> Clockless | None:
    definition = _definition(token)
    return definition if isinstance(definition, Clockless) else None


def _awaited(definition: Definition, token: Token) -> Awaited | None:
    cause = cause_of(token)
    if cause is None or cause.kind not in FROM_OUTSIDE:
        return None
    kind: Any = cause.kind
    element = token.task_spec.bpmn_id
    return Awaited(kind, cause.wanted or "", element, token.id, scopes_of(token), definition.brings.get(element, {}))


def _sent(token: Token) -> Sent:
    return Sent(token.task_spec.bpmn_id, _definition(token).wanted or "", scopes_of(token))


def _timer(token: Token) -> Timer | None:
    clock = _clock(token)
    if clock is None:
        return None
    spec, parent, attached = token.task_spec, token.parent, None
    if isinstance(spec, BoundaryEvent) and parent is not None and isinstance(parent.task_spec, BoundaryEventSplit):
        attached = next(child.id for child in parent.children if not isinstance(child.task_spec, BoundaryEvent))
    kind: Any = clock.kind
    return Timer(
        token.id, spec.bpmn_id, kind, clock.value(token), clock.calendar, attached, clock.light, scopes_of(token)
    )
