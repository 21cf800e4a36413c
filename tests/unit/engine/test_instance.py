"""What the caller is told, and what happens to a token."""

from uuid import uuid4

import pytest

from app.engine import (
    ExpressionFailed,
    Instance,
    Left,
    Mark,
    Movement,
    NoWayOut,
    TokenGone,
    TooDeep,
    Variables,
    load,
)
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
    props,
    script,
    service,
    some,
    start,
    sub,
    timer,
    user,
    way,
    xor,
)

STARTED = start() + end()
LINE = files(STARTED, user("a", "b"), chain("start", "a", "b", "end"))


def many(inner: str, kind: str = "multiInstanceLoopCharacteristics", **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{kind}{written}>{inner}</{kind}>"


def test_a_movement_tells_what_changed_since_the_last() -> None:
    instance = Instance.start(load(LINE), Variables())
    first = instance.movement()
    [entered] = first.entered
    assert (entered.element, entered.type, entered.scopes, entered.item) == ("a", "userTask", (), None)
    assert first.trace == ("start",)
    assert instance.movement() == Movement()
    instance.complete(entered.token)
    second = instance.movement()
    assert second.left == (Left(entered.token, "a", "userTask", "completed"),)
    assert [activity.element for activity in second.entered] == ["b"]
    instance.complete(second.entered[0].token)
    third = instance.movement()
    assert (third.ended, third.trace, third.result) == (True, ("b", "end"), None)
    assert instance.ended


def test_a_case_that_fails_as_it_begins_tells_what_had_moved() -> None:
    ways = chain("start", "fork", "a", "end") + chain("fork", "wrong", "end")
    definition = load(files(STARTED, both("fork"), user("a"), script("wrong", "x = 1 // y"), ways))
    variables = Variables()
    variables.set("", "y", 0)
    instance = Instance(definition, variables)
    with pytest.raises(ExpressionFailed):
        instance.begin()
    told = instance.movement()
    assert (told.trace, told.ended) == (("start", "fork"), False)
    assert [activity.element for activity in told.entered] == ["a"]


def test_a_token_that_is_not_open_is_refused() -> None:
    office = Office(
        files(STARTED, service("s"), user("a"), boundary("t", "a", timer("P1D")), chain("start", "s", "a", "end"))
    )
    waiting = office.activity("s").token
    for act in (office.instance.complete, office.instance.fire):
        with pytest.raises(TokenGone):
            act(waiting)
    office.resume("s")
    step, clock = office.activity("a").token, office.timer("t").token
    for act, token in ((office.instance.resume, step), (office.instance.complete, clock), (office.instance.fire, step)):
        with pytest.raises(TokenGone):
            act(token)
    with pytest.raises(TokenGone):
        office.instance.complete(uuid4())
    office.do("a")
    for act, token in (
        (office.instance.complete, step),
        (office.instance.fire, clock),
        (office.instance.resume, waiting),
    ):
        with pytest.raises(TokenGone):
            act(token)


def test_milestones_and_results_are_told_in_order() -> None:
    parts = (
        node("intermediateThrowEvent", "m1", props(milestone="received"))
        + node("intermediateCatchEvent", "m2", props(milestone="accepted"))
        + node("endEvent", "yes", props(result="granted"))
        + node("endEvent", "no", props(result="denied"))
        + user("a")
        + xor("g", "not")
        + chain("start", "m1", "m2", "a", "g")
        + way("g", "yes", "a.outcome == 'yes'")
        + way("g", "no", name="not")
    )
    office = Office(files(start(), parts))
    assert office.moved.milestones == (("m1", "received"), ("m2", "accepted"))
    office.do("a", outcome="yes")
    assert office.moved.result == "granted"
    assert office.moved.milestones == ()


def test_marks_count_the_whole_history() -> None:
    back = way("g", "a", "a.outcome == 'again'") + way("g", "end", name="on")
    office = Office(files(STARTED, user("a"), xor("g", "on"), chain("start", "a", "g"), back))
    office.do("a", outcome="again").do("a", outcome="again")
    assert office.instance.marks() == {"start": Mark(1, 0), "a": Mark(2, 1), "g": Mark(2, 0)}


def test_an_interrupting_timer_ends_the_step_and_its_other_timers() -> None:
    events = boundary("late", "a", timer("P5D")) + boundary("warn", "a", timer("P3D"), False) + user("mend", "call")
    office = Office(
        files(
            STARTED, user("a"), events, chain("start", "a", "end"), chain("late", "mend", "end"), chain("warn", "call")
        )
    )
    step, other = office.activity("a").token, office.timer("warn").token
    assert {timer.attached for timer in office.instance.timers} == {step}
    fired = office.timer("late").token
    office.fire("late")
    assert office.moved.left == (Left(step, "a", "userTask", "cancelled"),)
    assert set(office.moved.disarmed) == {fired, other}
    assert office.open == ["mend"]
    assert office.do("mend").ended


def test_what_a_timer_started_outlives_the_step() -> None:
    events = boundary("warn", "a", timer("P3D"), False) + user("call")
    office = Office(files(STARTED, user("a"), events, chain("start", "a", "end"), chain("warn", "call")))
    office.fire("warn").do("a")
    assert (office.open, office.ended) == (["call"], False)
    assert office.do("call").ended


def test_a_cycle_arms_the_next_each_time() -> None:
    events = boundary("often", "a", timer("R3/PT8H", "timeCycle"), False) + end("e2") + chain("often", "e2")
    office = Office(files(STARTED, user("a"), events, chain("start", "a", "end")))
    seen = []
    while office.armed:
        clock = office.timer("often")
        seen.append((clock.kind, clock.value))
        office.fire("often")
        assert office.moved.disarmed == (clock.token,)
    assert seen == [("cycle", "R3/PT8H"), ("cycle", "R2/PT8H"), ("cycle", "R1/PT8H")]
    assert office.trace.count("often") == 3
    assert office.do("a").ended


def test_a_timer_is_evaluated_once_when_it_is_armed() -> None:
    event = node("intermediateCatchEvent", "t", timer("limit")) + chain("start", "t", "end")
    office = Office(files(STARTED, event), limit="P3D")
    assert office.timer("t").value == "P3D"
    assert office.timer("t").attached is None
    office.set(limit="P9D")
    assert office.timer("t").value == "P3D"
    assert office.fire("t").ended


@pytest.mark.parametrize("limit", ["three days", 3, None, "R3/PT8H"])
def test_a_timer_that_comes_to_no_time_fails(limit: object) -> None:
    event = node("intermediateCatchEvent", "t", timer("limit")) + chain("start", "t", "end")
    with pytest.raises(ExpressionFailed, match=r"“t”.*no ISO 8601 duration"):
        Office(files(STARTED, event), limit=limit)


def test_a_date_is_told_as_written() -> None:
    event = node("intermediateCatchEvent", "t", timer("due", "timeDate")) + chain("start", "t", "end")
    clock = Office(files(STARTED, event), due="2026-05-01T09:00:00+08:00").timer("t")
    assert (clock.kind, clock.value) == ("date", "2026-05-01T09:00:00+08:00")


def test_a_gateway_without_a_true_condition_is_told() -> None:
    parts = xor("g") + chain("start", "a", "g") + way("g", "end", "x == 1") + way("g", "a", "x == 2")
    office = Office(files(STARTED, user("a"), parts), x=3)
    with pytest.raises(NoWayOut, match="“g”"):
        office.do("a")


def test_a_condition_that_reads_nothing_is_told() -> None:
    parts = xor("g", "no") + chain("start", "a", "g") + way("g", "end", "b.outcome == 'x'") + way("g", "a", name="no")
    with pytest.raises(ExpressionFailed, match=r"“g”.*'b'"):
        Office(files(STARTED, user("a"), parts)).do("a")


def test_an_inclusive_gateway_joins_what_is_under_way() -> None:
    ways = "".join(way("f", name, f"'{name}' in legs") + chain(name, "j") for name in ("land", "plan", "fire"))
    parts = some("f", "none") + some("j") + way("f", "j", name="none") + chain("start", "f") + chain("j", "z", "end")
    drawn = files(STARTED, user("land", "plan", "fire", "z"), parts, ways)
    office = Office(drawn, legs=["land", "fire"])
    assert office.open == ["fire", "land"]
    assert office.do("fire").open == ["land"]
    assert office.do("land").open == ["z"]
    assert office.do("z").trace.count("j") == 1
    assert Office(drawn, legs=[]).open == ["z"]


def test_an_inclusive_join_does_not_wait_for_what_turned_away() -> None:
    ways = way("f", "a", "True") + way("f", "b", "True") + chain("a", "j") + chain("b", "g") + way("g", "j", "x == 1")
    parts = some("f") + some("j") + xor("g", "off") + way("g", "e2", name="off") + end("e2") + chain("start", "f")
    office = Office(files(STARTED, user("a", "b", "z"), parts, ways, chain("j", "z", "end")), x=2)
    assert office.do("a").open == ["b"]
    assert office.do("b").open == ["z"]


def test_parallel_inside_parallel() -> None:
    parts = both("f", "j", "g", "k") + user("a", "b", "c") + chain("start", "f", "a", "j", "end")
    office = Office(files(STARTED, parts, chain("f", "g", "b", "k", "j"), chain("g", "c", "k")))
    for step in ("b", "a", "c"):
        assert not office.ended
        office.do(step)
    assert office.ended
    assert office.trace.count("j") == office.trace.count("k") == 1


def test_a_terminating_end_takes_everything_away() -> None:
    stop = node("endEvent", "stop", "<terminateEventDefinition/>")
    leg = sub("s", start("i"), user("u"), end("o"), chain("i", "u", "o"))
    parts = both("f") + user("a") + leg + stop + chain("start", "f", "a", "stop") + chain("f", "s", "end")
    office = Office(files(STARTED, parts, boundary("t", "s", timer("P1D")), chain("t", "end"))).do("a")
    assert office.ended
    assert {(left.element, left.how) for left in office.moved.left} == {
        ("a", "completed"),
        ("s", "cancelled"),
        ("u", "cancelled"),
    }
    assert len(office.moved.disarmed) == 1


def test_a_terminating_end_inside_ends_only_the_subprocess() -> None:
    stop = node("endEvent", "stop", "<terminateEventDefinition/>")
    leg = sub(
        "s", start("i"), user("u", "v"), both("f"), stop, end("o"), chain("i", "f", "u", "stop"), chain("f", "v", "o")
    )
    office = Office(files(STARTED, leg, user("after"), chain("start", "s", "after", "end"))).do("u")
    assert office.open == ["after"]
    assert office.do("after").ended


def test_a_timer_on_a_subprocess_ends_all_in_it() -> None:
    inner = sub("t", start("i2"), user("u"), end("o2"), chain("i2", "u", "o2"))
    leg = sub("s", start("i"), inner, end("o"), chain("i", "t", "o"))
    office = Office(
        files(
            STARTED,
            leg,
            boundary("late", "s", timer("P9D")),
            user("mend"),
            chain("start", "s", "end"),
            chain("late", "mend", "end"),
        )
    )
    office.fire("late")
    assert {left.element for left in office.moved.left} == {"s", "t", "u"}
    assert office.open == ["mend"]


def thrown(kind: str, interrupting: bool, code: str = "X") -> Office:
    event = f'<{kind}EventDefinition {kind}Ref="e"/>'
    leg = sub("s", start("i"), user("u"), node("endEvent", "x", event), chain("i", "u", "x"), hands_out="u")
    caught = boundary("c", "s", event, interrupting) + user("mend") + chain("c", "mend", "end")
    drawn = process(STARTED, leg, caught, user("after"), chain("start", "s", "after", "end"))
    root = f'<{kind} id="e" {kind}Code="{code}"/>'
    return Office({"d.bpmn": definitions(root, drawn)}).do("u", outcome="bad")


def test_an_error_leaves_the_subprocess_by_its_boundary_and_hands_out_nothing() -> None:
    office = thrown("error", True)
    assert office.open == ["mend"]
    assert "u" not in office.variables.visible()
    assert [(left.element, left.how) for left in office.moved.left if left.element == "s"] == [("s", "cancelled")]
    assert office.do("mend").ended


def test_an_escalation_goes_on_beside_the_subprocess() -> None:
    office = thrown("escalation", False)
    assert office.open == ["after", "mend"]
    assert not office.do("after").ended
    assert office.do("mend").ended


def test_an_error_in_one_item_ends_the_whole_multi_instance() -> None:
    loop = many("<loopDataInputRef>names</loopDataInputRef>")
    inner = start("i") + user("u") + xor("g", "n") + end("o") + chain("i", "u", "g") + way("g", "o", name="n")
    fails = node("endEvent", "x", "<errorEventDefinition/>") + way("g", "x", "u.outcome == 'bad'")
    parts = node("subProcess", "s", inner + fails + loop) + boundary("c", "s", "<errorEventDefinition/>") + user("mend")
    office = Office(files(STARTED, parts, chain("start", "s", "end"), chain("c", "mend")), names=["a", "b"])
    tokens = [activity for activity in office.instance.waiting if activity.element == "u"]
    assert len(tokens) == 2
    office.variables.set_outcome(tokens[0].scopes[-1], "u", "bad")
    office.instance.complete(tokens[0].token)
    office._settle()
    assert office.open == ["mend"]


def test_a_call_activity_can_be_called_twice_at_once() -> None:
    calls = "".join(node("callActivity", name, calledElement="q") for name in ("x", "y"))
    called = process(start("qs"), user("u"), script("w", "n = 1"), end("qe"), chain("qs", "u", "w", "qe"), name="q")
    ways = chain("start", "f", "x", "j", "end") + chain("f", "y", "j")
    office = Office({"d.bpmn": definitions(process(STARTED, both("f", "j"), calls, ways), called)})
    first, second = [activity for activity in office.instance.waiting if activity.element == "u"]
    assert first.scopes != second.scopes
    for activity in (second, first):
        office.instance.complete(activity.token)
        office._settle()
    assert office.ended
    assert office.trace.count("w") == 2


@pytest.mark.parametrize(
    ("inner", "rounds"),
    [
        (many("", "standardLoopCharacteristics", loopMaximum="3"), 3),
        (many("<loopCondition>a.outcome == 'again'</loopCondition>", "standardLoopCharacteristics"), 2),
        (many("<loopCondition>go</loopCondition>", "standardLoopCharacteristics", testBefore="true"), 0),
        (many("<loopCardinality>2</loopCardinality>", isSequential="true"), 2),
        (many("<loopCardinality>4 - 1</loopCardinality>"), 3),
        (many("<loopCardinality>0</loopCardinality>"), 0),
        (many("<loopDataInputRef>names</loopDataInputRef>", isSequential="true"), 2),
        (many("<loopDataInputRef>nobody</loopDataInputRef>"), 0),
    ],
)
def test_loops_run_as_often_as_they_say(inner: str, rounds: int) -> None:
    drawn = files(STARTED, node("userTask", "a", inner), chain("start", "a", "end"))
    office = Office(drawn, go=False, names=["x", "y"], nobody=[])
    outcomes = ["again", *["enough"] * 9]
    while not office.ended:
        token = next(activity.token for activity in office.instance.waiting if activity.type == "userTask")
        [whole] = [activity for activity in office.instance.waiting if activity.type == "multiInstance"]
        office.variables.set_outcome(whole.token.hex, "a", outcomes.pop(0))
        office.instance.complete(token)
        office._settle()
    assert office.trace.count("a") == rounds


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("<loopDataInputRef>number</loopDataInputRef>", "is no list"),
        ("<loopDataInputRef>text</loopDataInputRef>", "is no list"),
        ("<loopCardinality>text</loopCardinality>", "is no whole number of times"),
        ("<loopCardinality>number * 1000000000</loopCardinality>", "more than 500 items"),
        ("<loopDataInputRef>[number] * 501</loopDataInputRef>", "more than 500 items"),
        ("<loopDataInputRef>[float('nan') + i for i in [b'x']]</loopDataInputRef>", ""),
    ],
)
def test_collections_that_are_none_fail(inner: str, reason: str) -> None:
    drawn = files(STARTED, node("userTask", "a", many(inner)), chain("start", "a", "end"))
    with pytest.raises(ExpressionFailed, match=f"“a”.*{reason}"):
        Office(drawn, number=3, text="abc")


def test_items_within_items_do_not_grow_without_bound() -> None:
    loop = many("<loopCardinality>100</loopCardinality>")
    inner = start("i") + node("userTask", "u", loop) + end("o") + chain("i", "u", "o")
    drawn = files(STARTED, node("subProcess", "s", inner + loop), chain("start", "s", "end"))
    with pytest.raises(TooDeep, match="2000"):
        Office(drawn)


def test_two_countersigns_in_a_row_and_a_loop_back_into_one() -> None:
    loop = many('<loopDataInputRef>who</loopDataInputRef><inputDataItem id="one"/>', isSequential="true")
    steps = node("userTask", "a", props(hands_out="a") + loop) + node("userTask", "b", loop)
    ways = chain("start", "a", "b", "g") + way("g", "a", "a.outcome == 'again'") + way("g", "end", name="on")
    office = Office(files(STARTED, steps, xor("g", "on"), ways), who=["x", "y"])
    for outcome in ("again", "good"):
        for step in ("a", "b"):
            for item in ("x", "y"):
                office.do(step, item=item, outcome=outcome)
    assert office.ended
