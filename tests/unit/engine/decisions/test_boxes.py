"""Boxed expressions and knowledge models (DMN 1.5, 10.2), and the types that a file declares (7.3.2, 10.3.2.9.4)."""

from typing import Any

import pytest

from app.engine.decisions import checks, reading
from app.engine.findings import Report
from app.engine.languages import Failed
from app.engine.xml import parse
from tests.unit.engine.decisions.tables import dmn, table, text
from tests.unit.engine.decisions.test_tables import ask


def literal(written: str, **attributes: str) -> str:
    return text("literalExpression", written, **attributes)


def deciding(logic: str, *needs: str, name: str = "d", kind: str = "") -> str:
    """A decision; `needs` are ids, of data with “i_” and of knowledge with “b_” before them."""
    tags = {"i_": ("information", "Input"), "b_": ("knowledge", "Knowledge")}
    required = ""
    for need in needs:
        about, of = tags.get(need[:2], ("information", "Decision"))
        required += f'<{about}Requirement><required{of} href="#{need}"/></{about}Requirement>'
    declared = f' typeRef="{kind}"' if kind else ""
    return f'<decision id="{name}" name="{name}"><variable name="{name}"{declared}/>{required}{logic}</decision>'


def knowing(name: str, parameters: str, logic: str, kind: str = "", needs: str = "") -> str:
    taken = "".join(
        f'<formalParameter name="{part.partition(":")[0]}" typeRef="{part.partition(":")[2] or "Any"}"/>'
        for part in filter(None, parameters.split(","))
    )
    declared = f' typeRef="{kind}"' if kind else ""
    required = f'<knowledgeRequirement><requiredKnowledge href="#{needs}"/></knowledgeRequirement>' if needs else ""
    return (
        f'<businessKnowledgeModel id="b_{name}" name="{name}"><variable name="{name}"{declared}/>'
        f"<encapsulatedLogic>{taken}{logic}</encapsulatedLogic>{required}</businessKnowledgeModel>"
    )


def data(name: str, kind: str) -> str:
    return f'<inputData id="i_{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'


def item(name: str, of: str, allowed: str = "", many: str = "false") -> str:
    values = text("allowedValues", allowed) if allowed else ""
    return f'<itemDefinition name="{name}" isCollection="{many}"><typeRef>{of}</typeRef>{values}</itemDefinition>'


def result(*parts: str, **names: Any) -> Any:
    return ask(dmn(*parts), **names)["r"]


def codes(*parts: str) -> set[tuple[str, str]]:
    report = Report()
    root = parse(dmn(*parts), "t.dmn", report)
    assert root is not None
    checks.check({one.id: one for one in reading.read(root, "t.dmn", report)}, report)
    return {(finding.code, finding.element) for finding in report.findings}


FEE = knowing("fee for", "area:number", table([["< 10", "5"], [">= 10", "9"]], inputs=["area:number"]))
ONE, TWO = literal("1"), literal("2")


class TestKnowledge:
    """10.2.1.7, 10.2.1.4: a knowledge model is a function, invoked by an expression or a box."""

    def test_an_expression_invokes_it(self) -> None:
        assert result(FEE, deciding(literal("fee for(a) + 1"), "b_fee for"), a=3) == 6

    def test_a_box_invokes_it_by_the_names_of_its_parameters(self) -> None:
        bound = f'<binding><parameter name="area"/>{literal("a")}</binding>'
        box = f"<invocation>{literal('fee for')}{bound}</invocation>"
        assert result(FEE, deciding(box, "b_fee for"), a=30) == 9

    def test_a_box_invokes_a_function_of_the_language(self) -> None:
        bound = f'<binding><parameter name="list"/>{literal("[1, 2, 3]")}</binding>'
        assert result(deciding(f"<invocation>{literal('sum')}{bound}</invocation>")) == 6

    def test_it_requires_knowledge_of_its_own(self) -> None:
        twice = knowing("twice", "n:number", literal("fee for(n) * 2"), needs="b_fee for")
        assert result(FEE, twice, deciding(literal("twice(3)"), "b_twice")) == 10

    def test_it_sees_nothing_of_the_decision_that_invokes_it(self) -> None:
        assert ("a", "b_low") not in codes(FEE)
        low = knowing("low", "", literal("a"))
        box = f"<context><contextEntry><variable name='a'/>{ONE}</contextEntry>"
        box += f"<contextEntry>{literal('low()')}</contextEntry></context>"
        assert result(low, deciding(box, "b_low"), a=7) == 7

    def test_its_rows_are_proven_as_those_of_a_decision_are(self) -> None:
        rows = table([["< 10", "5"], ["> 5", "9"]], inputs=["area:number"])
        assert ("decision-overlap", "b_fee") in codes(knowing("fee", "area:number", rows), deciding(ONE))

    def test_one_that_requires_itself_is_refused(self) -> None:
        assert ("decision-cycle", "b_f") in codes(knowing("f", "n", literal("f(n)"), needs="b_f"), deciding(ONE))

    def test_a_function_cannot_be_kept(self) -> None:
        with pytest.raises(Failed, match="a function cannot be kept"):
            result(deciding(literal("function(a) a")))


