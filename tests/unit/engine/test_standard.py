# ruff: noqa: E501 — one construct, one line
"""What BPMN 2.0.2 says of each construct, one small diagram each: what is passed, in which order, and what is refused.

`acts` are what people and the world do, in turn: `a` completes the step a, `!t` lets the timer t fire, `~m` brings the
message m from outside, `^s` the signal s. `passed` are the activities completed, in order.
"""

from dataclasses import dataclass

import pytest

from app.engine import check
from app.engine.diagram import FOR_PEOPLE
from tests.unit.engine.drawing import (
    Office,
    both,
    boundary,
    chain,
    definitions,
    end,
    files,
    node,
    process,
    script,
    some,
    start,
    sub,
    timer,
    user,
    way,
    xor,
)

DONE = frozenset({"userTask", "manualTask", "task", "scriptTask", "receiveTask", "sendTask", "businessRuleTask"})


@dataclass(frozen=True)
class Case:
    """A diagram, what happens to it, and what must come of it."""

    name: str
    files: dict[str, bytes]
    acts: str = ""
    passed: str = ""
    open: str = ""
    """Steps that wait at the end; none means that the case has ended."""
    waits: bool = False
    """Whether something else than a step keeps the case open."""


def drawn(*parts: str, roots: str = "") -> dict[str, bytes]:
    return {"d.bpmn": definitions(roots + process(*parts))}


def event(tag: str, name: str, kind: str, inner: str = "", **attributes: str) -> str:
    """An event with one definition."""
    reference = {"signal": "signalRef", "message": "messageRef", "error": "errorRef", "escalation": "escalationRef"}
    code = attributes.pop("of", None)
    written = f' {reference[kind]}="{code}"' if code else ""
    return node(tag, name, f"<{kind}EventDefinition{written}>{inner}</{kind}EventDefinition>", **attributes)


def catch(name: str, kind: str, of: str) -> str:
    return event("intermediateCatchEvent", name, kind, of=of)


def throw(name: str, kind: str, of: str) -> str:
    return event("intermediateThrowEvent", name, kind, of=of)


def ending(name: str, kind: str, of: str = "") -> str:
    return event("endEvent", name, kind, **({"of": of} if of else {}))


def on(name: str, host: str, kind: str, of: str = "", interrupting: bool = True) -> str:
    reference = {"signal": "signalRef", "message": "messageRef", "error": "errorRef", "escalation": "escalationRef"}
    written = f' {reference[kind]}="{of}"' if of else ""
    return boundary(name, host, f"<{kind}EventDefinition{written}/>", interrupting)


def handler(name: str, begin: str, *parts: str) -> str:
    """An event subprocess."""
    return node("subProcess", name, begin + "".join(parts), triggeredByEvent="true")


def begin(name: str, kind: str, of: str = "", interrupting: bool = True, inner: str = "") -> str:
    return event(
        "startEvent",
        name,
        kind,
        inner,
        isInterrupting="true" if interrupting else "false",
        **({"of": of} if of else {}),
    )


ROOTS = (
    '<signal id="sig" name="sig"/><message id="msg" name="msg"/><message id="other" name="other"/>'
    '<error id="err" errorCode="E1"/><escalation id="esc" escalationCode="S1"/>'
)
MANY = "multiInstanceLoopCharacteristics"


