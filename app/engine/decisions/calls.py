"""Which decision a business rule task asks, and what takes its result, in every modeler's way."""

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from app.engine.decisions.model import Call, Decision, Table
from app.engine.importing import dialects
from app.engine.importing.xml_names import SPIFF, ZEEBE, extension, extensions

SHAPES: dict[str, Any] = {name: name for name in ("singleEntry", "singleResult", "collectEntries", "resultList")}
_DYNAMIC = ("=", "${", "#{")


def call_of(element: etree._Element, properties: Mapping[str, str]) -> Call | None:
    """The call as written; None where no decision is named."""
    if decision := properties.get("decision"):
        return Call(decision, properties.get("result", ""))
    zeebe = extension(element, f"{ZEEBE}calledDecision")
    if zeebe is not None and zeebe.get("decisionId"):
        return Call(_bare(zeebe.get("decisionId", "")), (zeebe.get("resultVariable") or "").strip())
    if decision := dialects.attribute(element, "decisionRef"):
        result = dialects.attribute(element, "resultVariable") or ""
        mapped = dialects.attribute(element, "mapDecisionResult") or "resultList"
        return Call(_bare(decision), result, SHAPES.get(mapped, "resultList"))
    if decision := dialects.attribute(element, "decisionTableReferenceKey") or _flowable(element):
        return Call(_bare(decision))
    spiff = extension(element, f"{SPIFF}calledDecisionId")
    if spiff is not None and spiff.text and spiff.text.strip():
        return Call(_bare(spiff.text))
    return None


def _flowable(element: etree._Element) -> str:
    """Flowable and Activiti write a service task of the type dmn, with a field."""
    if dialects.attribute(element, "type") != "dmn":
        return ""
    for field in extensions(element):
        if str(field.tag).endswith("}field") and field.get("name") == "decisionTableReferenceKey":
            written = field.get("stringValue") or "".join(str(part) for part in field.itertext())
            return written.strip()
    return ""


def _bare(written: str) -> str:
    """A constant in FEEL or quotes is the name itself."""
    text = written.strip()
    inner = text.removeprefix("=").strip()
    return inner[1:-1] if len(inner) > 1 and inner[0] == inner[-1] == '"' else text


def is_dynamic(call: Call) -> bool:
    """Whether the decision is known only when a case comes there."""
    return call.decision.startswith(_DYNAMIC)


def near(call: Call, decisions: Mapping[str, Decision]) -> str:
    """Decisions with names like the one that is missing."""
    return ", ".join(difflib.get_close_matches(call.decision, decisions, 3, 0.4)) or "-"


def bound(call: Call, decisions: Mapping[str, Decision]) -> Call:
    """The call with the decision and those that it requires."""
    found: dict[str, Decision] = {}
    waiting = [call.decision]
    while waiting:
        name = waiting.pop()
        if name in decisions and name not in found:
            found[name] = decisions[name]
            waiting.extend(decisions[name].requires)
    return replace(call, decisions=found)


def reads(call: Call) -> frozenset[str]:
    """The variables of the case that the decision and those that it requires read."""
    found: set[str] = set()
    for decision in call.decisions.values():
        made = set(decision.under.values())
        for name in decision.requires:
            required = call.decisions.get(name)
            if required is not None:
                made |= {required.id, required.variable, required.name}
                if isinstance(required.logic, Table):
                    made |= {output.name for output in required.logic.outputs}
        found |= decision.names - made
    return frozenset(found)


def gives(call: Call) -> frozenset[str]:
    """The variables that the call sets."""
    if call.result:
        return frozenset({call.result})
    decision = call.decisions.get(call.decision)
    if decision is None:
        return frozenset()
    if isinstance(decision.logic, Table):
        return frozenset(output.name for output in decision.logic.outputs)
    return frozenset({decision.variable})
