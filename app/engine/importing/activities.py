"""What is done in an activity, by whom, with which form, and how often: read from whatever dialect says it."""

import re
from dataclasses import dataclass, field

from lxml import etree

from app.engine.decisions.calls import call_of
from app.engine.diagram import Diagram, Node
from app.engine.importing import dialects, foreign, form_fields, wording
from app.engine.importing.xml_names import BPMN, ZEEBE, extension, is_true, local, text_of

_GLOBAL = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
"""Tasks that stand beside the processes, to be called from several places."""


_OF_ENGINES = re.compile(r"\bexecution\s*\.")
"""What a Python script asks of Camunda and its like, which run it on Java."""


@dataclass(frozen=True)
class Around:
    """What the file and the process around an activity say for it."""

    language: str | None = None
    forms: form_fields.Forms = field(default_factory=dict)
    initiators: frozenset[str] = frozenset()
    is_spiff: bool = False


def read_activity(diagram: Diagram, node: Node, element: etree._Element, around: Around) -> None:
    """Read into `node` what only activities have."""
    _read_form(diagram, node, element, around)
    people = (_bare(name) for name in dialects.people_of(element))
    node.people = tuple("applicant" if name in around.initiators else name for name in people)
    node.script = text_of(element.find(f"{BPMN}script"))
    node.language = element.get("scriptFormat")
    node.implementation = dialects.implementation_of(element, node.type)
    _read_decision(node, element)
    node.foreign = foreign.foreign_of(element)
    node.unknown = foreign.unknown_of(element)
    _read_script(node, element)
    if node.type == "callActivity":
        node.called = dialects.called_of(element)
        node.gives_all = dialects.gives_all(element, by_spiff=around.is_spiff)
        node.passes = None if around.is_spiff else foreign.passed_in(element)
        names = foreign.hands_out(element)
        if names and "hands-out" not in node.properties:
            node.properties["hands-out"] = " ".join(names)
            diagram.note("handed-out", node.id, node.file, node.scope, names=", ".join(names))
    node.event_subprocess = is_true(element.get("triggeredByEvent"), otherwise=False)
    node.all_of = is_true(element.get("parallelMultiple"), otherwise=False)
    node.instantiates = is_true(element.get("instantiate"), otherwise=False)
    node.waits_for_all = element.get("eventGatewayType", "").strip() == "Parallel"
    node.compensation = is_true(element.get("isForCompensation"), otherwise=False)
    _read_loop(diagram, node, element, around)


def read_global_task(diagram: Diagram, node: Node, task: etree._Element | None, around: Around) -> None:
    """What is called in `node`, where that is a global task: it is done in the place of the call."""
    kind = _GLOBAL.get(local(task)) if task is not None else None
    if task is None or kind is None:
        return
    loop, changing, unknown = node.loop, node.foreign, node.unknown
    diagram.note("global-task", node.id, node.file, node.scope, task=node.called)
    node.type, node.called = kind, None
    node.properties = {**dialects.properties_of(task)[0], **node.properties}
    read_activity(diagram, node, task, around)
    node.loop = loop
    node.foreign = tuple(dict.fromkeys((*changing, *node.foreign)))
    node.unknown = tuple(dict.fromkeys((*unknown, *node.unknown)))


def _read_decision(node: Node, element: etree._Element) -> None:
    """Whatever the task is called in its modeler, it asks a decision if it names one."""
    if node.type not in {"businessRuleTask", "serviceTask"}:
        return
    node.decision = call_of(element, node.properties) if not node.properties.get("operation") else None
    if node.decision is not None:
        node.type, node.implementation = "businessRuleTask", None
        for name in ("decision", "result"):
            node.properties.pop(name, None)


def _read_script(node: Node, element: etree._Element) -> None:
    """A script of Camunda 8 in FEEL, or of Camunda 7 in JUEL, is an expression with a variable for its value."""
    feel = extension(element, f"{ZEEBE}script")
    juel, result = (node.language or "").strip().lower() == "juel", dialects.attribute(element, "resultVariable")
    if node.type == "scriptTask" and juel and result and node.script and wording.marked(node.script):
        node.language, node.result = None, result
    if node.type == "scriptTask" and wording.is_ours(node.language) and _OF_ENGINES.search(node.script or ""):
        node.language = "Jython"
    if node.result or not wording.is_ours(node.language):
        # What is not run as a script is asked about as a whole.
        node.foreign = tuple(name for name in node.foreign if name != "resultVariable")
    if node.type == "scriptTask" and feel is not None and feel.get("expression") and feel.get("resultVariable"):
        node.script, node.language, node.implementation = feel.get("expression"), None, None
        node.result = (feel.get("resultVariable") or "").strip()


def _read_form(diagram: Diagram, node: Node, element: etree._Element, around: Around) -> None:
    key = dialects.form_of(element)
    node.form = dialects.form_id(key) if key else None
    if node.form != key:
        diagram.note("form-key", node.id, node.file, node.scope, key=key, form=node.form)
    node.fields = form_fields.fields_of(element, around.forms)
    if node.fields:
        diagram.note("form-drawn", node.id, node.file, node.scope, count=len(node.fields))
    for drawn in node.fields:
        if drawn.default.startswith(("${", "#{")):
            params = {"name": drawn.name, "value": drawn.default[:80]}
            diagram.note("form-default", node.id, node.file, node.scope, **params)


def _read_loop(diagram: Diagram, node: Node, element: etree._Element, around: Around) -> None:
    node.loop = loop = dialects.loop_of(element)
    standard = element.find(f"{BPMN}standardLoopCharacteristics")
    many = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is None:
        return
    if standard is not None and many is not None:
        diagram.note("loop-twice", node.id, node.file, node.scope)
    stops = standard.find(f"{BPMN}loopCondition") if standard is not None else None
    if many is not None and standard is None:
        declared = language_of(many.find(f"{BPMN}loopCardinality"))
        loop.cardinality = wording.say(diagram, node, loop.cardinality, declared, around.language)
        stops = many.find(f"{BPMN}completionCondition")
    loop.condition = wording.say(diagram, node, loop.condition, language_of(stops), around.language)


def language_of(element: etree._Element | None) -> str | None:
    """The language that an expression declares."""
    return element.get("language") if element is not None else None


def _bare(name: str) -> str:
    """The name in ${name}, #{name} or =name."""
    text = name.strip()
    if text.startswith(("${", "#{")) and text.endswith("}"):
        return text[2:-1].strip()
    return text.removeprefix("=").strip().strip("\"'")
