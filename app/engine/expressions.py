"""Expressions and scripts of a diagram over the case's variables, without `eval`: see `languages` for what is read."""

from collections.abc import Mapping
from typing import Any

from app.engine import languages, sandbox
from app.engine.languages import Compiled, Failed, Malformed
from app.engine.languages.feel import Clock

__all__ = ["Compiled", "Failed", "Malformed", "evaluate", "execute", "expression", "holds", "script"]

Names = Mapping[str, Any]

expression = languages.compile
script = languages.script


def evaluate(text: str, names: Names, clock: Clock | None = None) -> Any:
    """The value of an expression, at the time that `clock` says. Raises Failed."""
    try:
        compiled = expression(text)
        if compiled.walk is not None:
            return compiled.walk(names, clock)
        return sandbox.run(compiled.source, _only(names, compiled.reads))
    except sandbox.Stopped as stopped:
        raise Failed(str(stopped)) from None
    except KeyError as error:
        raise Failed(f"there is no variable or member {error}") from None
    except RecursionError:
        raise Failed("it is nested too deep") from None
    except (Malformed, TypeError, IndexError) as error:
        raise Failed(str(error)) from None


def holds(text: str, names: Names, clock: Clock | None = None) -> bool:
    """Whether a condition is true. Raises Failed; in FEEL and JUEL also for what is neither true nor false."""
    value = evaluate(text, names, clock)
    compiled = expression(text)
    if isinstance(value, bool) or compiled.language == "Python":
        return bool(value)
    absent = ", ".join(sorted(name for name in compiled.reads if names.get(name) is None))
    shown = "nothing" if value is None else repr(value)[:60]
    raise Failed(
        f"it comes to {shown}, which is neither true nor false" + (f"; without a value: {absent}" * bool(absent))
    )


def execute(text: str, names: Names) -> dict[str, Any]:
    """The variables that a script changed or made, with their values. Raises Failed."""
    try:
        compiled = script(text)
        before = _only(names, compiled.reads | compiled.assigns)
        wanted = sorted(compiled.assigns | before.keys())
        kept = f"{{name: value for name, value in locals().items() if name in {wanted!r}}}"
        after = sandbox.run(f"{compiled.source}\n{kept}", before)
        return {
            name: sandbox.keepable(name, value)
            for name, value in after.items()
            if name not in before or before[name] != value
        }
    except (Malformed, sandbox.Stopped) as error:
        raise Failed(str(error)) from None


def _only(names: Names, wanted: frozenset[str]) -> dict[str, Any]:
    return {name: names[name] for name in wanted if name in names}
