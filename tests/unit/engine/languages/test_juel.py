"""JUEL: rows quote the Expression Language (JSR-341), chapter 1, as Camunda 7, Flowable and Activiti evaluate it."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import expressions
from app.engine.languages import Failed, Malformed, juel_reading

NAMES: dict[str, Any] = {
    "a": 3,
    "half": 0.5,
    "b": "x",
    "s": "5",
    "yes": True,
    "no": False,
    "none": None,
    "items": ["x", "y"],
    "review": {"outcome": "approve", "by": {"name": "李"}, "on-time": True},
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("${a}", 3),
        ("#{a}", 3),
        ("${yes}", True),
        ("  ${ a } ", 3),
        # 1.7 arithmetic: whole numbers, else doubles; division is of doubles; texts are read as numbers
        ("${a + 1}", 4),
        ("${a / 2}", 1.5),
        ("${a div 2}", 1.5),
        ("${a % 2}", 1),
        ("${-7 mod 2}", -1),
        ("${half * 2}", 1.0),
        ("${s + 1}", 6),
        ("${s + '1.5'}", 6.5),
        ("${none + 1}", 1),
        ("${none + none}", 0),
        ("${-a}", -3),
        ("${1 + 2 * 3}", 7),
        ("${(1 + 2) * 3}", 9),
        # 1.8 relations
        ("${a > 2}", True),
        ("${a gt 2 and a le 3}", True),
        ("${a == 3}", True),
        ("${a eq '3'}", True),
        ("${a ne 4}", True),
        ("${b == 'x'}", True),
        ('${b == "x"}', True),
        ("${none == null}", True),
        ("${a == null}", False),
        ("${none < 1}", False),
        ("${none <= null}", True),
        ("${'10' < '9'}", True),
        ("${'10' < 9}", False),
        ("${yes == 'true'}", True),
        ("${half == 0.5}", True),
        # 1.9 logic, 1.10 empty, 1.11 choice
        ("${yes && !no}", True),
        ("${no or yes}", True),
        ("${not yes}", False),
        ("${none && yes}", False),
        ("${'TRUE' && yes}", True),
        ("${empty none}", True),
        ("${empty ''}", True),
        ("${not empty items}", True),
        ("${yes ? 'y' : 'n'}", "y"),
        ("${a > 5 ? 'l' : a > 2 ? 'm' : 's'}", "m"),
        # 1.6 members and indexes
        ("${review.outcome == 'approve'}", True),
        ("${review['on-time']}", True),
        ("${review.by.name}", "李"),
        ("${review.missing}", None),
        ("${none.anything}", None),
        ("${items[1]}", "y"),
        ("${items[9]}", None),
        # 1.2 composites
        ("P${a}D", "P3D"),
        ("${a}-${b}", "3-x"),
        ("a ${none} b", "a  b"),
        ("\\${a}", "${a}"),
        # harmless methods, and variables of the execution
        ("${b.equals('x')}", True),
        ("${items.size() == 2}", True),
        ("${items.isEmpty()}", False),
        ("${items.contains('x')}", True),
        ("${b.contains('z')}", False),
        ("${execution.getVariable('a') > 2}", True),
        ("${execution.hasVariable('zz')}", False),
        ("${vars:get(zz)}", None),
        ("${variables:equals(b, 'x')}", True),
    ],
)
def test_what_the_specification_says(text: str, found: Any) -> None:
    value = expressions.evaluate(text, NAMES)
    assert (value, type(value)) == (found, type(found))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${zz > 1}", "there is no variable 'zz'"),
        ("${a / 0}", "division by zero"),
        ("${a % 0}", "division by zero"),
        ("${b > 1}", "no whole number"),
        ("${a && yes}", "neither true nor false"),
        ("${yes < no}", "no order"),
        ("${a.name}", "a number has no member 'name'"),
        ("${a.size()}", "no “size\\(\\)”"),
        ("${none.size()}", "of nothing"),
        ("${9223372036854775807 + 1}", "too large"),
    ],
)
def test_what_fails_says_why(text: str, reason: str) -> None:
    with pytest.raises(Failed, match=reason):
        expressions.evaluate(text, NAMES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("${", "the end"),
        ("${}", "not expected"),
        ("${a", "the end"),
        ("${a >}", "not expected"),
        ("${a = 1}", "not expected"),
        ("${bean.charge(a)}", "the method “charge\\(\\)”"),
        ("${json.prop('x').boolValue()}", "the method “prop\\(\\)”"),
        ("${now()}", "the function “now\\(\\)”"),
        ("${execution.id}", "execution.id"),
        ("${execution.setVariable('a', 1)}", "execution.setVariable"),
        ("${b.getClass()}", "getClass"),
        ("${vars:drop(a)}", "vars:drop"),
        ("${" + "(" * 60, "deep"),
        ("${" + "!" * 60 + "a}", "deep"),
        ("${1" + "+1" * 300 + "}", "deep"),
        ("${a" + ".b" * 300 + "}", "deep"),
        ("${99999999999999999999}", "too large"),
    ],
)
def test_what_is_malformed_says_where(text: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        juel_reading.expression(text)


WORDS = st.sampled_from(
    [
        "${",
        "#{",
        "}",
        "a",
        "b",
        "items",
        "review",
        "(",
        ")",
        "[",
        "]",
        ".",
        ",",
        "?",
        ":",
        "+",
        "-",
        "*",
        "/",
        "%",
        "==",
        "!=",
        "<",
        ">=",
        "&&",
        "||",
        "!",
        "empty",
        "eq",
        "mod",
        "1",
        "2.5",
        "'x'",
        "null",
        "true",
        "size()",
        "execution",
    ]
)


@given(st.one_of(st.lists(WORDS, max_size=20).map(lambda words: "${" + " ".join(words) + "}"), st.text(max_size=50)))
@settings(max_examples=300, deadline=2000)
def test_any_text_is_read_or_malformed_and_then_evaluated_or_failed(text: str) -> None:
    try:
        juel_reading.expression(text)
    except Malformed:
        return
    with suppress(Failed):
        expressions.evaluate("${''}" + text, NAMES)
