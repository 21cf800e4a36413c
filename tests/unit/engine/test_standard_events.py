# ruff: noqa: E501 — one construct, one line
"""What BPMN 2.0.2 says of events with several definitions and of conditions (10.5.5, 10.5.6, 13.5), as in test_standard."""

import pytest

from app.engine import NoWayOut, Stuck, check
from tests.unit.engine.drawing import (
    Office,
    both,
    boundary,
    chain,
    codes,
    end,
    node,
    script,
    start,
    sub,
    timer,
    user,
    way,
)
from tests.unit.engine.test_standard import (
    LINE,
    ROOTS,
    Case,
    begin,
    catch,
    drawn,
    handler,
    test_runs_as_the_standard_says,
)

SIGNAL, OTHER = '<signalEventDefinition signalRef="sig"/>', '<signalEventDefinition signalRef="sig2"/>'
MESSAGE, TIMER = '<messageEventDefinition messageRef="msg"/>', timer("P3D")
LARGE = "<conditionalEventDefinition><condition>area &gt; 500</condition></conditionalEventDefinition>"
NAMES = ROOTS + '<signal id="sig2" name="sig2"/>'


def waits(*definitions: str, **attributes: str) -> dict[str, bytes]:
    """A step, the event “x” with these definitions, a step."""
    event = node("intermediateCatchEvent", "x", "".join(definitions), **attributes)
    return drawn(start(), user("a", "b"), event, end(), chain("start", "a", "x", "b", "end"), roots=NAMES)


def throws(tag: str, *definitions: str) -> dict[str, bytes]:
    """Two steps that wait for a signal each, and beside them a step before the event “x” with these definitions."""
    parts = (user("a", "b", "c"), catch("s1", "signal", "sig"), catch("s2", "signal", "sig2"), end("e1", "e2"))
    last = end("e3") + way("x", "e3") if tag != "endEvent" else ""
    ways = chain("start", "split", "s1", "b", "e1") + chain("split", "s2", "c", "e2") + chain("split", "a", "x")
    return drawn(start(), both("split"), *parts, node(tag, "x", "".join(definitions)), last, ways, roots=NAMES)


def bordered(*definitions: str, interrupting: bool = True) -> dict[str, bytes]:
    """The event “x” with these definitions on the step a, and b behind it."""
    event = boundary("x", "a", "".join(definitions), interrupting)
    return drawn(
        start(), user("a", "b"), event, end("e1", "e2"), chain("start", "a", "e1"), chain("x", "b", "e2"), roots=NAMES
    )


INSIDE = sub(
    "s", start("i"), script("set", "area = 900"), script("log", "seen = area"), end("o"), chain("i", "set", "log", "o")
)
FIRST = script("first", "area = 1")
WITHIN = (start(), INSIDE, user("b", "c"), end("e1", "e2"), chain("s", "c", "e1"), chain("x", "b", "e2"))
GATE = (
    start()
    + node("eventBasedGateway", "g")
    + node("intermediateCatchEvent", "t", timer("P9D"))
    + user("b", "c")
    + end("e1", "e2")
)
FORKED = way("g", "x") + chain("x", "b", "e1") + chain("start", "g", "t", "c", "e2")

RUN = [
    Case("catching several: the first is enough", waits(SIGNAL, MESSAGE, TIMER), "a ^sig b", "a b"),
    Case("catching several: the second is enough", waits(SIGNAL, MESSAGE, TIMER), "a ~msg b", "a b"),
    Case("catching several: the last is enough", waits(SIGNAL, MESSAGE, TIMER), "a !x:3 b", "a b"),
    Case("catching several, one of which is true already", waits(LARGE, MESSAGE), "a ~msg b", "a b"),
    Case("catching all: one is not enough", waits(SIGNAL, MESSAGE, parallelMultiple="true"), "a ^sig", "a", waits=True),
    Case("catching all: in the order drawn", waits(SIGNAL, MESSAGE, parallelMultiple="true"), "a ^sig ~msg b", "a b"),
    Case("catching all: in the other order", waits(SIGNAL, MESSAGE, parallelMultiple="true"), "a ~msg ^sig b", "a b"),
    Case("throwing several in the flow", throws("intermediateThrowEvent", SIGNAL, OTHER), "a b c", "a b c"),
    Case("throwing several at an end", throws("endEvent", SIGNAL, OTHER), "a b c", "a b c"),
    Case("throwing several and ending the level: what was thrown is caught first, and then ended too", throws("endEvent", "<terminateEventDefinition/>", SIGNAL), "a", "a"),
    Case("throwing several, the first of which takes the level away", drawn(start(), both("split"), sub("s", start("i"), node("endEvent", "x", '<escalationEventDefinition escalationRef="esc"/>' + SIGNAL), chain("i", "x")), boundary("up", "s", '<escalationEventDefinition escalationRef="esc"/>'), catch("w", "signal", "sig"), user("b", "c"), end("e0", "e1", "e2"), chain("start", "split", "s", "e0"), chain("up", "b", "e1"), chain("split", "w", "c", "e2"), roots=NAMES), "b c", "b c"),
    Case("several on the border: the first interrupts", bordered(SIGNAL, MESSAGE), "^sig b", "b"),
    Case("several on the border: the second interrupts", bordered(SIGNAL, MESSAGE), "~msg b", "b"),
    Case("several on the border: none has to come", bordered(SIGNAL, MESSAGE), "a", "a"),
    Case("several on the border that do not interrupt", bordered(SIGNAL, MESSAGE, interrupting=False), "^sig ~msg b", "b", "a b"),
    Case("several behind an event-based gateway: one of them", drawn(GATE, node("intermediateCatchEvent", "x", SIGNAL + MESSAGE), FORKED, roots=NAMES), "~msg b", "b"),
    Case("several behind an event-based gateway: another arm", drawn(GATE, node("intermediateCatchEvent", "x", SIGNAL + MESSAGE), FORKED, roots=NAMES), "!t c", "c"),
    Case("a signal thrown beside an event-based gateway is caught, whichever is drawn first", drawn(start(), both("split"), node("intermediateThrowEvent", "th", SIGNAL), node("eventBasedGateway", "g"), catch("x", "signal", "sig"), catch("y", "signal", "sig2"), user("b", "c"), end("e1", "e2", "e3"), chain("start", "split", "th", "e3"), chain("split", "g", "x", "b", "e1"), chain("g", "y", "c", "e2"), roots=NAMES), "b", "b"),
    Case("a condition that becomes true within a subprocess interrupts it at once", drawn(*WITHIN, FIRST, chain("start", "first", "s"), boundary("x", "s", LARGE)), "b", "first set b"),
    Case("a condition that becomes true within a subprocess, beside it", drawn(*WITHIN, FIRST, chain("start", "first", "s"), boundary("x", "s", LARGE, False)), "c b", "first set log c b"),
    Case("a condition that becomes true within, of an event subprocess", drawn(start(), sub("s", start("i"), script("set", "area = 900"), script("log", "seen = area"), end("o"), chain("i", "set", "log", "o"), handler("h", begin("x", "conditional", inner="<condition>area &gt; 500</condition>"), user("b"), end("e"), chain("x", "b", "e"))), end(), chain("start", "s", "end")), "b", "set b"),
]  # fmt: skip


