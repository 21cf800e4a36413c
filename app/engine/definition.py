"""A diagram that was checked and can be run."""

import hashlib
import re
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple

from app.engine import checks
from app.engine.assembly import LevelSpec, assemble
from app.engine.bringing import brought
from app.engine.catching import FROM_OUTSIDE, Cause
from app.engine.diagram import FOR_PEOPLE, Diagram, Node
from app.engine.errors import DiagramRefused
from app.engine.findings import Report
from app.engine.handling import is_reported_by_people
from app.engine.importing.choosing import choose_main
from app.engine.importing.passing import tell_unpassed
from app.engine.importing.questions import ask
from app.engine.importing.rewriting import rewrite
from app.engine.importing.spilling import spill
from app.engine.lifting import lift as lift_lights
from app.engine.proof import UNSOUND, Proof
from app.engine.reading import read
from app.engine.timing import literal
from app.engine.types import Element, Finding, Light
from app.engine.written import given, gone_through, written

_THROWING = frozenset({"endEvent", "intermediateThrowEvent", "sendTask"})
_THROWN = frozenset({"message", "signal", "error", "escalation"})


class Definition:
    """Elements, flows and lights of a diagram, and the specs that all its cases share. Nothing in it changes."""

    def __init__(self, files: Mapping[str, bytes], diagram: Diagram, lift: bool) -> None:
        main = diagram.scopes[diagram.main]
        self.digest = digest(files)
        self.process_id = main.id
        self.name = main.name
        self.xml = files[main.file]
        self.elements: Mapping[str, Element] = {
            node.id: _element(diagram, node) for scope in diagram.used() for node in scope.nodes.values()
        }
        self.flows: Mapping[str, tuple[str, str]] = {
            flow.id: (flow.source, flow.target) for flow in diagram.flows.values()
        }
        self.conditions: Mapping[str, str] = {
            flow.id: flow.condition for flow in diagram.flows.values() if flow.condition is not None
        }
        self.thrown: Mapping[str, tuple[str, str | None]] = {
            node.id: (node.trigger.kind, node.trigger.name)
            for scope in diagram.used()
            for node in scope.nodes.values()
            if node.type in _THROWING and node.trigger.kind in _THROWN
        }
        """What elements throw: the kind, and the name of a message or signal."""
        self.durations: Mapping[str, str] = {
            node.id: fixed
            for scope in diagram.used()
            for node in scope.nodes.values()
            if (timing := node.trigger.timing) is not None
            and timing.kind == "duration"
            and (fixed := literal("duration", timing.text)) is not None
        }
        """Timers with a fixed duration, ISO 8601."""
        self.lights: Mapping[str, tuple[Light, ...]] = lift_lights(diagram) if lift else {}
        self.written = tuple(written(diagram))
        self.given, self.gone_through = given(diagram), gone_through(diagram)
        self.reports = _reports(diagram)
        """What whoever does a step may report: the events on its border, and what each is called."""
        self.brings = brought(diagram)
        """What the message or signal that an event waits for brings: names, and the kind of each."""
        levels = {scope.id: assemble(diagram, scope) for scope in diagram.used()}
        self.spec: LevelSpec = levels[diagram.main]
        self.scope_specs: dict[str, LevelSpec] = levels
        self.spec_names = sorted(name for level in levels.values() for name in level.task_specs)
        self.spec_index = {name: number for number, name in enumerate(self.spec_names)}
        waiting = (
            getattr(spec, "event_definition", None) for level in levels.values() for spec in level.task_specs.values()
        )
        self.awaits = any(isinstance(cause, Cause) and cause.kind in FROM_OUTSIDE for cause in waiting)
        """Whether anything in it can wait for a message or signal."""
        self.counted = [name for name in self.spec_names if name in self.elements]
        self.fingerprint = zlib.crc32(f"{self.digest} {lift}".encode())

    def leads_to(self, element: str, result: str) -> bool:
        """Whether what leaves `element` comes to an end event with this result before anybody has anything to do."""
        waiting, seen = [element], set[str]()
        while waiting:
            at = waiting.pop()
            if self.elements[at].properties.get("result") == result:
                return True
            seen.add(at)
            following = {target for source, target in self.flows.values() if source == at} - seen
            waiting.extend(target for target in following if self.elements[target].type not in FOR_PEOPLE)
        return False


def _reports(diagram: Diagram) -> Mapping[str, Mapping[str, str]]:
    return {
        host.id: found
        for scope in diagram.used()
        for host in scope.nodes.values()
        if (found := {one.id: _called(one) for one in host.boundary if is_reported_by_people(one, host)})
    }


def _called(event: Node) -> str:
    return event.name or event.trigger.code or event.id


def digest(files: Mapping[str, bytes]) -> str:
    """The SHA-256 of the files with their names, in hex."""
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{len(name)}:{name}:{len(files[name])}:".encode())
        total.update(files[name])
    return total.hexdigest()


_HARMLESS = frozenset({"step-dead"}) | checks.HARMLESS
"""Errors that keep a version from being published, but that no case is ever hurt by."""


