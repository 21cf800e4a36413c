"""Business rule tasks: every modeler's way to ask a decision, and what is said of decisions at upload."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.engine import DiagramRefused, ExpressionFailed, check, load
from app.engine.decisions import reading
from app.engine.decisions.texts import DECIDED
from app.engine.findings import Report
from app.engine.xml import parse
from tests.unit.engine.decisions.tables import decision, dmn, table, text
from tests.unit.engine.drawing import Office, chain, codes, end, files, node, props, start

TWO = dmn(decision(table([["< 9", '"a"', "1"], [">= 9", '"b"', "2"]], outputs=["kind", "fee"]), "two"))
ONE = dmn(decision(table([["< 9", '"a"'], [">= 9", '"b"']]), "two"))


def asking(task: str, file: bytes = TWO) -> dict[str, bytes]:
    return files(start() + end(), task, chain("start", "ask", "end")) | {"t.dmn": file}


def extended(inner: str = "", tag: str = "businessRuleTask", **attributes: str) -> str:
    written = f"<extensionElements>{inner}</extensionElements>" if inner else ""
    return node(tag, "ask", written, **attributes)


ROW = {"kind": "a", "fee": 1}


@pytest.mark.parametrize(
    ("task", "set_to"),
    [
        (node("businessRuleTask", "ask", props(decision="two", result="r")), {"r": ROW}),
        (node("businessRuleTask", "ask", props(decision="two")), ROW),
        (extended('<zeebe:calledDecision decisionId="two" resultVariable="r"/>'), {"r": ROW}),
        (extended('<zeebe:calledDecision decisionId="=&quot;two&quot;" resultVariable="r"/>'), {"r": ROW}),
        (extended(**{"camunda:decisionRef": "two", "camunda:resultVariable": "r"}), {"r": [ROW]}),
        (
            extended(
                **{
                    "camunda:decisionRef": "two",
                    "camunda:resultVariable": "r",
                    "camunda:mapDecisionResult": "singleResult",
                }
            ),
            {"r": ROW},
        ),
        (extended(**{"flowable:decisionTableReferenceKey": "two"}), ROW),
        (
            extended(
                '<flowable:field name="decisionTableReferenceKey" stringValue="two"/>',
                tag="serviceTask",
                **{"flowable:type": "dmn"},
            ),
            ROW,
        ),
        (extended("<spiffworkflow:calledDecisionId>two</spiffworkflow:calledDecisionId>"), ROW),
    ],
)
def test_every_dialect_asks_the_decision(task: str, set_to: dict[str, Any]) -> None:
    office = Office(asking(task), x=3)
    assert office.trace == ["start", "ask", "end"]
    assert {name: office.value(name) for name in set_to} == set_to
    recorded = {write.name: (write.value, write.element) for write in office.writes if write.element}
    assert recorded == {name: (value, "ask") for name, value in set_to.items()}


def test_the_result_of_a_decision_is_not_the_result_of_the_case() -> None:
    office = Office(asking(node("businessRuleTask", "ask", props(decision="two", result="r"))), x=3)
    assert office.result is None


def test_a_violated_policy_stops_the_case_and_names_the_rows() -> None:
    rows = [["< limit", '"a"'], ["> 3", '"b"']]
    drawn = asking(node("businessRuleTask", "ask", props(decision="two")), dmn(decision(table(rows), "two")))
    with pytest.raises(ExpressionFailed, match="rows 1, 2 hold at once"):
        Office(drawn, x=5, limit=9)
    assert Office(drawn, x=2, limit=9).value("y") == "a"


def test_what_a_decision_reads_and_gives_is_known() -> None:
    definition = load(asking(node("businessRuleTask", "ask", props(decision="two", result="r"))))
    assert [(found.element, found.names) for found in definition.written] == [("ask", frozenset({"x"}))]
    assert definition.given == {"r"}


def logic(written: str, name: str = "two") -> bytes:
    return dmn(decision(written, name))


TASK = node("businessRuleTask", "ask", props(decision="two"))
LONG = [text("literalExpression", f'"{number}' + "…" * 1_200 + '"') for number in range(80)]
LITERAL = text("literalExpression", "1")
CASES: dict[str, tuple[dict[str, bytes], str]] = {
    "business-rule": (asking(node("businessRuleTask", "ask")), "ask"),
    "decision-missing": (asking(node("businessRuleTask", "ask", props(decision="tow"))), "ask"),
    "decision-changing": (asking(extended('<zeebe:calledDecision decisionId="=name" resultVariable="r"/>')), "ask"),
    "result-name": (asking(node("businessRuleTask", "ask", props(decision="two", result="a b"))), "ask"),
    "decision-twice": (asking(TASK, dmn(decision(LITERAL, "two"), decision(LITERAL, "two"))), "two"),
    "decision-empty": (asking(TASK, logic("")), "two"),
    "decision-kind": (asking(TASK, logic("<chart/>")), "two"),
    "decision-function": (asking(TASK, logic('<functionDefinition kind="Java"/>')), "two"),
    "decision-service": (
        asking(
            TASK,
            dmn(
                '<decisionService id="s" name="s"/>',
                '<decision id="two" name="two"><knowledgeRequirement><requiredKnowledge href="#s"/>'
                f"</knowledgeRequirement>{LITERAL}</decision>",
            ),
        ),
        "two",
    ),
    "decision-long": (asking(TASK, logic(f"<list>{''.join(LONG)}</list>")), "two"),
    "decision-language": (asking(TASK, logic(text("literalExpression", "1", expressionLanguage="groovy"))), "two"),
    "decision-cell": (asking(TASK, logic(table([["<> 5", "1"]]))), "two"),
    "decision-row": (asking(TASK, logic("<decisionTable><output name='y'/><rule/></decisionTable>")), "two"),
    "decision-large": (asking(TASK, logic(table([["1", "1"]] * 5_001))), "two"),
    "decision-policy": (asking(TASK, logic(table([["1", "1"]], policy="BEST"))), "two"),
    "decision-outputs": (asking(TASK, logic(table([["1", "1", "2"]], outputs=["y", "y"]))), "two"),
    "decision-priorities": (asking(TASK, logic(table([["1", "1"]], policy="PRIORITY"))), "two"),
    "decision-required": (asking(TASK, dmn(decision(LITERAL, "two", ["other"]))), "two"),
    "decision-cycle": (
        asking(TASK, dmn(decision(LITERAL, "two", ["three"]), decision(LITERAL, "three", ["two"]))),
        "two",
    ),
    "decision-overlap": (asking(TASK, logic(table([["< 9", "1"], ["> 5", "2"]]))), "two"),
    "decision-contradiction": (asking(TASK, logic(table([["< 9", "1"], ["> 5", "2"]], policy="ANY"))), "two"),
    "decision-gap": (asking(TASK, logic(table([["< 5", "1"], ["> 5", "2"]]))), "two"),
}


def test_every_finding_has_a_case() -> None:
    assert set(CASES) == set(DECIDED)


@pytest.mark.parametrize("code", CASES)
def test_the_case_earns_the_finding(code: str) -> None:
    drawn, element = CASES[code]
    severity = DECIDED[code].severity
    found = check(drawn)
    assert (code, element) in codes(found, severity)
    [finding, *_more] = [finding for finding in found if finding.code == code]
    assert finding.text
    assert finding.remedy % finding.params
    if severity == "error":
        with pytest.raises(DiagramRefused):
            load(drawn)


def test_a_good_table_earns_none() -> None:
    assert check(asking(TASK)) == ()


def examples(rows: list[list[str]], code: str, **how: Any) -> list[tuple[Any, Any, str]]:
    found = check(asking(TASK, logic(table(rows, **how))))
    assert {finding.code for finding in found} <= {code}
    return [(finding.params.get("one"), finding.params.get("other"), finding.params["example"]) for finding in found]


TYPED = {"inputs": ["age:integer", "kind:string", "new:boolean", "day:date"]}


@pytest.mark.parametrize(
    ("one", "other", "example"),
    [
        (["< 18", "-", "-", "-"], ["[17..20]", "-", "-", "-"], "age = 17"),
        (["[1..5]", "-", "-", "-"], ["[5..9]", "-", "-", "-"], "age = 5"),
        (["[1..5)", "-", "-", "-"], ["[5..9]", "-", "-", "-"], None),
        (["< 5", "-", "-", "-"], [">= 5", "-", "-", "-"], None),
        (["(4..6)", "-", "-", "-"], ["5", "-", "-", "-"], "age = 5"),
        (["(4..5)", "-", "-", "-"], ["-", "-", "-", "-"], None),
        (["-", '"a", "b"', "-", "-"], ["-", '"b", "c"', "-", "-"], 'kind = "b"'),
        (["-", 'not("a")', "-", "-"], ["-", '"a"', "-", "-"], None),
        (["-", 'not("a")', "-", "-"], ["-", 'not("b")', "-", "-"], 'kind = "…"'),
        (["-", "-", "true", "-"], ["-", "-", "false", "-"], None),
        (["-", '"a"', "true", "-"], ["-", '"a"', "-", "-"], "new = true"),
        (["-", "-", "-", '< date("2026-05-02")'], ["-", "-", "-", '> date("2026-04-30")'], "day = 2026-05-01"),
        (["> limit", "-", "-", "-"], ["> 5", "-", "-", "-"], None),
        (["-", "-", "-", "-"], ["-", "-", "-", "-"], "age = 0"),
        (["-", 'starts with(?, "a")', "-", "-"], ["-", '"ab"', "-", "-"], 'kind = "ab"'),
    ],
)
def test_overlaps_of_unique_rows_are_proven_by_an_example(
    one: list[str], other: list[str], example: str | None
) -> None:
    found = [
        finding
        for finding in check(asking(TASK, logic(table([[*one, "1"], [*other, "2"]], **TYPED))))
        if finding.code == "decision-overlap"
    ]
    assert len(found) == (example is not None)
    if example:
        assert example in found[0].params["example"]
        assert (found[0].params["one"], found[0].params["other"]) == (1, 2)


def test_rows_of_any_may_hold_at_once_where_they_agree() -> None:
    assert examples([["< 9", "1"], ["-", "1"]], "decision-contradiction", policy="ANY") == []
    assert examples([["< 9", "1"], ["-", "2"]], "decision-contradiction", policy="ANY") == [(1, 2, "x = 8")]


def test_rows_of_other_policies_may_hold_at_once() -> None:
    assert examples([["< 9", "1"], ["-", "2"]], "", policy="FIRST") == []


@pytest.mark.parametrize(
    ("rows", "example"),
    [
        ([["< 5", "1"], ["> 5", "2"]], "x = 5"),
        ([["[0..5]", "1"], ["> 5", "2"]], "x = -1"),
        ([["< 5", "1"], [">= 5", "2"]], None),
        ([["< 5", "1"], ["-", "2"]], None),
    ],
)
def test_gaps_are_shown_by_an_example(rows: list[list[str]], example: str | None) -> None:
    found = examples(rows, "decision-gap", policy="FIRST")
    assert [gap for _one, _other, gap in found] == ([example] if example else [])


def test_a_default_closes_every_gap() -> None:
    assert examples([["< 5", "1"]], "decision-gap", default="0") == []


def test_what_columns_allow_closes_gaps() -> None:
    values = text("inputValues", '"a", "b"')
    closed = table([['"a"', "1"], ['"b"', "2"]], inputs=["k:string"]).replace("</input>", f"{values}</input>")
    assert check(asking(TASK, logic(closed))) == ()


CELLS = st.sampled_from(
    ["-", "< 5", "[1..9]", '"a"', 'not("b")', "true", "> x", "1, 2", "null", "? > 3", "date(?)", "<", "((("]
)


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8),
    st.sampled_from(["", "ANY", "FIRST", "COLLECT with SUM", "RULE ORDER"]),
)
@settings(max_examples=60, deadline=3000)
def test_any_table_is_checked_and_asked(rows: list[list[str]], policy: str) -> None:
    drawn = asking(TASK, logic(table(rows, inputs=["x:", "k:string"], policy=policy)))
    if any(finding.severity == "error" for finding in check(drawn)):
        return
    with suppress(ExpressionFailed):
        Office(drawn, x=4, k="a")


@given(st.binary(max_size=200), st.text(max_size=200))
@settings(max_examples=100, deadline=2000)
def test_any_bytes_are_refused_with_a_reason(data: bytes, inner: str) -> None:
    for content in (data, dmn(inner)):
        report = Report()
        root = parse(content, "t.dmn", report)
        if root is not None and reading.is_decisions(root):
            list(reading.read(root, "t.dmn", report))


def test_a_wide_table_is_checked_within_its_bound() -> None:
    """Twelve columns of three hundred rows: what is not proven is not said, and the check comes to an end."""
    rows = [
        [*(f"[{(number * column) % 97}..{(number * column) % 97 + 3}]" for column in range(1, 13)), "1"]
        for number in range(300)
    ]
    found = check(asking(TASK, logic(table(rows, inputs=[f"c{column}:number" for column in range(12)]))))
    assert {finding.code for finding in found} <= {"decision-overlap", "decision-gap"}
