"""What the expressions of a diagram ask for, in each language, and which of their names nobody gives."""

from html import escape

import pytest
import yaml

from app.catalog import conditions, schema
from app.catalog.fields import Field, Form, Option
from app.catalog.types import Wording
from app.engine import load
from tests.unit.catalog import small_item
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


def choice(key: str, kind: str, *values: str) -> Field:
    options = tuple(Option(value, Wording(value.upper(), value)) for value in values)
    return Field(id=key, type=kind, key=key, label=Wording("用途", "Use"), options=options)


FORM = Form(
    "apply",
    (
        choice("use", "select", "home", "shop"),
        choice("tags", "checklist", "old", "new"),
        Field(id="site", type="group", key="site", children=(choice("kind", "radio", "town", "field"),)),
        Field(id="name", type="textfield", key="name"),
    ),
    {},
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('use == "home"', []),
        ('use == "hotel"', ["use=hotel"]),
        ('"hotel" != use', ["use=hotel"]),
        ('use in ("home", "hotel")', ["use=hotel"]),
        ('=use = "hotel"', ["use=hotel"]),
        ('${use == "hotel" || name == "x"}', ["use=hotel"]),
        ('"ancient" in tags', ["tags=ancient"]),
        ('=list contains(tags, "new")', []),
        ('site.kind == "village" and site.kind != "town"', ["site.kind=village"]),
        ('=some use in rows satisfies use = "hotel"', []),
    ],
)
def test_values_that_a_form_does_not_offer(text: str, said: list[str]) -> None:
    drawn = (start(), user("a"), xor("g", "no"), way("g", "yes", escape(text), "asks"), way("g", "end", name="no"))
    definition = load(files(*drawn, end("yes", "end"), chain("start", "a", "g")))
    known = {"use", "tags", "site", "name", "rows"}
    manifest, _faults = schema.load(yaml.safe_load(small_item.files()[small_item.MANIFEST]))
    assert manifest is not None
    offered = conditions.choices({"apply": FORM}, definition.given)
    found = [*conditions.check(definition.written, manifest, known, offered)]
    assert [slip.code for slip in found] == ["condition-value-unoffered"] * len(said)
    assert [slip.params["field"].partition(" ")[2] + "=" + slip.params["value"] for slip in found] == [
        "({})={}".format(*one.split("=")) for one in said
    ]
    assert conditions.choices({"apply": FORM}, {"use", "tags", "site"}) == {}