def many(inner: str, **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{MANY}{written}>{inner}</{MANY}>"


def times(name: str, number: int, **attributes: str) -> str:
    return node("userTask", name, many(f"<loopCardinality>{number}</loopCardinality>", **attributes))


LINE = start() + user("a", "b") + end() + chain("start", "a", "b", "end")
PARTED = start() + both("split") + user("a", "b") + chain("start", "split", "a") + way("split", "b")

RUN = [
    Case("sequence", files(LINE), "a b", "a b"),
    Case("parallel, joined", files(PARTED, both("join"), user("c"), end(), chain("a", "join", "c", "end"), way("b", "join")), "b a c", "b a c"),
    Case("parallel, two ends", files(PARTED, end("e1", "e2"), way("a", "e1"), way("b", "e2")), "a", "a", "b"),
    Case("parallel, merged by an exclusive gateway: what follows is done twice", files(PARTED, xor("merge"), user("c"), end(), chain("a", "merge", "c", "end"), way("b", "merge")), "a b", "a b", "c c"),
    Case("parallel, one gateway joins and splits", files(PARTED, both("turn"), user("c", "d"), end("e1", "e2"), chain("a", "turn", "c", "e1"), way("b", "turn"), chain("turn", "d", "e2")), "a b", "a b", "c d"),
    Case("two tokens enter a task without a gateway: it is done twice", files(PARTED, user("c"), end(), chain("a", "c", "end"), way("b", "c")), "a b", "a b", "c c"),
    Case("several flows out of a task: all are taken", files(start(), user("s", "a", "b"), end("e1", "e2"), chain("start", "s", "a", "e1"), chain("s", "b", "e2")), "s", "s", "a b"),
    Case("several flows out of the start", files(start(), user("a", "b"), end("e1", "e2"), chain("start", "a", "e1"), chain("start", "b", "e2")), "", "", "a b"),
    Case("exclusive: the first that is true", files(start(), script("x", "n = 2"), xor("g", "dflt"), user("a", "b", "c"), end(), chain("start", "x", "g"), way("g", "a", "n == 1"), way("g", "b", "n == 2"), way("g", "c", name="dflt"), way("a", "end"), way("b", "end"), way("c", "end")), "b", "x b"),
    Case("exclusive: the default", files(start(), script("x", "n = 9"), xor("g", "dflt"), user("a", "b"), end(), chain("start", "x", "g"), way("g", "a", "n == 1"), way("g", "b", name="dflt"), way("a", "end"), way("b", "end")), "b", "x b"),
    Case("exclusive: joins and splits", files(start(), xor("g", "again"), user("a", "b"), end(), chain("start", "a", "g"), way("g", "b", "a.outcome == 'go'"), way("g", "a", name="again"), way("b", "end")), "a=stay a=stay", "a a", "a"),
    Case("inclusive: every true one, joined", files(start(), script("x", "n = 2"), some("g"), some("j"), user("a", "b", "c", "d"), end(), chain("start", "x", "g"), way("g", "a", "n > 0"), way("g", "b", "n > 1"), way("g", "c", "n > 5"), way("a", "j"), way("b", "j"), way("c", "j"), chain("j", "d", "end")), "b a d", "x b a d"),
    Case("inclusive: the default only if none is true", files(start(), script("x", "n = 0"), some("g", "dflt"), some("j"), user("a", "b"), end(), chain("start", "x", "g"), way("g", "a", "n > 0"), way("g", "b", name="dflt"), way("a", "j"), way("b", "j"), way("j", "end")), "b", "x b"),
    Case("a conditional flow out of a task beside a plain one", files(start(), user("s", "a", "b"), end("e1", "e2"), way("start", "s"), way("s", "a", "s.outcome == 'yes'"), way("s", "b"), way("a", "e1"), way("b", "e2")), "s=yes", "s", "a b"),
    Case("a conditional flow that is false beside a plain one", files(start(), user("s", "a", "b"), end("e1", "e2"), way("start", "s"), way("s", "a", "s.outcome == 'yes'"), way("s", "b"), way("a", "e1"), way("b", "e2")), "s=no", "s", "b"),
    Case("a default flow out of a task", files(start(), node("userTask", "s", default="dflt"), user("a", "b"), end("e1", "e2"), way("start", "s"), way("s", "a", "s.outcome == 'yes'"), way("s", "b", name="dflt"), way("a", "e1"), way("b", "e2")), "s=yes", "s", "a"),
    Case("no start and no end are drawn", files(user("a", "b"), chain("a", "b")), "a b", "a b"),
    Case("two activities without incoming flows both begin", files(user("a", "b")), "a", "a", "b"),
    # --- activities
    Case("subprocess", files(start(), sub("s", start("s0"), user("a"), end("s1"), chain("s0", "a", "s1")), user("b"), end(), chain("start", "s", "b", "end")), "a b", "a b"),
    Case("a subprocess ends when all its tokens do", files(start(), sub("s", start("s0"), both("f"), user("a", "b"), end("s1", "s2"), chain("s0", "f", "a", "s1"), chain("f", "b", "s2")), user("c"), end(), chain("start", "s", "c", "end")), "a b", "a b", "c"),
    Case("call activity", {"d.bpmn": definitions(process(start(), node("callActivity", "call", calledElement="q"), user("b"), end(), chain("start", "call", "b", "end")), process(start("q0"), user("a"), end("q1"), chain("q0", "a", "q1"), name="q"))}, "a b", "a b"),
    Case("multi-instance, one after the other", files(start(), times("m", 3, isSequential="true"), user("z"), end(), chain("start", "m", "z", "end")), "m m m", "m m m", "z"),
    Case("multi-instance, all at once", files(start(), times("m", 3), user("z"), end(), chain("start", "m", "z", "end")), "m@2 m@0", "m m", "m"),
    Case("multi-instance, none", files(start(), times("m", 0), user("z"), end(), chain("start", "m", "z", "end")), "", "", "z"),
    Case("multi-instance, entered again after a rejection", files(start(), times("m", 2), user("d"), xor("g", "back"), end(), chain("start", "m", "d", "g"), way("g", "end", "d.outcome == 'ok'"), way("g", "m", name="back")), "m@0 m@1 d=no m@0 m@1 d=ok", "m m d m m d"),
    Case("loop, tested after, at most", files(start(), node("userTask", "m", '<standardLoopCharacteristics loopMaximum="2"><loopCondition>true</loopCondition></standardLoopCharacteristics>'), user("z"), end(), chain("start", "m", "z", "end")), "m m", "m m", "z"),
    Case("loop, tested before", files(start(), node("userTask", "m", '<standardLoopCharacteristics testBefore="true" loopMaximum="3"><loopCondition>false</loopCondition></standardLoopCharacteristics>'), user("z"), end(), chain("start", "m", "z", "end")), "", "", "z"),
    Case("loop of a subprocess", files(start(), sub("s", '<standardLoopCharacteristics loopMaximum="2"/>', start("s0"), user("a"), end("s1"), chain("s0", "a", "s1")), user("z"), end(), chain("start", "s", "z", "end")), "a a", "a a", "z"),
    # --- ends
    Case("terminate takes all other tokens of its level", files(PARTED, end("e1"), ending("t", "terminate"), way("a", "e1"), way("b", "t")), "b", "b"),
    Case("terminate inside a subprocess ends the subprocess only", files(start(), sub("s", start("s0"), both("f"), user("a", "b"), end("s1"), ending("t", "terminate"), chain("s0", "f", "a", "s1"), chain("f", "b", "t")), user("c"), end(), chain("start", "s", "c", "end")), "b", "b", "c"),
    # --- timers
    Case("timer in the flow", files(start(), node("intermediateCatchEvent", "t", timer("P1D")), user("a"), end(), chain("start", "t", "a", "end")), "!t", "", "a"),
    Case("timer on a step, interrupting", files(start(), user("a", "b"), boundary("t", "a", timer("P1D")), end("e1", "e2"), chain("start", "a", "e1"), chain("t", "b", "e2")), "!t", "", "b"),
    Case("timer on a step, not interrupting", files(start(), user("a", "b"), boundary("t", "a", timer("P1D"), False), end("e1", "e2"), chain("start", "a", "e1"), chain("t", "b", "e2")), "!t", "", "a b"),
    Case("timer on a subprocess, interrupting", files(start(), sub("s", start("s0"), user("a"), end("s1"), chain("s0", "a", "s1")), boundary("t", "s", timer("P1D")), user("b", "c"), end("e1", "e2"), chain("start", "s", "c", "e1"), chain("t", "b", "e2")), "!t b", "b"),
    # --- errors and escalations
    Case("an error ends the subprocess and goes on at its boundary", drawn(start(), sub("s", start("s0"), both("f"), user("a", "x"), ending("s1", "error", "err"), end("s2"), chain("s0", "f", "a", "s1"), chain("f", "x", "s2")), on("b", "s", "error", "err"), user("c", "d"), end("e1", "e2"), chain("start", "s", "c", "e1"), chain("b", "d", "e2"), roots=ROOTS), "a", "a", "d"),
    Case("an escalation that does not interrupt", drawn(start(), sub("s", start("s0"), throw("t", "escalation", "esc"), user("a"), end("s1"), chain("s0", "t", "a", "s1")), on("b", "s", "escalation", "esc", False), user("c", "d"), end("e1", "e2"), chain("start", "s", "c", "e1"), chain("b", "d", "e2"), roots=ROOTS), "a", "a", "c d"),
    Case("an escalation that interrupts", drawn(start(), sub("s", start("s0"), throw("t", "escalation", "esc"), user("a"), end("s1"), chain("s0", "t", "a", "s1")), on("b", "s", "escalation", "esc"), user("c", "d"), end("e1", "e2"), chain("start", "s", "c", "e1"), chain("b", "d", "e2"), roots=ROOTS), "", "", "d"),
    # --- signals, messages
    Case("a signal reaches who waits for it", drawn(start(), both("f"), catch("c", "signal", "sig"), user("a", "b"), throw("t", "signal", "sig"), end("e1", "e2"), chain("start", "f", "c", "b", "e1"), chain("f", "a", "t", "e2"), roots=ROOTS), "a", "a", "b"),
    Case("a signal ends a path and reaches who waits", drawn(start(), both("f"), catch("c", "signal", "sig"), user("a", "b"), ending("t", "signal", "sig"), end("e1"), chain("start", "f", "c", "b", "e1"), chain("f", "a", "t"), roots=ROOTS), "a b", "a b"),
    Case("a signal on the border of a subprocess, from inside it, not interrupting", drawn(start(), sub("s", start("s0"), throw("t", "signal", "sig"), user("a"), end("s1"), chain("s0", "t", "a", "s1")), on("b", "s", "signal", "sig", False), user("c", "d"), end("e1", "e2"), chain("start", "s", "c", "e1"), chain("b", "d", "e2"), roots=ROOTS), "a", "a", "c d"),
    Case("a signal on the border of a step, interrupting", drawn(start(), both("f"), user("a", "b", "c"), throw("t", "signal", "sig"), on("s", "a", "signal", "sig"), end("e1", "e2", "e3"), chain("start", "f", "a", "e1"), chain("f", "b", "t", "e2"), chain("s", "c", "e3"), roots=ROOTS), "b", "b", "c"),
    Case("a message from outside", drawn(start(), catch("m", "message", "msg"), user("a"), end(), chain("start", "m", "a", "end"), roots=ROOTS), "~msg", "", "a"),
    Case("a receive task", drawn(start(), node("receiveTask", "r", messageRef="msg"), user("a"), end(), chain("start", "r", "a", "end"), roots=ROOTS), "~msg", "r", "a"),
    Case("a message thrown and caught in the case", drawn(start(), both("f"), catch("c", "message", "msg"), user("a", "b"), throw("t", "message", "msg"), end("e1", "e2"), chain("start", "f", "c", "b", "e1"), chain("f", "a", "t", "e2"), roots=ROOTS), "a", "a", "b"),
    Case("a message on the border of a step, interrupting", drawn(start(), user("a", "b"), on("m", "a", "message", "msg"), end("e1", "e2"), chain("start", "a", "e1"), chain("m", "b", "e2"), roots=ROOTS), "~msg", "", "b"),
    Case("a process that a message starts", drawn(begin("m", "message", "msg"), user("a"), end(), chain("m", "a", "end"), roots=ROOTS), "", "", "a"),
    # --- event-based gateways
    Case("the first event wins: message", drawn(start(), node("eventBasedGateway", "g"), catch("m", "message", "msg"), node("intermediateCatchEvent", "t", timer("P1D")), user("a", "b"), end(), chain("start", "g", "m", "a", "end"), chain("g", "t", "b", "end"), roots=ROOTS), "~msg", "", "a"),
    Case("the first event wins: timer", drawn(start(), node("eventBasedGateway", "g"), catch("m", "message", "msg"), node("intermediateCatchEvent", "t", timer("P1D")), user("a", "b"), end(), chain("start", "g", "m", "a", "end"), chain("g", "t", "b", "end"), roots=ROOTS), "!t", "", "b"),
    Case("two timers have due times of their own", drawn(start(), node("eventBasedGateway", "g"), node("intermediateCatchEvent", "t1", timer("P1D")), node("intermediateCatchEvent", "t2", timer("P9D")), user("a", "b"), end(), chain("start", "g", "t1", "a", "end"), chain("g", "t2", "b", "end")), "!t2 b", "b"),
    # --- event subprocesses
    Case("event subprocess, interrupting", drawn(start(), user("a"), end(), chain("start", "a", "end"), handler("h", begin("m", "message", "msg"), user("x"), end("h1"), chain("m", "x", "h1")), roots=ROOTS), "~msg x", "x"),
    Case("event subprocess, not interrupting, twice", drawn(start(), user("a"), end(), chain("start", "a", "end"), handler("h", begin("m", "message", "msg", False), user("x"), end("h1"), chain("m", "x", "h1")), roots=ROOTS), "~msg ~msg a", "a", "x x"),
    Case("its timer does not keep the case open", drawn(start(), user("a"), end(), chain("start", "a", "end"), handler("h", begin("t", "timer", "", False, "<timeDuration>P1D</timeDuration>"), user("x"), end("h1"), chain("t", "x", "h1"))), "a", "a"),
    Case("its timer interrupts", drawn(start(), user("a"), end(), chain("start", "a", "end"), handler("h", begin("t", "timer", "", True, "<timeDuration>P1D</timeDuration>"), user("x"), end("h1"), chain("t", "x", "h1"))), "!t", "", "x"),
    Case("an error is caught by an event subprocess of the same level", drawn(start(), sub("s", start("s0"), user("a"), ending("s1", "error", "err"), chain("s0", "a", "s1"), handler("h", begin("m", "error", "err"), user("x"), end("h1"), chain("m", "x", "h1"))), user("c"), end(), chain("start", "s", "c", "end"), roots=ROOTS), "a x", "a x", "c"),
    Case("an escalation is caught and the rest goes on", drawn(start(), sub("s", start("s0"), throw("t", "escalation", "esc"), user("a"), end("s1"), chain("s0", "t", "a", "s1"), handler("h", begin("m", "escalation", "esc", False), user("x"), end("h1"), chain("m", "x", "h1"))), user("c"), end(), chain("start", "s", "c", "end"), roots=ROOTS), "a x", "a x", "c"),
    Case("a signal starts an event subprocess inside a subprocess and ends the rest of it", drawn(start(), both("f"), user("y"), throw("t", "signal", "sig"), end("e0"), chain("f", "y", "t", "e0"), sub("s", start("s0"), user("a"), end("s1"), chain("s0", "a", "s1"), handler("h", begin("m", "signal", "sig"), user("x"), end("h1"), chain("m", "x", "h1"))), user("c"), end(), chain("start", "f", "s", "c", "end"), roots=ROOTS), "y x", "y x", "c"),
    # --- links, references
    Case("a link joins its two ends", files(start(), user("a", "b"), node("intermediateThrowEvent", "l1", '<linkEventDefinition name="L"/>'), node("intermediateCatchEvent", "l2", '<linkEventDefinition name="L"/>'), end(), chain("start", "a", "l1"), chain("l2", "b", "end")), "a b", "a b"),
    Case("an event definition that is referred to", drawn(start(), user("a", "b"), node("boundaryEvent", "t", "<eventDefinitionRef>def</eventDefinitionRef>", attachedToRef="a"), end("e1", "e2"), chain("start", "a", "e1"), chain("t", "b", "e2"), roots='<timerEventDefinition id="def"><timeDuration>P1D</timeDuration></timerEventDefinition>'), "!t", "", "b"),
]  # fmt: skip


@pytest.mark.parametrize("case", RUN, ids=lambda case: case.name)
def test_runs_as_the_standard_says(case: Case) -> None:
    wrong = [finding for finding in check(case.files) if finding.severity == "error"]
    assert [finding.text for finding in wrong if finding.code != "step-dead"] == []
    office = Office(case.files)
    for act in case.acts.split():
        done(office, act)
    passed = [element for element in office.trace if office.definition.elements[element].type in DONE]
    assert passed == case.passed.split()
    assert office.open == case.open.split()
    assert office.ended is (not case.open and not case.waits)


def done(office: Office, act: str) -> None:
    """One act of somebody, or of the world. Where several of one step are open, the first of them."""
    if act.startswith("!"):
        office.fire(act[1:])
        return
    if act.startswith(("~", "^")):
        office.instance.receive("message" if act.startswith("~") else "signal", act[1:])
    else:
        step, _, outcome = act.partition("=")
        element, _, item = step.partition("@")
        activity = next(
            one
            for one in office.instance.waiting
            if one.element == element and one.type in FOR_PEOPLE and (not item or one.item == int(item))
        )
        if outcome:
            office.variables.set_outcome(activity.scopes[-1] if activity.scopes else "", element, outcome)
        office.instance.complete(activity.token)
    office._settle()


REFUSED = [
    ("complexGateway", "complex-gateway"),
    ("adHocSubProcess", "ad-hoc"),
]


@pytest.mark.parametrize(("tag", "code"), REFUSED)
def test_refused_by_name(tag: str, code: str) -> None:
    drawn_so = files(start(), node(tag, "x"), end(), chain("start", "x", "end"))
    assert (code, "x") in {(one.code, one.element) for one in check(drawn_so) if one.severity == "error"}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("an exclusive split before a parallel join", (start(), xor("g", "d"), user("a", "b"), both("j"), end(), chain("start", "g"), way("g", "a", "x > 1"), way("g", "b", name="d"), way("a", "j"), way("b", "j"), way("j", "end"))),
        ("an inclusive split before a parallel join", (start(), some("g", "d"), user("a", "b"), both("j"), end(), chain("start", "g"), way("g", "a", "x > 1"), way("g", "b", name="d"), way("a", "j"), way("b", "j"), way("j", "end"))),
    ],
)  # fmt: skip
def test_deadlocks_are_refused(name: str, parts: tuple[str, ...]) -> None:
    assert {one.code for one in check(files(*parts)) if one.severity == "error"} == {"deadlock"}, name
