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
    service,
    some,
    start,
    timer,
    user,
    way,
)

GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")
KINDS = (*GATEWAYS, *GATEWAYS, "step", "step", "late", "remind", "script", "pause")
RARE = ("either", "many", "hear", "service")
"""What `rich` diagrams have besides: event-based gateways, multi-instances, messages, operations that may fail."""
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
    rich: bool = False
    steps: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    number: int = 0

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def level(self, size: int, depth: int, ends: tuple[str, ...], prefix: str) -> str:
        """The parts of one level: every node can be come to, and from every one a flow leads on to an end."""
        kinds = (*KINDS, *(RARE if self.rich else ()), *(("part", "part") if depth else ()))
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
            most = 3 if kind in GATEWAYS else 2 if kind == "either" else 1
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
        if kind == "either":
            return self.either(name, targets)
        if kind == "hear":
            return node("intermediateCatchEvent", name, self.message()) + onward
        if kind == "service":
            return service(name) + onward
        if kind == "many":
            return self.many(name) + onward
        self.steps.append(name)
        made = user(name) + onward
        if kind in {"late", "remind"}:
            event = self.name("t")
            made += boundary(event, name, timer("P1D"), kind == "late") + way(event, self.draw(st.sampled_from(later)))
        return made

    def message(self) -> str:
        name = self.name("m")
        self.heads.append(f'<message id="{name}" name="{name}"/>')
        return f'<messageEventDefinition messageRef="{name}"/>'

    def either(self, name: str, targets: list[str]) -> str:
        """An event-based gateway with as many events as it has targets, two at least."""
        made = node("eventBasedGateway", name)
        for number, target in enumerate((targets * 2)[:2]):
            event = f"{name}_e{number}"
            inner = self.message() if number else timer("P2D")
            made += node("intermediateCatchEvent", event, inner) + chain(name, event, target)
        return made

    def many(self, name: str) -> str:
        """A step that two persons do, one after the other or at once, or until enough have."""
        self.steps.append(name)
        until = f"<completionCondition>len({name}_enough)</completionCondition>" if self.draw(st.booleans()) else ""
        inner = "<loopCardinality>2</loopCardinality>" + until
        order = "true" if self.draw(st.booleans()) else "false"
        loop = f'<multiInstanceLoopCharacteristics isSequential="{order}">{inner}</multiInstanceLoopCharacteristics>'
        return node("userTask", name, props(post="clerk", form="f") + loop)

    def beside(self) -> str:
        """An event subprocess, or none."""
        if not self.rich or self.draw(st.integers(0, 2)):
            return ""
        name = self.name("h")
        kind = self.draw(st.sampled_from(["timer", "message", "escalation"]))
        event = timer("P5D") if kind == "timer" else self.message()
        if kind == "escalation":
            event = '<escalationEventDefinition escalationRef="loud"/>'
        stops = "true" if self.draw(st.booleans()) else "false"
        inner = node("startEvent", f"{name}s", event, isInterrupting=stops)
        self.steps.append(f"{name}u")
        inner += user(f"{name}u") + end(f"{name}e") + chain(f"{name}s", f"{name}u", f"{name}e")
        return node("subProcess", name, inner, triggeredByEvent="true")

    def part(self, name: str, later: list[str]) -> str:
        kind = "subProcess"
        if self.rich and self.draw(st.integers(0, 2)) == 0:
            kind = "transaction"
        ends = (*INNER_ENDS, "<cancelEventDefinition/>") if kind == "transaction" else INNER_ENDS
        inner = self.level(2, 0, ends, name) + self.beside()
        made = node(kind, name, inner + self.repeated())
        if kind == "transaction" and "<cancelEventDefinition/>" in inner:
            event = self.name("b")
            made += boundary(event, name, "<cancelEventDefinition/>") + way(event, self.draw(st.sampled_from(later)))
        for kind, code in (("error", "wrong"), ("escalation", "loud")):
            if f'{kind}Ref="{code}"' in inner:
                event, stops = self.name("b"), kind == "error" or self.draw(st.booleans())
                made += boundary(event, name, f'<{kind}EventDefinition {kind}Ref="{code}"/>', stops)
                made += way(event, self.draw(st.sampled_from(later)))
        if self.draw(st.integers(0, 3)) == 0:
            event, stops = self.name("t"), not self.rich or self.draw(st.booleans())
            made += boundary(event, name, timer("P9D"), stops) + way(event, self.draw(st.sampled_from(later)))
        return made

    def repeated(self) -> str:
        """Now and then a part is done twice, at once or one after the other."""
        if not self.rich or self.draw(st.integers(0, 3)):
            return ""
        order = "true" if self.draw(st.booleans()) else "false"
        inner = "<loopCardinality>2</loopCardinality>"
        return f'<multiInstanceLoopCharacteristics isSequential="{order}">{inner}</multiInstanceLoopCharacteristics>'

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
    return f"len({flow})"


def of_outcomes(tangle: Tangle, _flow: str) -> str:
    """A condition on the outcome of a step, drawn before it or not."""
    step = tangle.draw(st.sampled_from(tangle.steps or ["nobody"]))
    return f"{step}.outcome == '{tangle.draw(st.sampled_from('ab'))}'"


@st.composite
def tangled(draw: Any, ask: Any = free, size: int = 6, depth: int = 1, rich: bool = False) -> dict[str, bytes]:
    """A diagram of which nobody knows whether it is sound."""
    tangle = Tangle(draw, ask, rich)
    drawn = files(tangle.level(size, depth, ENDS, "s") + tangle.beside())
    heads = CODES + "".join(tangle.heads)
    return {name: content.replace(b"<process ", f"{heads}<process ".encode()) for name, content in drawn.items()}


__all__ = ["free", "of_outcomes", "props", "some", "tangled"]
