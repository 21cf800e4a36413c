"""What bounds a loop: what never ends it is refused, what a person decides is not."""

import pytest

from app.engine import check
from tests.unit.engine.drawing import chain, codes, end, files, node, props, script, start, user, way, xor

STARTED = start() + end()
LOOP = "<standardLoopCharacteristics{0}><loopCondition>{1}</loopCondition></standardLoopCharacteristics>"


def refused(*parts: str) -> set[tuple[str, str | None]]:
    return codes(check(files(STARTED, *parts)))


def looped(tag: str, inner: str, condition: str, maximum: str = "") -> set[tuple[str, str | None]]:
    loop = LOOP.format(f' loopMaximum="{maximum}"' if maximum else "", condition)
    return refused(node(tag, "x", inner + loop), chain("start", "x", "end"))


@pytest.mark.parametrize(
    ("condition", "maximum", "found"),
    [
        ("n &lt; 3", "", set()),
        ("other &lt; 3", "", {("loop-unchanging", "x")}),
        ("other &lt; 3", "5", set()),
        ("True", "", {("loop-always", "x")}),
        ("= true", "", {("loop-always", "x")}),
        ("False", "", set()),
        ("loopCounter &lt; 3", "", set()),
        ("1 == 1 or n", "", set()),
    ],
)
def test_a_standard_loop_of_a_script(condition: str, maximum: str, found: set[tuple[str, str | None]]) -> None:
    assert looped("scriptTask", "<script>n = n + 1</script>", condition, maximum) == found


def test_a_standard_loop_of_a_step_is_ended_by_whoever_fills_in_its_form() -> None:
    assert looped("userTask", props(post="c", form="f"), "again") == set()


def test_a_standard_loop_of_a_part_is_ended_by_what_it_hands_out() -> None:
    inner = start("s") + script("a", "n = n + 1") + end("e") + chain("s", "a", "e")
    assert looped("subProcess", props(hands_out="n") + inner, "n &lt; 3") == set()
    assert looped("subProcess", inner, "other &lt; 3") == {("loop-unchanging", "x")}


BACK = xor("m") + xor("g", "d") + way("g", "end", name="d")


def test_rework_until_a_person_is_content_is_a_bound() -> None:
    ways = chain("start", "m", "u", "g") + way("g", "m", "u.outcome == 'mend'")
    assert refused(user("u"), BACK, ways) == set()


@pytest.mark.parametrize(
    ("text", "condition", "found"),
    [
        ("n = n + 1", "n &lt; 3", set()),
        ("y = 1", "n &lt; 3", {("never-done", "g")}),
        ("y = 1", "= n &lt; 3", {("never-done", "g")}),
        ("y = 1", "${n == 'x'}", {("never-done", "g")}),
    ],
)
def test_a_loop_that_nobody_waits_in_is_ended_by_what_it_changes(
    text: str, condition: str, found: set[tuple[str, str | None]]
) -> None:
    ways = chain("start", "m", "a", "g") + way("g", "m", condition)
    assert refused(script("a", text), BACK, ways) == found


def test_a_loop_that_nothing_leaves_is_refused() -> None:
    ways = chain("start", "m", "u", "g") + way("g", "m", "True")
    assert "never-done" in {code for code, _element in refused(user("u"), BACK, ways)}
