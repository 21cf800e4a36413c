"""How long the longest way takes, whatever it is drawn with."""

import pytest

from app.catalog.ways import Ways, days_of
from app.engine import examine
from tests.unit.engine.drawing import (
    both,
    boundary,
    chain,
    definitions,
    end,
    files,
    node,
    process,
    props,
    start,
    sub,
    timer,
    user,
    way,
    xor,
)

STARTED = start() + end()
DAYS = {"a": 3.0, "b": 4.0, "c": 5.0}


def longest(*parts: str, days: dict[str, float] = DAYS) -> tuple[float, tuple[str, ...]]:
    return of(files(STARTED, *parts), days)


def of(diagrams: dict[str, bytes], days: dict[str, float]) -> tuple[float, tuple[str, ...]]:
    found = examine(diagrams)
    assert found.definition is not None, found.findings
    assert found.proof is not None
    ways = Ways(found.definition, found.proof.beside)
    return ways.longest(ways.starts(), days, ())


ABC = user("a", "b", "c")
OR_BACK = way("g", "m", "a.outcome == 'again'") + way("g", "c", name="on")


def test_steps_in_a_row_are_added() -> None:
    assert longest(ABC, chain("start", "a", "b", "c", "end")) == (12.0, ("a", "b", "c"))


def test_of_branches_at_the_same_time_the_longest_counts() -> None:
    ways = chain("start", "f", "a", "j", "c", "end") + chain("f", "b", "j")
    assert longest(ABC, both("f", "j"), ways) == (9.0, ("b", "c"))


def test_of_ways_that_exclude_each_other_the_longest_counts() -> None:
    ways = chain("start", "g") + way("g", "a", "x") + way("g", "b", name="d") + chain("a", "m", "c", "end")
    assert longest(ABC, xor("g", "d"), xor("m"), ways, chain("b", "m")) == (9.0, ("b", "c"))


def test_what_lies_in_a_loop_counts_once_and_all_of_it() -> None:
    """Review, sent back to be mended, review again, signed: the mending counts though the way ends elsewhere."""
    ways = chain("start", "m", "a", "g") + way("g", "b", "a.outcome == 'mend'") + way("g", "c", name="on")
    days, steps = longest(ABC, xor("m"), xor("g", "on"), ways, chain("b", "m"), chain("c", "end"))
    assert (days, set(steps)) == (12.0, {"a", "b", "c"})


def test_branches_within_a_loop_are_not_added() -> None:
    ways = chain("start", "m", "f", "a", "j", "g") + chain("f", "b", "j") + OR_BACK + chain("c", "end")
    assert longest(ABC, xor("m"), xor("g", "on"), both("f", "j"), ways) == (9.0, ("b", "c"))


def test_a_part_counts_with_its_own_longest_way() -> None:
    inner = start("s") + user("b", "c") + xor("g", "d") + end("e1", "e2")
    ways = chain("s", "g") + way("g", "b", "x") + way("g", "c", name="d") + chain("b", "e1") + chain("c", "e2")
    assert longest(user("a"), sub("part", inner, ways), chain("start", "a", "part", "end")) == (8.0, ("a", "c"))


def test_a_called_process_counts_wherever_it_is_called() -> None:
    main = STARTED + node("callActivity", "one", calledElement="q") + node("callActivity", "two", calledElement="q")
    other = process(start("s"), user("b"), end("e"), chain("s", "b", "e"), name="q", executable="false")
    drawn = {"d.bpmn": definitions(process(main, chain("start", "one", "two", "end")), other)}
    assert of(drawn, DAYS) == (8.0, ("b", "b"))


def test_an_event_on_the_border_leads_on_from_there_a_timer_by_its_own_time() -> None:
    late = boundary("late", "b", timer("P2D")) + end("e2") + chain("late", "c", "e2")
    assert longest(ABC, late, chain("start", "a", "b", "end")) == (10.0, ("a", "b", "c"))


def test_what_runs_beside_a_step_counts_where_it_takes_longer() -> None:
    beside = boundary("remind", "a", timer("P1D"), False) + end("e2") + chain("remind", "c", "e2")
    assert longest(user("a", "c"), beside, chain("start", "a", "end")) == (6.0, ("a", "c"))


def test_an_event_subprocess_counts_by_itself_from_its_timer_on() -> None:
    inner = node("startEvent", "s", timer("P9D"), isInterrupting="false") + user("c") + end("e") + chain("s", "c", "e")
    handler = node("subProcess", "beside", inner, triggeredByEvent="true")
    assert longest(user("a"), handler, chain("start", "a", "end")) == (14.0, ("c",))


@pytest.mark.parametrize(("order", "days"), [("true", 9.0), ("false", 3.0)])
def test_one_after_the_other_counts_as_often_as_it_is_done(order: str, days: float) -> None:
    inner = "<loopCardinality>3</loopCardinality>"
    loop = f'<multiInstanceLoopCharacteristics isSequential="{order}">{inner}</multiInstanceLoopCharacteristics>'
    step = node("userTask", "a", props(post="clerk", form="f") + loop)
    assert longest(step, chain("start", "a", "end"))[0] == days


def test_loops_within_loops_come_to_an_end() -> None:
    names = [f"u{number}" for number in range(60)]
    gates = "".join(xor(f"g{n}", f"d{n}") + xor(f"m{n}") for n in range(60))
    ways = chain("start", "m0") + "".join(
        chain(f"m{n}", f"u{n}", f"g{n}")
        + way(f"g{n}", f"m{n // 2}", f"u{n}.outcome == 'x'")
        + way(f"g{n}", f"m{n + 1}" if n < 59 else "end", name=f"d{n}")
        for n in range(60)
    )
    assert longest(user(*names), gates, ways, days=dict.fromkeys(names, 1.0))[0] == 60


@pytest.mark.parametrize(
    ("text", "days"),
    [("P5D", 5), ("P1W", 5), ("P1W2D", 7), ("PT4H", 0.5), ("P1M", 21), ("R3/P1D", None), ("2026-01-01", None)],
)
def test_durations_in_working_days(text: str, days: float | None) -> None:
    assert days_of(text) == days
