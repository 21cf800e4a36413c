"""Decision tables: what each hit policy gives (DMN 1.5, 8.2.11), and what cells mean (8.2.8, 10.3.2.8)."""

from typing import Any

import pytest

from app.engine.decisions import reading
from app.engine.decisions.evaluating import decide
from app.engine.decisions.model import Call
from app.engine.findings import Report
from app.engine.languages import Failed
from app.engine.xml import parse
from tests.unit.engine.decisions.tables import VERSIONS, decision, dmn, table, text


def ask(file: bytes, name: str = "d", result: str = "r", shape: Any = "value", /, **names: Any) -> dict[str, Any]:
    report = Report()
    root = parse(file, "t.dmn", report)
    assert root is not None
    found = {one.id: one for one in reading.read(root, "t.dmn", report)}
    assert [finding.text for finding in report.findings] == []
    return decide(Call(name, result, shape, found), names)


def result(logic: str, **names: Any) -> Any:
    return ask(dmn(decision(logic)), **names)["r"]


OVERLAPPING = [["< 10", '"low"'], ["< 20", '"middle"'], ["-", '"any"']]
AGREEING = [["< 10", '"low"'], ["< 5", '"low"'], [">= 10", '"high"']]


class TestHitPolicies:
    """8.2.11: “the hit policy specifies what the result of the decision table is in cases of overlapping rules”"""

    def test_unique_is_the_default_and_gives_the_row_that_holds(self) -> None:
        rows = [["< 10", '"low"'], [">= 10", '"high"']]
        assert result(table(rows), x=3) == "low"
        assert result(table(rows), x=10) == "high"

    def test_unique_violated_is_an_error_that_names_the_rows(self) -> None:
        with pytest.raises(Failed, match="rows 1, 2, 3 hold at once"):
            result(table(OVERLAPPING, policy="UNIQUE"), x=3)
        assert result(table(OVERLAPPING, policy="UNIQUE"), x=30) == "any"

    def test_any_gives_the_result_on_which_all_rows_agree(self) -> None:
        assert result(table(AGREEING, policy="ANY"), x=3) == "low"

    def test_any_violated_is_an_error_that_names_the_rows(self) -> None:
        with pytest.raises(Failed, match="rows 2, 3 hold at once and give different"):
            result(table(OVERLAPPING, policy="ANY"), x=15)

    @pytest.mark.parametrize(("x", "found"), [(3, "low"), (15, "middle"), (30, "any")])
    def test_first_gives_the_first_row_in_the_order_of_the_table(self, x: int, found: str) -> None:
        assert result(table(OVERLAPPING, policy="FIRST"), x=x) == found

    def test_priority_gives_the_result_that_stands_first_among_the_output_values(self) -> None:
        ranked = table(OVERLAPPING, policy="PRIORITY", values=['"any", "middle", "low"'])
        assert result(ranked, x=3) == "any"

    def test_output_order_gives_all_in_the_order_of_the_output_values(self) -> None:
        ranked = table(OVERLAPPING, policy="OUTPUT ORDER", values=['"any", "middle", "low"'])
        assert result(ranked, x=3) == ["any", "middle", "low"]
        assert result(ranked, x=15) == ["any", "middle"]

    def test_priority_of_several_outputs_goes_from_left_to_right(self) -> None:
        rows = [["-", '"b"', '"1"'], ["-", '"a"', '"2"'], ["-", '"a"', '"1"']]
        ranked = table(rows, outputs=["p", "q"], policy="PRIORITY", values=['"a", "b"', '"1", "2"'])
        assert result(ranked, x=1) == {"p": "a", "q": "1"}

    def test_rule_order_and_collect_give_all_in_the_order_of_the_table(self) -> None:
        for policy in ("RULE ORDER", "COLLECT"):
            assert result(table(OVERLAPPING, policy=policy), x=3) == ["low", "middle", "any"]

    @pytest.mark.parametrize(
        ("aggregation", "found", "none"), [("SUM", 60, None), ("COUNT", 3, 0), ("MIN", 10, None), ("MAX", 30, None)]
    )
    def test_collect_with_an_aggregator(self, aggregation: str, found: int, none: Any) -> None:
        rows = [["< 10", "10"], ["< 20", "20"], ["< 30", "30"]]
        assert result(table(rows, policy=f"COLLECT with {aggregation}"), x=3) == found
        assert result(table(rows, policy=f"COLLECT with {aggregation}"), x=99) == none

    def test_where_no_row_holds_the_result_is_null_an_empty_list_or_the_default(self) -> None:
        rows = [["< 10", '"low"']]
        assert result(table(rows), x=10) is None
        assert result(table(rows, policy="COLLECT"), x=10) == []
        assert result(table(rows, default='"other"'), x=10) == "other"
        assert result(table(rows, default='"other"', policy="RULE ORDER"), x=10) == ["other"]

    def test_several_outputs_are_a_context(self) -> None:
        rows = [["< 10", '"low"', "1"], [">= 10", '"high"', "x * 2"]]
        assert result(table(rows, outputs=["level", "fee"]), x=12) == {"level": "high", "fee": 24}


