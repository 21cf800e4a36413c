"""What only the designer can say: each question offers an answer, and the diagram is read with it until one is given.

The offer is applied to the graph, so that a diagram with open questions can be checked further and played. Posts are
not: who does a step does not change where a case goes.
"""

import json
import re
from collections.abc import Collection

from app.engine.decisions import calls
from app.engine.diagram import FOR_PEOPLE, Diagram, Flow, Node, Scope, Timing
from app.engine.findings import Report
from app.engine.importing.codes import code_of, codes_of
from app.engine.importing.wording import is_ours
from app.engine.languages.python import is_idle
from app.engine.variables import spelled

MANUAL = "manual"
"""The offer to let a person do what nothing here can run."""
LEFT_OUT = "left-out"
DEFAULT = "default"
OTHERWISE = "otherwise"
"""The outcome with which a step takes the default flow of the gateway behind it."""
LIMIT = "P5D"
ALWAYS, NEVER = "True", "False"
"""The offer for what an event waits to become true: in the flow it is passed, beside it nothing happens."""
TIMES = "3"
SOMEBODY = "reviewer"
_WORKING = frozenset({"serviceTask", "sendTask", "businessRuleTask", "scriptTask"})
_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway"})
_PASSED = frozenset({"serviceTask", "scriptTask", "businessRuleTask", "intermediateThrowEvent", "exclusiveGateway"})
_OFFERED = re.compile(r"(\w+)\.outcome == (\"[^\"\\\\]*\")")
_FAR = 50
"""Elements that are looked back over for the step that decides."""


def ask(diagram: Diagram, report: Report, lanes: Collection[str]) -> None:
    """Ask about every level that is run. Lanes with the names `lanes` have a post elsewhere."""
    for scope in list(diagram.used()):
        deciding: set[str] = set()
        for node in list(scope.nodes.values()):
            _ask_work(diagram, node, report)
        for node in list(scope.nodes.values()):
            _ask_time(node, report)
            _ask_extensions(diagram, node, report)
            if node.type in _DECIDING:
                _ask_ways(diagram, scope, node, deciding, report)
        _ask_posts(diagram, scope, report, lanes)


def _ask_work(diagram: Diagram, node: Node, report: Report) -> None:
    """What nothing here can run becomes a step that a person does."""
    if node.type == "subProcess":
        inner = diagram.inner(node)
        if inner is not None and not inner.nodes and not node.event_subprocess:
            del diagram.scopes[inner.id]
            _by_hand(node, "subprocess-empty", report)
    elif node.type == "callActivity":
        called = diagram.scopes.get(node.called or "")
        if called is None or called.parent is not None:
            _by_hand(node, "called-missing", report, called=node.called or "")
    elif node.decision is not None:
        if node.decision.decision not in diagram.decisions and not calls.is_dynamic(node.decision):
            near = calls.near(node.decision, diagram.decisions)
            _by_hand(node, "decision-missing", report, decision=node.decision.decision, near=near)
    elif node.type in _WORKING and not node.properties.get("operation"):
        _ask_service(node, report)
    elif node.type == "businessRuleTask":
        node.type = "serviceTask"


def _ask_service(node: Node, report: Report) -> None:
    """What only another engine has, or nobody has written."""
    if node.implementation:
        _by_hand(node, "service-foreign", report, what=node.implementation)
    elif node.type == "serviceTask":
        _by_hand(node, "operation-missing", report)
    elif node.type == "businessRuleTask":
        _by_hand(node, "business-rule", report)
    elif node.type == "scriptTask" and not is_ours(node.language):
        _by_hand(node, "script-foreign", report, language=node.language or "")
    elif node.type == "scriptTask" and node.script is None:
        _by_hand(node, "script-empty", report)
    elif node.type == "scriptTask" and node.result is None and is_idle(node.script or ""):
        _by_hand(node, "script-idle", report, expression=(node.script or "")[:80])


def _by_hand(node: Node, rule: str, report: Report, **params: str) -> None:
    report.add(rule, node.id, node.file, offer=MANUAL, **params)
    node.type = "manualTask"
    node.script = node.language = node.called = node.decision = None


def _ask_time(node: Node, report: Report) -> None:
    if node.trigger.kind == "timer" and node.trigger.timing is None:
        report.add("timer-empty", node.id, node.file, offer=LIMIT)
        node.trigger.timing = Timing("duration", LIMIT)
    if node.trigger.kind == "conditional" and not node.trigger.condition:
        node.trigger.condition = ALWAYS if node.type == "intermediateCatchEvent" else NEVER
        report.add("condition-empty", node.id, node.file, offer=node.trigger.condition)
    loop = node.loop
    if loop is not None and loop.kind != "standard" and loop.collection is None and loop.cardinality is None:
        report.add("items-missing", node.id, node.file, offer=TIMES)
        loop.cardinality = TIMES


def _ask_extensions(diagram: Diagram, node: Node, report: Report) -> None:
    # Where a whole case ends, all of it ends.
    found = [name for name in node.foreign if name != "terminateAll" or node.scope != diagram.main]
    if found:
        report.add("extension-foreign", node.id, node.file, offer=LEFT_OUT, what=", ".join(found)[:200])
    if node.unknown:
        report.add("extension-unknown", node.id, node.file, what=", ".join(node.unknown)[:200])


