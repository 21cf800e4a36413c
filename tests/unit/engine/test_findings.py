"""Every finding the engine room can make, each with a diagram that earns it and a text that can be read."""

import pytest

from app.engine import DiagramRefused, check, load
from app.engine.checks import HARMLESS
from app.engine.decisions.texts import DECIDED as OF_DECISIONS
from app.engine.findings import RULES
from app.engine.importing.texts import IMPORTED
from tests.unit.engine.drawing import (
    both,
    boundary,
    chain,
    codes,
    definitions,
    end,
    files,
    light,
    node,
    process,
    props,
    script,
    some,
    start,
    timer,
    user,
    way,
    xor,
)

STARTED = start() + end()
PLAIN = STARTED + chain("start", "end")
STEP = STARTED + user("a") + chain("start", "a", "end")
MESSAGE = '<messageEventDefinition messageRef="m"/>'
XML = b"<a" + b"><a" * 100 + b">" + b"</a>" * 101


def step(inner: str = "", **attributes: str) -> dict[str, bytes]:
    """A diagram with the one step “a”."""
    return files(
        STARTED, node("userTask", "a", props(post="p", form="f") + inner, **attributes), chain("start", "a", "end")
    )


def many(inner: str) -> dict[str, bytes]:
    return step(f"<multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics>")


def again(condition: str) -> dict[str, bytes]:
    """A script that is done again while a condition is true, and that changes only y."""
    loop = f"<standardLoopCharacteristics><loopCondition>{condition}</loopCondition></standardLoopCharacteristics>"
    return one("scriptTask", f"<script>y = 1</script>{loop}")


def one(tag: str, inner: str = "", **attributes: str) -> dict[str, bytes]:
    """A diagram with one element “x” between start and end."""
    return files(STARTED, node(tag, "x", inner, **attributes), chain("start", "x", "end"))


def late(inner: str, interrupting: bool = True, **properties: str) -> dict[str, bytes]:
    """A diagram with the boundary event “late” on the step “a”."""
    return files(STEP, boundary("late", "a", inner, interrupting, **properties), end("e2"), chain("late", "e2"))


def beside(tag: str, inner: str) -> dict[str, bytes]:
    """The same on a step that no person does."""
    return {path: xml.replace(b"userTask", tag.encode()) for path, xml in late(inner).items()}


def handled(*inner: str) -> dict[str, bytes]:
    """A diagram with an event subprocess “h” made of these parts."""
    return files(STEP, node("subProcess", "h", "".join(inner) + end("o") + chain("i", "o"), triggeredByEvent="true"))


def inside(inner: str, *around: str, tag: str = "subProcess") -> dict[str, bytes]:
    """A diagram with a subprocess “s” that ends in the event “x”."""
    return files(
        STARTED,
        node(tag, "s", start("i") + node("endEvent", "x", inner) + chain("i", "x")),
        chain("start", "s", "end"),
        *around,
    )


def calling(called: str, *processes: str) -> dict[str, bytes]:
    call = node("callActivity", "x", calledElement=called)
    return {"d.bpmn": definitions(process(STARTED, call, chain("start", "x", "end")), *processes)}


def wide(branches: int) -> dict[str, bytes]:
    """A diagram with more ways than are tried: out of an inclusive gateway by any set of so many flows."""
    names = [f"b{number}" for number in range(branches)]
    ways = "".join(way("s", name, f"{name} > 0") + chain(name, "m") for name in names)
    return files(
        STARTED,
        some("s", "n") + some("m") + user(*names) + ways,
        way("s", "m", name="n"),
        chain("start", "s"),
        chain("m", "end"),
    )


def many_joins(number: int) -> dict[str, bytes]:
    """A diagram with a row of inclusive gateways, each of which joins."""
    rows = ""
    for i in range(number + 1):
        rows += some(f"j{i}") + way(f"j{i}", f"j{i + 1}", "x") + way(f"j{i}", f"k{i}", "y")
        rows += node("task", f"k{i}") + chain(f"k{i}", f"j{i + 1}")
    return files(STARTED, rows, some(f"j{number + 1}"), chain("start", "j0"), chain(f"j{number + 1}", "end"))