class Examined(NamedTuple):
    """What became of files: the definition and the proof, each None where errors are in its way, and what is said.

    What only the proof finds is in the way of no definition: a draft can be looked at, and played up to where it stops.
    """

    definition: Definition | None
    findings: tuple[Finding, ...]
    proof: Proof | None


def check(
    files: Mapping[str, bytes], operations: Collection[str] | None = None, lanes: Collection[str] = ()
) -> tuple[Finding, ...]:
    """What is to be said of the files, errors first, the proof included. Never raises.

    `operations` are the names a service task may use; `lanes` the names of lanes that have a post elsewhere.
    """
    report = Report()
    checks.check(_understood(files, report, lanes), report, operations)
    return report.result()


def _understood(files: Mapping[str, bytes], report: Report, lanes: Collection[str] = ()) -> Diagram:
    """The diagram as it is run: rewritten where it is drawn short, with what is offered where something is open."""
    diagram = read(files, report)
    choose_main(diagram, report)
    rewrite(diagram, report)
    ask(diagram, report, lanes)
    spill(diagram, report)
    tell_unpassed(diagram, report)
    return diagram


def load(
    files: Mapping[str, bytes],
    *,
    operations: Collection[str] | None = None,
    lift: bool = True,
    proven: bool = True,
) -> Definition:
    """The definition in the files; raises DiagramRefused. A pure function of its arguments: cache it by `digest`.

    `lift=False` keeps every light among the tokens. `proven=False` leaves the proof out, for files that were checked
    before or that are only looked at: a case of them may be Stuck.
    """
    found = examine(files, operations, lift=lift, proven=proven)
    if found.definition is None or _refused(found.findings) - _HARMLESS:
        raise DiagramRefused(found.findings)
    return found.definition


def examine(
    files: Mapping[str, bytes],
    operations: Collection[str] | None = None,
    lanes: Collection[str] = (),
    *,
    lift: bool = True,
    proven: bool = True,
) -> Examined:
    """The definition in the files, what `check` says, and the proof; read once for all three."""
    report, since = Report(), time.monotonic()
    diagram = _understood(files, report, lanes)
    proof = checks.check(diagram, report, operations, proven=proven, since=since)
    can_run = _refused(report.findings) <= UNSOUND | checks.HARMLESS
    return Examined(Definition(files, diagram, lift) if can_run else None, report.result(), proof)


def _refused(findings: Iterable[Finding]) -> set[str]:
    return {finding.code for finding in findings if finding.severity == "error"}


def outline(files: Mapping[str, bytes]) -> list[tuple[str, Element, dict[str, str]]]:
    """Everything drawn, be it right or wrong: its file, the element, and what else it is made of: where a flow leads
    and when, what an event waits for or throws. Flows have the type sequenceFlow. Never raises."""
    diagram = read(files, Report())
    found = [(node.file, _element(diagram, node), _more(node)) for node in diagram.nodes.values()]
    for flow in diagram.flows.values():
        drawn = Element(flow.id, "sequenceFlow", "", process=flow.scope)
        ways = {"from": flow.source, "to": flow.target, "condition": flow.condition or ""}
        found.append((flow.file, drawn, ways))
    return found


def _more(node: Node) -> dict[str, str]:
    told: dict[str, str] = {"default": node.default or "", "calls": node.called or "", "script": node.script or ""}
    if node.trigger.kind != "none":
        told["event"] = node.trigger.kind
    if node.trigger.timing is not None:
        told["time"] = node.trigger.timing.text
    if node.type == "boundaryEvent":
        told["interrupting"] = "true" if node.interrupting else "false"
    if node.loop is not None:
        told["repeated"] = node.loop.kind
    return {name: value for name, value in told.items() if value}


_CACHED = 256
_cache: OrderedDict[str, Definition] = OrderedDict()
_guard = threading.Lock()


def definition_for(key: str, loader: Callable[[], Definition]) -> Definition:
    """The definition with this digest: loaded once in each process, by `loader`, while it is in use."""
    with _guard:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    loaded = loader()
    with _guard:
        _cache[key] = loaded
        while len(_cache) > _CACHED:
            _cache.popitem(last=False)
    return loaded


def _element(diagram: Diagram, node: Node) -> Element:
    scope = diagram.scopes[node.scope]
    process = scope
    while process.parent is not None:
        process = diagram.scopes[process.parent]
    return Element(
        node.id,
        node.type,
        node.name,
        node.lane,
        node.lane_properties,
        node.properties,
        node.form,
        node.documentation,
        scope.id if scope.parent is not None else None,
        process.id,
        node.attached_to,
        node.interrupting,
        node.fields,
        node.called if node.type == "callActivity" else None,
        _times(node),
    )


def _times(node: Node) -> int:
    loop = node.loop
    written = loop.cardinality if loop is not None and loop.kind == "sequential" and loop.condition is None else None
    return max(int(written), 1) if written and re.fullmatch(r" *\d{1,4} *", written, re.ASCII) else 1
