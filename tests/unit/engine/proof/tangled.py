"""A strategy for diagrams drawn by nobody in his right mind: gateways, steps and parts joined in every way."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.unit.engine.drawing import (
    boundary,
    chain,
    end,
    files,
    node,
    props,
    script,
    some,
    start,
    sub,
    timer,
    user,
    way,
)

GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
KINDS = (*GATEWAYS, *GATEWAYS, "step", "step", "late", "remind", "script", "pause")
ENDS = ("", "", "", "<terminateEventDefinition/>")
INNER_ENDS = (
    *ENDS,
    '<errorEventDefinition errorRef="wrong"/>',
    '<escalationEventDefinition escalationRef="loud"/>',
)
CODES = '<error id="wrong" errorCode="wrong"/><escalation id="loud" escalationCode="loud"/>'


@dataclass
class Tangle:
    """A diagram in the making. `ask` writes the condition of a flow."""

    draw: Any
    ask: Any
    steps: list[str] = field(default_factory=list)
    number: int = 0

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def level(self, size: int, depth: int, ends: tuple[str, ...], prefix: str) -> str:
        """The parts of one level: every node can be come to, and from every one a flow leads on to an end."""
        kinds = (*KINDS, "part", "part") if depth else KINDS
        names = [(self.name("g"), self.draw(st.sampled_from(GATEWAYS)))]
        more = range(self.draw(st.integers(1, size)))
        names += [(self.name("n"), self.draw(st.sampled_from(kinds))) for _node in more]
        last = [self.name("e") for _end in range(self.draw(st.integers(1, 2)))]
        order = [name for name, _kind in names]
        flows: dict[str, list[str]] = {}
        splitting: list[str] = []
        reached = {order[0]}
        for place, (name, kind) in enumerate(names):
            if name not in reached:
                flows[self.draw(st.sampled_from(splitting))].append(name)
            later = order[place + 1 :] + last
            most = 3 if kind in GATEWAYS else 1
            flows[name] = self.draw(st.lists(st.sampled_from(later), min_size=1, max_size=most, unique=True))
            if kind in GATEWAYS:
                splitting.append(name)
                if place and self.draw(st.integers(0, 3)) == 0:
                    back = self.draw(st.sampled_from(order[:place]))
                    flows[name] += [back] if back not in flows[name] else []
            reached.update(flows[name])
        for name in last:
            if name not in reached:
                flows[splitting[-1]].append(name)
        parts = "".join(self.node(name, kind, flows[name], later_of(order, last, name)) for name, kind in names)
        parts += "".join(end(name, inner=self.draw(st.sampled_from(ends))) for name in last)
        return start(f"{prefix}s") + chain(f"{prefix}s", order[0]) + parts

    def node(self, name: str, kind: str, targets: list[str], later: list[str]) -> str:
        if kind in GATEWAYS:
            return self.gateway(name, kind, targets)
        onward = "".join(way(name, target) for target in targets)
        if kind == "script":
            return script(name, "done = 1") + onward
        if kind == "pause":
            return node("intermediateCatchEvent", name, timer("P1D")) + onward
        if kind == "part":
            return self.part(name, later) + onward
        self.steps.append(name)
        made = user(name) + onward
        if kind in {"late", "remind"}:
            event = self.name("t")
            made += boundary(event, name, timer("P1D"), kind == "late") + way(event, self.draw(st.sampled_from(later)))
        return made

    def part(self, name: str, later: list[str]) -> str:
        inner = self.level(2, 0, INNER_ENDS, name)
        made = sub(name, inner)
        for kind, code in (("error", "wrong"), ("escalation", "loud")):
            if f'{kind}Ref="{code}"' in inner:
                event, stops = self.name("b"), kind == "error" or self.draw(st.booleans())
                made += boundary(event, name, f'<{kind}EventDefinition {kind}Ref="{code}"/>', stops)
                made += way(event, self.draw(st.sampled_from(later)))
        if self.draw(st.integers(0, 3)) == 0:
            event = self.name("t")
            made += boundary(event, name, timer("P9D")) + way(event, self.draw(st.sampled_from(later)))
        return made

    def gateway(self, name: str, kind: str, targets: list[str]) -> str:
        if kind == "parallelGateway" or len(targets) == 1:
            return node(kind, name) + "".join(way(name, target) for target in targets)
        made = node(kind, name, default=f"{name}_{len(targets) - 1}")
        for number, target in enumerate(targets):
            flow = f"{name}_{number}"
            asked = self.ask(self, flow) if number < len(targets) - 1 else None
            made += way(name, target, asked, flow)
        return made


def later_of(order: list[str], last: list[str], name: str) -> list[str]:
    return order[order.index(name) + 1 :] + last


def free(_tangle: Tangle, flow: str) -> str:
    """A condition of which nothing is known: whoever plays decides."""
    return f"free({flow})"


def of_outcomes(tangle: Tangle, _flow: str) -> str:
    """A condition on the outcome of a step, drawn before it or not."""
    step = tangle.draw(st.sampled_from(tangle.steps or ["nobody"]))
    return f"{step}.outcome == '{tangle.draw(st.sampled_from('ab'))}'"


@st.composite
def tangled(draw: Any, ask: Any = free, size: int = 6, depth: int = 1) -> dict[str, bytes]:
    """A diagram of which nobody knows whether it is sound."""
    tangle = Tangle(draw, ask)
    drawn = files(tangle.level(size, depth, ENDS, "s"))
    return {name: content.replace(b"<process ", f"{CODES}<process ".encode()) for name, content in drawn.items()}


__all__ = ["free", "of_outcomes", "props", "some", "tangled"]
