"""The answer to a question, written into the diagram itself, so that every modeler shows it."""

from collections.abc import Callable, Mapping

from lxml import etree

from app.engine.errors import AnswerUnfit
from app.engine.findings import Report
from app.engine.importing import dialects, foreign
from app.engine.importing.choice_step import add_choice_step
from app.engine.importing.questions import DEFAULT, LEFT_OUT, MANUAL, OTHERWISE, choice_id, outcome_asked
from app.engine.importing.xml_names import BPMN, GREENLIGHT, XSI_TYPE, local, name_what_has_no_id
from app.engine.timing import timing_text
from app.engine.variables import spelled
from app.engine.vocabulary import VALUES
from app.engine.xml import parse

_TIMES = {"duration": "timeDuration", "date": "timeDate", "cycle": "timeCycle"}
_BEFORE_EXTENSIONS = f"{BPMN}documentation"


def answer(files: Mapping[str, bytes], element: str, code: str, value: str) -> dict[str, bytes]:
    """The files with `value` written as the answer to the question `code` about `element`.

    Raises AnswerUnfit where there is no such element or question, or the value is no answer to it.
    """
    write = _WRITERS.get(code)
    text = value.strip()
    if write is None or not text:
        raise AnswerUnfit(element=element, value=value[:80])
    for file, data in files.items():
        root = _root(data, file)
        if root is not None and any(write(found, text) for found in _by_id(root, element)):
            written = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
            return {**files, file: written}
    raise AnswerUnfit(element=element, value=value[:80])


def put(files: Mapping[str, bytes], given: Mapping[str, Mapping[str, str]]) -> dict[str, bytes]:
    """The diagrams with properties of Greenlight written on elements, by their ids: {element: {name: value}}.

    What is not there, or may not be so, is left as it is.
    """
    made = dict(files)
    for file, data in files.items():
        root = _root(data, file)
        if root is None:
            continue
        found = [(element, given[key]) for element in root.iter(f"{BPMN}*") if (key := element.get("id", "")) in given]
        written = [_property(element, name, value) for element, own in found for name, value in own.items()]
        if any(written):
            made[file] = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return made


def _root(data: bytes, file: str) -> etree._Element | None:
    root = parse(data, file, Report(), keep=True)
    if root is None or root.tag != f"{BPMN}definitions":
        return None
    name_what_has_no_id(root)
    return root


def _by_id(root: etree._Element, element: str) -> list[etree._Element]:
    return [found for found in root.iter(f"{BPMN}*") if found.get("id") == element]


def _condition(flow: etree._Element, value: str) -> bool:
    """The default flow of its gateway, or a condition; an outcome that it asks for is given to the step."""
    gateways = _by_id(flow.getroottree().getroot(), flow.get("sourceRef", "").rpartition(":")[2])
    if not gateways or local(flow) != "sequenceFlow":
        return False
    [gateway, *_others] = gateways
    for old in flow.findall(f"{BPMN}conditionExpression"):
        flow.remove(old)
    if value == DEFAULT:
        gateway.set("default", flow.get("id", ""))
        return True
    if gateway.get("default") == flow.get("id"):
        del gateway.attrib["default"]
    written = etree.SubElement(flow, f"{BPMN}conditionExpression")
    prefix = f"{written.prefix}:" if written.prefix else ""
    written.set(XSI_TYPE, f"{prefix}tFormalExpression")
    written.text = value
    asked = outcome_asked(value)
    if asked is not None:
        _offer_outcome(gateway, *asked)
        if gateway.get("default"):
            _offer_outcome(gateway, asked[0], OTHERWISE)
    return True


def _offer_outcome(gateway: etree._Element, name: str, outcome: str) -> None:
    level = gateway.getparent()
    step = next(
        (
            child
            for child in (level if level is not None else ())
            if local(child) and spelled(child.get("id", "")) == name
        ),
        None,
    )
    if step is None and level is not None and name == spelled(choice_id(gateway.get("id", ""))):
        step = add_choice_step(level, gateway)
    if step is not None:
        known = dialects.properties_of(step)[0].get("outcomes", "").split()
        _property(step, "outcomes", " ".join(dict.fromkeys((*known, outcome))))


