"""The token game: what can stop for ever, and what cannot."""

import time

import pytest

from app.engine import check
from tests.unit.engine.drawing import (
    both,
    boundary,
    chain,
    codes,
    end,
    files,
    node,
    some,
    start,
    sub,
    timer,
    user,
    way,
    xor,
)

STARTED = start() + end()
FORK = both("f", "j") + user("a", "b") + chain("start", "f", "a", "j", "end") + chain("f", "b", "j")


def unsound(*parts: str) -> set[tuple[str, str | None]]:
    return codes(check(files(STARTED, *parts)))


def test_fork_and_join() -> None:
    assert unsound(FORK) == set()


def test_choice_and_merge() -> None:
    parts = (
        xor("g", "n") + xor("m") + user("a", "b") + chain("start", "g") + way("g", "a", "x") + way("g", "b", name="n")
    )
    assert unsound(parts, chain("a", "m", "end"), chain("b", "m")) == set()


def test_a_fork_merged_by_a_choice_runs_twice_but_ends() -> None:
    parts = both("f") + xor("m") + user("a", "b") + chain("start", "f", "a", "m", "end") + chain("f", "b", "m")
    assert unsound(parts) == set()


def test_a_timer_that_goes_round_the_join() -> None:
    """The step is left by its timer, so the join waits for ever."""
    late = boundary("late", "a", timer("P9D")) + user("mend") + end("e2") + chain("late", "mend", "e2")
    assert unsound(FORK, late) == {("deadlock", "j")}


def test_a_reminder_that_comes_into_the_join() -> None:
    """The join has an entry that is filled only where the reminder was sent."""
    remind = boundary("remind", "a", timer("P9D"), False) + user("call") + chain("remind", "call", "j")
    assert unsound(FORK, remind) == {("deadlock", "j")}


def test_inclusive_split_into_a_parallel_join() -> None:
    parts = (
        some("s", "n") + both("j") + user("a", "b") + chain("start", "s") + way("s", "a", "x") + way("s", "b", name="n")
    )
    assert unsound(parts, chain("a", "j", "end"), chain("b", "j")) == {("deadlock", "j")}


def test_inclusive_split_and_join_in_a_loop() -> None:
    parts = xor("m") + some("s", "n") + some("j") + xor("g", "on") + user("a", "b")
    ways = way("s", "a", "x") + way("s", "b", "y") + way("s", "j", name="n")
    back = chain("a", "j", "g") + chain("b", "j") + way("g", "m", "z") + way("g", "end", name="on")
    assert unsound(parts, ways, back, user("u"), chain("start", "m", "u", "s")) == set()
    assert unsound(parts, ways, back, chain("start", "m", "s")) == {("never-done", "g")}, "nothing changes x, y and z"


def test_a_loop_around_a_fork() -> None:
    parts = xor("m") + both("f", "j") + xor("g", "on") + user("a", "b") + chain("start", "m", "f", "a", "j", "g")
    assert unsound(parts, chain("f", "b", "j"), way("g", "m", "x"), way("g", "end", name="on")) == set()


def test_a_loop_out_of_a_fork_into_it() -> None:
    """One branch goes back before the fork: its tokens multiply, the other's pile up at the join."""
    parts = xor("m") + both("f", "j") + xor("g", "on") + user("a", "b") + chain("start", "m", "f", "a", "g")
    ways = way("g", "m", "x") + way("g", "j", name="on") + chain("f", "b", "j", "end")
    found = check(files(STARTED, parts, ways))
    assert "tokens-multiply" in {finding.code for finding in found}


@pytest.mark.parametrize("flow", ["a_light", "z_light"])
def test_a_light_on_a_step_of_a_loop_does_not_multiply_whatever_its_flow_is_called(flow: str) -> None:
    loop = user("m") + xor("g", "n") + chain("start", "m", "g") + way("g", "m", "x") + way("g", "end", name="n")
    light = boundary("late", "m", timer("P5D"), interrupting=False, light="red") + end("vanished")
    found = check(files(STARTED, loop, light, way("late", "vanished", name=flow)))
    assert {finding.code for finding in found} <= {"merge-implicit"}


def test_a_terminating_end_saves_what_would_wait() -> None:
    stop = node("endEvent", "stop", "<terminateEventDefinition/>")
    parts = (
        both("f", "j") + xor("g", "n") + user("a", "b") + stop + chain("start", "f", "a", "g") + chain("f", "b", "j")
    )
    assert unsound(parts, way("g", "stop", "x"), way("g", "j", name="n"), chain("j", "end")) == set()


def test_a_subprocess_is_looked_at_by_itself() -> None:
    level = start("i") + end("o") + xor("g", "n") + both("k") + user("u")
    ways = chain("i", "g") + way("g", "k", "x") + way("g", "u", name="n") + chain("u", "k", "o")
    assert unsound(sub("s", level, ways), chain("start", "s", "end")) == {("deadlock", "k")}


@pytest.mark.parametrize("width", [8, 40, 400])
def test_wide_forks_are_no_burden(width: int) -> None:
    """Only one order of independent steps is tried, so the states are as many as the steps, not two to their power."""
    names = [f"s{number}" for number in range(width)]
    parts = both("f", "j") + user(*names) + chain("start", "f") + chain("j", "end")
    began = time.process_time()
    assert unsound(parts, "".join(chain("f", name, "j") for name in names)) == set()
    assert time.process_time() - began < 5


def test_a_tangle_of_inclusive_gateways_is_looked_at_in_bounded_time() -> None:
    rows = "".join(
        some(f"j{i}")
        + way(f"j{i}", f"j{i + 1}", "x")
        + node("task", f"k{i}")
        + way(f"j{i}", f"k{i}", "y")
        + chain(f"k{i}", f"j{i + 1}")
        for i in range(49)
    )
    began = time.process_time()
    assert unsound(rows, some("j49"), chain("start", "j0"), chain("j49", "end")) == set()
    assert time.process_time() - began < 10
