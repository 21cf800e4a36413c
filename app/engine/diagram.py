"""A diagram as a graph: what was drawn, free of XML and of SpiffWorkflow. Checks and tokens start here."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from app.engine.decisions.model import Call, Decision
from app.engine.types import FormField

ACTIVITIES = frozenset(
    {"userTask", "manualTask", "task", "scriptTask", "businessRuleTask", "serviceTask", "sendTask", "receiveTask"}
    | {"subProcess", "transaction", "callActivity"}
)
FOR_PEOPLE = frozenset({"userTask", "manualTask", "task"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "boundaryEvent", "intermediateCatchEvent", "intermediateThrowEvent"})
NESTED = frozenset({"subProcess", "transaction", "callActivity"})


def drawn(element: str) -> str:
    """The id of the drawn element that one with this id stands for: itself, but for what a rewrite added."""
    return element.partition(":")[0]


@dataclass
class Timing:
    """The time of a timer event, as written."""

    kind: Literal["duration", "date", "cycle"]
    text: str


@dataclass
class Trigger:
    """What an event waits for or throws."""

    kind: str
    """The BPMN name without “EventDefinition”: none, timer, error, escalation, terminate, message, …"""
    timing: Timing | None = None
    code: str | None = None
    """Of an error or escalation; None catches every one."""
    name: str | None = None
    """Of a message, signal or link."""
    condition: str | None = None
    """Of a conditional event: what has to become true."""


@dataclass
class Loop:
    """An activity that is done several times."""

    kind: Literal["parallel", "sequential", "standard"]
    collection: str | None = None
    cardinality: str | None = None
    item: str | None = None
    index: str | None = None
    """Under which name, beside loopCounter, the number of the item is read."""
    first: int = 1
    """The number of the first item: BPMN 2.0.2 counts from 1 (table 10.30), some engines from 0."""
    condition: str | None = None
    """Of a multi-instance: stop when true. Of a standard loop: go on while true."""
    maximum: str | None = None
    before: bool = False
    collects: str | None = None
    """Of a multi-instance: the variable that takes a list of what its items give."""
    gives: str | None = None
    """What one item adds to that list; read when the item is done."""


@dataclass
class Flow:
    """A sequence flow."""

    id: str
    source: str
    target: str
    scope: str
    file: str
    condition: str | None = None
    language: str | None = None
    """Of the condition, where one is declared that cannot be seen from the text itself."""
    name: str = ""
    open: bool = False
    """Whether it is drawn as conditional, and no condition is written."""


@dataclass
class Node:
    """A flow node."""

    id: str
    type: str
    name: str
    scope: str
    """The id of the process or subprocess it is drawn in."""
    file: str
    properties: dict[str, str] = field(default_factory=dict)
    own_names: frozenset[str] = frozenset()
    """Names of properties written as gl:property, where an unknown one is a slip."""
    form: str | None = None
    documentation: str | None = None
    default: str | None = None
    trigger: Trigger = field(default_factory=lambda: Trigger("none"))
    others: list[Trigger] = field(default_factory=list)
    """What an event waits for or throws besides."""
    all_of: bool = False
    """Of an event that waits for several things: whether it needs all of them."""
    instantiates: bool = False
    """Of a receive task: whether a case begins with it."""
    attached_to: str | None = None
    interrupting: bool = True
    loop: Loop | None = None
    script: str | None = None
    language: str | None = None
    called: str | None = None
    gives_all: bool = False
    """Of a call activity: whether all that was set inside is handed out when it is over."""
    outputs: tuple[str, ...] = ()
    """Of a call activity: what the called process declares as its outputs."""
    passes: frozenset[str] | None = None
    """Of a call activity: the names that the engine it is drawn for passes in; None where that is all there are."""
    decision: Call | None = None
    """Of a business rule task."""
    result: str | None = None
    """Of a script that is an expression: the variable that takes its value."""
    event_subprocess: bool = False
    waits_for_all: bool = False
    """Of an event-based gateway: whether it begins a process and needs all of its events."""
    compensation: bool = False
    lane: str | None = None
    lane_properties: dict[str, str] = field(default_factory=dict)
    lane_id: str | None = None
    fields: tuple[FormField, ...] = ()
    people: tuple[str, ...] = ()
    """Groups and persons that another modeler names for a step, the most telling first."""
    implementation: str | None = None
    """What another engine would run here, in words; None for what this one does."""
    foreign: tuple[str, ...] = ()
    """Extensions of other engines that change what it does: listeners, mappings, scripts around it."""
    spills: bool = False
    """Whether it hands out what it hands out even where it is broken off."""
    unknown: tuple[str, ...] = ()
    """Extensions of other engines of which nothing is known."""
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    boundary: list["Node"] = field(default_factory=list)

    @property
    def called_so(self) -> str:
        """Its name and id, as texts say it."""
        name = " ".join(self.name.split())
        return f"{name} ({drawn(self.id)})" if name else drawn(self.id)

    def lie_with(self, other: "Node") -> None:
        """Lie in the lane of another."""
        self.lane, self.lane_properties, self.lane_id = other.lane, other.lane_properties, other.lane_id

    @property
    def handed(self) -> tuple[str, ...]:
        """The variables that are handed out by name."""
        return tuple(dict.fromkeys((*self.properties.get("hands-out", "").split(), *self.outputs)))


@dataclass
class Lane:
    """A lane, with its own properties only."""

    id: str
    file: str
    scope: str
    properties: dict[str, str]
    own_names: frozenset[str]
    name: str = ""


@dataclass
class Note:
    """What the reading of one level noticed; told if the level is run."""

    rule: str
    element: str
    file: str
    scope: str
    params: dict[str, Any]


@dataclass
class Scope:
    """A process or an embedded subprocess: where tokens of one level move."""

    id: str
    name: str
    file: str
    parent: str | None = None
    """The scope that an embedded subprocess lies in; None for a process."""
    executable: bool = True
    outputs: tuple[str, ...] = ()
    """Of a process: what its ioSpecification declares as data outputs."""
    nodes: dict[str, Node] = field(default_factory=dict)

    @property
    def starts(self) -> list[Node]:
        """Its start events, in document order."""
        return [node for node in self.nodes.values() if node.type == "startEvent"]

    @property
    def start(self) -> Node | None:
        """Where its tokens begin: the start event that waits for nothing, otherwise the first one."""
        starts = self.starts
        return next((node for node in starts if node.trigger.kind == "none"), starts[0] if starts else None)


@dataclass
class Diagram:
    """All processes of the files, and which of them a case starts with."""

    scopes: dict[str, Scope] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lanes: list[Lane] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    drawn_elsewhere: set[str] = field(default_factory=set)
    """The files that are written for another engine."""
    main: str = ""

    @property
    def processes(self) -> list[Scope]:
        """The scopes that are processes of their own."""
        return [scope for scope in self.scopes.values() if scope.parent is None]

    def note(self, rule: str, element: str, file: str, scope: str, **params: Any) -> None:
        """Keep something to be told if `scope` is run."""
        self.notes.append(Note(rule, element, file, scope, params))

    def join(self, flow: Flow) -> None:
        """Add a flow between two nodes of one level."""
        self.flows[flow.id] = flow
        self.nodes[flow.source].outgoing.append(flow)
        self.nodes[flow.target].incoming.append(flow)

    def add(self, node: Node) -> Node:
        """Add a node that a rewrite needs. Its id has a colon, which no drawn id has."""
        self.nodes[node.id] = self.scopes[node.scope].nodes[node.id] = node
        return node

    def inner(self, node: Node) -> Scope | None:
        """The scope that opens when `node`, a subprocess or call activity, is entered."""
        return self.scopes.get(node.called or "" if node.type == "callActivity" else node.id)

    def handlers(self, scope: Scope) -> list[tuple[Node, Node]]:
        """The event subprocesses of a scope, each with its start event."""
        found = ((node, self.scopes.get(node.id)) for node in scope.nodes.values() if node.event_subprocess)
        return [(node, inner.start) for node, inner in found if inner is not None and inner.start is not None]

    def used(self) -> Iterator[Scope]:
        """The main process and every scope that can open from it, each once."""
        waiting, seen = [self.main], set()
        while waiting:
            scope = self.scopes.get(waiting.pop())
            if scope is None or scope.id in seen:
                continue
            seen.add(scope.id)
            yield scope
            waiting += [
                inner.id for node in scope.nodes.values() if node.type in NESTED and (inner := self.inner(node))
            ]
