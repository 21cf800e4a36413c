"""Plays a diagram to its end: every step done with the outcome given, or its first; timers fired when nothing else."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.engine import DiagramRefused, Finding, check
from app.engine.diagram import drawn
from tests.unit.engine.drawing import Office

MOST_ACTS = 200


def played(files: dict[str, bytes], given: Mapping[str, Any]) -> dict[str, Any]:
    """The trace of a diagram: state, result, elements passed, and what was found."""
    found = check(files)
    trace: dict[str, Any] = {"state": "refused", "result": None, "elements": [], "findings": list(map(_told, found))}
    try:
        office = Office(files, **given.get("variables", {}))
    except DiagramRefused:
        return trace
    visits: Counter[str] = Counter()
    for _act in range(MOST_ACTS):
        if office.ended or not _act_once(office, given.get("outcomes", {}), visits):
            break
    state = "ended" if office.ended else "waiting"
    return trace | {"state": state, "result": office.result, "elements": office.trace}


def _told(finding: Finding) -> dict[str, Any]:
    return {"kind": finding.kind, "code": finding.code, "element": finding.element}


def _act_once(office: Office, outcomes: Mapping[str, Any], visits: Counter[str]) -> bool:
    open_now = [activity for activity in office.instance.waiting if activity.type in {"userTask", "manualTask", "task"}]
    if open_now:
        activity = open_now[0]
        element = activity.element
        offered = office.definition.elements[element].properties.get("outcomes", "").split()
        wanted = outcomes.get(drawn(element))
        if isinstance(wanted, list):
            wanted = wanted[min(visits[element], len(wanted) - 1)]
        visits[element] += 1
        office.do(element, activity.item, outcome=wanted or next(iter(offered), None))
        return True
    services = [activity.element for activity in office.instance.waiting if activity.type == "serviceTask"]
    if services:
        office.resume(services[0])
    elif office.armed:
        office.fire(office.armed[0])
    else:
        return False
    return True
