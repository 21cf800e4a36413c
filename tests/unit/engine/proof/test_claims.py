"""Which conditions exclude each other: only what can be proven counts."""

import pytest

from app.engine import check
from app.engine.proof import conditions_exclude
from tests.unit.engine.drawing import both, chain, end, files, start, user, way, xor


@pytest.mark.parametrize(
    ("one", "other", "exclude"),
    [
        ("x.outcome == 'a'", "x.outcome == 'b'", True),
        ("x.outcome == 'a'", "x.outcome in ('a', 'b')", False),
        ("x.outcome in ['c', 'd']", "x.outcome in ('a', 'b')", True),
        ("x['outcome'] == 'a'", "x.outcome == 'b'", True),
        ("x.outcome == 'a'", "y.outcome == 'b'", False),
        ("area > 500", "area <= 500", True),
        ("area >= 500", "area <= 500", False),
        ("area > 500 and far", "area < 100 or not far", True),
        ("area > 500", "area == 'much'", True),
        ("not x", "x", True),
        ("x != 1", "x == 1", True),
        ("x != 1", "x == 2", False),
        ("f(x)", "not f(x)", True),
        ("f(x)", "g(x)", False),
        ('= x.outcome = "a"', '= x.outcome = "b"', True),
        ("= x > 5", "= x < 3", True),
        ("= x in [1..5]", "= x > 7", True),
        ("= not(x > 5)", "= x > 5", True),
        ("${x == 'a'}", "${x == 'b'}", True),
        ("${x == 5}", "${x == '5'}", False),
        ("= x > 5", "${x < 3}", True),
    ],
)
def test_what_excludes_what(one: str, other: str, exclude: bool) -> None:
    assert conditions_exclude(one, other) is exclude
    assert conditions_exclude(other, one) is exclude


STARTED = start() + end()
TWICE = xor("g", "g_no") + xor("h", "h_no") + xor("m") + user("a", "b")


def errors(*parts: str) -> set[tuple[str, str | None]]:
    return {(one.code, one.element) for one in check(files(*parts)) if one.severity == "error"}


def test_a_decision_that_was_taken_stays_until_the_step_is_done_again() -> None:
    """Two gateways ask for the same outcome: what the first denied, the second cannot find true."""
    ways = chain("start", "u", "g") + way("g", "a", "u.outcome == 'x'") + way("g", "h", name="g_no") + chain("a", "m")
    asked = way("h", "b", "u.outcome == 'x'") + way("h", "m", name="h_no") + chain("b", "m", "end")
    assert errors(STARTED, TWICE, user("u"), ways, asked) == {("step-dead", "b")}
    again = asked.replace("u.outcome", "w.outcome")
    assert errors(STARTED, TWICE, user("u"), ways, again) == set()


def test_a_branch_that_may_change_the_variable_makes_each_decision_free() -> None:
    ways = chain("start", "f", "u", "j") + chain("f", "g") + way("g", "a", "u.outcome == 'x'") + chain("a", "m")
    asked = way("g", "h", name="g_no") + way("h", "b", "u.outcome == 'x'") + way("h", "m", name="h_no")
    assert errors(STARTED, TWICE, both("f", "j"), user("u"), ways, asked, chain("b", "m", "j", "end")) == set()
