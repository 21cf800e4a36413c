"""FEEL: rows quote DMN 1.5, chapter 10. What cannot be computed is null, never an error."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine.languages import Failed, Malformed, feel, feel_reading
from app.engine.languages.feel_text import Known

NAMES: dict[str, Any] = {
    "x": 7,
    "ratio": 0.1,
    "name": "王",
    "yes": True,
    "none": None,
    "kinds": ["a", "b"],
    "plots": [{"area": 2.5, "use": "a"}, {"area": 4, "use": "b"}],
    "review": {"outcome": "approve"},
    "first name": "Ann",
    "born": "2001-02-03",
}


KNOWN = Known(frozenset({"first name"}))


def value(text: str) -> Any:
    return feel.plain(feel_reading.expression(text, KNOWN), NAMES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # 10.3.2.3.1: numbers are exact decimals of 34 digits
        ("0.1 + 0.2 = 0.3", True),
        ("ratio * 3 = 0.3", True),
        ("1 / 3 * 3 = 1", False),
        ("10 / 4", 2.5),
        ("1 / 0", None),
        ("2 ** 3", 8),
        ("-3 ** 2", 9),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 3 - 2", 5),
        ("1e3", 1000),
        (".5 + .5", 1),
        ('1 + "a"', None),
        ('"a" + "b"', "ab"),
        # 10.3.2.12: ternary logic
        ("true and null", None),
        ("false and null", False),
        ("true or null", True),
        ("false or null", None),
        ("not(null)", None),
        ('not("a")', None),
        ("yes and none", None),
        # 10.3.2.13: equality; of two types nothing is known
        ("null = null", True),
        ("x = null", False),
        ("missing = null", True),
        ('x = "7"', None),
        ("[1, 2] = [1, 2]", True),
        ("{a: 1} = {a: 1}", True),
        ("1 < 2", True),
        ('"a" < "b"', True),
        ('1 < "b"', None),
        # ranges and tests
        ("5 in [1..5]", True),
        ("5 in [1..5)", False),
        ("5 in ]1..5[", False),
        ("1 in (1..5]", False),
        ("x in (1, 2, > 6)", True),
        ("x in <= 7", True),
        ("x in (< 3, [9..12])", False),
        ('name in ["王", "李"]', True),
        ("5 between 1 and 5", True),
        ("none between 1 and 5", None),
        ('date("2026-05-01") in [date("2026-01-01")..date("2026-12-31")]', True),
        # if, for, some, every
        ('if x > 3 then "a" else "b"', "a"),
        ('if none then "a" else "b"', "b"),
        ("for i in [1, 2, 3] return i * 2", [2, 4, 6]),
        ("for i in 1..3 return i", [1, 2, 3]),
        ("for i in 3..1 return i", [3, 2, 1]),
        ("for i in [1, 2], j in [10, 20] return i + j", [11, 21, 12, 22]),
        ("for i in 1..4 return if i = 1 then 1 else partial[-1] * i", [1, 2, 6, 24]),
        ("some i in [1, 2] satisfies i > 1", True),
        ("every i in [1, 2] satisfies i > 1", False),
        ("every i in [] satisfies i > 1", True),
        ("yes and every i in [2] satisfies i > 1 and yes", True),
        ("1 + if yes then 2 else 3", 3),
        ("some plot in plots satisfies plot.area > 3", True),
        # lists, filters, paths
        ("[1, 2, 3][2]", 2),
        ("[1, 2, 3][-1]", 3),
        ("[1, 2, 3][9]", None),
        ("[1, 2, 3][item >= 2]", [2, 3]),
        ('plots[use = "b"].area', [4]),
        ("plots.area", [2.5, 4]),
        ("plots[1].area", 2.5),
        ("review.outcome", "approve"),
        ("review.missing", None),
        ("x.area", None),
        ("{a: 1, b: a + 1}.b", 2),
        ("{long name: 1, b: long name + 1}.b", 2),
        ('{"a b": 1}.a b', 1),
        # names with spaces where they are known
        ('first name + "e"', "Anne"),
        # dates, times, durations
        ('date("2026-02-" + string(30))', None),
        ('date("2026-02-28") + duration("P1D")', "2026-03-01"),
        ('date("2024-02-29") + duration("P1Y")', "2025-02-28"),
        ('date("2026-05-01") - date("2026-04-01")', "P30D"),
        ('(date("2026-05-01") - date("2026-04-01")).days', 30),
        ('(date("2026-05-01") - date("2026-04-01")) > duration("P20D")', True),
        ("date(born).year", 2001),
        ('date("2026-05-01").weekday', 5),
        ('date and time("2026-05-01T09:00:00+08:00").hour', 9),
        ('date and time("2026-05-01T09:00:00+08:00") = date and time("2026-05-01T01:00:00Z")', True),
        ('time("09:30:00") < time("10:00:00")', True),
        ('duration("P1DT2H")', "P1DT2H"),
        ('duration("PT36H")', "P1DT12H"),
        ('duration("P14M")', "P1Y2M"),
        ('duration("P1Y") > duration("P11M")', True),
        ('duration("P1Y") > duration("P1D")', None),
        ('duration("P2D") * 3', "P6D"),
        ('duration("P6D") / duration("P2D")', 3),
        ('@"2026-05-01" + @"P1M"', "2026-06-01"),
        ('years and months duration(date("2001-02-03"), date("2026-02-02"))', "P24Y11M"),
        # functions by place and by name
        ('substring("foobar", 3)', "obar"),
        ('substring("foobar", 3, 3)', "oba"),
        ('substring("foobar", -2, 1)', "a"),
        ('substring(string: "foobar", start position: 3)', "obar"),
        ('string length("绿灯")', 2),
        ('upper case("aBc4")', "ABC4"),
        ('substring before("foobar", "bar")', "foo"),
        ('substring after("foobar", "ob")', "ar"),
        ('replace("abcd", "(ab)|(a)", "[1=$1]")', "[1=ab]cd"),
        ('contains("foobar", "of")', False),
        ('starts with("foobar", "fo")', True),
        ('matches("foobar", "^fo*b")', True),
        ('split("John Doe", "\\\\s")', ["John", "Doe"]),
        ('string join(["a", "b"], "-")', "a-b"),
        ("list contains([1, 2, null], null)", True),
        ("count([1, 2, 3])", 3),
        ("min(1, 2, 3)", 1),
        ("max([1, 2, 3])", 3),
        ("sum(plots.area)", 6.5),
        ("sum([])", None),
        ("mean([1, 2, 3])", 2),
        ("median([6, 1, 2, 3])", 2.5),
        ("decimal(stddev([2, 4, 7, 5]), 4)", 2.0817),
        ("mode([6, 3, 9, 6, 6])", [6]),
        ("all([true, false])", False),
        ("any([false, true])", True),
        ("sublist([4, 5, 6], 1, 2)", [4, 5]),
        ("append([1], 2, 3)", [1, 2, 3]),
        ("concatenate([1, 2], [3])", [1, 2, 3]),
        ("insert before([1, 3], 1, 2)", [2, 1, 3]),
        ("remove([1, 2, 3], 2)", [1, 3]),
        ("reverse([1, 2, 3])", [3, 2, 1]),
        ("index of([1, 2, 3, 2], 2)", [2, 4]),
        ("union([1, 2], [2, 3])", [1, 2, 3]),
        ("distinct values([1, 2, 1])", [1, 2]),
        ("flatten([[1, 2], [[3]], 4])", [1, 2, 3, 4]),
        ("product([2, 3, 4])", 24),
        ("decimal(1/3, 2)", 0.33),
        ("decimal(2.5, 0)", 2),
        ("floor(-1.5)", -2),
        ("ceiling(1.5)", 2),
        ("round half up(5.5, 0)", 6),
        ("round up(1.121, 2)", 1.13),
        ("abs(-10)", 10),
        ("modulo(-12, 5)", 3),
        ("sqrt(16)", 4),
        ("odd(5)", True),
        ('number("1 000,5", " ", ",")', 1000.5),
        ("string(1.10)", "1.1"),
        ('string([1, "a"])', '[1, "a"]'),
        ('get value({a: 1}, "a")', 1),
        ('day of week(date("2019-09-17"))', "Tuesday"),
        ('week of year(date("2005-01-01"))', 53),
        ("before(1, [2..3])", True),
        ("overlaps([1..5], [3..8])", True),
        ("includes([1..10], 5)", True),
        ("during([4..6], [1..10])", True),
        ("meets([1..5], [5..10])", True),
        ("x instance of number", True),
        ("name instance of number", False),
        ("is defined(missing)", False),
    ],
)
def test_what_the_specification_says(text: str, found: Any) -> None:
    assert (value(text), type(value(text))) == (found, type(found))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the end"),
        ("a b", "“b”"),
        ("1 +", "the end"),
        ("(1", "“)” is missing"),
        ("if a then b", "“else” is missing"),
        ("lenght(a)", "no function “lenght”"),
        ("contain(a, b)", "there is “contains”"),
        ("contains(a)", "does not take 1 arguments"),
        ("substring(text: a, start position: 1)", "of these names"),
        ("function(a) external {java: {}}", "in another language"),
        ("function(a, a) a", "two parameters"),
        ("{f: 1, r: g(1)}", "no function “g”"),
        ('name.contains("x")', "no function “contains”"),
        ("{a: 1, a: 2}", "twice"),
        ('@"tomorrow"', "no date"),
        ('date("2026-02-30")', "is no date"),
        ('duration("5 days")', "is no duration"),
        ('date("12026-01-01")', "within the years"),
        ('matches(a, "(a")', "no regular expression"),
        ('matches(a, "[a-z-[b]]")', "not known here"),
        ("not a", "not expected"),
        ("a == b", "“= b”"),
        ("(" * 60, "deep"),
        ("1" + "+1" * 400, "deep"),
        ("a" + ".b" * 400, "deep"),
    ],
)
def test_what_is_malformed_says_where(text: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason.replace("(", r"\(").replace(")", r"\)").replace("+", r"\+")):
        feel_reading.expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "for i in 1..1000000000 return i",
        "some i in 1..1000000000 satisfies i < 0",
        "for a in 1..1000, b in 1..1000, c in 1..1000 return 1",
        "count(for i in 1..9000 return distinct values(for j in 1..9000 return j))",
        "string({a: [1,1], b: [a,a], c: [b,b], d: [c,c], e: [d,d], f: [e,e,e,e,e,e,e,e], g: [f,f,f,f,f,f,f,f],"
        " h: [g,g,g,g,g,g,g,g], i: [h,h,h,h,h,h,h,h], j: [i,i,i,i,i,i,i,i]})",
        'replace(string join(for i in 1..999 return "aaaaaaaa", ""), "a", string join(for i in 1..999 return "b", ""))',
    ],
)
def test_work_has_an_end(text: str) -> None:
    with pytest.raises(Failed):
        value(text)


@pytest.mark.parametrize(
    "text", ["9 ** 99999 ** 9", "10 ** 100000", "exp(100000)", 'duration("P999999999D") * 9999999']
)
def test_what_is_too_large_is_null(text: str) -> None:
    assert value(text) is None


def test_numbers_too_large_for_a_variable_are_not_kept_roughly() -> None:
    with pytest.raises(Failed, match="exactly"):
        value("9007199254740991 + 1")
    assert feel.value(feel_reading.expression("9007199254740991 + 1"), {}) == Decimal(9007199254740992)


WORDS = st.sampled_from(
    [
        "x",
        "plots",
        "name",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        ".",
        "..",
        "+",
        "-",
        "*",
        "/",
        "**",
        "=",
        "<",
        ">=",
        "and",
        "or",
        "not(",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "satisfies",
        "between",
        "1",
        "2.5",
        '"a"',
        "count(",
        "date(",
        "string(",
        "sum(",
        "true",
        "null",
        "item",
        "?",
        '@"P1D"',
        "instance of",
        "number",
        "is(",
        "max(",
    ]
)


@given(st.one_of(st.lists(WORDS, max_size=25).map(" ".join), st.text(max_size=60)))
@settings(max_examples=300, deadline=2000)
def test_any_text_is_read_or_malformed_and_then_evaluated_or_failed(text: str) -> None:
    for read in (feel_reading.expression, feel_reading.unary_tests):
        try:
            node = read(text)
        except Malformed:
            continue
        with suppress(Failed):
            feel.plain(node, {**NAMES, "?": 3})
