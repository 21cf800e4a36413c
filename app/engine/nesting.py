"""What opens a level of its own: subprocesses, called processes, and activities done several times."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    CallActivity,
    ParallelMultiInstanceTask,
    SequentialMultiInstanceTask,
    StandardLoopTask,
    SubWorkflowTask,
)
from SpiffWorkflow.util.task import TaskState

from app.engine.errors import ExpressionFailed
from app.engine.specs import Lean
from app.engine.tokens import LIVE, Token, scopes_of
from app.engine.variables import CASE

MAX_ITEMS = 500
"""Items that one multi-instance may have."""

COUNTS: dict[str, Callable[[int, int, int], int]] = {
    "numberOfInstances": lambda total, _done, _live: total,
    "nrOfInstances": lambda total, _done, _live: total,
    "numberOfCompletedInstances": lambda _total, done, _live: done,
    "nrOfCompletedInstances": lambda _total, done, _live: done,
    "numberOfActiveInstances": lambda _total, _done, live: live,
    "nrOfActiveInstances": lambda _total, _done, live: live,
    "numberOfTerminatedInstances": lambda _total, _done, _live: 0,
}
"""What can be read of a multi-instance inside it (BPMN 2.0.2, table 10.30), under every modeler's names."""

COUNTER = "loopCounter"
"""The number of the item or round that something is done for."""
_ROOT = re.compile(r"=?\s*([^\W\d]\w*)(?:\.\w+)*\s*")


class _Nested(Lean):
    """Opens a level of its own, with a scope for variables."""

    activity = "element"
    lives = TaskState.STARTED
    idle = True
    hands_out: tuple[str, ...] = ()
    gives_all = False
    """Whether all that was set inside is handed out when it is over."""

    def _update_hook(self, my_task: Token) -> bool:
        inner = my_task.workflow.top_workflow.create_subprocess(my_task, self.spec)
        my_task._set_state(TaskState.STARTED)
        inner.begin()
        return False

    def _on_subworkflow_completed(self, _subworkflow: Any, my_task: Token) -> None:
        del my_task.workflow.top_workflow.subprocesses[my_task.id]
        if my_task.state != TaskState.STARTED:
            return
        self.hand_out(my_task)
        my_task._set_state(TaskState.READY)

    def hand_out(self, my_task: Token) -> None:
        """Let what it hands out be seen around it."""
        variables = my_task.workflow.script_engine.variables
        if self.gives_all:
            scopes, floor = scopes_of(my_task), my_task.workflow.floor
            for name, value in variables.within(my_task.id.hex).items():
                variables.assign(scopes, name, value, self.bpmn_id, floor)
        elif self.hands_out:
            variables.hand_out((*scopes_of(my_task), my_task.id.hex), self.hands_out, self.bpmn_id)


class Subprocess(_Nested, SubWorkflowTask):
    """An embedded subprocess, an event subprocess that was started, a transaction."""


class Called(_Nested, CallActivity):
    """A call activity: another process of the same upload."""

    isolates = True


class _Repeated(Lean):
    """An activity done several times. Its items are evaluated once, when it is entered."""

    activity = "multiInstance"
    lives = TaskState.STARTED
    idle = True
    shown = False
    hands_out: tuple[str, ...] = ()
    item_name: str | None = None
    index_name: str | None = None
    first = 1
    """The number of the first item."""
    collection: str | None = None
    collects: str | None = None
    gives: str | None = None

    @property
    def given_name(self) -> str | None:
        """The variable in which an item gives what is collected; None where that is computed."""
        found = _ROOT.fullmatch(self.gives) if self.gives else None
        return found.group(1) if found else None

    def items(self, my_task: Token) -> list[Any]:
        """What it is done for: the members of the collection, or numbers from 0."""
        evaluate = my_task.workflow.script_engine.evaluate
        expression = self.collection or self.cardinality or ""
        value = evaluate(my_task, expression)
        if self.collection is not None and isinstance(value, list | tuple | dict):
            items = list(value)
        elif self.collection is None and (times := _whole(value)) is not None:
            items = list(range(min(times, MAX_ITEMS + 1)))
        else:
            wanted = "list" if self.collection is not None else "whole number of times"
            raise self._failed(expression, f"{str(value)[:40]!r} is no {wanted}")
        if len(items) > MAX_ITEMS:
            raise self._failed(expression, f"more than {MAX_ITEMS} items")
        return items

    def begin(self, my_task: Token, items: list[Any]) -> bool:
        """Make ready for the items; whether there are any."""
        if self.collects is not None:
            scope = my_task.id.hex if items else (CASE, *my_task.workflow.path)[-1]
            variables = my_task.workflow.script_engine.variables
            variables.set(scope, self.collects, [None] * len(items), self.bpmn_id)
        if items:
            my_task.internal_data["total"] = len(items)
            my_task._set_state(TaskState.STARTED)
        return bool(items)

    def add_item(self, my_task: Token, item: Any, number: int = 0) -> None:
        """Do the activity for one item, which is the one with this number, counted from 0."""
        child = Token(my_task.workflow, my_task.workflow.spec.task_specs[self.task_spec], my_task)
        child.triggered = True
        child.internal_data["item"] = item
        if self.collection is not None:
            child.internal_data["number"] = number
        if self.collects is not None and self.given_name not in (None, self.item_name):
            # What the item gives is its own: nothing, until it is set in it.
            my_task.workflow.script_engine.variables.set(child.id.hex, self.given_name, None, self.bpmn_id)
        child.task_spec._update(child)

    def collect(self, child: Token) -> None:
        """Put what a finished item gives in its place on the list."""
        if self.collects is None or self.gives is None:
            return
        engine, scope = child.workflow.script_engine, child.parent.id.hex
        value = engine.given(child, self.gives, self.collects)
        names = [name for name in self.hands_out if name != self.given_name]
        if names and not isinstance(child.task_spec, _Nested):
            engine.variables.hand_out(scopes_of(child), names, self.bpmn_id)
        found = list(engine.variables.within(scope).get(self.collects) or [])
        number = child.internal_data.get("number", child.internal_data["item"])
        found += [None] * (number + 1 - len(found))
        found[number] = value
        engine.variables.set(scope, self.collects, found, self.bpmn_id)

    def enough(self, child: Token) -> bool:
        """Whether the completion condition says that the rest is not needed."""
        counted = child.parent.internal_data
        counted["done"] = counted.get("done", 0) + 1
        if self.condition is None:
            return False
        held: bool = child.workflow.script_engine.holds(child, self.condition)
        return held

    def finish(self, my_task: Token) -> None:
        """All items are done, or enough of them."""
        for child in my_task.children:
            if child.state & LIVE:
                child.cancel()
        self.hand_out(my_task)
        my_task._set_state(TaskState.READY)

    def hand_out(self, my_task: Token) -> None:
        """Let what it hands out be seen around it."""
        names = dict.fromkeys((*self.hands_out, *([self.collects] if self.collects else [])))
        if names:
            variables = my_task.workflow.script_engine.variables
            variables.hand_out((*my_task.workflow.path, my_task.id.hex), names, self.bpmn_id)

    def _on_complete_hook(self, my_task: Token) -> None:
        my_task.advance()
        super()._on_complete_hook(my_task)

    def _failed(self, expression: str, reason: str) -> ExpressionFailed:
        return ExpressionFailed(element=self.bpmn_id, expression=expression, reason=reason)