def asked(tag: str) -> str:
    inside = f"<in>{literal('[1, 9]')}</in><satisfies>{literal('n > a')}</satisfies>"
    return f'<{tag} iteratorVariable="n">{inside}</{tag}>'


@pytest.mark.parametrize(
    ("box", "found"),
    [
        (f"<conditional><if>{literal('a > 1')}</if><then>{ONE}</then><else>{TWO}</else></conditional>", 1),
        (f"<conditional><if>{literal('null')}</if><then>{ONE}</then><else>{TWO}</else></conditional>", 2),
        (f"<filter><in>{literal('[1, 5, 9]')}</in><match>{literal('item > a')}</match></filter>", [5, 9]),
        (f'<for iteratorVariable="n"><in>{literal("[1..a]")}</in><return>{literal("n * 2")}</return></for>', [2, 4]),
        (asked("some"), True),
        (asked("every"), False),
        (
            f'<context><contextEntry><variable name="fee"/>{table([["< 5", "7"]], inputs=["a:number"])}</contextEntry>'
            f"<contextEntry>{literal('fee + 1')}</contextEntry></context>",
            8,
        ),
        (f'<relation><column name="p q"/><row>{ONE}</row><row>{TWO}</row></relation>', [{"p q": 1}, {"p q": 2}]),
    ],
)
def test_boxes(box: str, found: Any) -> None:
    """10.2.1.3, 10.2.1.6, 10.2.1.8–11"""
    assert result(deciding(box), a=2) == found


class TestTypes:
    """10.3.2.9.4: “if the type does not conform, the result is null”, but for a list of one, one value, and a date."""

    NUMBERS = item("tNumbers", "number", many="true")

    @pytest.mark.parametrize(
        ("kind", "written", "found"),
        [
            ("number", "1 + 1", 2),
            ("string", "1 + 1", None),
            ("tNumbers", "7", [7]),
            ("tNumbers", '"a"', None),
            ("tNumbers", '[1, "a"]', None),
            ("string", '["a"]', "a"),
            ("date and time", 'date("2026-05-01")', "2026-05-01T00:00:00Z"),
            ("tUse", '"flat"', "flat"),
            ("tUse", '"wood"', None),
            ("tUnknown", "1", 1),
        ],
    )
    def test_of_results(self, kind: str, written: str, found: Any) -> None:
        use = item("tUse", "string", '"flat", "shop"')
        assert result(self.NUMBERS, use, deciding(literal(written), kind=kind)) == found
        assert result(self.NUMBERS, use, deciding(literal(written, typeRef=kind))) == found

    def test_of_parameters_and_results_of_knowledge(self) -> None:
        known = knowing("n", "a:number", literal("a = null"))
        assert result(known, deciding(literal('n("x")'), "b_n")) is True
        known = knowing("n", "a:number", literal('"x"'), kind="number")
        assert result(known, deciding(literal("n(1)"), "b_n")) is None

    def test_dates_of_the_case_are_texts(self) -> None:
        later = deciding(literal("born + @" + '"P18Y"'), "i_born")
        assert result(data("born", "date"), later, born="2001-02-03") == "2019-02-03"

    @pytest.mark.parametrize("given", ["many", 1000, ["a", "b"]])
    def test_a_value_of_the_case_that_is_of_another_type_stops_the_decision(self, given: Any) -> None:
        share = item("tShare", "number", "[0..100]")
        with pytest.raises(Failed, match="“n” is not of the type"):
            result(share, data("n", "tShare"), deciding(literal("n + 1"), "i_n"), n=given)
        assert result(share, data("n", "tShare"), deciding(literal("n + 1"), "i_n"), n=40) == 41
        assert result(share, data("n", "tShare"), deciding(literal("n = null"), "i_n")) is True


def test_boxes_in_boxes_have_an_end() -> None:
    box = ONE
    for _level in range(30):
        box = f"<list>{box}</list>"
    assert ("decision-cell", "d") in codes(deciding(box))


def test_what_another_file_holds_is_read_under_the_name_of_the_import() -> None:
    head = '<import name="base" namespace="urn:other" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    needs = '<informationRequirement><requiredDecision href="urn:other#fee"/></informationRequirement>'
    asks = f'<decision id="d" name="d">{needs}{literal("base.fee + 1")}</decision>'
    assert ask(dmn(asks, deciding(literal("41"), name="fee"), around=head))["r"] == 42
