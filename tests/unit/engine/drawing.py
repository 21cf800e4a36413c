"""Diagrams as short as a test should be, and an office that works on them, storing the case after every act."""

from collections.abc import Iterable
from copy import copy
from datetime import datetime
from itertools import count, pairwise
from typing import Any

from app.engine import Activity, Definition, Instance, Movement, Timer, Variables, Write, load

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:gl="urn:greenlight:bpmn:1" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:flowable="http://flowable.org/bpmn" '
    'id="definitions" targetNamespace="urn:test">'
)
_numbers = count(1)
NOON = datetime.fromisoformat("2026-05-01T12:00:00+08:00")
"""What time it always is at this office."""


def node(tag: str, key: str, inner: str = "", /, **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{tag} id="{key}"{written}>{inner}</{tag}>'


def props(**properties: str) -> str:
    written = "".join(f'<gl:property name="{k.replace("_", "-")}" value="{v}"/>' for k, v in properties.items())
    return f"<extensionElements>{written}</extensionElements>"


def user(*names: str) -> str:
    return "".join(node("userTask", name, props(post="clerk", form="f")) for name in names)


def start(name: str = "start") -> str:
    return node("startEvent", name)


def end(*names: str, inner: str = "") -> str:
    return "".join(node("endEvent", name, inner) for name in names or ("end",))


def xor(name: str, default: str = "") -> str:
    return node("exclusiveGateway", name, **({"default": default} if default else {}))


def both(*names: str) -> str:
    return "".join(node("parallelGateway", name) for name in names)


def some(name: str, default: str = "") -> str:
    return node("inclusiveGateway", name, **({"default": default} if default else {}))


def script(name: str, text: str, **attributes: str) -> str:
    return node("scriptTask", name, f"<script>{text}</script>", **attributes)


def service(name: str, operation: str = "notify", **properties: str) -> str:
    return node("serviceTask", name, props(operation=operation, **properties))


def way(source: str, target: str, when: str | None = None, name: str | None = None) -> str:
    condition = f"<conditionExpression>{when}</conditionExpression>" if when is not None else ""
    known = name or f"flow_{next(_numbers)}"
    return f'<sequenceFlow id="{known}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>'


def chain(*names: str) -> str:
    return "".join(way(source, target) for source, target in pairwise(names))


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def boundary(name: str, host: str, inner: str, interrupting: bool = True, **properties: str) -> str:
    cancel = "true" if interrupting else "false"
    return node(
        "boundaryEvent",
        name,
        (props(**properties) if properties else "") + inner,
        attachedToRef=host,
        cancelActivity=cancel,
    )


def light(host: str, colour: str, text: str = "P5D") -> str:
    """A light whose path only ends, with that end."""
    name = f"{host}_{colour}"
    return boundary(name, host, timer(text), False, light=colour) + end(f"{name}_end") + chain(name, f"{name}_end")


def sub(name: str, *parts: str, **properties: str) -> str:
    return node("subProcess", name, (props(**properties) if properties else "") + "".join(parts))


def process(*parts: str, name: str = "p", executable: str = "true") -> str:
    return f'<process id="{name}" isExecutable="{executable}">{"".join(parts)}</process>'


def definitions(*parts: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{HEAD}{"".join(parts)}</definitions>'.encode()


def files(*parts: str) -> dict[str, bytes]:
    """One file with one process of these parts."""
    return {"d.bpmn": definitions(process(*parts))}


class Office:
    """Works on one case. After each act the case is stored, thrown away and restored, as between two requests."""

    def __init__(self, definition: Definition | dict[str, bytes], *, store: bool = True, **variables: Any) -> None:
        self.definition = definition if isinstance(definition, Definition) else load(definition)
        self.store = store
        self.writes = [Write("", name, value) for name, value in variables.items()]
        self.trace: list[str] = []
        self.milestones: list[tuple[str, str]] = []
        self.result: str | None = None
        self.movements: list[Movement] = []
        self.variables = Variables(self.writes)
        self.variables.moment = lambda: NOON
        self.instance = Instance.start(self.definition, self.variables)
        self._settle()

    def _settle(self) -> None:
        movement = self.instance.movement()
        self.movements.append(movement)
        self.trace += movement.trace
        self.milestones += movement.milestones
        self.result = movement.result or self.result
        self.writes += self.variables.pending
        self.variables = Variables(self.writes)
        self.variables.moment = lambda: NOON
        if self.store:
            state = self.instance.dump()
            self.instance = Instance.restore(self.definition, state, self.variables)
            assert self.instance.dump() == state
        else:
            self.instance.variables = self.variables
            self.instance._workflow.script_engine.variables = self.variables

    def twin(self) -> "Office":
        """Another office with the same case, as it stands now."""
        other = copy(self)
        other.writes, other.trace, other.milestones = [*self.writes], [*self.trace], [*self.milestones]
        other.movements = [*self.movements]
        other.variables = Variables(other.writes)
        other.variables.moment = lambda: NOON
        other.instance = Instance.restore(self.definition, self.instance.dump(), other.variables)
        return other

    @property
    def moved(self) -> Movement:
        return self.movements[-1]

    @property
    def open(self) -> list[str]:
        """Elements of the open steps for people."""
        kinds = {"userTask", "manualTask", "task"}
        return sorted(activity.element for activity in self.instance.waiting if activity.type in kinds)

    @property
    def armed(self) -> list[str]:
        return sorted(timer.element for timer in self.instance.timers)

    @property
    def ended(self) -> bool:
        return self.instance.ended

    def activity(self, element: str, item: Any = None) -> Activity:
        return _only(a for a in self.instance.waiting if a.element == element and (item is None or a.item == item))

    def timer(self, element: str) -> Timer:
        return _only(timer for timer in self.instance.timers if timer.element == element)

    def set(self, scope: str = "", /, **variables: Any) -> "Office":
        for name, value in variables.items():
            self.variables.set(scope, name, value)
        return self

    def do(self, element: str, item: Any = None, outcome: str | None = None, **variables: Any) -> "Office":
        activity = self.activity(element, item)
        scope = activity.scopes[-1] if activity.scopes else ""
        self.set(scope, **variables)
        if outcome:
            self.variables.set_outcome(scope, element, outcome)
        self.instance.complete(activity.token)
        self._settle()
        return self

    def fire(self, element: str) -> "Office":
        self.instance.fire(self.timer(element).token)
        self._settle()
        return self

    def resume(self, element: str) -> "Office":
        self.instance.resume(self.activity(element).token)
        self._settle()
        return self

    def value(self, name: str) -> Any:
        return self.variables.visible()[name]


def _only(found: Iterable[Any]) -> Any:
    all_found = list(found)
    assert len(all_found) == 1, all_found
    return all_found[0]


def codes(findings: Iterable[Any], severity: str = "error") -> set[tuple[str, str | None]]:
    return {(finding.code, finding.element) for finding in findings if finding.severity == severity}
