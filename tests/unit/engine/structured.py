"""A strategy for structured diagrams: everything the engine room runs, nested in everything, and sure to end."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.unit.engine.drawing import (
    both,
    boundary,
    chain,
    end,
    files,
    light,
    node,
    props,
    script,
    service,
    some,
    start,
    timer,
    user,
    way,
    xor,
)

LEAVES = ("step", "step", "step", "script", "service", "timer", "event", "many", "first", "bell")
BLOCKS = ("line", "choice", "fork", "inclusive", "rework", "leg", "leg")

BELL = '<signalEventDefinition signalRef="bell"/>'


def message(name: str) -> str:
    return f'<messageEventDefinition messageRef="{name}"/>'


@dataclass
class Drawing:
    """A diagram in the making."""

    draw: Any
    variables: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def block(self, depth: int) -> tuple[str, str, str]:
        """XML, the element that is entered, and the one that is left."""
        kinds = LEAVES + BLOCKS if depth else LEAVES
        kind = self.draw(st.sampled_from(kinds))
        made: tuple[str, str, str] = getattr(self, kind)(depth - 1)
        return made

    def events(self, host: str, exit_to: str) -> str:
        """Boundary events of `host`; interrupting ones go on at `exit_to`."""
        parts = ""
        for colour in self.draw(st.sets(st.sampled_from(["yellow", "red"]))):
            parts += light(host, colour)
        kind = self.draw(st.sampled_from(["", "", "", "late", "remind", "cycle", "shown", "rung", "heard", "told"]))
        name = self.name(kind)
        if kind == "late":
            parts += boundary(name, host, timer("P9D")) + chain(name, exit_to)
        elif kind == "remind":
            call = self.name("call")
            parts += boundary(name, host, timer("P3D"), False) + user(call) + chain(name, call)
        elif kind in {"rung", "told"}:
            parts += boundary(name, host, BELL if kind == "rung" else message(name)) + chain(name, exit_to)
        elif kind == "heard":
            call = self.name("call")
            parts += boundary(name, host, BELL, False) + user(call) + chain(name, call)
        elif kind == "cycle":
            parts += boundary(name, host, timer("R2/PT8H", "timeCycle"), False)
        elif kind == "shown" and f'id="{host}_red"' not in parts:
            call = self.name("call")
            parts += boundary(name, host, timer("P4D"), False, light="red") + user(call) + chain(name, call)
        return parts

    def merged(self, parts: str, host: str) -> tuple[str, str, str]:
        merge = self.name("merge")
        return parts + xor(merge) + chain(host, merge) + self.events(host, merge), host, merge

    def step(self, _depth: int) -> tuple[str, str, str]:
        name = self.name("step")
        return self.merged(user(name), name)

    def script(self, _depth: int) -> tuple[str, str, str]:
        name = self.name("script")
        return script(name, f"{name} = 1 + 1"), name, name

    def service(self, _depth: int) -> tuple[str, str, str]:
        name = self.name("service")
        return service(name), name, name

    def timer(self, _depth: int) -> tuple[str, str, str]:
        name = self.name("timer")
        return node("intermediateCatchEvent", name, timer("P1D")), name, name

    def event(self, _depth: int) -> tuple[str, str, str]:
        name = self.name("event")
        return node("intermediateThrowEvent", name, props(milestone="decided")), name, name

    def bell(self, _depth: int) -> tuple[str, str, str]:
        name = self.name("bell")
        return node("intermediateThrowEvent", name, BELL), name, name

    def first(self, _depth: int) -> tuple[str, str, str]:
        gateway, merge = self.name("first"), self.name("merge")
        parts = node("eventBasedGateway", gateway) + xor(merge)
        for inner in (timer("P1D"), timer("P9D"), BELL, message(gateway)):
            arm = self.name("arm")
            parts += node("intermediateCatchEvent", arm, inner) + chain(gateway, arm, merge)
        return parts, gateway, merge

    def handler(self) -> str:
        """An event subprocess of a leg, or none."""
        name = self.name("handler")
        kinds = {"timer": timer("P7D"), "cycle": timer("R2/PT8H", "timeCycle"), "bell": BELL, "told": message(name)}
        kind = self.draw(st.sampled_from(["", "", *kinds]))
        if not kind:
            return ""
        interrupting = kind == "told" or (kind != "cycle" and self.draw(st.booleans()))
        begun = node("startEvent", f"{name}_s", kinds[kind], isInterrupting=str(interrupting).lower())
        inner = begun + user(f"{name}_u") + end(f"{name}_e") + chain(f"{name}_s", f"{name}_u", f"{name}_e")
        return node("subProcess", name, inner, triggeredByEvent="true")

    def many(self, _depth: int) -> tuple[str, str, str]:
        name = self.name("many")
        sequential = self.draw(st.sampled_from(["true", "false"]))
        enough = self.draw(st.sampled_from(["", "<completionCondition>item == 'b'</completionCondition>"]))
        loop = (
            f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
            f'<loopDataInputRef>{name}_of</loopDataInputRef><inputDataItem id="item"/>{enough}'
            "</multiInstanceLoopCharacteristics>"
        )
        self.variables[f"{name}_of"] = self.draw(st.sampled_from([[], ["a"], ["a", "b", "c"]]))
        return self.merged(node("userTask", name, props(post="p", form="f") + loop), name)

    def line(self, depth: int) -> tuple[str, str, str]:
        blocks = [self.block(depth) for _part in range(self.draw(st.integers(1, 3)))]
        joints = "".join(chain(first[2], second[1]) for first, second in pairwise(blocks))
        return "".join(block[0] for block in blocks) + joints, blocks[0][1], blocks[-1][2]

    def branches(self, depth: int, split: str, join: str, conditions: bool) -> str:
        parts = ""
        for number in range(self.draw(st.integers(2, 3))):
            inner, first, last = self.block(depth)
            parts += inner + way(split, first, f"{number} in {split}_of" if conditions else None) + chain(last, join)
        if conditions:
            parts += way(split, join, name=f"{split}_else")
            self.variables[f"{split}_of"] = self.draw(st.lists(st.integers(0, 2), max_size=3))
        return parts

    def choice(self, depth: int) -> tuple[str, str, str]:
        split, join = self.name("choice"), self.name("chosen")
        return xor(split, f"{split}_else") + xor(join) + self.branches(depth, split, join, True), split, join

    def inclusive(self, depth: int) -> tuple[str, str, str]:
        split, join = self.name("some"), self.name("joined")
        return some(split, f"{split}_else") + some(join) + self.branches(depth, split, join, True), split, join

    def fork(self, depth: int) -> tuple[str, str, str]:
        split, join = self.name("fork"), self.name("join")
        return both(split, join) + self.branches(depth, split, join, False), split, join

    def rework(self, depth: int) -> tuple[str, str, str]:
        entry, gate, count = self.name("entry"), self.name("gate"), self.name("count")
        inner, first, last = self.block(depth)
        self.variables[count] = 0
        rounds = self.draw(st.integers(1, 3))
        parts = xor(entry) + xor(gate, f"{gate}_on") + inner + script(f"{count}_up", f"{count} = {count} + 1")
        ways = chain(entry, first) + chain(last, f"{count}_up", gate) + way(gate, entry, f"{count} &lt; {rounds}")
        out = self.name("out")
        return parts + ways + xor(out) + way(gate, out, name=f"{gate}_on"), entry, out

    def leg(self, depth: int) -> tuple[str, str, str]:
        name = self.name("leg")
        inner, first, last = self.block(depth)
        level = (
            self.handler()
            + start(f"{name}_s")
            + inner
            + end(f"{name}_e")
            + chain(f"{name}_s", first)
            + chain(last, f"{name}_e")
        )
        return self.merged(node("subProcess", name, level), name)


@st.composite
def structured(draw: Any, depth: int = 3) -> tuple[dict[str, bytes], dict[str, Any]]:
    """A diagram, and the variables that its case starts with."""
    drawing = Drawing(draw)
    inner, first, last = drawing.line(depth)
    return files(start(), end(), inner, chain("start", first), chain(last, "end")), drawing.variables
