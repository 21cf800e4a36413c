"""Running cases taken over to another version of their diagram.

A case may be put only where a case that began in the new version could stand (van der Aalst and Basten, “Inheritance of
workflows”, 2002: a marking is valid where the new net reaches it). So what goes over ends as one that began there; what
cannot go says why.
"""

from copy import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine import Definition, Migration, Names, NotMovable, Variables, load
from tests.unit.engine.drawing import (
    Office,
    both,
    boundary,
    chain,
    end,
    files,
    node,
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
from tests.unit.engine.structured import structured
from tests.unit.engine.test_walks import MOST_ACTS, act, choices, clocks, messages, seen, steps

SE = start() + end()


def line(*names: str, extra: str = "") -> dict[str, bytes]:
    """Steps one after the other."""
    return files(SE, user(*names), extra, chain("start", *names, "end"))


def moved(
    office: Office, drawn: dict[str, bytes] | Definition, steps: dict[str, str] | None = None, **more: Any
) -> Office:
    """The office with its case in another version."""
    other = copy(office)
    other.definition = drawn if isinstance(drawn, Definition) else load(drawn)
    other.writes, other.trace, other.movements = [*office.writes], [*office.trace], [*office.movements]
    other.variables = Variables(other.writes)
    result = Migration(office.definition, other.definition, steps, **more).move(office.instance.dump(), other.variables)
    other.instance = result.instance
    other.carried = result  # type: ignore[attr-defined]
    other._settle()
    return other


def reasons(office: Office, drawn: dict[str, bytes], steps: dict[str, str] | None = None, **more: Any) -> set[Any]:
    with pytest.raises(NotMovable) as refused:
        moved(office, drawn, steps, **more)
    for obstacle in refused.value.obstacles:
        assert "%(" not in obstacle.text
    return {(obstacle.code, obstacle.element) for obstacle in refused.value.obstacles}


def tokens(office: Office) -> dict[str, Any]:
    return {activity.element: activity.token for activity in office.instance.waiting}


# --- what goes over


def test_steps_added_behind_and_before() -> None:
    office = Office(line("a", "b", "c")).do("a")
    before = tokens(office)
    new = moved(office, line("a", "a2", "b", "c", "d"))
    assert tokens(new) == before
    assert new.moved.entered == new.moved.armed == ()
    new.do("b").do("c").do("d")
    assert new.ended
    assert {name: mark.completed for name, mark in new.instance.marks().items()} == {
        "start": 1, "a": 1, "b": 1, "c": 1, "d": 1, "end": 1
    }  # fmt: skip


def test_a_person_says_which_step_takes_the_place_of_one_that_is_gone() -> None:
    office = Office(line("a", "b", "c")).do("a", outcome="pass")
    drawn = files(
        SE,
        user("first", "second", "c", "d"),
        xor("x", "no"),
        chain("start", "first", "second", "x"),
        way("x", "c", "first.outcome == 'pass'") + way("x", "d", name="no") + chain("c", "end") + chain("d", "end"),
    )
    assert reasons(office, drawn) == {("step-gone", "b")}
    new = moved(office, drawn, {"a": "first", "b": "second"})
    assert new.carried.renamed == {"b": "second"}  # type: ignore[attr-defined]
    assert new.do("second").open == ["c"], "what was decided in “a” is read as first.outcome"
    assert new.instance.marks()["first"].completed == 1


def test_timers_run_on_are_armed_or_disarmed() -> None:
    def version(*events: str) -> dict[str, bytes]:
        parts = "".join(
            boundary(name, "b", timer(text), cancel) + user(f"{name}_step") + chain(name, f"{name}_step")
            for name, text, cancel in events  # type: ignore[misc]
        )
        return files(SE, user("a", "b"), parts, chain("start", "a", "b", "end"))

    old = version(("stays", "P5D", True), ("gone", "P6D", False), ("fired", "P1D", False))  # type: ignore[arg-type]
    office = Office(old).do("a").fire("fired")
    running = {timer.element: timer.token for timer in office.instance.timers}
    new = moved(
        office,
        version(("stays", "P9D", True), ("fired", "P1D", False), ("new", "P2D", False)),  # type: ignore[arg-type]
    )
    assert {timer.element: (timer.token, timer.value) for timer in new.instance.timers} == {
        "stays": (running["stays"], "P5D"),
        "new": (new.timer("new").token, "P2D"),
    }
    assert [timer.element for timer in new.moved.armed] == ["new"]
    assert new.moved.armed[0].attached == new.activity("b").token
    assert new.carried.disarmed == (running["gone"],)  # type: ignore[attr-defined]
    assert new.fire("new").open == ["b", "fired_step", "new_step"]
    new.fire("stays")
    assert new.open == ["fired_step", "new_step", "stays_step"]
    new.do("fired_step").do("new_step").do("stays_step")
    assert new.ended


def test_boundary_events_come_and_go_altogether() -> None:
    bare = line("a", "b")
    watched = files(
        SE,
        user("a", "b", "late"),
        boundary("t", "a", timer("P5D")),
        chain("start", "a", "b", "end"),
        chain("t", "late"),
    )
    new = moved(Office(bare), watched)
    assert new.armed == ["t"]
    assert new.twin().do("a").do("b").ended
    back = moved(new, bare)
    assert back.armed == []
    assert back.do("a").do("b").ended
    assert new.fire("t").do("late").ended


def test_a_cycle_goes_on_from_where_it_is() -> None:
    def version(times: str) -> dict[str, bytes]:
        often = boundary("t", "a", timer(times, "timeCycle"), False) + user("r") + chain("t", "r")
        return files(SE, user("a"), often, chain("start", "a", "end"))

    new = moved(Office(version("R4/PT8H")).fire("t"), version("R9/PT1H"))
    assert [timer.value for timer in new.instance.timers] == ["R3/PT8H"]
    assert [timer.value for timer in new.fire("t").instance.timers] == ["R2/PT8H"]


def fork(*branches: str, then: str = "z") -> dict[str, bytes]:
    ways = "".join(chain("f", name, "j") for name in branches)
    return files(SE, both("f", "j"), user(*branches, then), chain("start", "f"), ways, chain("j", then, "end"))


def test_a_join_that_is_under_way_goes_on() -> None:
    office = Office(fork("a", "b")).do("a")
    new = moved(office, fork("a", "b", then="y"))
    assert new.do("b").open == ["y"]


def test_a_step_put_between_a_branch_and_its_join_is_not_asked_of_those_that_wait_there() -> None:
    office = Office(fork("a", "b")).do("a")
    drawn = files(
        SE, both("f", "j"), user("a", "a2", "b", "z"), chain("start", "f", "a", "a2", "j", "z", "end"),
        chain("f", "b", "j"),
    )  # fmt: skip
    assert moved(office, drawn).do("b").open == ["z"]


def test_a_further_branch_would_never_come() -> None:
    office = Office(fork("a", "b")).do("a")
    assert reasons(office, fork("a", "b", "c")) == {("join-never-fills", "j")}
    assert moved(Office(line("a", "z")), line("a", "b", "z")).do("a").open == ["b"]
    assert reasons(Office(line("a", "z")), fork("a", "b")) == {("join-never-fills", "j")}


def test_one_after_the_other_cannot_take_what_stands_side_by_side() -> None:
    assert reasons(Office(fork("a", "b")), line("a", "b", "z")) == {("stands-nowhere", None)}


def test_a_branch_that_waits_and_has_no_way_any_more() -> None:
    office = Office(fork("a", "b", "c")).do("c")
    assert reasons(office, fork("a", "b")) == {("way-gone", "j")}


def test_an_inclusive_join_takes_what_is_under_way() -> None:
    def version(*more: str) -> dict[str, bytes]:
        ways = "".join(way("f", name, f"'{name}' in wanted") + chain(name, "j") for name in ("a", "b", *more))
        return files(
            SE, some("f", "no") + some("j"), user("a", "b", *more, "z"), chain("start", "f"), ways,
            way("f", "j", name="no"), chain("j", "z", "end"),
        )  # fmt: skip

    office = Office(version(), wanted=["a", "b"]).do("a")
    new = moved(office, version("c"))
    assert new.open == ["b"]
    assert new.do("b").open == ["z"]


# --- reasons


def test_kinds_that_differ() -> None:
    many = (
        '<multiInstanceLoopCharacteristics><loopDataInputRef>names</loopDataInputRef><inputDataItem id="name"/>'
        "</multiInstanceLoopCharacteristics>"
    )
    office = Office(line("a", "b"), names=["x"])
    served = files(SE, service("a"), user("b"), chain("start", "a", "b", "end"))
    repeated = files(SE, node("userTask", "a", many), user("b"), chain("start", "a", "b", "end"))
    nested = files(
        SE, sub("s", start("i"), user("a"), end("o"), chain("i", "a", "o")), user("b"), chain("start", "s", "b", "end")
    )
    assert reasons(office, served) == {("type-differs", "a")}
    assert reasons(office, repeated) == {("repeats-differently", "a")}
    assert reasons(office, nested) == {("scope-differs", "a")}
    again = Office(repeated, names=["x", "y"]).do("a", "x")
    assert reasons(again, line("a", "b")) == {("repeats-differently", "a")}
    inside = Office(nested)
    assert reasons(inside, line("a", "b")) == {("step-gone", "s")}


def test_what_is_at_work_keeps_its_operation_leg_and_excluded_time() -> None:
    def version(**properties: str) -> dict[str, bytes]:
        return files(SE, sub("s", start("i"), user("a"), end("o"), chain("i", "a", "o"), **properties),
                     chain("start", "s", "end"))  # fmt: skip

    assert reasons(Office(version()), version(leg="land")) == {("leg-differs", "s")}
    assert reasons(Office(version(excluded="hearing")), version()) == {("excluded-differs", "s")}
    notify, tell = (
        files(SE, service("s", operation), user("b"), chain("start", "s", "b", "end"))
        for operation in ("notify", "issue-decision")
    )
    assert reasons(Office(notify), tell) == {("operation-differs", "s")}
    assert moved(Office(notify), notify).resume("s").open == ["b"]


def test_a_timer_in_the_flow_that_waits_for_another_kind_of_time() -> None:
    def version(text: str, kind: str = "timeDuration") -> dict[str, bytes]:
        return files(SE, node("intermediateCatchEvent", "t", timer(text, kind)), chain("start", "t", "end"))

    office = Office(version("P5D"))
    assert reasons(office, version("2030-01-01T00:00:00Z", "timeDate")) == {("timer-differs", "t")}
    new = moved(office, version("P9D"))
    assert new.timer("t").value == "P5D"
    assert new.fire("t").ended


def branching(condition: str, *before: str) -> dict[str, bytes]:
    return files(
        SE, user(*before, "b", "c", "d"), xor("x", "no"), chain("start", *before, "b", "x"), way("x", "c", condition),
        way("x", "d", name="no"), chain("c", "end"), chain("d", "end"),
    )  # fmt: skip


def test_what_is_read_further_on_must_be_there_or_come() -> None:
    office = Office(line("a", "b")).do("a", outcome="pass")
    assert moved(office, branching("a.outcome == 'pass'", "a")).do("b").open == ["c"]
    assert moved(office, branching("b.outcome == 'pass'", "a")).do("b", outcome="pass").open == ["c"]
    assert reasons(office, branching("a2.outcome == 'pass'", "a", "a2")) == {("value-missing", "x")}
    names = Names(), Names(frozenset({"area"}), {"b": frozenset({"size"})})
    assert reasons(office, branching("area > 5", "a"), names=names) == {("value-missing", "x")}
    had = Office(line("a", "b"), area=7).do("a")
    assert moved(had, branching("area > 5", "a"), names=names).do("b").open == ["c"]
    assert moved(office, branching("size > 5", "a"), names=names).do("b", size=9).open == ["c"]


def test_what_a_new_case_could_miss_as_well_is_not_the_moves_matter() -> None:
    drawn = files(
        SE, user("a", "b", "r"), xor("x", "no"), xor("m"), xor("y", "other"), chain("start", "a", "x"),
        way("x", "r", "a.outcome == 'again'"), chain("r", "m"), way("x", "m", name="no"), chain("m", "b", "y"),
        way("y", "end", "a.outcome == 'x' and r.outcome == 'y'"), way("y", "end", name="other"),
    )  # fmt: skip
    office = Office(line("a", "b")).do("a", outcome="pass")
    assert moved(office, drawn).do("b").ended


def test_a_case_that_ended_goes_over_as_it_is() -> None:
    assert moved(Office(line("a")).do("a"), line("a", "b")).ended


# --- the same, at random


def play(office: Office, data: st.DataObject, most: int) -> None:
    for _round in range(most):
        if office.ended or not choices(office):
            return
        act(office, data.draw(st.integers(0, choices(office) - 1)))


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(structured(depth=2), st.data())
def test_where_a_case_can_stand_it_may_go(drawn: tuple[dict[str, bytes], dict[str, Any]], data: st.DataObject) -> None:
    """To a version that differs in its name only every case goes, wherever it stands, and it goes on alike."""
    diagram, variables = drawn
    office = Office(load(diagram), **variables)
    play(office, data, data.draw(st.integers(0, 12)))
    renamed = {"d.bpmn": diagram["d.bpmn"].replace(b"<process", b'<process name="new"')}
    new = moved(office, renamed)
    assert new.carried.disarmed == ()  # type: ignore[attr-defined]
    assert {t.token: t.value for t in new.instance.timers} == {t.token: t.value for t in office.instance.timers}
    for _act in range(MOST_ACTS):
        assert seen(new) == seen(office)
        if not choices(office):
            break
        number = data.draw(st.integers(0, choices(office) - 1))
        act(office, number)
        act(new, number)
    assert new.ended


def grown(old: Definition, text: str, data: st.DataObject) -> Definition:
    """The diagram with steps and scripts put into some of its flows."""
    free = sorted(name for name, (source, _) in old.flows.items() if old.elements[source].type != "eventBasedGateway")
    for number, name in enumerate(data.draw(st.lists(st.sampled_from(free), max_size=3, unique=True))):
        source, target = old.flows[name]
        added = data.draw(st.sampled_from([user(f"added{number}"), script(f"added{number}", f"added{number} = 1")]))
        head = f'id="{name}" sourceRef="{source}" targetRef='
        text = text.replace(f'{head}"{target}"', f'{head}"added{number}"')
        behind = text.index("</sequenceFlow>", text.index(head)) + len("</sequenceFlow>")
        text = text[:behind] + added + chain(f"added{number}", target) + text[behind:]
    return load({"d.bpmn": text.encode()})


def keys(office: Office) -> list[tuple[str, str]]:
    """What can be done next, each by element and item, in an order that does not depend on who came first."""
    return sorted((found.element, str(getattr(found, "item", ""))) for found in happening(office))


def happening(office: Office) -> list[Any]:
    return [*steps(office), *clocks(office), *messages(office)]


def do(office: Office, key: tuple[str, str]) -> None:
    found = happening(office)
    act(office, next(n for n, one in enumerate(found) if (one.element, str(getattr(one, "item", ""))) == key))


def catch_up(office: Office) -> None:
    """Do at once whatever was added."""
    while added := [key for key in keys(office) if key[0].startswith("added")]:
        do(office, added[0])


@settings(deadline=None, max_examples=80, suppress_health_check=list(HealthCheck))
@given(structured(depth=2), st.data())
def test_what_goes_over_ends_like_what_began_there(
    drawn: tuple[dict[str, bytes], dict[str, Any]], data: st.DataObject
) -> None:
    """Who goes over stands, goes on and ends as a case of the new version to which the same happened."""
    diagram, variables = drawn
    old = load(diagram)
    new = grown(old, diagram["d.bpmn"].decode(), data)
    office, native = Office(old, **variables), Office(new, **variables)
    catch_up(native)
    for _act in range(data.draw(st.integers(0, 8))):
        if not keys(office):
            break
        key = data.draw(st.sampled_from(keys(office)))
        do(office, key)
        do(native, key)
        catch_up(native)
    try:
        case = moved(office, new)
    except NotMovable as refused:
        assert [found for found in refused.obstacles if found.code != "way-gone"] == []  # noqa: PT017
        return
    for _act in range(MOST_ACTS):
        catch_up(case)
        assert keys(case) == keys(native)
        if not keys(native):
            break
        key = data.draw(st.sampled_from(keys(native)))
        do(case, key)
        do(native, key)
        catch_up(native)
    assert case.ended
    assert native.ended


def handler(name: str, inner: str, interrupting: str = "false") -> str:
    begun = node("startEvent", f"{name}_s", inner, isInterrupting=interrupting) + user(f"{name}_u") + end(f"{name}_e")
    return node("subProcess", name, begun + chain(f"{name}_s", f"{name}_u", f"{name}_e"), triggeredByEvent="true")


def test_event_subprocesses_go_over_are_armed_and_are_dropped() -> None:
    remind, stop = handler("remind", timer("P9D")), handler("stop", timer("P30D"), "true")
    office = moved(Office(line("a", "b", extra=remind)).fire("remind_s"), line("a", "b", extra=remind + stop))
    assert (office.open, office.armed) == (["a", "remind_u"], ["stop_s"])
    office = moved(office, line("a", "c", "b", extra=remind))
    assert (office.open, office.armed) == (["a", "remind_u"], [])
    stopped = moved(Office(line("a", extra=stop)).fire("stop_s"), line("b", extra=stop + remind))
    assert (stopped.open, stopped.armed) == (["stop_u"], [])
    assert stopped.do("stop_u").ended


def test_what_waits_for_the_first_of_several_events_goes_over() -> None:
    arms = "".join(node("intermediateCatchEvent", name, timer(text)) for name, text in (("x", "P1D"), ("y", "P9D")))
    gateway = node("eventBasedGateway", "g") + arms + chain("g", "x", "end") + chain("g", "y", "end")
    drawn = files(SE, gateway, user("a"), chain("start", "a", "g"))
    office = moved(Office(files(SE, gateway, chain("start", "g"))), drawn)
    assert office.armed == ["x", "y"]
    assert office.fire("y").ended
