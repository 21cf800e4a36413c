"""Events beyond what a trace shows: who is given what, what stays waiting, what is refused."""

from uuid import uuid4

import pytest

from app.engine import Instance, NotAwaited, TokenGone, Variables, check, load
from tests.unit.engine.drawing import (
    Office,
    both,
    boundary,
    chain,
    codes,
    definitions,
    end,
    files,
    node,
    process,
    props,
    script,
    service,
    some,
    start,
    sub,
    timer,
    user,
    way,
)

STARTED = start() + end()
STEP = STARTED + user("a") + chain("start", "a", "end")


def message(name: str) -> str:
    return f'<messageEventDefinition messageRef="{name}"/>'


def signal(name: str) -> str:
    return f'<signalEventDefinition signalRef="{name}"/>'


def condition(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"


def handler(trigger: str, *parts: str, interrupting: str = "true", name: str = "h") -> str:
    """An event subprocess with one step, `{name}_u`, and the parts behind it."""
    inner = node("startEvent", f"{name}_s", trigger, isInterrupting=interrupting) + user(f"{name}_u")
    inner += end(f"{name}_e") + chain(f"{name}_s", f"{name}_u", *parts[1:], f"{name}_e") + "".join(parts[:1])
    return node("subProcess", name, inner, triggeredByEvent="true")


def receive(office: Office, name: str, kind: str = "message") -> Office:
    office.instance.receive(kind, name)  # type: ignore[arg-type]
    office._settle()
    return office


def test_what_is_not_awaited_is_told_and_changes_nothing() -> None:
    office = Office(files(STEP, boundary("b", "a", message("stop")), chain("b", "end")))
    before = office.instance.dump()
    for kind, name in (("message", "other"), ("signal", "stop")):
        with pytest.raises(NotAwaited, match=name):
            office.instance.receive(kind, name)  # type: ignore[arg-type]
    with pytest.raises(NotAwaited, match="broken"):
        office.instance.fail(office.activity("a").token, "broken")
    with pytest.raises(TokenGone):
        office.instance.fail(uuid4(), "broken")
    assert office.instance.dump() == before


def test_what_a_case_waits_for_is_told_with_its_token() -> None:
    office = Office(files(STEP, boundary("b", "a", message("ask"), False), handler(signal("stop"))))
    assert {(found.kind, found.name, found.element) for found in office.moved.awaited} == {
        ("message", "ask", "b"),
        ("signal", "stop", "h_s"),
    }
    tokens = {found.element: found.token for found in office.instance.awaited}
    receive(office, "ask")
    assert {found.element: found.token for found in office.instance.awaited} == tokens
    receive(office, "stop", "signal")
    assert office.instance.awaited == ()


def test_a_message_that_is_referred_to_by_nothing_is_called_as_its_event() -> None:
    event = node("intermediateCatchEvent", "x", "<messageEventDefinition/>", name="The papers")
    office = Office(files(STARTED, event, chain("start", "x", "end")))
    assert receive(office, "The papers").ended


def test_an_operation_that_reports_an_error_is_left_by_the_event_that_has_its_code() -> None:
    root = '<error id="e1" errorCode="not-decided"/>'
    codes_of = boundary("exact", "s", '<errorEventDefinition errorRef="e1"/>')
    every = boundary("every", "s", "<errorEventDefinition/>")
    drawn = process(STARTED, service("s"), every, codes_of, chain("start", "s", "end"), chain("every", "end"))
    drawn = drawn.replace("</process>", f"{chain('exact', 'end')}</process>")
    for code, caught in (("not-decided", "exact"), ("other", "every"), (None, "every")):
        office = Office({"d.bpmn": definitions(root, drawn)})
        office.instance.fail(office.activity("s").token, code)
        office._settle()
        assert office.trace == ["start", caught, "end"]


def test_an_error_of_a_step_goes_outward_to_the_level_that_catches_it() -> None:
    leg = sub("s", start("i"), service("u"), end("o"), chain("i", "u", "o"))
    office = Office(files(STARTED, leg, chain("start", "s", "end"), handler("<errorEventDefinition/>")))
    office.instance.fail(office.activity("u").token, "any")
    office._settle()
    assert office.open == ["h_u"]
    assert {(left.element, left.how) for left in office.moved.left} == {("s", "cancelled"), ("u", "cancelled")}


def test_each_firing_has_a_scope_of_its_own() -> None:
    said = script("note", "said = word")
    office = Office(files(STEP, handler(message("ask"), said, "note", interrupting="false")), word="x")
    receive(receive(office, "ask"), "ask")
    first, second = [activity for activity in office.instance.waiting if activity.element == "h_u"]
    assert first.scopes != second.scopes
    for activity, word in ((second, "two"), (first, "one")):
        office.variables.set(activity.scopes[-1], "word", word)
        office.instance.complete(activity.token)
        office._settle()
    assert [write.value for write in office.writes if write.name == "said"] == ["two", "one"]
    assert office.do("a").ended


def test_an_event_subprocess_in_each_item_of_a_countersign() -> None:
    loop = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    level = start("i") + user("u") + end("o") + chain("i", "u", "o") + handler(message("stop"))
    office = Office(files(STARTED, node("subProcess", "s", level + loop), chain("start", "s", "end")))
    assert [found.element for found in office.instance.awaited] == ["h_s", "h_s"]
    assert receive(office, "stop").open == ["h_u", "u"]
    assert not office.do("h_u").ended
    assert office.do("u").ended


def test_a_handler_of_an_open_one_waits_inside_it() -> None:
    inner = node("startEvent", "i", message("in"), isInterrupting="true") + user("again") + end("ie")
    nested = node("subProcess", "inner", inner + chain("i", "again", "ie"), triggeredByEvent="true")
    drawn = files(STEP, handler(message("out")).replace("</subProcess>", f"{nested}</subProcess>"))
    office = receive(Office(drawn), "out")
    assert [found.name for found in office.instance.awaited] == ["in"]
    assert receive(office, "in").open == ["again"]
    assert office.do("again").ended
    assert office.trace == ["start", "h_s", "i", "again", "ie", "inner", "h"]


def test_a_condition_happens_each_time_it_becomes_true() -> None:
    parts = boundary("big", "a", condition("area > 500"), False) + user("measure") + end("e2", "e3")
    ways = chain("start", "f", "a", "end") + chain("big", "measure", "e2") + chain("f", "b", "c", "d", "e3")
    office = Office(files(STARTED, user("a", "b", "c", "d"), both("f"), parts, ways))
    assert office.open == ["a", "b"]
    assert office.do("b", area=600).open == ["a", "c", "measure"]
    assert office.do("measure").open == ["a", "c"]
    assert office.do("c", area=1).open == ["a", "d"]
    assert office.do("d", area=501).open == ["a", "measure"]


def test_a_case_can_start_at_another_start_event() -> None:
    told = node("startEvent", "told", message("report")) + user("look") + chain("told", "look", "end")
    definition = load(files(STEP, told))
    assert [activity.element for activity in Instance.start(definition, Variables()).waiting] == ["a"]
    assert [activity.element for activity in Instance.start(definition, Variables(), "told").waiting] == ["look"]


def test_a_timer_start_is_passed_and_the_designer_told() -> None:
    drawn = files(
        node("startEvent", "start", timer("R/P1D", "timeCycle")), end(), user("a"), chain("start", "a", "end")
    )
    assert ("start-by-itself", "start") in codes(check(drawn), "warning")
    assert Office(drawn).open == ["a"]


def test_a_send_task_with_an_operation_waits_for_it() -> None:
    task = node("sendTask", "tell", props(operation="notify"))
    office = Office(files(STARTED, task, chain("start", "tell", "end")))
    assert [request.operation for request in office.moved.requested] == ["notify"]
    assert office.resume("tell").ended


def test_an_inclusive_join_waits_for_what_may_still_happen() -> None:
    catch = node("intermediateCatchEvent", "x", message("m")) + node("intermediateCatchEvent", "y", timer("P1D"))
    parts = some("f") + some("j") + node("eventBasedGateway", "g") + catch + user("a", "z") + end("gone")
    ways = way("f", "a", "True") + way("f", "g", "True") + chain("start", "f") + chain("a", "j", "z", "end")
    office = Office(files(STARTED, parts, ways, chain("g", "x", "j"), chain("g", "y", "gone"))).do("a")
    assert office.open == []
    assert office.twin().fire("y").open == ["z"]
    assert receive(office, "m").open == ["z"]


def test_one_of_several_events_does_not_fill_a_join() -> None:
    arms = node("intermediateCatchEvent", "x", message("m")) + node("intermediateCatchEvent", "y", timer("P1D"))
    parts = (
        node("eventBasedGateway", "g") + arms + both("j") + chain("start", "g", "x", "j", "end") + chain("g", "y", "j")
    )
    assert codes(check(files(STARTED, parts))) == {("deadlock", "j")}


def test_a_message_that_goes_round_a_join_is_a_deadlock() -> None:
    fork = both("f", "j") + user("a", "b") + chain("start", "f", "a", "j", "end") + chain("f", "b", "j")
    around = boundary("m", "a", message("stop")) + end("e2") + chain("m", "e2")
    assert codes(check(files(STARTED, fork, around))) == {("deadlock", "j")}


@pytest.mark.parametrize("event", ['<escalationEventDefinition escalationRef="x"/>', signal("x")])
def test_a_branch_that_is_thrown_out_of_its_level_fills_no_join(event: str) -> None:
    level = start("i") + both("f", "j") + user("u") + end("o") + end("x", inner=event)
    ways = chain("i", "f", "u", "j", "o") + chain("f", "g") + way("g", "j", name="on") + way("g", "x", "bad")
    gate = node("exclusiveGateway", "g", default="on")
    caught = boundary("c", "s", event) + end("e2") + chain("c", "e2")
    drawn = files(STARTED, sub("s", level, gate, ways), caught, chain("start", "s", "end"))
    assert codes(check(drawn)) == set()
    assert Office(drawn, bad=True).trace[-3:] == ["x", "c", "e2"]
    assert Office(drawn, bad=False).do("u").trace[-2:] == ["s", "end"]


def test_nothing_reaches_a_neighbour_through_the_outside() -> None:
    """A signal stays in its case: another case of the same item, waiting for it, is not told."""
    throws = node("intermediateThrowEvent", "t", signal("go")) + user("a") + chain("start", "a", "t", "end")
    definition = load(files(STARTED, throws, handler(signal("go"), interrupting="false")))
    one, other = Office(definition), Office(definition)
    assert one.do("a").open == ["h_u"]
    assert other.open == ["a"]
