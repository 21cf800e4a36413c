"""What is checked of an expression at upload, in every language: that it can be read, and what it gives."""

from html import escape

import pytest

from app.engine import check
from tests.unit.engine.drawing import boundary, chain, codes, end, files, node, start, timer, user, way, xor


def wrong(condition: str) -> set[str]:
    ways = way("g", "yes", escape(condition)) + way("g", "no", name="n")
    found = check(files(start(), end("yes", "no"), xor("g", "n"), chain("start", "g"), ways))
    return {code for code, _element in codes(found)}


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ('="a"', "expression-type"),
        ("=1 + 1", "expression-type"),
        ('=date("2026-01-01")', "expression-type"),
        ("=for i in 1..1000000000 return i", "expression-type"),
        ('=if a then "x" else "y"', "expression-type"),
        ("=null", "expression-type"),
        ("${a + 1}", "expression-type"),
        ("a ${b}", "expression-type"),
        ("${'yes'}", "expression-type"),
        ("'approved'", "expression-type"),
        ("=a >", "expression-malformed"),
        ('=lower("a") = "a"', "expression-malformed"),
        ("=today()", "expression-type"),
        ("${a >}", "expression-malformed"),
        ("${bean.decide(a)}", "expression-malformed"),
        ("a >", "expression-malformed"),
    ],
)
def test_a_condition_that_gives_no_truth_is_refused(condition: str, code: str) -> None:
    assert wrong(condition) == {code}


@pytest.mark.parametrize(
    "condition", ["=a", "=a > 1", "=not(a)", "${a}", "${a > 1}", "${empty a}", "a", "a == true", "a.outcome", "len(a)"]
)
def test_a_condition_that_may_be_a_truth_is_taken(condition: str) -> None:
    assert wrong(condition) == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("=5", "timer-invalid"),
        ('="5 days"', "timer-invalid"),
        ("=true", "timer-invalid"),
        ("${5}", "timer-invalid"),
        ("=a > 1", "expression-type"),
        ("=days * 2", None),
        ("=count(days)", "expression-type"),
        ("${days + 1}", "expression-type"),
        ("=[1]", "expression-type"),
        ('=duration("P5D")', None),
        ('="P5D"', None),
        ("${'P5D'}", None),
        ("P${days}D", None),
        ("=limit", None),
        ("P5D", None),
    ],
)
def test_a_timer_that_gives_no_time_is_refused(text: str, code: str | None) -> None:
    late = boundary("late", "a", timer(escape(text))) + chain("start", "a", "end") + chain("late", "end")
    assert {found for found, _element in codes(check(files(start(), end(), user("a"), late)))} == ({code} - {None})


@pytest.mark.parametrize(
    ("tag", "text", "code"),
    [
        ("loopCardinality", '="3"', "expression-type"),
        ("loopCardinality", "=count(offices)", None),
        ("loopCardinality", "${3}", None),
        ("completionCondition", "=1", "expression-type"),
        ("completionCondition", "${nrOfCompletedInstances > 1}", None),
        ("loopDataInputRef", '="a"', "expression-type"),
        ("loopDataInputRef", "=[1, 2]", None),
        ("loopDataInputRef", "${offices}", None),
    ],
)
def test_what_repeats_a_step_is_checked_by_its_place(tag: str, text: str, code: str | None) -> None:
    count = "<loopCardinality>2</loopCardinality>" if tag == "completionCondition" else ""
    many = f"<multiInstanceLoopCharacteristics>{count}<{tag}>{escape(text)}</{tag}></multiInstanceLoopCharacteristics>"
    drawn = files(start(), end(), node("userTask", "m", many), chain("start", "m", "end"))
    assert {found for found, _element in codes(check(drawn))} == ({code} - {None})