@pytest.mark.parametrize("case", RUN, ids=lambda case: case.name)
def test_runs_as_the_standard_demands(case: Case) -> None:
    test_runs_as_the_standard_says(case)


@pytest.mark.parametrize("text", ["createFile()", "total = compute(3)", "a = len(b)\nclose(a)"])
def test_a_script_that_calls_what_nobody_made_is_refused(text: str) -> None:
    found = check(drawn(start(), script("x", text), end(), chain("start", "x", "end")))
    assert [(one.code, one.element) for one in found] == [("expression-malformed", "x")]
    assert "there is no function" in found[0].params["reason"]


@pytest.mark.parametrize(
    "text", ["a = len(str(3))", "def twice(n):\n    return 2 * n\na = twice(3)", "a = sorted([2, 1])"]
)
def test_a_script_that_calls_what_there_is_is_run(text: str) -> None:
    assert Office(drawn(start(), script("x", text), end(), chain("start", "x", "end"))).ended


def test_several_events_are_told_of_once() -> None:
    found = codes(check(waits(SIGNAL, MESSAGE)), "rewritten") | codes(check(waits(SIGNAL, MESSAGE)), "warning")
    assert found == {("events-any", "x"), ("signal-outside", "x")}


@pytest.mark.parametrize("interrupting", [True, False])
def test_a_condition_that_is_true_from_the_start_happens_when_it_is_first_waited_for(interrupting: bool) -> None:
    office = Office(drawn(*WITHIN, chain("start", "s"), boundary("x", "s", LARGE, interrupting)), area=600)
    assert ("set" in office.trace, office.open) == (not interrupting, ["b"] if interrupting else ["b", "c"])


def test_what_a_person_enters_makes_a_condition_true_before_anything_follows() -> None:
    inner = sub("s", start("i"), user("a"), script("log", "seen = 1"), end("o"), chain("i", "a", "log", "o"))
    parts = (start(), inner, user("b"), end("e1", "e2"), chain("start", "s", "e1"), chain("x", "b", "e2"))
    office = Office(drawn(*parts, boundary("x", "s", LARGE)))
    office.set(area=900)
    office.do("a")
    assert office.trace == ["start", "i", "a", "x"]
    assert office.open == ["b"]


def test_a_condition_that_nothing_can_make_true_is_told_by_name() -> None:
    event = node("intermediateCatchEvent", "x", LARGE)
    with pytest.raises(Stuck, match="x"):
        Office(drawn(start(), event, end(), chain("start", "x", "end")), area=1)


def test_an_error_that_starts_an_event_subprocess_always_interrupts() -> None:
    inner = (start("i"), node("endEvent", "o", '<errorEventDefinition errorRef="err"/>'), chain("i", "o"))
    caught = handler("h", begin("x", "error", "err", False), end("e"), chain("x", "e"))
    assert codes(check(drawn(start(), sub("s", *inner), caught, end(), chain("start", "s", "end"), roots=NAMES))) == {
        ("error-continues", "x")
    }


def test_a_step_with_no_way_on_is_not_left_in_silence() -> None:
    drawn_so = drawn(start(), user("a", "b"), end(), way("start", "a"), way("a", "b", "area &gt; 500"), way("b", "end"))
    assert ("default-missing", "a") in codes(check(drawn_so), "warning")
    with pytest.raises(NoWayOut, match="a"):
        Office(drawn_so, area=1).do("a")


@pytest.mark.parametrize(
    "parts",
    [
        (LINE, handler("h", node("startEvent", "x", SIGNAL + TIMER), end("o"), chain("x", "o"))),
        (LINE, boundary("x", "a", SIGNAL + TIMER).replace("cancelActivity", 'parallelMultiple="true" cancelActivity'), end("o"), chain("x", "o")),
        (start(), node("endEvent", "x", '<errorEventDefinition errorRef="err"/><terminateEventDefinition/>'), chain("start", "x")),
    ],
    ids=["at the start of an event subprocess", "all of them on a border", "two that end the level"],
)  # fmt: skip
def test_what_cannot_be_made_of_single_events_is_refused(parts: tuple[str, ...]) -> None:
    assert ("several-triggers", "x") in codes(check(drawn(*parts, roots=NAMES)))
