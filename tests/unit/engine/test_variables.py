"""Variables belong to the case; a subprocess keeps its own and hands out what it declares."""

from collections.abc import Iterable

from app.engine import Variables, Write
from tests.unit.engine.drawing import Office, chain, end, files, node, props, script, start, sub, user, way, xor

STARTED = start() + end()


def test_inner_names_stand_over_outer_ones() -> None:
    variables = Variables(
        [Write("", "a", 1), Write("", "b", 1), Write("s", "b", 2), Write("t", "b", 3), Write("", "a", 4)]
    )
    assert variables.visible() == {"a": 4, "b": 1}
    assert variables.visible(("s",)) == {"a": 4, "b": 2}
    assert variables.visible(("s", "t")) == {"a": 4, "b": 3}


def test_nothing_is_loaded_before_it_is_read() -> None:
    loads: list[int] = []

    def source() -> Iterable[Write]:
        loads.append(1)
        return [Write("", "a", 1), Write("", "b", 1)]

    variables = Variables(source)
    variables.set("", "a", 2)
    assert not loads
    assert variables.visible() == {"a": 2, "b": 1}
    assert variables.visible(("s",)) == {"a": 2, "b": 1}
    assert loads == [1]


def test_pending_are_the_new_writes_in_order() -> None:
    variables = Variables([Write("", "a", 1)])
    variables.set("", "a", 2, "x")
    variables.set_outcome("s", "review", "approved")
    assert variables.pending == (Write("", "a", 2, "x"), Write("s", "review", {"outcome": "approved"}, "review"))


def test_a_script_assigns_where_the_name_stands_else_in_its_own_scope() -> None:
    variables = Variables([Write("", "a", 1), Write("s", "b", 1)])
    for name in ("a", "b", "c"):
        variables.assign(("s", "t"), name, 2)
    variables.assign((), "d", 2)
    assert [(write.scope, write.name) for write in variables.pending] == [("", "a"), ("s", "b"), ("t", "c"), ("", "d")]


def test_a_script_reaches_no_scope_outside_what_is_called() -> None:
    variables = Variables([Write("", "a", 1), Write("s", "b", 1), Write("t", "c", 1)])
    for name in ("a", "b", "c"):
        variables.assign(("s", "t", "u"), name, 2, floor=2)
    assert [(write.scope, write.name) for write in variables.pending] == [("u", "a"), ("u", "b"), ("t", "c")]


def test_what_is_not_handed_out_stays_inside() -> None:
    inner = (
        start("i") + user("u") + script("w", "secret = 1\nshared = u.outcome") + end("o") + chain("i", "u", "w", "o")
    )
    leg = sub("s", inner, hands_out="shared u never_set")
    office = Office(files(STARTED, leg, user("after"), chain("start", "s", "after", "end")), known=1)
    office.do("u", outcome="approved")
    assert office.open == ["after"]
    assert office.variables.visible() == {"known": 1, "shared": "approved", "u": {"outcome": "approved"}}


def test_two_runs_of_one_subprocess_have_scopes_of_their_own() -> None:
    inner = start("i") + user("u") + xor("g", "n") + end("o", "again") + chain("i", "u", "g")
    ways = way("g", "again", "u.outcome == &quot;no&quot;") + way("g", "o", name="n")
    back = chain("start", "m", "s", "h") + way("h", "m", "u.outcome == &quot;no&quot;") + way("h", "end", name="on")
    leg = sub("s", inner + ways, hands_out="u")
    office = Office(files(STARTED, xor("m"), xor("h", "on"), leg, back))
    first = office.activity("u").scopes
    office.do("u", outcome="no")
    assert office.activity("u").scopes != first
    assert office.do("u", outcome="yes").ended


def test_a_multi_instance_has_a_scope_and_an_item_and_hands_out() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics isSequential="true"><loopDataInputRef>offices</loopDataInputRef>'
        '<inputDataItem name="office"/><completionCondition>a.outcome == "no"</completionCondition>'
        "</multiInstanceLoopCharacteristics>"
    )
    inner = start("i") + script("w", "seen = office") + user("a") + end("o") + chain("i", "w", "a", "o")
    many = node("subProcess", "s", props(hands_out="a") + inner + loop)
    office = Office(files(STARTED, many, chain("start", "s", "end")), offices=["x", "y", "z"])
    for outcome in ("yes", "no"):
        activity = office.activity("a")
        container, _item = activity.scopes
        assert office.variables.visible(activity.scopes)["seen"] == ("x" if outcome == "yes" else "y")
        office.variables.set_outcome(container, "a", outcome)
        office.do("a")
    assert office.ended
    assert office.value("a") == {"outcome": "no"}
    assert "seen" not in office.variables.visible()