@pytest.mark.parametrize(
    ("cell", "fitting", "other"),
    [
        ("-", [1, None, "a"], []),
        ("", [1, None], []),
        ("5", [5, 5.0], [4, None]),
        ("< 5", [4], [5, None]),
        ("> 5", [6], [5]),
        ("[1..5]", [1, 5], [0, 6]),
        ("(1..5)", [2], [1, 5]),
        ("]1..5[", [2], [1, 5]),
        ("[1..5)", [1], [5]),
        ("1, 3, > 7", [1, 3, 8], [2, 7]),
        ("not(1, 3)", [2, 4], [1, 3]),
        ("not(> 5)", [5], [6]),
        ('"a", "b"', ["a", "b"], ["c", None]),
        ('not("a")', ["b", None], ["a"]),
        ("true", [True], [False, None]),
        ("null", [None], [1]),
        ("y", [7], [6]),
        ("> y", [8], [7]),
        ("kinds", ["a", "b"], ["c"]),
        ("? > 5 and ? < 9", [6], [5, 9]),
        ('starts with(?, "ab")', ["abc"], ["b"]),
        ("? in kinds", ["a"], ["c"]),
        ("cellInput > 5", [6], [5]),
        ("if y > 3 then 7 else 8", [7], [8]),
        ("-5", [-5], [5]),
        ("= 5", [5], [4]),
        ("!= 5", [4], [5]),
        ("?", [5, "a", False], []),
    ],
)
def test_cells(cell: str, fitting: list[Any], other: list[Any]) -> None:
    """8.2.8: “-” is anything; values, ranges, comparisons and lists of them; not(…); “?” is the value itself."""
    logic = table([[cell, '"yes"']], inputs=["x:"], default='"no"')
    assert [result(logic, x=x, y=7, kinds=["a", "b"]) for x in fitting] == ["yes"] * len(fitting)
    assert [result(logic, x=x, y=7, kinds=["a", "b"]) for x in other] == ["no"] * len(other)


def test_a_column_reads_a_text_as_what_it_declares() -> None:
    rows = [['< date("2026-01-01")', '"old"'], ['>= date("2026-01-01")', '"new"']]
    assert result(table(rows, inputs=["day:date"]), day="2025-12-31") == "old"
    assert result(table(rows, inputs=["day:date"]), day="2026-03-01T08:00:00Z") == "new"
    assert result(table([["> 5", '"much"']], inputs=["n:integer"]), n="7") == "much"
    assert result(table([['> duration("P5D")', '"long"']], inputs=["n:dayTimeDuration"]), n="P6D") == "long"


def test_a_value_that_a_column_does_not_list_is_null_to_its_cells() -> None:
    """8.3.3: “the value of the input expression must be one of the input values”"""
    rows = table([['"c"', '"c"'], ["null", '"none"'], ['"a"', '"a"']], inputs=["x:string"])
    listing = rows.replace("</inputExpression>", "</inputExpression>" + text("inputValues", '"a", "b"'))
    assert [result(listing, x=x) for x in ("a", "c")] == ["a", "none"]


