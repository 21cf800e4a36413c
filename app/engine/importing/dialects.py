"""How each modeler writes what BPMN 2.0 leaves open: properties, forms, people, services, what is done several times.

Camunda 7 (and Operaton), Camunda 8, Flowable, Activiti, SpiffArena; Signavio adds nothing that changes a meaning.
"""

import re
from collections.abc import Mapping

from lxml import etree

from app.engine.diagram import Loop
from app.engine.importing.xml_names import (
    ACTIVITI,
    BPMN,
    CAMUNDA,
    CAMUNDA_EARLY,
    FLOWABLE,
    GREENLIGHT,
    OPERATON,
    SPIFF,
    ZEEBE,
    extension,
    is_true,
    local,
    text_of,
)

PROPERTY_TAGS = frozenset(
    f"{namespace}property" for namespace in (GREENLIGHT, CAMUNDA, CAMUNDA_EARLY, OPERATON, ZEEBE, SPIFF)
)
FAMILY = (CAMUNDA, CAMUNDA_EARLY, OPERATON, FLOWABLE, ACTIVITI)
"""Dialects that grew out of one, and write most things as attributes of the same name."""
_PEOPLE = ("candidateGroups", "assignee", "candidateUsers")
_REFERENCES = ("messageRef", "signalRef", "errorRef", "escalationRef")
_CALLED_FORM = re.compile(r"^(?:camunda-forms|embedded|app|deployment|bpmn)(?::|$)")
_OWNER = re.compile(r"(?:user|group)\(([^()]*)\)")


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute of one of the dialects that write it so."""
    found = (element.get(f"{namespace}{name}") for namespace in FAMILY)
    return next((value.strip() for value in found if value and value.strip()), None)


def properties_of(element: etree._Element) -> tuple[dict[str, str], frozenset[str]]:
    """The properties of an element from all dialects, and the names of those written as gl:property."""
    found: dict[str, str] = {}
    own: set[str] = set()
    within = element.find(f"{BPMN}extensionElements")
    for item in within.iter(*PROPERTY_TAGS) if within is not None else ():
        name = item.get("name", "").strip()
        if name:
            found[name] = (item.get("value") or "").strip()
            if item.tag == f"{GREENLIGHT}property":
                own.add(name)
    return found, frozenset(own)


def form_of(element: etree._Element) -> str | None:
    """The key of a step's form, as written."""
    properties, _own = properties_of(element)
    candidates = [properties.get("form"), attribute(element, "formKey"), attribute(element, "formRef")]
    definition = extension(element, f"{ZEEBE}formDefinition")
    if definition is not None:
        candidates += [definition.get(name) for name in ("formId", "formKey", "externalReference")]
    candidates.append(properties.get("formJsonSchemaFilename"))
    return next((candidate.strip() for candidate in candidates if candidate and candidate.strip()), None)


def form_id(key: str) -> str:
    """A form's id out of a key that says where its file lies: camunda-forms:deployment:forms/apply.form → apply."""
    if not _CALLED_FORM.match(key) and "/" not in key and not key.endswith((".form", ".html", ".json")):
        return key
    name = re.split(r"[/:]", key)[-1]
    return re.sub(r"(?:[-_]schema)?\.(?:form|html|json)$", "", name) or key


def people_of(element: etree._Element) -> tuple[str, ...]:
    """Groups and persons for whom a step is, groups first."""
    found: list[str] = []
    zeebe = extension(element, f"{ZEEBE}assignmentDefinition")
    for name in _PEOPLE:
        for written in (attribute(element, name), zeebe.get(name) if zeebe is not None else None):
            found += _several(written)
    for tag in ("potentialOwner", "humanPerformer", "performer"):
        for owner in element.findall(f"{BPMN}{tag}"):
            text = text_of(owner.find(f"{BPMN}resourceAssignmentExpression/{BPMN}formalExpression")) or ""
            found += _several(_OWNER.sub(r"\1", text))
    return tuple(dict.fromkeys(found))


def _several(written: str | None) -> list[str]:
    """Names separated by commas; an expression is one, whatever it contains."""
    text = (written or "").strip()
    parts = [text] if text.startswith(("=", "${", "#{")) and text.count("{") < 2 else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def initiator_of(process: etree._Element) -> frozenset[str]:
    """Names of the variable that holds who started a case."""
    named = (attribute(start, "initiator") for start in process.iter(f"{BPMN}startEvent"))
    return frozenset({"initiator", "applicant", "starter", *(name for name in named if name)})


