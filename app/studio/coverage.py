"""What of a diagram is passed by plays: elements and flows, so that one sees on the drawing what no scenario tries."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from app.engine import Definition
from app.studio.record import is_drawn

_DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})


def covered(definition: Definition, traces: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """How many plays pass each element and flow (`elements`, `flows`), and what none does (`missed`).

    A light is passed where it turned; its end, and the flow to it, are passed with it.
    """
    elements: Counter[str] = Counter()
    flows: Counter[str] = Counter()
    for trace in traces:
        passed = {*trace["way"], *_turned(definition, trace)}
        elements.update(passed)
        flows.update(_flows(definition, trace["way"], passed))
    drawn = [element for element in definition.elements if is_drawn(element)]
    ways = [flow for flow in definition.flows if is_drawn(flow)]
    return {
        "elements": {element: elements[element] for element in drawn},
        "flows": {flow: flows[flow] for flow in ways},
        "missed": [name for name in drawn if not elements[name]] + [name for name in ways if not flows[name]],
    }


def _turned(definition: Definition, trace: Mapping[str, Any]) -> set[str]:
    """The timers that were lights of what turned, and what lies behind them."""
    turned = {(light["step"], light["colour"]) for light in trace["lights"]}
    waiting = [
        light.id for lights in definition.lights.values() for light in lights if (light.step, light.colour) in turned
    ]
    found = set[str]()
    while waiting:
        at = waiting.pop()
        if at not in found:
            found.add(at)
            waiting += [target for source, target in definition.flows.values() if source == at]
    return found


def _flows(definition: Definition, way: list[str], passed: set[str]) -> set[str]:
    """The flows that were passed: all out of what was, and of a gateway that decides those it chose.

    What it chose is what comes next on the way among the targets of its flows.
    """
    out = defaultdict[str, list[tuple[str, str]]](list)
    for flow, (source, target) in definition.flows.items():
        out[source].append((flow, target))
    found = set[str]()
    for number, element in enumerate(way):
        following = out[element]
        drawn = definition.elements.get(element)
        if len(following) < 2 or drawn is None or drawn.type not in _DECIDING:
            found.update(flow for flow, target in following if target in passed)
            continue
        targets = {target: flow for flow, target in reversed(following)}
        several = drawn.type == "inclusiveGateway"
        rest = way[number + 1 :]
        again = rest.index(element) if element in rest else len(rest)
        chosen = [targets[one] for one in rest[:again] if one in targets]
        found.update(chosen if several else chosen[:1])
    lit = passed - set(way)
    found.update(flow for element in lit for flow, target in out[element] if target in passed)
    return found
