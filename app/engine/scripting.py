"""SpiffWorkflow's script engine, replaced: everything is evaluated against the case's variables, in the sandbox."""

from collections.abc import Mapping
from typing import Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine

from app.engine import expressions, sandbox
from app.engine.decisions.evaluating import decide
from app.engine.decisions.model import Call
from app.engine.errors import ExpressionFailed
from app.engine.nesting import bindings
from app.engine.tokens import Token, scopes_of
from app.engine.variables import Variables, spelled


class _Closed(BasePythonScriptEngineEnvironment):
    """Some of SpiffWorkflow's elements evaluate in the environment, past the engine. None of them is ever loaded."""

    def evaluate(self, expression: str, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise ExpressionFailed(element="", expression=expression, reason="It does not belong to a token.")

    def execute(self, script: str, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise ExpressionFailed(element="", expression=script, reason="It does not belong to a token.")


class Scripting(PythonScriptEngine):
    """Evaluates what the tokens of one case ask for."""

    def __init__(self, variables: Variables) -> None:
        super().__init__(_Closed())
        self.variables = variables

    def evaluate(self, task: Token, expression: str) -> Any:
        """The value of an expression where `task` stands. Raises ExpressionFailed."""
        try:
            return expressions.evaluate(expression, self._names(task), self.variables.moment)
        except expressions.Failed as failed:
            raise _failed(task, expression, failed) from None

    def holds(self, task: Token, condition: str) -> bool:
        """Whether a condition is true where `task` stands. Raises ExpressionFailed."""
        try:
            return expressions.holds(condition, self._names(task), self.variables.moment)
        except expressions.Failed as failed:
            raise _failed(task, condition, failed) from None

    def has_become_true(self, task: Token, condition: str) -> bool:
        """Whether a condition is true by now: not before everything that it reads is there. Raises ExpressionFailed."""
        if not expressions.expression(condition).reads <= self._names(task).keys():
            return False
        return self.holds(task, condition)

    def execute(self, task: Token, script: str) -> bool:
        """Run a script and assign what it assigned. Raises ExpressionFailed."""
        try:
            changes = expressions.execute(script, self._names(task))
        except expressions.Failed as failed:
            raise _failed(task, script, failed) from None
        self._assign(task, changes)
        return True

    def compute(self, task: Token, expression: str, name: str) -> None:
        """Assign the value of an expression. Raises ExpressionFailed."""
        try:
            value = expressions.evaluate(expression, self._names(task), self.variables.moment)
            self._assign(task, {name: sandbox.keepable(name, value)})
        except (expressions.Failed, sandbox.Stopped) as failed:
            raise _failed(task, expression, failed) from None

    def decide(self, task: Token, call: Call) -> None:
        """Assign what a decision gives. Raises ExpressionFailed."""
        try:
            changes = decide(call, self._names(task), self.variables.moment)
            self._assign(task, {name: sandbox.keepable(name, value) for name, value in changes.items()})
        except RecursionError:
            raise _failed(task, call.decision, expressions.Failed("it is nested too deep")) from None
        except (expressions.Failed, sandbox.Stopped) as failed:
            raise _failed(task, call.decision, failed) from None

    def given(self, task: Token, expression: str, name: str) -> Any:
        """What a finished item of a multi-instance adds to the list `name`: names that were set in the item itself
        stand before all others. Raises ExpressionFailed."""
        try:
            value = expressions.evaluate(expression, {**self._names(task), **self.variables.within(task.id.hex)})
            return sandbox.keepable(name, value)
        except (expressions.Failed, sandbox.Stopped) as failed:
            raise _failed(task, expression, failed) from None

    def _assign(self, task: Token, changes: Mapping[str, Any]) -> None:
        scopes = scopes_of(task)
        for name, value in changes.items():
            self.variables.assign(scopes, name, value, task.task_spec.bpmn_id, task.workflow.floor)

    def _names(self, task: Token) -> dict[str, Any]:
        task.workflow.board.hurry(task)
        names = self.variables.visible(scopes_of(task))
        for name in [name for name in names if not name.isidentifier()]:
            names.setdefault(spelled(name), names[name])
        names.update(bindings(task))
        return names


def _failed(task: Token, text: str, failed: Exception) -> ExpressionFailed:
    return ExpressionFailed(element=task.task_spec.bpmn_id or "", expression=text[:200], reason=str(failed))