def implementation_of(element: etree._Element, kind: str) -> str | None:
    """What another engine would run for a task, in words; None where nothing is named."""
    for name in ("class", "delegateExpression", "expression", "topic"):
        written = attribute(element, name)
        if written:
            return f"{name} “{written[:80]}”"
    job = extension(element, f"{ZEEBE}taskDefinition")
    if job is not None and job.get("type"):
        return f"job “{job.get('type', '')[:80]}”"
    operator = extension(element, f"{SPIFF}serviceTaskOperator")
    if operator is not None:
        return f"operator “{operator.get('id', '')[:80]}”"
    feel = extension(element, f"{ZEEBE}script")
    if feel is not None:
        return f"FEEL script “{feel.get('expression', '')[:80]}”"
    written = attribute(element, "type")
    if written and kind in {"serviceTask", "sendTask"}:
        return f"type “{written[:80]}”"
    return None


def referred(element: etree._Element, by_id: Mapping[str, etree._Element]) -> list[etree._Element]:
    """What an event or task refers to: messages, signals, errors, escalations, definitions of events and what they
    refer to in turn."""
    found: dict[str, etree._Element] = {}
    waiting = [element]
    while waiting:
        at = waiting.pop()
        named = [child.get(name) for child in (at, *at) for name in _REFERENCES]
        named += [text_of(child) for child in at.findall(f"{BPMN}eventDefinitionRef")]
        for name in [name.strip().rpartition(":")[2] for name in named if name]:
            if name in by_id and name not in found:
                found[name] = by_id[name]
                waiting += [found[name]] if local(found[name]).endswith("EventDefinition") else []
    return list(found.values())


def correlated_by(root: etree._Element) -> dict[str, str]:
    """Message id → the key by which another engine finds the case that it is for."""
    found = {}
    for message in root.iter(f"{BPMN}message"):
        own = extension(message, f"{ZEEBE}subscription")
        if own is not None and own.get("correlationKey"):
            found[message.get("id", "")] = own.get("correlationKey", "").strip()
    for retrieval in root.iter(f"{BPMN}correlationPropertyRetrievalExpression"):
        text = next((text for child in retrieval if (text := text_of(child))), None)
        if text:
            found.setdefault(retrieval.get("messageRef", "").strip().rpartition(":")[2], text)
    return found


def gives_all(element: etree._Element, *, by_spiff: bool) -> bool:
    """Whether a call hands out all that was set in the called process: in Camunda 8, unless it says that nothing is
    propagated, and in SpiffWorkflow."""
    zeebe = extension(element, f"{ZEEBE}calledElement")
    return by_spiff if zeebe is None else is_true(zeebe.get("propagateAllChildVariables"), otherwise=True)


def is_spiff(root: etree._Element) -> bool:
    """Whether a file was made for SpiffWorkflow: whether it uses any of its extensions."""
    return next(root.iter(f"{SPIFF}*"), None) is not None


def outputs_of(process: etree._Element) -> tuple[str, ...]:
    """The data outputs that a process declares, as expressions call them."""
    names = (_named(found) for found in process.findall(f"{BPMN}ioSpecification/{BPMN}dataOutput"))
    return tuple(name for name in names if name and name.isidentifier())


def called_of(element: etree._Element) -> str | None:
    """The id of the process that a call activity calls."""
    zeebe = extension(element, f"{ZEEBE}calledElement")
    return element.get("calledElement") or (zeebe.get("processId") if zeebe is not None else None)


def loop_of(element: etree._Element) -> Loop | None:
    """How an activity is repeated."""
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
    zeebe = extension(many, f"{ZEEBE}loopCharacteristics")
    own = {} if zeebe is None else {str(name): str(value).strip() for name, value in zeebe.items()}
    return Loop(
        "sequential" if is_true(many.get("isSequential"), otherwise=False) else "parallel",
        collection=text_of(many.find(f"{BPMN}loopDataInputRef"))
        or attribute(many, "collection")
        or own.get("inputCollection"),
        cardinality=text_of(many.find(f"{BPMN}loopCardinality")),
        item=_named(many.find(f"{BPMN}inputDataItem"))
        or attribute(many, "elementVariable")
        or own.get("inputElement")
        or None,
        index=attribute(many, "elementIndexVariable"),
        first=0 if any(f"{{{namespace}}}" in FAMILY for namespace in many.nsmap.values()) else 1,
        condition=text_of(many.find(f"{BPMN}completionCondition")),
        collects=text_of(many.find(f"{BPMN}loopDataOutputRef")) or own.get("outputCollection") or None,
        gives=_named(many.find(f"{BPMN}outputDataItem")) or own.get("outputElement") or None,
    )


def _named(item: etree._Element | None) -> str | None:
    """How expressions call a data item: by its name, or by its id where the name is for people only."""
    names = [name for name in (item.get("name"), item.get("id")) if name] if item is not None else []
    return next((name for name in names if name.isidentifier()), names[0] if names else None)
