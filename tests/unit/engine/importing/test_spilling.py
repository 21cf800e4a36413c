"""What a diagram of another engine sets inside a subprocess is seen outside, as there; what it calls keeps its own."""

import pytest

from app.engine import check
from tests.unit.engine.drawing import (
    Office,
    boundary,
    chain,
    definitions,
    end,
    files,
    node,
    process,
    script,
    start,
    sub,
    timer,
    user,
    way,
    xor,
)

ASKED = (xor("x", "no"), user("yes", "nope"), end(), way("x", "yes", "${fee == 7}"), way("x", "nope", name="no"))
BEHIND = (*ASKED, chain("yes", "end"), chain("nope", "end"))


def spilled(drawn: dict[str, bytes]) -> list[tuple[str | None, str]]:
    return [(one.element, one.params["names"]) for one in check(drawn) if one.code == "spilled"]


@pytest.mark.parametrize("inner", [script("w", "fee = 7"), script("w", "fee = 3 + 4\nother = 1")])
def test_what_a_script_sets_is_handed_out_if_it_is_asked_for(inner: str) -> None:
    within = sub("s", start("i"), inner, end("o"), chain("i", "w", "o"))
    drawn = files(start(), within, *BEHIND, chain("start", "s", "x"))
    assert spilled(drawn) == [("s", "fee")]
    assert Office(drawn).open == ["yes"]


def test_what_a_form_sets_goes_before_what_was_there() -> None:
    within = sub("s", start("i"), user("u"), end("o"), chain("i", "u", "o"))
    drawn = files(start(), within, *BEHIND, chain("start", "s", "x"))
    assert Office(drawn, fee=1).do("u", fee=7).open == ["yes"]


def test_so_does_what_is_done_several_times() -> None:
    many = "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>"
    drawn = files(start(), node("userTask", "u", many), *BEHIND, chain("start", "u", "x"))
    office = Office(drawn, fee=1).do("u", 1, fee=7).do("u", 0)
    assert office.open == ["yes"]


def test_it_is_seen_outside_when_the_subprocess_is_broken_off() -> None:
    within = sub("s", start("i"), script("w", "fee = 7"), user("u"), end("o"), chain("i", "w", "u", "o"))
    late = boundary("late", "s", timer("P1D"))
    drawn = files(start(), within, late, *BEHIND, chain("start", "s", "end"), chain("late", "x"))
    assert Office(drawn).fire("late").open == ["yes"]


def test_what_is_said_by_a_property_is_what_holds() -> None:
    within = sub("s", start("i"), user("u"), end("o"), chain("i", "u", "o"), hands_out="other")
    drawn = files(start(), within, *BEHIND, chain("start", "s", "x"))
    assert spilled(drawn) == []
    assert Office(drawn, fee=1).do("u", fee=7).open == ["nope"]


def test_a_diagram_of_ours_keeps_inside_what_it_does_not_hand_out() -> None:
    within = sub("s", start("i"), script("w", "fee = 7"), end("o"), chain("i", "w", "o"))
    drawn = {
        name: text.replace(b"${fee == 7}", b"fee == 7")
        for name, text in files(start(), within, *BEHIND, chain("start", "s", "x")).items()
    }
    assert spilled(drawn) == []


def test_a_called_process_changes_nothing_outside() -> None:
    """BPMN 2.0.2, 10.3.6: what is called has data of its own, and takes and gives what is mapped."""
    called = process(start("i"), script("w", "fee = 7"), end("o"), chain("i", "w", "o"), name="q", executable="false")
    calls = process(start(), node("callActivity", "c", calledElement="q"), *BEHIND, chain("start", "c", "x"))
    assert Office({"d.bpmn": definitions(calls, called)}, fee=1).open == ["nope"]