def test_a_row_that_gives_what_its_output_does_not_list_fails() -> None:
    listing = table([["< 5", '"a"'], [">= 5", "other"]], values=['"a", "b"'])
    assert [result(listing, x=x, other="b") for x in (1, 7)] == ["a", "b"]
    with pytest.raises(Failed, match="row 2 of “d” gives"):
        result(listing, x=7, other="c")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_of_dmn_is_read(version: str) -> None:
    assert ask(dmn(decision(table([["< 10", '"low"']])), version=version), x=1) == {"r": "low"}


class TestRequirements:
    FEE = decision(table([["< 100", "10"], [">= 100", "20"]], inputs=["area:number"], outputs=["fee"]), "fee")

    def test_the_result_of_another_decision_is_read_by_its_name(self) -> None:
        total = decision("<literalExpression><text>fee * 2 + extra</text></literalExpression>", "total", ["fee"])
        assert ask(dmn(total, self.FEE), "total", area=150, extra=1) == {"r": 41}

    def test_names_with_spaces(self) -> None:
        level = decision(table([["< 9", '"a"']], inputs=["area:number"]), "level", title="level of the case")
        written = '<literalExpression><text>"is " + level of the case</text></literalExpression>'
        assert ask(dmn(level, decision(written, "t", ["level"])), "t", area=1) == {"r": "is a"}

    def test_outputs_of_several_columns(self) -> None:
        rows = [["-", '"a"', "1"]]
        two = decision(table(rows, inputs=["area:"], outputs=["kind", "fee"]), "two")
        written = "<literalExpression><text>two.fee + 1</text></literalExpression>"
        assert ask(dmn(two, decision(written, "t", ["two"])), "t", area=1) == {"r": 2}

    def test_contexts_lists_and_relations(self) -> None:
        entry = (
            '<contextEntry><variable name="a"/><literalExpression><text>x + 1</text></literalExpression></contextEntry>'
        )
        last = "<contextEntry><literalExpression><text>a * 2</text></literalExpression></contextEntry>"
        assert result(f"<context>{entry}{last}</context>", x=2) == 6
        assert result(f"<context>{entry}</context>", x=2) == {"a": 3}
        one = "<literalExpression><text>1</text></literalExpression>"
        assert result(f"<list>{one}{one}</list>") == [1, 1]
        assert result(f'<relation><column name="p"/><row>{one}</row></relation>') == [{"p": 1}]


class TestResults:
    """What of the result goes to which variable: Camunda's mapDecisionResult, or each output by its name."""

    ROWS = dmn(decision(table([["-", '"a"', "1"], ["-", '"b"', "2"]], outputs=["p", "q"], policy="COLLECT")))
    ONE = dmn(decision(table([["-", '"a"', "1"]], outputs=["p", "q"])))

    def test_shapes(self) -> None:
        assert ask(self.ROWS, "d", "r", "resultList") == {"r": [{"p": "a", "q": 1}, {"p": "b", "q": 2}]}
        assert ask(self.ONE, "d", "r", "singleResult") == {"r": {"p": "a", "q": 1}}
        single = dmn(decision(table([["1", '"a"'], ["2", '"b"']])))
        assert ask(single, "d", "r", "singleEntry", x=2) == {"r": "b"}
        assert ask(single, "d", "r", "singleEntry", x=3) == {"r": None}
        many = dmn(decision(table([["-", '"a"'], ["-", '"b"']], policy="COLLECT")))
        assert ask(many, "d", "r", "collectEntries") == {"r": ["a", "b"]}
        with pytest.raises(Failed, match="2 rows where one is wanted"):
            ask(self.ROWS, "d", "r", "singleResult")

    def test_without_a_variable_each_output_has_its_own(self) -> None:
        assert ask(self.ONE, "d", "") == {"p": "a", "q": 1}
        assert ask(self.ROWS, "d", "") == {"p": ["a", "b"], "q": [1, 2]}