def _ask_ways(diagram: Diagram, scope: Scope, gateway: Node, deciding: set[str], report: Report) -> None:
    """Which flow is taken where conditions are missing: a single one is the default, else a person chooses.

    Where the other flows ask for outcomes of one step, a single one does so too, so that there is something to choose.
    """
    missing = [flow for flow in gateway.outgoing if flow.condition is None and flow.id != gateway.default]
    if len(gateway.outgoing) < 2 or not missing:
        return
    asked = [outcome_asked(flow.condition) for flow in gateway.outgoing if flow.condition is not None]
    step = _asked_step(scope, asked)
    if step is None and len(missing) == 1 and gateway.default is None:
        report.add("condition-missing", missing[0].id, gateway.file, offer=DEFAULT, gateway=gateway.called_so)
        gateway.default = missing[0].id
        return
    step = step or _step_before(scope, gateway)
    if step is None or (step.id in deciding and not asked):
        step = _choice_before(diagram, gateway)
    deciding.add(step.id)
    used = {found[1] for found in asked if found}
    said = codes_of(flow.name or scope.nodes[flow.target].name for flow in gateway.outgoing)
    wanted = [code for flow, code in zip(gateway.outgoing, said, strict=True) if flow in missing]
    given = _outcomes(step, wanted, used)
    for flow, outcome in zip(missing, given, strict=True):
        flow.condition = f"{spelled(step.id)}.outcome == {json.dumps(outcome, ensure_ascii=False)}"
        report.add("condition-missing", flow.id, gateway.file, offer=flow.condition, gateway=gateway.called_so)
    if gateway.default is not None:
        offered = [*step.properties.get("outcomes", "").split()]
        if not set(offered) - used - set(given):
            step.properties["outcomes"] = " ".join((*offered, OTHERWISE))


def _asked_step(scope: Scope, asked: list[tuple[str, str] | None]) -> Node | None:
    """The step for whose outcome all of these conditions ask."""
    names = {found[0] if found else "" for found in asked}
    if len(names) != 1:
        return None
    [name] = names
    return next((node for node in scope.nodes.values() if node.type in FOR_PEOPLE and spelled(node.id) == name), None)


def choice_id(gateway: str) -> str:
    """The id of the step that is drawn before a gateway when the question about its ways is answered."""
    return f"{gateway}_choice"


def outcome_asked(condition: str) -> tuple[str, str] | None:
    """The step, as it is spelled, and the outcome in a condition as it is offered."""
    match = _OFFERED.fullmatch(condition.strip())
    return (match.group(1), json.loads(match.group(2))) if match else None


def _outcomes(step: Node, wanted: list[str], used: Collection[str]) -> list[str]:
    """The outcome of `step` for each flow: those it has and no flow asks for, if they are as many, or new ones."""
    known = step.properties.get("outcomes", "").split()
    unused = [code for code in known if code not in used and code != OTHERWISE]
    if len(unused) == len(wanted) and not set(unused) & set(wanted):
        return unused
    step.properties["outcomes"] = " ".join(dict.fromkeys((*known, *sorted(used), *wanted)))
    return wanted


def _step_before(scope: Scope, gateway: Node) -> Node | None:
    """The step for a person through which every way to a gateway goes, with nothing decided in between."""
    node = gateway
    for _step in range(_FAR):
        if len(node.incoming) != 1:
            return None
        node = scope.nodes[node.incoming[0].source]
        if node.type in FOR_PEOPLE:
            return node if node.loop is None else None
        if node.type not in _PASSED or len(node.outgoing) != 1:
            return None
    return None


def _choice_before(diagram: Diagram, gateway: Node) -> Node:
    """A step of its own before a gateway, for somebody to choose."""
    step = diagram.add(Node(f"{gateway.id}:choice", "userTask", gateway.name, gateway.scope, gateway.file))
    step.lie_with(gateway)
    step.incoming, gateway.incoming = gateway.incoming, []
    for flow in step.incoming:
        flow.target = step.id
    diagram.join(Flow(f"{step.id}-made", step.id, gateway.id, gateway.scope, gateway.file))
    return step


def _ask_posts(diagram: Diagram, scope: Scope, report: Report, lanes: Collection[str]) -> None:
    """Who does a step: asked of the step where the diagram names somebody, else once of its lane."""
    asked: set[str] = set()
    lanes_by_id = {lane.id: lane for lane in diagram.lanes}
    for node in scope.nodes.values():
        if node.type not in FOR_PEOPLE or ":" in node.id:
            continue
        if node.properties.get("post") or node.lane_properties.get("post") or (node.lane and node.lane in lanes):
            continue
        if node.people:
            told = SOMEBODY if "{" in node.people[0] else node.people[0]  # a text that is made up for each case
            offer, named = code_of(told, SOMEBODY), ", ".join(node.people)[:100]
            report.add("post-missing", node.id, node.file, offer=offer, name=node.name or node.id, people=named)
        elif node.lane_id is None:
            report.add("nobody", node.id, node.file, offer=SOMEBODY, step=node.called_so)
        elif node.lane_id not in asked:
            asked.add(node.lane_id)
            name, lane = node.lane or node.lane_id, lanes_by_id[node.lane_id]
            offer = code_of(name, code_of(lane.id, SOMEBODY))
            report.add("post-missing", lane.id, lane.file, offer=offer, name=name, people=name)
