"""From XML to the graph: whatever namespace prefix, modeler and nesting a diagram comes with."""

from collections.abc import Mapping

from lxml import etree

from app.engine.diagram import Diagram, Flow, Lane, Loop, Node, Scope, Timing, Trigger
from app.engine.findings import Report
from app.engine.xml import parse

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
GREENLIGHT = "{urn:greenlight:bpmn:1}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
FLOWABLE = "{http://flowable.org/bpmn}"
PROPERTY_TAGS = frozenset(f"{namespace}property" for namespace in (GREENLIGHT, CAMUNDA, ZEEBE, SPIFF))

MAX_FILES = 20
MAX_NODES = 3_000
_NOT_NODES = frozenset({"subConversation", "complexBehaviorDefinition"})
_NODE_ENDINGS = ("Task", "task", "Event", "Gateway", "Process", "callActivity", "transaction")
_TIMINGS: tuple[tuple[str, Timing], ...] = (
    ("timeDuration", Timing("duration", "")),
    ("timeDate", Timing("date", "")),
    ("timeCycle", Timing("cycle", "")),
)


def read(files: Mapping[str, bytes], report: Report) -> Diagram:
    """The graph of all files together. What is wrong with a file is noted in `report`."""
    diagram = Diagram()
    if not files:
        report.add("no-file")
    if len(files) > MAX_FILES:
        report.add("too-many-files", limit=MAX_FILES)
        return diagram
    for file, data in files.items():
        root = parse(data, file, report)
        if root is None:
            continue
        if root.tag != f"{BPMN}definitions":
            report.add("not-bpmn", file=file, root=etree.QName(root).localname)
            continue
        _Reader(diagram, file, root, report).read()
    _connect(diagram)
    return diagram


def _connect(diagram: Diagram) -> None:
    for flow in diagram.flows.values():
        source, target = diagram.nodes.get(flow.source), diagram.nodes.get(flow.target)
        if source and target and source.scope == target.scope:
            source.outgoing.append(flow)
            target.incoming.append(flow)
    for node in diagram.nodes.values():
        host = diagram.nodes.get(node.attached_to or "")
        if host and host.scope == node.scope:
            host.boundary.append(node)


def text_of(element: etree._Element | None) -> str | None:
    """The text of an element without the spaces around it; None where there is none."""
    return "".join(str(part) for part in element.itertext()).strip() or None if element is not None else None


def local(element: etree._Element) -> str:
    """The local name of a BPMN element; "" for an element of another namespace."""
    tag = str(element.tag)
    return tag[len(BPMN) :] if tag.startswith(BPMN) else ""


def is_true(value: str | None, otherwise: bool) -> bool:
    """An xsd:boolean."""
    return otherwise if value is None else value.strip().lower() in {"true", "1"}


