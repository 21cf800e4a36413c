"""From XML to the graph: whatever namespace prefix, modeler and nesting a diagram comes with."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from lxml import etree

from app.engine.decisions import reading as decisions
from app.engine.diagram import Diagram, Flow, Lane, Node, Scope, Timing, Trigger
from app.engine.findings import Report
from app.engine.importing import dialects, foreign, form_fields, spilling, wording
from app.engine.importing.activities import Around, language_of, read_activity, read_global_task
from app.engine.importing.questions import LEFT_OUT
from app.engine.importing.xml_names import BPMN, XSI_TYPE, is_true, local, name_what_has_no_id, text_of
from app.engine.timing import literal
from app.engine.xml import parse

MAX_FILES = 20
MAX_NODES = 3_000
_NOT_NODES = frozenset({"subConversation", "complexBehaviorDefinition"})
_NODE_ENDINGS = ("Task", "task", "Event", "Gateway", "Process", "callActivity", "transaction")
_TIMINGS: tuple[tuple[str, Timing], ...] = (
    ("timeDuration", Timing("duration", "")),
    ("timeDate", Timing("date", "")),
    ("timeCycle", Timing("cycle", "")),
)
_CODED = {"error": "errorCode", "escalation": "escalationCode", "message": "name", "signal": "name"}
"""What events refer to, and the attribute by which a thrower and a catcher know each other."""
_CATCHING = frozenset({"intermediateCatchEvent", "boundaryEvent", "receiveTask"})
_PICTURES = ("dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation", "group", "association")


def read(files: Mapping[str, bytes], report: Report) -> Diagram:
    """The graph of all files together. What is wrong with a file is noted in `report`."""
    diagram = Diagram()
    if not files:
        report.add("no-file")
    if len(files) > MAX_FILES:
        report.add("too-many-files", limit=MAX_FILES)
        return diagram
    for file, data in files.items():
        root = _definitions(data, file, report)
        if root is None:
            continue
        if decisions.is_decisions(root):
            _decide(diagram, file, root, report)
        else:
            _Reader(diagram, file, root, report).read()
    _connect(diagram)
    return diagram


def _definitions(data: bytes, file: str, report: Report) -> etree._Element | None:
    root = parse(data, file, report)
    if root is not None and root.tag != f"{BPMN}definitions" and not decisions.is_decisions(root):
        report.add("not-bpmn", file=file, root=etree.QName(root).localname)
        return None
    return root


def _decide(diagram: Diagram, file: str, root: etree._Element, report: Report) -> None:
    for decision in decisions.read(root, file, report):
        if decision.id in diagram.decisions:
            report.add("decision-twice", decision.id, file)
        diagram.decisions.setdefault(decision.id, decision)


def _connect(diagram: Diagram) -> None:
    for flow in diagram.flows.values():
        source, target = diagram.nodes.get(flow.source), diagram.nodes.get(flow.target)
        if source and target and source.scope == target.scope:
            source.outgoing.append(flow)
            target.incoming.append(flow)
            if flow.scope != source.scope:
                flow.scope = source.scope
                diagram.note("flow-elsewhere", flow.id, flow.file, flow.scope)
    for node in diagram.nodes.values():
        inner = diagram.inner(node) if node.type == "callActivity" else None
        if inner is not None and inner.outputs:
            node.outputs, node.gives_all = inner.outputs, False
            diagram.note("handed-out", node.id, node.file, node.scope, names=", ".join(inner.outputs))
        host = diagram.nodes.get(node.attached_to or "")
        if host and host.scope == node.scope:
            host.boundary.append(node)


def _note_pictures(diagram: Diagram, element: etree._Element, scope: Scope) -> None:
    """Note what is drawn and not run: the first of each kind."""
    for kind in _PICTURES:
        found = element.findall(f"{BPMN}{kind}")
        for holder in found if kind == "dataObject" else ():
            _ask_foreign(diagram, holder, scope.file, scope.id)
        if found:
            name = found[0].get("id") or kind
            diagram.note("data-ignored", name, scope.file, scope.id, type=kind, count=len(found))


def _ask_foreign(diagram: Diagram, element: etree._Element, file: str, scope: str) -> None:
    """Ask about extensions of a process or flow that change what it does."""
    name = element.get("id", "")
    if found := ", ".join(foreign.foreign_of(element))[:200]:
        diagram.note("extension-foreign", name, file, scope, offer=LEFT_OUT, what=found)
    if found := ", ".join(foreign.unknown_of(element))[:200]:
        diagram.note("extension-unknown", name, file, scope, what=found)


def _note_counts(diagram: Diagram, node: Node, element: etree._Element) -> None:
    """Note numbers and ways of counting tokens that are not read."""
    many = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    written = {name: element.get(name, "1").strip() for name in ("startQuantity", "completionQuantity")}
    if many is not None and many.get("behavior", "All").strip() != "All":
        written["behavior"] = many.get("behavior", "").strip()
    for name, value in written.items():
        if value != "1":
            diagram.note("counted-otherwise", node.id, node.file, node.scope, name=name, value=value[:40])


def _note_made_up(diagram: Diagram, node: Node, kind: str, name: str) -> None:
    diagram.note("name-made-up", node.id, node.file, node.scope, trigger=kind, name=name[:80])


class _Place(NamedTuple):
    """The lane of a node."""

    name: str | None = None
    properties: Mapping[str, str] = {}
    id: str | None = None


class _Reader:
    """Reads one file into a diagram."""

    def __init__(self, diagram: Diagram, file: str, root: etree._Element, report: Report) -> None:
        self.diagram, self.file, self.root, self.report = diagram, file, root, report
        self.given = name_what_has_no_id(root)
        self.by_id: dict[str, etree._Element] = {}
        for element in root.iter(f"{BPMN}*"):
            self.by_id.setdefault(element.get("id", ""), element)
        self.keys = dialects.correlated_by(root)
        self.around = root.get("expressionLanguage")
        self.process = Around(self.around)
        if spilling.is_drawn_elsewhere(root):
            diagram.drawn_elsewhere.add(file)

    def read(self) -> None:
        for element in self.root.findall(f"{BPMN}process"):
            forms, initiators = form_fields.kept_forms(element), dialects.initiator_of(element)
            self.process = Around(self.around, forms, initiators, dialects.is_spiff(self.root))
            written, name = element.get("isExecutable"), element.get("id", "")
            self.scope(element, None, is_true(written, otherwise=True), None)
            if written is None:
                self.diagram.note("executable-assumed", name, self.file, name)
            if element in self.given:
                self.diagram.note("process-without-id", name, self.file, name)
            _ask_foreign(self.diagram, element, self.file, name)

    def reference(self, written: str | None) -> str | None:
        """An id that is referred to; a prefix that no id has belongs to the reference (it is a QName)."""
        if not written:
            return None
        name = written.strip()
        return name if name in self.by_id else name.rpartition(":")[2] or None

    def scope(self, element: etree._Element, parent: str | None, executable: bool, host: Node | None) -> None:
        """Read a process or subprocess; nodes without a lane of their own lie in the lane of `host`."""
        outputs = dialects.outputs_of(element) if parent is None else ()
        scope = Scope(element.get("id", ""), element.get("name") or "", self.file, parent, executable, outputs)
        if scope.id in self.diagram.scopes or (parent is None and scope.id in self.diagram.nodes):
            self.report.add("id-twice", scope.id, self.file)
            return
        self.diagram.scopes[scope.id] = scope
        lanes = self.lanes(element, scope)
        for child in element:
            kind = local(child)
            if kind == "sequenceFlow":
                self.flow(child, scope)
            elif kind.endswith(_NODE_ENDINGS) and kind not in _NOT_NODES:
                self.node(child, kind, scope, lanes, host)
        _note_pictures(self.diagram, element, scope)

    def lanes(self, element: etree._Element, scope: Scope) -> dict[str, _Place]:
        """Node id → its innermost lane, which has the properties of those around it too."""
        found: dict[str, _Place] = {}
        waiting = [(lane, _Place()) for lane in element.findall(f"{BPMN}laneSet/{BPMN}lane")]
        while waiting:
            lane, outer = waiting.pop(0)
            name = lane.get("name") or outer.name or lane.get("id") or ""
            own, own_names = dialects.properties_of(lane)
            place = _Place(name, {**outer.properties, **own}, lane.get("id") or name)
            self.diagram.lanes.append(Lane(place.id or "", self.file, scope.id, own, own_names, name))
            for reference in lane.findall(f"{BPMN}flowNodeRef"):
                found[self.reference(text_of(reference)) or ""] = place
            waiting += [(child, place) for child in lane.findall(f"{BPMN}childLaneSet/{BPMN}lane")]
        return found

    def flow(self, element: etree._Element, scope: Scope) -> None:
        condition = element.find(f"{BPMN}conditionExpression")
        flow = Flow(
            element.get("id", ""),
            self.reference(element.get("sourceRef")) or "",
            self.reference(element.get("targetRef")) or "",
            scope.id,
            self.file,
            foreign.condition_of(condition),
            name=(element.get("name") or "").strip(),
            open=condition is not None and foreign.condition_of(condition) is None,
        )
        if flow.id in self.diagram.flows or flow.id in self.diagram.nodes:
            self.report.add("id-twice", flow.id, self.file)
            return
        if condition is not None:
            declared = condition.get("language") or _typed(condition)
            wording.say_condition(self.diagram, flow, declared, self.around)
        _ask_foreign(self.diagram, element, self.file, scope.id)
        if element in self.given:
            self.diagram.note("flow-without-id", flow.source, self.file, scope.id, flow=flow.id)
        self.diagram.flows[flow.id] = flow

    def node(
        self, element: etree._Element, kind: str, scope: Scope, lanes: Mapping[str, _Place], host: Node | None
    ) -> None:
        properties, own_names = dialects.properties_of(element)
        node = Node(
            element.get("id", ""),
            kind,
            element.get("name") or "",
            scope.id,
            self.file,
            properties,
            own_names,
            documentation=text_of(element.find(f"{BPMN}documentation")),
            default=self.reference(element.get("default")),
        )
        if not _fits(self.diagram, node, self.report):
            return
        inherited = _Place(host.lane, host.lane_properties, host.lane_id) if host else _Place()
        place = lanes.get(node.id, inherited)
        node.lane, node.lane_properties, node.lane_id = place.name, dict(place.properties), place.id
        self.event(node, element)
        _note_counts(self.diagram, node, element)
        read_activity(self.diagram, node, element, self.process)
        self.declared(node, element)
        node.called = self.reference(node.called)
        read_global_task(self.diagram, node, self.by_id.get(node.called or ""), self.process)
        self.diagram.nodes[node.id] = scope.nodes[node.id] = node
        if kind in {"subProcess", "transaction"}:
            self.scope(element, scope.id, scope.executable, node)

    def event(self, node: Node, element: etree._Element) -> None:
        """What an event waits for or throws."""
        triggers = [self.trigger(node, definition) for definition in self.definitions(node, element)]
        if triggers:
            node.trigger, *node.others = triggers
        elif unheard := foreign.waits_for_foreign(element):
            node.trigger = Trigger(unheard)
        elif node.type in {"sendTask", "receiveTask"}:
            node.trigger = Trigger("message", name=self.message(node, "message", element))
        if node.type == "boundaryEvent":
            node.attached_to = self.reference(element.get("attachedToRef"))
        interrupts = "isInterrupting" if node.type == "startEvent" else "cancelActivity"
        node.interrupting = is_true(element.get(interrupts), otherwise=True)

    def declared(self, node: Node, element: etree._Element) -> None:
        """Extensions that stand where the message, signal, error or definition of an event is declared."""
        for declared in dialects.referred(element, self.by_id):
            node.foreign = tuple(dict.fromkeys((*node.foreign, *foreign.foreign_of(declared))))
            node.unknown = tuple(dict.fromkeys((*node.unknown, *foreign.unknown_of(declared))))

    def definitions(self, node: Node, element: etree._Element) -> Iterator[etree._Element]:
        """The event definitions of an event, those too that it only refers to."""
        for child in element:
            kind = local(child)
            if kind.endswith("EventDefinition"):
                yield child
            elif kind == "eventDefinitionRef":
                reference = self.reference(text_of(child)) or ""
                named = self.by_id.get(reference)
                if named is not None and local(named).endswith("EventDefinition"):
                    yield named
                else:
                    self.diagram.note("definition-missing", node.id, self.file, node.scope, reference=reference[:80])

    def trigger(self, node: Node, definition: etree._Element) -> Trigger:
        kind = local(definition).removesuffix("EventDefinition")
        trigger = Trigger(kind)
        if kind == "timer":
            trigger.timing = _timing(self.diagram, node, definition, self.around)
        elif kind in {"error", "escalation"}:
            trigger.code = self.named(node, kind, definition.get(f"{kind}Ref"))
        elif kind in {"message", "signal"}:
            trigger.name = self.message(node, kind, definition)
        elif kind == "conditional":
            written = definition.find(f"{BPMN}condition")
            trigger.condition = wording.say(self.diagram, node, text_of(written), language_of(written), self.around)
        elif kind == "link":
            trigger.name = definition.get("name") or node.name or None
        return trigger

    def message(self, node: Node, kind: str, element: etree._Element) -> str:
        """The name of the message or signal referred to; where none is, what the element itself is called."""
        if expression := foreign.made_up(element, kind):
            _note_made_up(self.diagram, node, kind, expression)
        if kind == "message" and node.type in _CATCHING:
            key = self.keys.get(self.reference(element.get("messageRef")) or "")
            _note_key(self.diagram, node, key)
        return self.named(node, kind, element.get(f"{kind}Ref")) or node.name.strip() or node.id

    def named(self, node: Node, kind: str, written: str | None) -> str | None:
        """By which code or name what `written` refers to is known; where it is declared nowhere, the reference itself.

        None where nothing is referred to.
        """
        reference = self.reference(written)
        if reference is None:
            return None
        declared = self.by_id.get(reference)
        if declared is None or local(declared) != kind:
            self.diagram.note(
                "reference-dangling", node.id, self.file, node.scope, trigger=kind, reference=reference[:80]
            )
            return reference
        name = declared.get(_CODED[kind]) or declared.get("name") or reference
        if "${" in name or "#{" in name:
            _note_made_up(self.diagram, node, kind, name)
        return name


def _timing(diagram: Diagram, node: Node, definition: etree._Element, around: str | None) -> Timing | None:
    found = None
    for tag, timing in _TIMINGS:
        written = definition.find(f"{BPMN}{tag}")
        text = text_of(written)
        if text and literal(timing.kind, text) is None:
            text = wording.say(diagram, node, text, language_of(written), around)
        if text and found is not None:
            diagram.note("timer-twice", node.id, node.file, node.scope, first=found.text[:40], second=text[:40])
        elif text:
            found = Timing(timing.kind, text)
    return found


def _fits(diagram: Diagram, node: Node, report: Report) -> bool:
    """Whether there is room for a node, and its id is its own."""
    if not node.id:
        report.add("id-missing", file=node.file, type=node.type)
    elif ":" in node.id:
        report.add("id-invalid", node.id, node.file)
    elif len(diagram.nodes) >= MAX_NODES:
        if not any(finding.code == "too-many-nodes" for finding in report.findings):
            report.add("too-many-nodes", file=node.file, limit=MAX_NODES)
    elif node.id in diagram.nodes or node.id in diagram.flows or node.id in diagram.scopes:
        report.add("id-twice", node.id, node.file)
    else:
        return True
    return False


def _note_key(diagram: Diagram, node: Node, key: str | None) -> None:
    if key:
        diagram.note("correlation-key", node.id, node.file, node.scope, key=key[:80])


def _typed(condition: etree._Element) -> str | None:
    """A language that is told as the type of a condition, as some write it: xsi:type="feel:tExpression"."""
    kind = condition.get(XSI_TYPE, "")
    return kind if kind and "tformalexpression" not in kind.lower() and "texpression" not in kind.lower() else None