DECIDED = (
    user("u")
    + user("b")
    + xor("g", "n")
    + xor("h")
    + chain("start", "u", "g")
    + way("g", "end", "u.outcome == 'a'")
    + chain("b", "end")
)
CASES: dict[str, tuple[dict[str, bytes], str | None]] = {
    "no-file": ({}, None),
    "too-many-files": ({f"{number}.bpmn": b"" for number in range(21)}, None),
    "file-too-large": ({"d.bpmn": b" " * 2_000_001}, None),
    "encoding": ({"d.bpmn": b'<?xml version="1.0" encoding="EBCDIC-CP-US"?><a/>'}, None),
    "doctype": ({"d.bpmn": b'<!DOCTYPE a SYSTEM "http://localhost/x"><a/>'}, None),
    "not-xml": ({"d.bpmn": b"<a><b></a>"}, None),
    "too-deep-xml": ({"d.bpmn": XML}, None),
    "too-many-elements": ({"d.bpmn": b"<a>" + b"<b/>" * 40_001 + b"</a>"}, None),
    "too-many-nodes": (files(*(node("task", f"t{number}") for number in range(3_001))), None),
    "not-bpmn": ({"d.bpmn": b"<html/>"}, None),
    "no-process": ({"d.bpmn": definitions()}, None),
    "several-processes": ({"d.bpmn": definitions(process(PLAIN), process(start("s2"), name="q"))}, "p"),
    "not-executable": ({"d.bpmn": definitions(process(PLAIN, executable="false"))}, "p"),
    "other-pools": ({"d.bpmn": definitions(process(PLAIN), process(name="q", executable="false"))}, None),
    "id-missing": (files(PLAIN, "<userTask/>"), None),
    "id-twice": (files(STEP, user("a")), "a"),
    "id-invalid": (files(STARTED, user("1a"), chain("start", "1a", "end")), "1a"),
    "unknown-element": (one("magicTask"), "x"),
    "complex-gateway": (one("complexGateway"), "x"),
    "event-gateway": (one("eventBasedGateway", eventGatewayType="Parallel"), "x"),
    "event-gateway-arm": (one("eventBasedGateway"), "end"),
    "ad-hoc": (one("adHocSubProcess"), "x"),
    "event-subprocess-place": (one("subProcess", start("i"), triggeredByEvent="true"), "x"),
    "event-subprocess-never": (handled(node("startEvent", "i", '<escalationEventDefinition escalationRef="x"/>')), "i"),
    "event-subprocess-start": (handled(start("i")), "i"),
    "start-unused": (files(PLAIN, node("startEvent", "s2", MESSAGE), chain("s2", "end")), "s2"),
    "start-by-itself": (files(node("startEvent", "s", timer("R/P1D", "timeCycle")), end(), chain("s", "end")), "s"),
    "condition-empty": (one("intermediateCatchEvent", "<conditionalEventDefinition/>"), "x"),
    "signal-unheard": (one("intermediateThrowEvent", '<signalEventDefinition signalRef="s"/>'), "x"),
    "signal-outside": (one("intermediateCatchEvent", '<signalEventDefinition signalRef="s"/>'), "x"),
    "cancel-place": (inside("<cancelEventDefinition/>"), "x"),
    "cancel-uncaught": (inside("<cancelEventDefinition/>", tag="transaction"), "x"),
    "compensation": (one("userTask", isForCompensation="true"), "x"),
    "link-event": (one("intermediateThrowEvent", "<linkEventDefinition/>"), "x"),
    "unsupported-event": (one("intermediateCatchEvent", "<errorEventDefinition/>"), "x"),
    "definition-missing": (one("intermediateCatchEvent", "<eventDefinitionRef>gone</eventDefinitionRef>"), "x"),
    "timer-twice": (
        one(
            "intermediateCatchEvent",
            "<timerEventDefinition><timeDuration>P1D</timeDuration><timeCycle>R3/P1D</timeCycle></timerEventDefinition>",
        ),
        "x",
    ),
    "several-triggers": (handled(node("startEvent", "i", MESSAGE + timer("P2D"))), "i"),
    "flow-dangling": (files(PLAIN, way("start", "nowhere", name="lost")), "lost"),
    "default-dangling": (one("exclusiveGateway", default="other"), "x"),
    "boundary-nowhere": (files(PLAIN, boundary("late", "end", timer("P1D"))), "late"),
    "boundary-empty": (late(""), "late"),
    "catch-nothing": (one("intermediateCatchEvent"), "x"),
    "boundary-never": (beside("sendTask", "<escalationEventDefinition/>"), "late"),
    "boundary-outside": (beside("sendTask", "<errorEventDefinition/>"), "late"),
    "error-continues": (late("<errorEventDefinition/>", interrupting=False), "late"),
    "error-uncaught": (inside('<errorEventDefinition errorRef="e"/>'), "x"),
    "escalation-uncaught": (inside('<escalationEventDefinition escalationRef="e"/>'), "x"),
    "no-start": (files(user("a", "b"), chain("a", "b", "a")), "p"),
    "several-starts": (handled(start("i"), node("startEvent", "j", MESSAGE), chain("j", "o")), "h"),
    "start-entered": (files(STEP, way("a", "start")), "start"),
    "end-left": (files(STEP, way("end", "a")), "end"),
    "unreachable": (files(STEP, user("b"), way("b", "end")), "b"),
    "never-ends": (files(STARTED, user("a", "b"), chain("start", "a", "b", "a")), "b"),
    "dead-end": (files(start(), user("a"), chain("start", "a")), "a"),
    "flow-twice": (files(STARTED, both("f", "j"), chain("start", "f", "j", "end"), way("f", "j")), "j"),
    "deadlock": (
        files(
            STARTED,
            xor("g", "n"),
            both("j"),
            user("a"),
            chain("start", "g"),
            way("g", "a", "x"),
            chain("a", "j", "end"),
            way("g", "j", name="n"),
        ),
        "j",
    ),
    "tokens-multiply": (
        files(
            STARTED, both("j"), user("a", "b"), chain("start", "a", "b", "a"), chain("b", "j"), chain("a", "j", "end")
        ),
        "a",
    ),
    "no-way-on": (files(STARTED, DECIDED, way("g", "h", name="n"), way("h", "b", "u.outcome == 'a'")), "h"),
    "never-done": (
        files(
            STARTED, xor("m"), xor("g", "n"), chain("start", "m", "g"), way("g", "m", "x"), way("g", "end", name="n")
        ),
        "g",
    ),
    "step-dead": (
        files(
            STARTED,
            DECIDED,
            way("g", "h", name="n"),
            way("h", "b", "u.outcome == 'a'"),
            way("h", "end", "u.outcome == 'b'"),
        ),
        "b",
    ),
    "not-proven": (wide(12), "p"),
    "too-many-joins": (many_joins(51), "p"),
    "conditional-flow": (files(STARTED, both("a"), chain("start", "a"), way("a", "end", "x")), "a"),
    "condition-missing": (
        files(STARTED, xor("x"), chain("start", "x"), way("x", "end", name="w"), way("x", "end", "y")),
        "w",
    ),
    "written-at-once": (
        files(
            STARTED,
            both("f", "j"),
            script("a", "x = 1"),
            script("b", "x = 2"),
            chain("start", "f", "a", "j", "end") + chain("f", "b", "j"),
        ),
        "a",
    ),
    "default-missing": (files(STARTED, xor("x"), chain("start", "x"), way("x", "end", "y"), way("x", "end", "z")), "x"),
    "foreign-language": (
        files(
            STARTED,
            xor("x"),
            chain("start", "x"),
            way("x", "end", "y").replace("Expression>", "Expression language='groovy'>", 1),
        ),
        "x",
    ),
    "expression-type": (
        files(
            STARTED, xor("x", "n"), way("x", "e2", '="a"'), way("x", "end", name="n"), end("e2"), chain("start", "x")
        ),
        "x",
    ),
    "expression-malformed": (files(STARTED, script("x", "1 +"), chain("start", "x", "end")), "x"),
    "script-empty": (one("scriptTask"), "x"),
    "script-idle": (files(STARTED, script("x", "CLOSE_THE_FILE"), chain("start", "x", "end")), "x"),
    "loop-endless": (step("<standardLoopCharacteristics/>"), "a"),
    "loop-always": (again("True"), "x"),
    "loop-unchanging": (again("n &lt; 3"), "x"),
    "loop-maximum": (step('<standardLoopCharacteristics loopMaximum="often"/>'), "a"),
    "loop-twice": (
        step(
            '<standardLoopCharacteristics loopMaximum="2"/><multiInstanceLoopCharacteristics>'
            "<loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
        ),
        "a",
    ),
    "items-number": (many("<loopCardinality>-1</loopCardinality>"), "a"),
    "items-unclear": (many("<loopDataInputRef>l</loopDataInputRef><loopCardinality>2</loopCardinality>"), "a"),
    "items-missing": (many(""), "a"),
    "item-name": (many('<loopDataInputRef>l</loopDataInputRef><inputDataItem id="an item"/>'), "a"),
    "items-output": (many("<loopDataInputRef>l</loopDataInputRef><loopDataOutputRef>o</loopDataOutputRef>"), "a"),
    "called-missing": (calling("q"), "x"),
    "called-again": (calling("p"), "x"),
    "timer-empty": (late("<timerEventDefinition/>"), "late"),
    "timer-invalid": (late(timer("P15X")), "late"),
    "cycle-place": (late(timer("R3/PT8H", "timeCycle")), "late"),
    "light-interrupts": (late(timer("P1D"), light="red"), "late"),
    "light-twice": (files(STEP, light("a", "red"), boundary("late", "a", timer("P2D"), False, light="red")), "late"),
    "light-duration": (late(timer("limit"), False, light="red"), "late"),
    "nobody": (one("userTask"), "x"),
    "form-missing": (one("userTask"), "x"),
    "operation-missing": (one("serviceTask"), "x"),
    "operation-unknown": (one("serviceTask", props(operation="fly")), "x"),
    "property-unknown": (one("userTask", props(pots="clerk")), "x"),
    "property-value": (one("userTask", props(kind="dance")), "x"),
}


