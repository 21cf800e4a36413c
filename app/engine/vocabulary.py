"""The properties that mean something in a diagram: where they stand and what they may be."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from app.engine.bringing import brings, is_fit
from app.engine.diagram import FOR_PEOPLE, NESTED, Diagram, Lane, Node
from app.engine.findings import Report
from app.engine.lifting import only_ends
from app.engine.timing import is_duration, literal
from app.kernel.marking import _

KINDS = ("pre-review", "accept", "supplement", "review", "inspect", "decide", "deliver", "verify")
COLOURS = ("yellow", "red")
CALENDARS = ("working", "civil")
MILESTONES = ("received", "accepted", "decided", "concluded", "delivered")
RESULTS = ("granted", "denied", "refused", "withdrawn", "lapsed")
EXCLUSIONS = (
    "hearing",
    "tender",
    "auction",
    "inspection",
    "testing",
    "quarantine",
    "appraisal",
    "expert-review",
    "supplement",
)

_CODE = re.compile(r"\w[\w.:-]*")
_CODES = re.compile(r"\w[\w-]*(?: +\w[\w-]*)*")


@dataclass(frozen=True)
class Value:
    """What a property may be."""

    allowed: str
    """In words, for the designer."""
    fits: Callable[[str], bool]


def _one_of(names: Collection[str]) -> Value:
    return Value(", ".join(names), lambda value: value in names)


VALUES: dict[str, Value] = {
    "post": Value(_("a post code"), lambda value: _CODE.fullmatch(value) is not None),
    "form": Value(_("a form id"), bool),
    "kind": _one_of(KINDS),
    "outcomes": Value(_("codes separated by spaces"), lambda value: _CODES.fullmatch(value) is not None),
    "light": _one_of(COLOURS),
    "calendar": _one_of(CALENDARS),
    "milestone": _one_of(MILESTONES),
    "result": _one_of(RESULTS),
    "excluded": _one_of(EXCLUSIONS),
    "announced": Value(_("an ISO 8601 duration"), is_duration),
    "leg": Value(_("a kind of department"), lambda value: _CODE.fullmatch(value) is not None),
    "lead": _one_of(("true", "false")),
    "begins": _one_of(("true",)),
    "again": _one_of(("true",)),
    "operation": Value(_("the name of a registered operation"), bool),
    "hands-out": Value(
        _("names of variables separated by spaces"),
        lambda value: bool(value) and all(name.isidentifier() for name in value.split()),
    ),
    "brings": Value(
        _("names of variables separated by spaces, each with :text, :number or :boolean if it is one, none a step's"),
        is_fit,
    ),
}
_CATCHING = frozenset({"intermediateCatchEvent", "boundaryEvent", "receiveTask", "startEvent"})
_STEP = ("post", "form", "kind", "outcomes", "excluded", "announced", "leg", "lead", "again")
_NESTED = ("excluded", "announced", "leg", "lead", "hands-out")


def places(node: Node) -> tuple[str, ...] | None:
    """The properties that are read on a node; None where any may stand (they go to a service task's operation)."""
    if node.type in {"serviceTask", "sendTask"}:
        return None
    names: tuple[str, ...] = ()
    if node.type in FOR_PEOPLE:
        names = _STEP
    elif node.type in NESTED:
        names = _NESTED
    elif node.type == "businessRuleTask":
        names = ("decision", "result")
    elif node.type == "receiveTask":
        names = ("excluded", "announced")
    elif node.trigger.kind == "timer":
        names = ("light", "calendar") if node.type == "boundaryEvent" else ("calendar",)
    elif node.type == "startEvent":
        names = ("begins",)
    elif node.type == "endEvent":
        names = ("result", "milestone")
    elif node.type in {"intermediateThrowEvent", "intermediateCatchEvent"}:
        names = ("milestone",)
    if node.type in _CATCHING and node.trigger.kind in {"message", "signal"}:
        names = (*names, "brings")
    return (*names, "hands-out") if node.loop and "hands-out" not in names else names


def check_properties(diagram: Diagram, node: Node, report: Report, operations: Collection[str] | None) -> None:
    """Note properties that nothing reads, values that are not allowed, and what is missing."""
    _check_values(node, places(node), report)
    if any(name in diagram.nodes for name in brings(node.properties)):
        value, allowed = node.properties["brings"], VALUES["brings"].allowed
        report.add("property-value", node.id, node.file, name="brings", value=value, allowed=allowed)
    if node.type == "userTask" and not node.form and ":" not in node.id:
        report.add("form-missing", node.id, node.file, step=node.called_so)
    if node.type == "serviceTask" or (node.type == "sendTask" and "operation" in node.properties):
        _check_operation(node, report, operations)
    if node.boundary:
        _check_lights(diagram, node, report)


def check_lane(lane: Lane, report: Report) -> None:
    """Note what is wrong with the properties of a lane."""
    _check_values(lane, ("post",), report)


def _check_values(drawn: Node | Lane, read: tuple[str, ...] | None, report: Report) -> None:
    for name, value in drawn.properties.items():
        if read is not None and name not in read:
            if name in VALUES or name in drawn.own_names:
                report.add("property-unknown", drawn.id, drawn.file, name=name, known=", ".join(read) or "-")
        elif name in VALUES and not VALUES[name].fits(value):
            allowed = VALUES[name].allowed
            report.add("property-value", drawn.id, drawn.file, name=name, value=value, allowed=allowed)


def _check_operation(node: Node, report: Report, operations: Collection[str] | None) -> None:
    operation = node.properties.get("operation")
    if operation and operations is not None and operation not in operations:
        known = ", ".join(sorted(operations)) or "-"
        report.add("operation-unknown", node.id, node.file, operation=operation, known=known)


def _check_lights(diagram: Diagram, node: Node, report: Report) -> None:
    colours: set[str] = set()
    for event in node.boundary:
        colour = event.properties.get("light")
        timing = event.trigger.timing
        if colour is None or timing is None:
            continue
        if event.interrupting:
            report.add("light-interrupts", event.id, event.file)
        if colour in colours:
            report.add("light-twice", event.id, event.file, host=node.called_so, colour=colour)
        colours.add(colour)
        fixed = timing.kind == "duration" and literal("duration", timing.text) is not None
        if not fixed and (timing.kind != "duration" or only_ends(diagram.scopes[event.scope], event)):
            report.add("light-duration", event.id, event.file)
