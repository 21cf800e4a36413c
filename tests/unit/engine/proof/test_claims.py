"""Which conditions exclude each other: only what can be proven counts."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine import check, expressions
from app.engine.proof import conditions_exclude
from app.engine.proof.claims import condition, possible
from tests.unit.engine.decisions.tables import decision, dmn, table
from tests.unit.engine.drawing import both, boundary, chain, end, files, node, props, script, start, sub, user, way, xor


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
        ("len(x)", "not len(x)", True),
        ("len(x)", "sum(x)", False),
        ('= x.outcome = "a"', '= x.outcome = "b"', True),
        ("= x > 5", "= x < 3", True),
        ("= x in [1..5]", "= x > 7", True),
        ("= not(x > 5)", "= x > 5", True),
        ("${x == 'a'}", "${x == 'b'}", True),
        ("${x == 5}", "${x == '5'}", False),
        ("= x > 5", "${x < 3}", True),
        ("not t", "= t", True),
        ("not t", "${t}", True),
        ("t", "= not(t)", False),
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


GATE = xor("g", "d") + user("a") + way("g", "end", name="d") + chain("a", "end")


def decided(condition: str, rows: list[list[str]], **more: str) -> set[tuple[str, str | None]]:
    """What is refused where a gateway asks for the result of a decision, the step `a` behind it."""
    rule = node("businessRuleTask", "r", props(decision="risk", result="risk"))
    drawn = files(STARTED, rule, GATE, chain("start", "r", "g"), way("g", "a", condition))
    drawn["d.dmn"] = dmn(decision(table(rows, policy="FIRST", **more), "risk"))
    return {(one.code, one.element) for one in check(drawn) if one.severity == "error"}


DEAD = {("step-dead", "a")}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("risk == 'high'", set()),
        ("risk == 'higher'", DEAD),
        ('= risk = "low" or risk = "none"', set()),
        ("${risk == 'none'}", DEAD),
        ("risk != 'low' and risk != 'high'", DEAD),
    ],
)
def test_a_decision_gives_one_of_its_results(condition: str, found: set[tuple[str, str | None]]) -> None:
    assert decided(condition, [["< 5", '"low"'], ["-", '"high"']]) == found


def test_a_decision_without_a_row_for_every_case_may_give_nothing_or_its_default() -> None:
    rows = [["< 5", '"low"'], [">= 5", '"high"']]
    assert decided("= risk = null", rows) == set(), "a variable that is not there has no row"
    assert decided("risk == 'none'", rows, default='"none"') == set()
    assert decided("risk == 'other'", rows, default='"none"') == DEAD


def test_a_decision_that_computes_may_give_anything() -> None:
    assert decided("risk == 7", [["-", "x + 1"]]) == set()


def numbers(language: str) -> st.SearchStrategy[str]:
    sign = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    return st.builds(
        lambda one, bound: f"x {'=' if (language, one) == ('=', '==') else one} {bound}", sign, st.integers(0, 3)
    )


LANGUAGES = st.sampled_from(["", "=", "${"])


@st.composite
def conditions(draw: st.DrawFn, language: str) -> str:
    """A condition about x (a number), s.outcome (a code) and t (a truth)."""
    both, either, no = {"": (" and ", " or ", "not ({})"), "=": (" and ", " or ", "not({})")}.get(
        language, (" && ", " || ", "!({})")
    )
    equal = "=" if language == "=" else "=="
    atom = st.one_of(
        numbers(language),
        st.sampled_from(
            [f's.outcome {equal} "{code}"' for code in "abc"] + [f's.outcome != "{code}"' for code in "ab"]
        ),
        st.just("t"),
    )
    joined = st.recursive(
        atom,
        lambda inner: st.one_of(
            st.builds(lambda one, other, by: f"({one}{by}{other})", inner, inner, st.sampled_from([both, either])),
            inner.map(no.format),
        ),
        max_leaves=4,
    )
    text = draw(joined)
    return {"": text, "=": f"= {text}", "${": f"${{{text}}}"}[language]


VALUES = [
    {"x": x / 2, "s": {"outcome": outcome}, "t": truth}
    for x in range(-1, 8)
    for outcome in ("a", "b", "c", "d")
    for truth in (True, False)
]


@given(LANGUAGES.flatmap(lambda one: st.tuples(conditions(one), conditions(one))), st.booleans(), st.booleans())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_conditions_exclude_each_other_exactly_where_no_values_fit_both(
    asked: tuple[str, str], holds: bool, also: bool
) -> None:
    """Every value that tells one bound from another is tried: what is found possible is so, and nothing else."""
    one, other = asked
    fits = any(
        expressions.holds(one, values) is holds and expressions.holds(other, values) is also for values in VALUES
    )
    assert possible([(condition(one), holds), (condition(other), also)]) is fits


OFFERED = node("userTask", "u", props(post="c", form="f", outcomes="a b c"))


def without_default(*asked: str) -> set[str | None]:
    """The gateways that may have no flow to take, where the last of them asks for these."""
    ends = end(*(f"e{number}" for number in range(len(asked))))
    ways = "".join(way("h", f"e{number}", text) for number, text in enumerate(asked))
    first = xor("g", "d") + way("g", "end", "u.outcome == 'a'") + way("g", "h", name="d")
    found = check(files(STARTED, OFFERED, first, xor("h"), ends, ways, chain("start", "u", "g")))
    return {one.element for one in found if one.code == "default-missing"}


def test_a_gateway_whose_conditions_cover_what_is_left_needs_no_default() -> None:
    assert without_default("u.outcome == 'b'", "u.outcome == 'c'") == set()
    assert without_default('= u.outcome = "b"', "${u.outcome == 'c'}") == set()
    assert without_default("u.outcome == 'b'") == {"h"}
    assert without_default("u.outcome == 'b'", "area > 5".replace(">", "&gt;")) == {"h"}


def test_many_forks_beside_a_decision_are_looked_at_in_time() -> None:
    """What may change beside what is asked for each fork by itself, up to the gateway that joins it."""
    forks = "".join(
        both(f"f{n}", f"j{n}")
        + user(f"a{n}", f"b{n}")
        + chain(f"f{n}", f"a{n}", f"j{n}", f"f{n + 1}" if n < 349 else "g")
        + chain(f"f{n}", f"b{n}", f"j{n}")
        for n in range(350)
    )
    ways = chain("start", "u", "f0") + way("g", "x", "u.outcome == 'a'") + way("g", "end", name="d") + chain("x", "end")
    began = time.process_time()
    assert errors(STARTED, forks, OFFERED, user("x"), xor("g", "d"), ways) == set()
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    ("host", "told"),
    [(sub("s", start("i"), end("o"), chain("i", "o")), {("boundary-never", "late")}), (script("s", "x = 1"), set())],
)
def test_what_follows_an_event_that_nothing_throws_is_not_told_to_be_excluded(
    host: str, told: set[tuple[str, str | None]]
) -> None:
    late = boundary("late", "s", "<errorEventDefinition/>")
    assert errors(STARTED, host, late, user("b"), chain("start", "s", "end"), chain("late", "b", "end")) == told