def test_every_finding_has_a_case() -> None:
    assert set(CASES) == set(RULES) - set(IMPORTED) - set(OF_DECISIONS)


@pytest.mark.parametrize("code", CASES)
def test_the_case_earns_the_finding(code: str) -> None:
    drawn, element = CASES[code]
    severity = RULES[code].severity
    found = check(drawn, operations={"notify"})
    assert (code, element) in codes(found, severity)
    [finding, *_more] = [finding for finding in found if finding.code == code]
    assert finding.text
    assert "%" not in finding.text
    assert finding.remedy % finding.params
    if severity == "error" and code not in HARMLESS | {"step-dead"}:
        with pytest.raises(DiagramRefused) as raised:
            load(drawn, operations={"notify"})
        assert raised.value.findings == found
        assert raised.value.text


def test_a_good_diagram_earns_none() -> None:
    assert check(files(STEP, light("a", "yellow"), light("a", "red", "P8D"))) == ()


def test_errors_come_first() -> None:
    found = check(one("userTask", props(kind="dance")))
    assert [finding.kind for finding in found] == ["refused", "question", "warning"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("x == 1", "x != 1"),
        ("x", "not x"),
        ("x == True", "x == False"),
        ("x &lt; 3", "x &gt;= 3"),
        ("x in y", "x not in y"),
    ],
)
def test_opposite_conditions_need_no_default(first: str, second: str) -> None:
    drawn = files(STARTED, xor("g"), end("e2"), chain("start", "g"), way("g", "end", first), way("g", "e2", second))
    assert check(drawn) == ()


