"""Functions of one's own, types, ranges and the time of the office in FEEL: rows quote DMN 1.5, chapter 10."""

from datetime import datetime
from typing import Any

import pytest

from app.engine.expressions import evaluate
from app.engine.languages import Failed, Malformed, feel, feel_reading
from app.engine.languages.feel_text import Known
from app.engine.languages.tree import Type

KNOWN = Known(
    frozenset({"days left", "plots"}),
    {"Plot": Type("context", members=(("area", Type("number")), ("use", Type("string"))))},
)
NAMES: dict[str, Any] = {"days left": 3, "plots": [{"area": 4, "use": "b"}, {"area": 2, "use": "a"}]}


def value(text: str) -> Any:
    return feel.plain(feel_reading.expression(text, KNOWN), NAMES)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # 10.3.2.10: function definitions see what is in view where they stand
        ("(function(a, b) a - b)(5, 2)", 3),
        ("{f: function(a) a + days left, r: f(1)}.r", 4),
        ("{a: 10, f: function(b) a * b, r: {a: 1, s: f(2)}.s}.r", 20),
        ("(function(a) function(b) a * b)(3)(4)", 12),
        # 10.3.2.6: arguments by place or by name; others than it takes give null
        ("(function(a, b) a - b)(b: 2, a: 5)", 3),
        ("(function(a) a)(1, 2)", None),
        ("(function(a, b) a)(a: 1, c: 2)", None),
        ("{f: 1, r: f(2)}.r", None),
        # 10.3.2.9.4: an argument of another type is null, of a list of one it is the member
        ("(function(a: number) a = null)(“x”)".replace("“", '"').replace("”", '"'), True),
        ("(function(a: number) a)([7])", 7),
        ("(function(a: list<number>) a)(7)", [7]),
        # 10.3.4.7 and 10.3.4.4: functions that take functions
        ("sort([3, 1, 2], function(x, y) x < y)", [1, 2, 3]),
        ("sort(list: plots, precedes: function(x, y) x.area < y.area).use", ["a", "b"]),
        ("sort([3, 1], function(x) x)", None),
        ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", [5, 5, 7]),
        ("list replace([1, 2], function(item, newItem) item, 5)", None),
        ("list replace([1, 2, 3], 2.5, 4)", None),
        # 10.3.2.15: instance of
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("[] instance of list<string>", True),
        ("null instance of number", False),
        ("plots[1] instance of Plot", True),
        ("{area: 1} instance of Plot", False),
        ("{a: {b: 1}} instance of context<a: context<b: number>>", True),
        ("[1..2] instance of range<number>", True),
        ("(function(a) a) instance of function<Any> -> Any", True),
        # 10.3.2.14: what is iterated
        ("for i in (1..4) return i", [2, 3]),
        ('for d in @"2026-02-27"..@"2026-03-01" return d.day', [27, 28, 1]),
        ("for i in null return i", None),
        ("some i in null satisfies true", None),
        # 10.3.1.2: names with signs in contexts; an entry “item” before the item itself
        ("{net + tax: 1}.net + tax", 1),
        ("[{item: 1}, {item: 2}][item > 1]", [{"item": 2}]),
        # 10.3.4.11 and comparisons as ranges
        ('range("[2..)") = >= 2', True),
        ('range("(..2]") = <= 2', True),
        ('3 in range("[1..3)")', False),
        ('range("[..2]")', None),
        ('range("[3..1]")', None),
        # 10.3.4.5: contexts
        ('context put({a: {b: 1}}, ["a", "b"], 2)', {"a": {"b": 2}}),
        ('context put({a: 0}, ["a", "b"], 2)', None),
        ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
        # 10.3.4.10, 10.3.2.13: a time of day in a zone has the standard offset of the zone
        ('time("10:00:00@Asia/Shanghai") = time("10:00:00+08:00")', True),
        ('time("10:00:00@Asia/Shanghai") = time("10:00:00")', None),
        ('is(time("20:00:00Z"), time("21:00:00+01:00"))', False),
        ('time("10:00:00@Asia/Shanghai").time offset', "PT8H"),
        # 10.3.2.3.5: a date beside a date and time is its midnight in UTC
        ('date and time("2026-05-02T00:00:00Z") - date("2026-05-01")', "P1D"),
        # 10.3.4.3: flags of regular expressions
        ('matches("a.b", "a.b", "q")', True),
        ('matches("axb", "a.b", "q")', False),
        ('matches("ab", "a b", "x")', True),
        ('matches("a b", "a[ ]b", "x")', True),
        ('matches("a" + "\\u000D" + "b", "a.b")', False),
        ('matches("a" + "\\u000D" + "b", "a.b", "s")', True),
        # 10.3.1.2, rule 64: a backslash before any other character is one
        ('matches("abc123", "[a-z]+\\d+")', True),
        ('string length("\\d")', 2),
        ('string length("\\\\d")', 2),
    ],
)
def test_what_the_specification_says(text: str, found: Any) -> None:
    assert (value(text), type(value(text))) == (found, type(found))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x < > 5", "not expected"),
        ("1 in (< < 5)", "not expected"),
        ("[(> 1)..2]", "a range ends with"),
        ("f(1)", "no function “f”"),
        ("days left.f(1)", "no function “f”"),
        ("1 instance of Parcel", "Parcel"),
    ],
)
def test_what_is_malformed_says_where(text: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        feel_reading.expression(text, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "{f: function(n) f(n + 1), r: f(1)}.r",
        "{f: function(n) if n = 0 then 0 else f(n - 1) + f(n - 1), r: f(30)}.r",
        "sort(for i in 1..9000 return -i, function(x, y) count(for j in 1..9000 return j) < x)",
        'matches("aa", "(a)" + "\\\\1")',
        "date(10000 + days left, 1, 1)",
    ],
)
def test_work_has_an_end_and_says_so(text: str) -> None:
    with pytest.raises(Failed):
        value(text)


def test_a_function_calls_itself_as_deep_as_anybody_needs() -> None:
    assert value("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(10)}.r") == 3_628_800


class TestTheTimeOfTheOffice:
    """10.3.4.8: “returns current date and time”; a case's is that at which it is handled, at its office."""

    CLOCK = staticmethod(lambda: datetime.fromisoformat("2026-05-01T00:30:00+08:00"))

    def test_it_is_the_clocks(self) -> None:
        assert evaluate("=today()", {}, self.CLOCK) == "2026-05-01"
        assert evaluate("=string(now())", {}, self.CLOCK) == "2026-05-01T00:30:00+08:00"
        assert evaluate('=today() > date("2026-04-30")', {}, self.CLOCK) is True

    def test_without_a_clock_it_fails_rather_than_reading_the_wall(self) -> None:
        with pytest.raises(Failed, match="what time it is"):
            evaluate("=today()", {})