def _whole(value: Any) -> int | None:
    """A number of times: whole and not below none, also as JUEL divides (3.0) and as a form keeps it ("3")."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0 or value != int(value):
        return None
    return int(value)


class AllAtOnce(_Repeated, ParallelMultiInstanceTask):
    """Parallel multi-instance."""

    def _update_hook(self, my_task: Token) -> bool:
        items = self.items(my_task)
        if not self.begin(my_task, items):
            return True
        for number, item in enumerate(items):
            self.add_item(my_task, item, number)
        return False

    def merge_child(self, _workflow: Any, child: Token) -> None:
        """An item is done."""
        my_task = child.parent
        self.collect(child)
        if self.enough(child) or not any(other.state & LIVE for other in my_task.children):
            self.finish(my_task)


class OneByOne(_Repeated, SequentialMultiInstanceTask):
    """Sequential multi-instance."""

    def _update_hook(self, my_task: Token) -> bool:
        items = self.items(my_task)
        if not self.begin(my_task, items):
            return True
        my_task.internal_data["remaining"] = items[1:]
        self.add_item(my_task, items[0], 0)
        return False

    def merge_child(self, _workflow: Any, child: Token) -> None:
        """An item is done: on to the next."""
        my_task = child.parent
        self.collect(child)
        remaining = my_task.internal_data["remaining"]
        if not remaining or self.enough(child):
            self.finish(my_task)
            return
        my_task.internal_data["remaining"] = remaining[1:]
        self.add_item(my_task, remaining[0], my_task.internal_data.get("total", 0) - len(remaining))


class Again(_Repeated, StandardLoopTask):
    """A standard loop: while its condition is true, at most `maximum` times."""

    def _update_hook(self, my_task: Token) -> bool:
        if self.test_before and not self.goes_on(my_task, 0):
            return True
        my_task._set_state(TaskState.STARTED)
        my_task.internal_data["round"] = 1
        self.add_item(my_task, 0, 0)
        return False

    def merge_child(self, _workflow: Any, child: Token) -> None:
        """A round is done: another one, or on."""
        my_task = child.parent
        done = my_task.internal_data["round"]
        if not self.goes_on(child, done):
            self.finish(my_task)
            return
        my_task.internal_data["round"] = done + 1
        self.add_item(my_task, done, done)

    def goes_on(self, asking: Token, done: int) -> bool:
        """Whether another round follows after `done` of them."""
        if self.maximum is not None and done >= self.maximum:
            return False
        return self.condition is None or asking.workflow.script_engine.holds(asking, self.condition)


def _of_item(child: Token, many: Token) -> Iterator[tuple[str, Any]]:
    """What is read of one item; a name that the diagram gives goes before those that it has by itself."""
    spec, own = many.task_spec, child.internal_data
    if spec.item_name:
        yield spec.item_name, own.get("item")
    number = spec.first + own.get("number", own.get("item", 0))
    if spec.index_name:
        yield spec.index_name, number
    yield COUNTER, number
    if "total" in many.internal_data:
        yield from _counted(many)


def _counted(many: Token) -> list[tuple[str, Any]]:
    total, done = many.internal_data["total"], many.internal_data.get("done", 0)
    live = sum(bool(child.state & LIVE) for child in many.children)
    return [(name, count(total, done, live)) for name, count in COUNTS.items()]


def bindings(token: Token) -> list[tuple[str, Any]]:
    """Names and values of the items that a token is done for, their numbers and counts, outermost first."""
    found: list[tuple[str, Any]] = []
    current: Token | None = token
    while current is not None:
        parent = current.parent
        if parent is not None and isinstance(parent.task_spec, _Repeated):
            found += _of_item(current, parent)
        workflow = current.workflow
        host = workflow.parent_task_id
        current = workflow.top_workflow.get_task_from_id(host) if host is not None else None
    return found[::-1]