def test_the_called_process_is_checked_too() -> None:
    called = process(start("s2"), user("b"), chain("s2", "b"), user("lost"), way("lost", "b"), name="q")
    assert ("unreachable", "lost") in codes(check(calling("q", called)))


def test_processes_that_call_each_other_are_refused() -> None:
    back = node("callActivity", "y", calledElement="p")
    called = process(start("s2"), back, end("e2"), chain("s2", "y", "e2"), name="q")
    other = process(
        start("s3"), node("callActivity", "z", calledElement="q"), end("e3"), chain("s3", "z", "e3"), name="r"
    )
    assert {("called-again", "x"), ("called-again", "y")} <= codes(check(calling("q", called, other)))


def test_an_error_must_be_caught_on_every_way_out() -> None:
    caught = boundary("c", "s", '<errorEventDefinition errorRef="e"/>') + chain("c", "end")
    assert {finding.kind for finding in check(inside('<errorEventDefinition errorRef="e"/>', caught))} == {"rewritten"}
    other = boundary("c", "s", '<errorEventDefinition errorRef="f"/>') + chain("c", "end")
    assert codes(check(inside('<errorEventDefinition errorRef="e"/>', other))) == {
        ("error-uncaught", "x"),
        ("boundary-never", "c"),
    }


def test_a_property_of_a_lane_is_told_once() -> None:
    lane = (
        '<lane id="l" name="Window">' + props(post="a post?") + "".join(f"<flowNodeRef>{x}</flowNodeRef>" for x in "ab")
    )
    drawn = files(f"<laneSet>{lane}</lane></laneSet>", STARTED, user("a", "b"), chain("start", "a", "b", "end"))
    assert [(finding.code, finding.element) for finding in check(drawn)] == [("property-value", "l")]
