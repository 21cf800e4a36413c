"""From the graph to SpiffWorkflow's specs, built directly: no recursive parser, no reserved ids, no XML."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import NoneEventDefinition
from SpiffWorkflow.specs import WorkflowSpec

from app.engine import events, nesting, specs
from app.engine.catching import FROM_OUTSIDE, Cause
from app.engine.decisions.calls import bound
from app.engine.diagram import NESTED, Diagram, Flow, Node, Scope
from app.engine.timing import calendar_of, literal

_PLAIN: Mapping[str, type[specs.Lean]] = {
    "userTask": specs.UserStep,
    "manualTask": specs.ManualStep,
    "task": specs.PlainStep,
    "serviceTask": specs.Service,
    "exclusiveGateway": specs.Choice,
    "parallelGateway": specs.Together,
    "inclusiveGateway": specs.Inclusive,
    "eventBasedGateway": specs.FirstEvent,
}
_EVENTS: Mapping[str, type[specs.Lean]] = {
    "endEvent": events.End,
    "intermediateThrowEvent": events.Throw,
    "intermediateCatchEvent": events.Catch,
    "sendTask": events.Send,
    "receiveTask": events.Receive,
}


class LevelSpec(WorkflowSpec):
    """The spec of a process or subprocess."""

    data_objects: Mapping[str, Any] = {}
    handlers: tuple[events.Armed, ...] = ()
    """What waits to start its event subprocesses."""


def assemble(diagram: Diagram, scope: Scope) -> LevelSpec:
    """The specs of one level. Names are element ids; a colon, which no id has, marks what stands for no element."""
    level = LevelSpec(scope.id)
    entries = {node.id: _placed(level, diagram, node) for node in scope.nodes.values() if node.type != "boundaryEvent"}
    for node in scope.nodes.values():
        for flow in node.outgoing:
            _connect(level.task_specs[node.id], level.task_specs[entries[flow.target]], node, flow)
    for spec in level.task_specs.values():
        if isinstance(spec, specs.Inclusive):
            spec.reach = _reach(level, spec)
    level.handlers = tuple(_armed(level, handler, event) for handler, event in diagram.handlers(scope))
    level.start = level.task_specs[scope.start.id] if scope.start else None
    return level


def _armed(level: LevelSpec, handler: Node, event: Node) -> events.Armed:
    """What waits for the start event of an event subprocess, on the level around it."""
    definition = _definition(event)
    spec = events.Armed(level, f"{event.id}:await", event_definition=definition)
    spec.bpmn_id, spec.interrupts = event.id, event.interrupting
    spec.idle = _idle(definition)
    spec.late = spec.watches = event.trigger.kind == "conditional"
    spec.connect(level.task_specs[handler.id])
    return spec


def _placed(level: LevelSpec, diagram: Diagram, node: Node) -> str:
    """Make the spec of a node and what belongs to it; the name of the spec that flows lead to."""
    spec = _looped(level, diagram, node) if node.loop else _make(level, diagram, node, node.id)
    if not node.boundary:
        return str(spec.name)
    guard = specs.Guarded(level, f"{node.id}:guard")
    guard.bpmn_id = node.id
    guard.connect(spec)
    for event in node.boundary:
        guard.connect(_make(level, diagram, event, event.id))
    return str(guard.name)


def _make(level: LevelSpec, diagram: Diagram, node: Node, name: str) -> Any:
    spec = _bare(level, diagram, node, name)
    spec.bpmn_id = node.id
    if ":" in node.id:
        spec.shown = False
    return spec


def _bare(level: LevelSpec, diagram: Diagram, node: Node, name: str) -> Any:
    if node.type == "sendTask" and node.properties.get("operation"):
        return specs.Service(level, name)
    if node.type == "parallelGateway" and ":" in node.id and len(node.incoming) == 1:
        return specs.Spread(level, name)
    if node.type in _PLAIN:
        return _PLAIN[node.type](level, name)
    if node.type == "scriptTask":
        spec = specs.Script(level, name, script=node.script)
        spec.result = node.result
        return spec
    if node.decision is not None:
        spec = specs.Decide(level, name, script="")
        spec.call = bound(node.decision, diagram.decisions)
        return spec
    if node.type in NESTED:
        inner = diagram.inner(node)
        kind = nesting.Called if node.type == "callActivity" else nesting.Subprocess
        spec = kind(level, name, subworkflow_spec=inner.id if inner else "")
        spec.hands_out, spec.spills, spec.gives_all = node.handed, node.spills, node.gives_all
        return spec
    if node.type == "startEvent":
        return events.Start(level, name, event_definition=NoneEventDefinition())
    return _event(level, node, name)


def _event(level: LevelSpec, node: Node, name: str) -> Any:
    definition = _definition(node)
    if node.type == "boundaryEvent":
        spec: Any = events.Boundary(level, name, event_definition=definition, cancel_activity=node.interrupting)
    elif node.type == "intermediateCatchEvent" and node.trigger.kind == "none":
        spec = events.PassedEvent(level, name, event_definition=definition)
    else:
        spec = _EVENTS[node.type](level, name, event_definition=definition)
    if isinstance(spec, events.Waiting):
        spec.idle = _idle(definition)
        spec.late = spec.watches = node.trigger.kind == "conditional"
    return spec


def _idle(definition: Any) -> bool:
    """Whether what is waited for can only come from other tokens."""
    return isinstance(definition, Cause) and definition.kind not in FROM_OUTSIDE


def _definition(node: Node) -> Any:
    trigger = node.trigger
    if trigger.kind == "timer" and trigger.timing:
        light: Any = node.properties.get("light")
        calendar = calendar_of(node.properties, is_light=light is not None)
        known = literal(trigger.timing.kind, trigger.timing.text)
        return events.Clockless(node.id, trigger.timing.kind, trigger.timing.text, known, calendar, light)
    if trigger.kind == "none":
        return NoneEventDefinition()
    return Cause(node.id, trigger.kind, trigger.name or trigger.code, trigger.condition)


def _looped(level: LevelSpec, diagram: Diagram, node: Node) -> Any:
    """The activity itself under the name “id:item”, and under its own id what repeats it."""
    loop = node.loop
    item = _make(level, diagram, node, f"{node.id}:item")
    if loop is None:
        return item
    if loop.kind == "standard":
        maximum = int(loop.maximum) if loop.maximum else None
        spec = nesting.Again(level, node.id, item.name, maximum, loop.condition, loop.before)
    else:
        kind = nesting.AllAtOnce if loop.kind == "parallel" else nesting.OneByOne
        spec = kind(level, node.id, item.name, cardinality=loop.cardinality, condition=loop.condition)
        spec.collection, spec.item_name = loop.collection, loop.item
        spec.index_name, spec.first = loop.index, loop.first
        spec.collects, spec.gives = loop.collects, loop.gives
    spec.bpmn_id = node.id
    spec.hands_out, spec.spills = node.handed, node.spills
    item._inputs = [spec.name]
    # Specs are shared by all cases: what SpiffWorkflow connects when the first item is made is connected here.
    item.completed_event.connect(spec.merge_child)
    return spec


def _connect(source: Any, target: Any, node: Node, flow: Flow) -> None:
    deciding = node.type in {"exclusiveGateway", "inclusiveGateway"}
    if deciding and flow.condition is not None and flow.id != node.default:
        source.connect_outgoing_if(flow.condition, target)
    else:
        source.connect(target)


def _reach(level: LevelSpec, gateway: Any) -> dict[str, frozenset[str]]:
    """For each spec, the inputs of `gateway` that a token there can come to without passing the gateway."""
    found: dict[str, set[str]] = {}
    for entry in gateway._inputs:
        waiting = [entry]
        while waiting:
            name = waiting.pop()
            if name == gateway.name or entry in found.setdefault(name, set()):
                continue
            found[name].add(entry)
            waiting += level.task_specs[name]._inputs
    return {name: frozenset(entries) for name, entries in found.items()}