def _property(element: etree._Element, name: str, value: str) -> bool:
    """Write a gl:property, in place of one that has this name already."""
    if name in VALUES and not VALUES[name].fits(value):
        return False
    within = element.find(f"{BPMN}extensionElements")
    if within is None:
        within = etree.Element(f"{BPMN}extensionElements")
        element.insert(sum(child.tag == _BEFORE_EXTENSIONS for child in element), within)
    for item in [item for item in within.iter(*dialects.PROPERTY_TAGS) if item.get("name", "").strip() == name]:
        item.set("value", value)
        return True
    made = etree.SubElement(within, f"{GREENLIGHT}property", nsmap={"gl": GREENLIGHT.strip("{}")})
    made.set("name", name)
    made.set("value", value)
    return True


def _post(element: etree._Element, value: str) -> bool:
    return _property(element, "post", value)


def _time(event: etree._Element, value: str) -> bool:
    definition = _definition(event, "timerEventDefinition")
    kind = next((kind for kind in _TIMES if timing_text(kind, value)), None)
    if definition is None or kind is None:
        return False
    for old in list(definition):
        if local(old) in _TIMES.values():
            definition.remove(old)
    etree.SubElement(definition, f"{BPMN}{_TIMES[kind]}").text = value
    return True


def _definition(event: etree._Element, kind: str) -> etree._Element | None:
    """What an event of this kind says, in it or where it refers to."""
    definition = event.find(f"{BPMN}{kind}")
    reference = (event.findtext(f"{BPMN}eventDefinitionRef") or "").strip().rpartition(":")[2]
    if definition is None and reference:
        named = _by_id(event.getroottree().getroot(), reference)
        definition = next((found for found in named if local(found) == kind), None)
    return definition


def _becomes_true(event: etree._Element, value: str) -> bool:
    definition = _definition(event, "conditionalEventDefinition")
    if definition is None:
        return False
    for old in definition.findall(f"{BPMN}condition"):
        definition.remove(old)
    etree.SubElement(definition, f"{BPMN}condition").text = value
    return True


def _times(activity: etree._Element, value: str) -> bool:
    many = activity.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if many is None:
        return False
    for old in many.findall(f"{BPMN}loopCardinality"):
        many.remove(old)
    written = etree.Element(f"{BPMN}loopCardinality")
    written.text = value
    many.insert(sum(local(child) in {"documentation", "extensionElements"} for child in many), written)
    return True


def _by_hand(element: etree._Element, value: str) -> bool:
    """A manual task with the same id, name, flows and repetition; what another engine would run goes."""
    if value != MANUAL:
        return False
    for child in list(element):
        kept = local(child).endswith("LoopCharacteristics") or local(child) in _KEPT
        if not kept:
            element.remove(child)
    for name in list(element.attrib):
        if name not in {"id", "name", "default"}:
            del element.attrib[name]
    element.tag = f"{BPMN}manualTask"
    return True


_KEPT = frozenset({"documentation", "extensionElements", "incoming", "outgoing"})


def _operation(element: etree._Element, value: str) -> bool:
    return _by_hand(element, value) or _property(element, "operation", value)


def _called(element: etree._Element, value: str) -> bool:
    if _by_hand(element, value):
        return True
    element.set("calledElement", value)
    return True


def _left_out(element: etree._Element, value: str) -> bool:
    if value != LEFT_OUT:
        return False
    foreign.drop_changing(element)
    by_id = {found.get("id", ""): found for found in element.getroottree().getroot().iter(f"{BPMN}*")}
    for declared in dialects.referred(element, by_id):
        foreign.drop_changing(declared)
    return True


def _begins(level: etree._Element, value: str) -> bool:
    starts = {start.get("id"): start for start in level.findall(f"{BPMN}startEvent")}
    if value not in starts:
        return False
    return _property(starts[value], "begins", "true")


def _main(process: etree._Element, value: str) -> bool:
    """The process with this id is the one that can be executed, of those in its file."""
    root = process.getroottree().getroot()
    processes = {found.get("id"): found for found in root.findall(f"{BPMN}process")}
    if value not in processes:
        return False
    for name, found in processes.items():
        found.set("isExecutable", "true" if name == value else "false")
    return True


_WRITERS: dict[str, Callable[[etree._Element, str], bool]] = {
    "condition-missing": _condition,
    "timer-empty": _time,
    "condition-empty": _becomes_true,
    "items-missing": _times,
    "post-missing": _post,
    "nobody": _post,
    "service-foreign": _operation,
    "operation-missing": _operation,
    "script-foreign": _by_hand,
    "script-empty": _by_hand,
    "script-idle": _by_hand,
    "subprocess-empty": _by_hand,
    "called-missing": _called,
    "extension-foreign": _left_out,
    "starts-several": _begins,
    "several-processes": _main,
}
