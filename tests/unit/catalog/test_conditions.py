"""What the expressions of a diagram ask for, in each language, and which of their names nobody gives."""

from html import escape

import pytest

from app.catalog import conditions
from app.engine import load
from tests.unit.engine.drawing import chain, end, files, node, script, start, user, way, xor


def read(condition: str, *parts: str) -> tuple[set[tuple[str, str]], set[str]]:
    """(step, outcome) asked, and the names of which nobody but “a” is known."""
    drawn = (start(), user("a"), xor("g", "no"), way("g", "yes", escape(condition)), way("g", "end", name="no"))
    definition = load(files(*drawn, end("yes", "end"), *parts, *([] if parts else [chain("start", "a", "g")])))
    [found] = [written for written in definition.written if written.is_condition]
    return set(found.asked), set(conditions.unknown(found, {"a", *definition.given}))


@pytest.mark.parametrize(
    ("text", "asked", "unknown"),
    [
        ('a.outcome == "x"', {("a", "x")}, set()),
        ('"x" != a.outcome', {("a", "x")}, set()),
        ('a.outcome in ("x", "y")', {("a", "x"), ("a", "y")}, set()),
        ('a.outcome not in ["x"] and b.outcome == "z"', {("a", "x"), ("b", "z")}, set()),
        ("a.outcome == b.outcome", set(), {"b"}),
        ('area > 3 and a.income == "x"', set(), {"area"}),
        ("len([n for n in rows if n > area]) > 2", set(), {"rows", "area"}),
        ('=a.outcome = "x"', {("a", "x")}, set()),
        ('=a.outcome in ("x", "y") and area > 3', {("a", "x"), ("a", "y")}, {"area"}),
        ('=list contains(["x", "y"], a.outcome)', {("a", "x"), ("a", "y")}, set()),
        ("=some row in rows satisfies row.area > limit", set(), {"rows", "limit"}),
        ("=count(rows[area > 3]) > 1", set(), {"rows"}),
        ('${a.outcome == "x" && !urgent}', {("a", "x")}, {"urgent"}),
        ("${a.outcome.equals('x')}", {("a", "x")}, set()),
        ("#{execution.getVariable('area') gt 3}", set(), {"area"}),
    ],
)
def test_outcomes_and_names(text: str, asked: set[tuple[str, str]], unknown: set[str]) -> None:
    assert read(text) == (asked, unknown)


def test_scripts_and_repetitions_give_names() -> None:
    many = node(
        "userTask",
        "m",
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>"
        "<completionCondition>${nrOfCompletedInstances/nrOfInstances &gt;= 0.5}</completionCondition>"
        "</multiInstanceLoopCharacteristics>",
    )
    assert read("x > y", script("s", "x = 1"), many, chain("start", "a", "s", "m", "g")) == (set(), {"y"})
