"""What other engines write in words of their own: what of it changes the way of a case, and what is not known here.

Each attribute and extension element of a dialect is read (see `dialects`), without effect on where a case goes, one
that changes it, or unknown. Nothing is passed over in silence: the third is asked about, the fourth is warned of.
"""

from collections.abc import Iterator

from lxml import etree

from app.engine.importing.dialects import FAMILY, attribute, implementation_of
from app.engine.importing.xml_names import BPMN, SPIFF, ZEEBE, extension, extensions, is_true, local, text_of

_CHANGING = frozenset(
    {"executionListener", "taskListener", "inputOutput", "connector", "errorEventDefinition", "eventListener"}
    | {"mapException", "variableAggregation", "collection", "eventInParameter", "eventOutParameter"}
    | {"eventCorrelationParameter", "triggerEventType"}
)
"""Extension elements of the family of Camunda 7 that change what an element does."""
_CHANGING_ELSEWHERE = {
    f"{namespace}{name}": name
    for namespace, names in (
        (ZEEBE, ("ioMapping", "executionListeners", "taskListeners", "taskSchedule", "linkedResources")),
        (SPIFF, ("preScript", "postScript", "payloadExpression", "variableName", "messagePayload", "messageVariable")),
    )
    for name in names
}
_CHANGING_ATTRIBUTES = frozenset(
    {"skipExpression", "dueDate", "followUpDate", "businessCalendarName", "endDate"}
    | {"varMapping", "variableMappingClass", "variableMappingDelegateExpression"}
    | {"errorCodeVariable", "errorMessageVariable", "escalationCodeVariable", "errorVariableName"}
    | {"taskIdVariableName", "activeTaskIdVariableName", "taskCompleterVariableName", "idVariableName"}
    | {"processInstanceIdVariableName", "caseInstanceIdVariableName"}
)
_WHERE_TRUE = frozenset(
    {"terminateAll", "terminateMultiInstance", "autoStoreVariables", "useLocalScopeForOutParameters"}
)
"""Attributes that change something where they say “true”."""
_ONLY_ON = {
    "resultVariable": "scriptTask",
    "variableName": "conditionalEventDefinition",
    "variableEvents": "conditionalEventDefinition",
}
"""Attributes that change something on one kind of element; elsewhere they belong to what is asked about as a whole."""
_WITHOUT_EFFECT = frozenset(
    # what becomes a question as a whole: services, sent messages, decisions
    {"class", "expression", "delegateExpression", "topic", "type", "resultVariable", "resultVariableName"}
    | {"decisionRef", "mapDecisionResult", "decisionTableReferenceKey", "triggerable", "extensionId", "field"}
    | {"ruleVariablesInput", "rules", "exclude", "useLocalScopeForResultVariable", "storeResultVariableAsTransient"}
    | {"caseRef", "resource", "eventType", "variableListenerEventDefinition", "messageExpression", "signalExpression"}
    # people, forms, what is done several times
    | {"assignee", "candidateUsers", "candidateGroups", "owner", "initiator", "formKey", "formRef", "formRefBinding"}
    | {"formRefVersion", "formData", "formProperty", "formFieldValidation", "properties", "property", "in", "out"}
    | {"elementVariable", "elementIndexVariable", "taskCategory", "category", "priority", "customResource"}
    | {"dataType", "userType", "text"}
    # when and how often an engine tries, and which version it takes
    | {"async", "asyncBefore", "asyncAfter", "asyncLeave", "asyncLeaveExclusive", "exclusive", "jobPriority"}
    | {"taskPriority", "failedJobRetryTimeCycle", "parallelInSameTransaction", "completeAsync", "jobTopic"}
    | {"noWaitStatesAsyncLeave"}
    | {"calledElementBinding", "calledElementVersion", "calledElementVersionTag", "calledElementTenantId"}
    | {"calledElementType", "sameDeployment", "fallbackToDefaultTenant", "decisionRefBinding", "decisionRefVersion"}
    | {"decisionRefVersionTag", "decisionRefTenantId", "caseBinding", "caseVersion", "caseTenantId"}
    # names and numbers for lists and records
    | {"businessKey", "inheritBusinessKey", "inheritVariables", "processInstanceName", "correlationKey", "errorMessage"}
    | {"historyTimeToLive", "versionTag", "isStartableInTasklist", "candidateStarterGroups", "candidateStarterUsers"}
    | {
        "value",
        "potentialStarter",
        "isEagerExecutionFetching",
        "tenantId",
        "diagramRelationId",
        "localization",
        "scope",
    }
    | {"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "jobPriorityRange"}
)
"""Attributes and extension elements that are read elsewhere, or that do not decide where a case goes."""
_PARENT = "propagateAllParentVariables"
_LEVELS = frozenset({"process", "subProcess", "transaction", "adHocSubProcess"})
_WAYS = ("in", "out")


def foreign_of(element: etree._Element) -> tuple[str, ...]:
    """What changes the meaning of an element and is not run here, in words; each kind once."""
    found: list[str] = []
    for part in _parts(element):
        found += [name for name, value in _attributes(part) if _changes(part, name, value)]
        for item in extensions(part):
            if (passed := _passed(part, item)) is not None:
                way, source, target = passed
                found += [f"{way} ({source} → {target})"] if source != target else []
            elif _is_value(part, item):
                found.append(f"value ({(text_of(item) or '')[:40]})")
            elif _is_expressed(item):
                found.append(f"formProperty ({item.get('expression')})")
            elif is_changing(item):
                found.append(_name(str(item.tag)))
    found += [local(item) for item in _computed(element)]
    found += [f'{_PARENT}="false"' for _called in _shut(element)]
    for thrown in _messages(element):
        found += filter(None, [implementation_of(thrown, "sendTask")])
    return tuple(dict.fromkeys(found))


def unknown_of(element: etree._Element) -> tuple[str, ...]:
    """Names of a dialect in an element of which nothing is known here."""
    found: list[str] = []
    for part in _parts(element):
        names = [name for name, _value in _attributes(part)]
        names += [_name(str(item.tag)) for item in extensions(part) if str(item.tag).startswith(FAMILY)]
        found += [name for name in names if not _is_known(name)]
    return tuple(dict.fromkeys(found))


def hands_out(element: etree._Element) -> list[str]:
    """Variables that a call activity hands out under their own names."""
    passed = [_passed(element, item) for item in extensions(element)]
    named = [found[2] for found in passed if found is not None and found[0] == "out" and found[1] == found[2]]
    return [name for name in dict.fromkeys(named) if name.isidentifier()]


def passed_in(element: etree._Element) -> frozenset[str] | None:
    """The names under which a call of the family of Camunda 7 passes variables in; None where all are passed, or where
    it is no such call."""
    is_family = any(f"{{{namespace}}}" in FAMILY for namespace in element.nsmap.values())
    inherits = is_true(attribute(element, "inheritVariables"), otherwise=False)
    if not is_family or inherits or extension(element, f"{ZEEBE}calledElement") is not None:
        return None
    passed = [found for item in extensions(element) if (found := _passed(element, item)) is not None]
    names = frozenset(target for way, _source, target in passed if way == "in")
    return None if "all" in names else names


def is_changing(item: etree._Element) -> bool:
    """Whether an extension element changes what the element does that it stands in."""
    tag = str(item.tag)
    return tag in _CHANGING_ELSEWHERE or (tag.startswith(FAMILY) and _name(tag) in _CHANGING)


def drop_changing(element: etree._Element) -> None:
    """Take out of an element what `foreign_of` names."""
    for part in _parts(element):
        for name in [str(name) for name, value in part.attrib.items() if str(name).startswith(FAMILY)]:
            if _changes(part, _name(name), str(part.get(name))):
                del part.attrib[name]
        for within in part.findall(f"{BPMN}extensionElements"):
            for item in [item for item in within if _is_named(part, item)]:
                within.remove(item)
    for item in _computed(element):
        element.remove(item)
    for called in _shut(element):
        del called.attrib[_PARENT]
    for thrown in _messages(element):
        for item in [*thrown.findall(f"{BPMN}extensionElements")]:
            thrown.remove(item)
        for own in [own for own in thrown.attrib if str(own).startswith(FAMILY)]:
            del thrown.attrib[own]


def waits_for_foreign(element: etree._Element) -> str | None:
    """What an event waits for that only an extension says, in words."""
    names = {_name(str(item.tag)) for item in extensions(element) if str(item.tag).startswith(FAMILY)}
    if "variableListenerEventDefinition" in names:
        return "variable listener"
    return "registered event" if "eventType" in names else None


def condition_of(condition: etree._Element | None) -> str | None:
    """What is written in the condition of a flow, or the file that it is said to stand in."""
    if condition is None:
        return None
    return text_of(condition) or attribute(condition, "resource")


def made_up(element: etree._Element, kind: str) -> str | None:
    """The expression by which a message or signal would be named while a case runs."""
    return attribute(element, f"{kind}Expression")


def _parts(element: etree._Element) -> Iterator[etree._Element]:
    """An element and what stands in it that is no element of the diagram by itself."""
    yield element
    if local(element).endswith("EventDefinition"):
        yield from _times(element)
    if local(element) in _LEVELS:
        yield from element.findall(f"{BPMN}multiInstanceLoopCharacteristics")
        return
    for child in element:
        if local(child).endswith(("EventDefinition", "LoopCharacteristics", "conditionExpression")):
            yield child
            yield from _times(child)


def _times(definition: etree._Element) -> Iterator[etree._Element]:
    return (child for child in definition if local(child).startswith("time"))


def _messages(element: etree._Element) -> list[etree._Element]:
    """What says that an event throws or awaits a message: in the event, or standing by itself."""
    if local(element) == "messageEventDefinition":
        return [element]
    return element.findall(f"{BPMN}messageEventDefinition")


def _attributes(part: etree._Element) -> Iterator[tuple[str, str]]:
    for name, value in part.attrib.items():
        if str(name).startswith(FAMILY) and str(value).strip():
            yield _name(str(name)), str(value)


def _name(tag: str) -> str:
    return tag.rpartition("}")[2]


def _changes(part: etree._Element, name: str, value: str) -> bool:
    if name in _WHERE_TRUE:
        return is_true(value, otherwise=False)
    return name in _CHANGING_ATTRIBUTES or _ONLY_ON.get(name) == local(part)


def _is_known(name: str) -> bool:
    """Names with hyphens are notes that an editor keeps for itself."""
    return "-" in name or name in _WITHOUT_EFFECT | _CHANGING | _CHANGING_ATTRIBUTES | _WHERE_TRUE | _ONLY_ON.keys()


def _passed(part: etree._Element, item: etree._Element) -> tuple[str, str, str] | None:
    """What is passed in or out: (in or out, source, target). None for anything else; a business key is no variable."""
    tag = str(item.tag)
    if not tag.startswith(FAMILY) or _name(tag) not in _WAYS or item.get("businessKey"):
        return None
    way = _name(tag)
    source = item.get("source") or item.get("sourceExpression") or item.get("variables") or ""
    if is_true(item.get("local"), otherwise=False):
        source += ", local"
    # Everything is seen inside as it is; what is handed out is named.
    everything = "all" if way == "in" and local(part) == "callActivity" else "the case"
    return way, source, item.get("target") or item.get("targetExpression") or everything


def _is_value(part: etree._Element, item: etree._Element) -> bool:
    """Whether it is what a variable begins with, as Flowable writes it in a data object."""
    return local(part) == "dataObject" and _name(str(item.tag)) == "value"


def _is_expressed(item: etree._Element) -> bool:
    """Whether it is a field of a form that reads and writes by an expression, and no variable."""
    return _name(str(item.tag)) == "formProperty" and bool(item.get("expression"))


def _is_named(part: etree._Element, item: etree._Element) -> bool:
    """Whether `foreign_of` names an extension element of `part`."""
    passed = _passed(part, item)
    return (
        is_changing(item)
        or _is_value(part, item)
        or _is_expressed(item)
        or (passed is not None and passed[1] != passed[2])
    )


def _computed(element: etree._Element) -> list[etree._Element]:
    """Data associations that compute something, which is more than a picture."""
    drawn = [*element.findall(f"{BPMN}dataInputAssociation"), *element.findall(f"{BPMN}dataOutputAssociation")]
    return [
        item
        for item in drawn
        if any(item.find(f"{BPMN}{part}") is not None for part in ("assignment", "transformation"))
    ]


def _shut(element: etree._Element) -> list[etree._Element]:
    """How a process is called that is to see nothing of its caller, in Camunda 8."""
    return [
        item
        for item in extensions(element)
        if item.tag == f"{ZEEBE}calledElement" and not is_true(item.get(_PARENT), otherwise=True)
    ]