class _Reader:
    """Reads one file into a diagram."""

    def __init__(self, diagram: Diagram, file: str, root: etree._Element, report: Report) -> None:
        self.diagram, self.file, self.root, self.report = diagram, file, root, report
        self.codes = {
            element.get("id", ""): element.get(attribute) or element.get("name") or element.get("id")
            for kind, attribute in (("error", "errorCode"), ("escalation", "escalationCode"))
            for element in root.findall(f"{BPMN}{kind}")
        }

    def read(self) -> None:
        for element in self.root.findall(f"{BPMN}process"):
            executable = is_true(element.get("isExecutable"), otherwise=True)
            self.scope(element, None, executable, None)

    def scope(self, element: etree._Element, parent: str | None, executable: bool, host: Node | None) -> None:
        """Read a process or subprocess; nodes without a lane of their own lie in the lane of `host`."""
        scope = Scope(element.get("id", ""), element.get("name") or "", self.file, parent, executable)
        if not scope.id:
            self.report.add("id-missing", file=self.file, type=local(element))
            return
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

    def lanes(self, element: etree._Element, scope: Scope) -> dict[str, tuple[str, dict[str, str]]]:
        """Node id → name and properties of its innermost lane, which has the properties of those around it too."""
        found: dict[str, tuple[str, dict[str, str]]] = {}
        waiting = [(lane, dict[str, str]()) for lane in element.findall(f"{BPMN}laneSet/{BPMN}lane")]
        while waiting:
            lane, outer = waiting.pop(0)
            name = lane.get("name") or lane.get("id") or ""
            own, own_names = properties_of(lane)
            self.diagram.lanes.append(Lane(lane.get("id") or name, self.file, scope.id, own, own_names))
            for reference in lane.findall(f"{BPMN}flowNodeRef"):
                found[text_of(reference) or ""] = (name, {**outer, **own})
            inner = lane.findall(f"{BPMN}childLaneSet/{BPMN}lane")
            waiting += [(child, {**outer, **own}) for child in inner]
        return found

    def flow(self, element: etree._Element, scope: Scope) -> None:
        condition = element.find(f"{BPMN}conditionExpression")
        flow = Flow(
            element.get("id") or f":flow-{len(self.diagram.flows)}",
            element.get("sourceRef", ""),
            element.get("targetRef", ""),
            scope.id,
            self.file,
            text_of(condition),
            condition.get("language") if condition is not None else None,
        )
        if flow.id in self.diagram.flows or flow.id in self.diagram.nodes:
            self.report.add("id-twice", flow.id, self.file)
            return
        self.diagram.flows[flow.id] = flow

    def node(
        self,
        element: etree._Element,
        kind: str,
        scope: Scope,
        lanes: Mapping[str, tuple[str, dict[str, str]]],
        host: Node | None,
    ) -> None:
        properties, own_names = properties_of(element)
        node = Node(
            element.get("id", ""),
            kind,
            element.get("name") or "",
            scope.id,
            self.file,
            properties,
            own_names,
            _form(element),
            text_of(element.find(f"{BPMN}documentation")),
            element.get("default"),
        )
        if not node.id:
            self.report.add("id-missing", file=self.file, type=kind)
            return
        if len(self.diagram.nodes) >= MAX_NODES:
            if not any(finding.code == "too-many-nodes" for finding in self.report.findings):
                self.report.add("too-many-nodes", file=self.file, limit=MAX_NODES)
            return
        if node.id in self.diagram.nodes or node.id in self.diagram.flows or node.id in self.diagram.scopes:
            self.report.add("id-twice", node.id, self.file)
            return
        inherited = (host.lane, host.lane_properties) if host else (None, {})
        node.lane, node.lane_properties = lanes.get(node.id, inherited)
        self.details(node, element)
        self.diagram.nodes[node.id] = scope.nodes[node.id] = node
        if kind == "subProcess":
            self.scope(element, scope.id, scope.executable, node)

    def details(self, node: Node, element: etree._Element) -> None:
        """What only some kinds of node have."""
        definitions = [child for child in element if local(child).endswith("EventDefinition")]
        node.triggers = len(definitions)
        if definitions:
            node.trigger = self.trigger(definitions[0])
        node.attached_to = element.get("attachedToRef") if node.type == "boundaryEvent" else None
        node.interrupting = is_true(element.get("cancelActivity"), otherwise=True)
        node.loop = _loop(element)
        node.script = text_of(element.find(f"{BPMN}script"))
        node.language = element.get("scriptFormat")
        node.called = element.get("calledElement") or _zeebe_called(element)
        node.event_subprocess = is_true(element.get("triggeredByEvent"), otherwise=False)
        node.compensation = is_true(element.get("isForCompensation"), otherwise=False)

    def trigger(self, definition: etree._Element) -> Trigger:
        kind = local(definition).removesuffix("EventDefinition")
        trigger = Trigger(kind)
        if kind == "timer":
            for tag, timing in _TIMINGS:
                text = text_of(definition.find(f"{BPMN}{tag}"))
                if text:
                    trigger.timing = Timing(timing.kind, text)
        elif kind in {"error", "escalation"}:
            reference = definition.get(f"{kind}Ref")
            trigger.code = self.codes.get(reference, reference) if reference else None
        return trigger


def properties_of(element: etree._Element) -> tuple[dict[str, str], frozenset[str]]:
    """The properties of an element from all four dialects, and the names of those written as gl:property."""
    extensions = element.find(f"{BPMN}extensionElements")
    found: dict[str, str] = {}
    own: set[str] = set()
    if extensions is not None:
        for item in extensions.iter(*PROPERTY_TAGS):
            name = item.get("name", "").strip()
            if name:
                found[name] = (item.get("value") or "").strip()
                if item.tag == f"{GREENLIGHT}property":
                    own.add(name)
    return found, frozenset(own)


def _form(element: etree._Element) -> str | None:
    properties, _own = properties_of(element)
    definition = element.find(f"{BPMN}extensionElements/{ZEEBE}formDefinition")
    candidates = [properties.get("form"), element.get(f"{CAMUNDA}formKey"), element.get(f"{FLOWABLE}formKey")]
    if definition is not None:
        candidates += [definition.get("formId"), definition.get("formKey")]
    return next((candidate.strip() for candidate in candidates if candidate and candidate.strip()), None)


def _zeebe_called(element: etree._Element) -> str | None:
    called = element.find(f"{BPMN}extensionElements/{ZEEBE}calledElement")
    return called.get("processId") if called is not None else None


def _loop(element: etree._Element) -> Loop | None:
    standard = element.find(f"{BPMN}standardLoopCharacteristics")
    if standard is not None:
        return Loop(
            "standard",
            condition=text_of(standard.find(f"{BPMN}loopCondition")),
            maximum=standard.get("loopMaximum"),
            before=is_true(standard.get("testBefore"), otherwise=False),
        )
    many = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if many is None:
        return None
    item = many.find(f"{BPMN}inputDataItem")
    zeebe = many.find(f"{BPMN}extensionElements/{ZEEBE}loopCharacteristics")
    return Loop(
        "sequential" if is_true(many.get("isSequential"), otherwise=False) else "parallel",
        collection=text_of(many.find(f"{BPMN}loopDataInputRef"))
        or many.get(f"{CAMUNDA}collection")
        or many.get(f"{FLOWABLE}collection")
        or (zeebe.get("inputCollection") if zeebe is not None else None),
        cardinality=text_of(many.find(f"{BPMN}loopCardinality")),
        item=(item.get("name") or item.get("id") if item is not None else None)
        or many.get(f"{CAMUNDA}elementVariable")
        or many.get(f"{FLOWABLE}elementVariable")
        or (zeebe.get("inputElement") if zeebe is not None else None),
        condition=text_of(many.find(f"{BPMN}completionCondition")),
        output=many.find(f"{BPMN}loopDataOutputRef") is not None,
    )
