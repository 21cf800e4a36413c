"""What SpiffWorkflow 3.2.0 does wrongly in silence: each is refused with a finding, or runs right.

One class for each row of the table that was made when the engine was tried.
"""

from typing import Any

import pytest

from app.engine import DiagramRefused, ExpressionFailed, Stuck, TooDeep, check, languages, load
from tests.unit.engine.decisions.tables import decision, dmn, table
from tests.unit.engine.drawing import (
    Office,
    both,
    boundary,
    chain,
    codes,
    definitions,
    end,
    files,
    node,
    process,
    props,
    script,
    service,
    start,
    sub,
    timer,
    user,
    way,
    xor,
)

STARTED = start() + end()


def refused(*parts: str) -> set[tuple[str, str | None]]:
    """The errors of a diagram, all with a remedy; and loading it raises nothing but DiagramRefused."""
    found = check(files(*parts))
    with pytest.raises(DiagramRefused) as raised:
        load(files(*parts))
    assert raised.value.findings == found
    assert all(finding.remedy and finding.text for finding in found)
    return codes(found)


class TestIgnoredWithoutAWord:
    """conditional flow out of a task; boundary event on a missing node; unreachable nodes | ignored"""

    @pytest.mark.parametrize(("x", "opened"), [(1, ["c"]), (2, ["b", "c"])])
    def test_a_conditional_flow_out_of_a_task_is_taken_when_it_is_true(self, x: int, opened: list[str]) -> None:
        ways = chain("start", "a", "c", "end") + way("a", "b", "x > 1") + chain("b", "end")
        office = Office(files(STARTED, user("a", "b", "c"), ways), x=x)
        assert office.do("a").open == opened

    def test_a_conditional_flow_out_of_a_parallel_gateway_is_refused(self) -> None:
        ways = chain("start", "f", "a", "end") + way("f", "end", "x > 1")
        assert refused(STARTED, both("f"), user("a"), ways) == {("conditional-flow", "f")}

    def test_a_boundary_event_on_a_missing_node_is_refused(self) -> None:
        late = boundary("late", "nowhere", timer("P1D")) + chain("late", "end")
        assert ("boundary-nowhere", "late") in refused(STARTED, user("a"), chain("start", "a", "end"), late)

    def test_unreachable_nodes_are_refused(self) -> None:
        errors = refused(STARTED, user("a", "island"), chain("start", "a", "end"), chain("island", "end"))
        assert errors == {("unreachable", "island")}


class TestSeveralFlows:
    """more than one flow out of a task; complex gateway | ValidationException"""

    def test_several_flows_out_of_a_task_are_the_fork_that_bpmn_means(self) -> None:
        office = Office(
            files(STARTED, user("a", "b", "c"), both("j"), chain("start", "a", "b", "j", "end"), chain("a", "c", "j"))
        )
        office.do("a")
        assert office.open == ["b", "c"]
        assert office.do("c").do("b").ended

    def test_a_complex_gateway_is_refused(self) -> None:
        gateway = node("complexGateway", "g")
        assert refused(STARTED, gateway, chain("start", "g", "end")) == {("complex-gateway", "g")}


class TestSeveralFlowsIntoATask:
    """several flows into a task in a loop | infinite recursion"""

    def test_a_loop_back_into_a_task_runs(self) -> None:
        again = way("g", "a", "a.outcome == &quot;again&quot;") + way("g", "end", name="on")
        office = Office(files(STARTED, user("a"), xor("g", "on"), chain("start", "a", "g"), again))
        for _round in range(3):
            office.do("a", outcome="again")
            assert office.open == ["a"]
        assert office.do("a", outcome="good").ended

    def test_a_missing_merge_gateway_merges(self) -> None:
        ways = way("g", "b", "x == 1") + way("g", "c", name="other") + chain("b", "d") + chain("c", "d", "end")
        office = Office(files(STARTED, user("b", "c", "d"), xor("g", "other"), chain("start", "g"), ways), x=1)
        assert office.do("b").open == ["d"]
        assert office.do("d").ended


class TestLinkEvents:
    """link events | the rest of the process vanishes and it “completes”"""

    @pytest.mark.parametrize("tag", ["intermediateThrowEvent", "intermediateCatchEvent"])
    def test_they_are_refused(self, tag: str) -> None:
        event = node(tag, "link", '<linkEventDefinition name="A"/>')
        assert refused(STARTED, event, chain("start", "link", "end")) == {("link-event", "link")}


class TestEventSubprocess:
    """event subprocess | timer start keeps the process open; interrupting does not; error start fires at once"""

    def handler(self, trigger: str, interrupting: str = "true") -> str:
        inner = node("startEvent", "s", trigger, isInterrupting=interrupting) + user("h") + end("o")
        return node("subProcess", "handler", inner + chain("s", "h", "o"), triggeredByEvent="true")

    def test_a_timer_keeps_nothing_open(self) -> None:
        office = Office(files(STARTED, user("a"), chain("start", "a", "end"), self.handler(timer("P1D"), "false")))
        clock = office.timer("s").token
        assert office.do("a").ended
        assert office.moved.disarmed == (clock,)

    def test_an_interrupting_one_interrupts(self) -> None:
        office = Office(files(STARTED, user("a"), chain("start", "a", "end"), self.handler(timer("P1D")))).fire("s")
        assert office.open == ["h"]
        assert office.do("h").ended

    def test_one_for_errors_waits_for_one(self) -> None:
        caught = self.handler("<errorEventDefinition/>")
        fails = end("end", inner='<errorEventDefinition errorRef="e"/>')
        office = Office(files(start(), fails, user("a"), chain("start", "a", "end"), caught))
        assert office.open == ["a"]
        assert office.do("a").open == ["h"]


class TestIgnoredEvents:
    """compensation, signal end event | ignored"""

    def test_compensation_is_refused(self) -> None:
        undo = node("userTask", "undo", isForCompensation="true")
        mark = boundary("undoing", "a", "<compensateEventDefinition/>")
        errors = refused(STARTED, user("a"), undo, mark, chain("start", "a", "end"))
        assert {("compensation", "undo"), ("compensation", "undoing")} <= errors

    def test_a_compensation_end_is_refused(self) -> None:
        errors = refused(start(), end(inner="<compensateEventDefinition/>"), chain("start", "end"))
        assert errors == {("compensation", "end")}

    def test_a_signal_end_event_throws(self) -> None:
        event = '<signalEventDefinition signalRef="s"/>'
        office = Office({"d.bpmn": self.drawn(event)})
        assert office.ended
        assert "b" in office.trace

    def drawn(self, event: str) -> bytes:
        caught = boundary("b", "a", event) + end("e1", "e2") + end("e3", inner=event) + chain("b", "e2")
        ways = chain("start", "f", "a", "e1") + chain("f", "e3")
        return definitions(process(start(), both("f"), user("a"), caught, ways))


class TestEventBasedGateway:
    """event-based gateway with two timers | they share one due time"""

    def test_each_has_its_own(self) -> None:
        timers = "".join(
            node("intermediateCatchEvent", name, timer(text)) for name, text in (("x", "P1D"), ("y", "P9D"))
        )
        gateway = node("eventBasedGateway", "g") + chain("g", "x", "end") + chain("g", "y", "end")
        office = Office(files(STARTED, gateway, timers, chain("start", "g")))
        assert {clock.element: clock.value for clock in office.instance.timers} == {"x": "P1D", "y": "P9D"}
        assert office.fire("y").ended
        assert office.trace == ["start", "g", "y", "end"]


class TestServiceTask:
    """service task | left STARTED; the base class cannot be serialised"""

    def test_it_waits_for_its_operation_and_goes_on(self) -> None:
        office = Office(files(STARTED, service("tell", "notify", template="t1"), chain("start", "tell", "end")))
        [request] = office.moved.requested
        assert (request.element, request.operation, request.properties["template"]) == ("tell", "notify", "t1")
        assert not office.ended
        assert office.resume("tell").ended

    def test_without_an_operation_it_is_a_step_done_by_hand_until_somebody_says_otherwise(self) -> None:
        drawn = files(STARTED, node("serviceTask", "tell"), chain("start", "tell", "end"))
        assert ("operation-missing", "tell") in codes(check(drawn), "question")
        assert Office(drawn).do("tell").ended

    def test_with_an_operation_that_nobody_registered_it_is_refused(self) -> None:
        drawn = files(STARTED, service("tell", "notify"), chain("start", "tell", "end"))
        assert codes(check(drawn, operations={"print"})) == {("operation-unknown", "tell")}
        assert not check(drawn, operations={"notify"})


class TestDecisionTables:
    """DMN | only UNIQUE and COLLECT; overlapping rows; ranges, lists, not() fail"""

    def test_a_business_rule_task_asks_the_table_beside_it(self) -> None:
        rows = [["[1..5]", "10"], ["6, 7", "20"], ["not([1..7])", "30"]]
        task = node("businessRuleTask", "fee", props(decision="d", result="price"))
        drawn = files(STARTED, task, chain("start", "fee", "end")) | {"t.dmn": dmn(decision(table(rows)))}
        for area, price in ((5, 10), (7, 20), (9, 30)):
            assert Office(drawn, x=area).value("price") == price


class TestDeadlock:
    """XOR split into AND join | deadlock, undetected"""

    PARTS = (
        STARTED,
        user("b", "c"),
        xor("g", "other"),
        both("j"),
        chain("start", "g"),
        way("g", "b", "x == 1"),
        way("g", "c", name="other"),
        chain("b", "j", "end"),
        chain("c", "j"),
    )

    def test_it_is_refused_with_the_way_that_leads_there(self) -> None:
        [finding] = [finding for finding in check(files(*self.PARTS)) if finding.severity == "error"]
        assert (finding.code, finding.element) == ("deadlock", "j")
        assert finding.params["path"] in {"start → g → b", "start → g → c"}
        assert refused(*self.PARTS) == {("deadlock", "j")}

    def test_where_it_was_not_looked_for_the_case_is_not_left_to_hang(self) -> None:
        office = Office(load(files(*self.PARTS), proven=False), x=1)
        with pytest.raises(Stuck, match="“j”"):
            office.do("b")


class TestReservedIds:
    """ids `Root` (any task) and `Start` (start event) | break reload, break the process"""

    def test_no_id_is_reserved(self) -> None:
        parts = start("Start") + user("Root") + sub("p.EndJoin", start("i"), user("u"), end("o"), chain("i", "u", "o"))
        office = Office(files(parts, end("End"), chain("Start", "Root", "p.EndJoin", "End")))
        assert office.open == ["Root"]
        assert office.do("Root").do("u").ended
        assert office.trace == ["Start", "Root", "i", "u", "o", "p.EndJoin", "End"]


class TestTimers:
    """timer `P15D` bare, as Camunda Modeler writes it | fails at run time"""

    @pytest.mark.parametrize("text", ["P15D", '"P15D"', "'P15D'", " P15D "])
    def test_bare_and_quoted_mean_the_same(self, text: str) -> None:
        parts = user("a") + boundary("late", "a", timer(text)) + chain("start", "a", "end") + chain("late", "end")
        assert Office(files(STARTED, parts)).timer("late").value == "P15D"

    def test_what_is_no_time_is_refused(self) -> None:
        parts = user("a") + boundary("late", "a", timer("15 days")) + chain("start", "a", "end") + chain("late", "end")
        assert refused(STARTED, parts) == {("expression-malformed", "late")}


class TestForeignLanguages:
    """`${…}` (JUEL), `=…` (FEEL), groovy, JavaScript | not understood"""

    @pytest.mark.parametrize(
        ("text", "language"),
        [("${approved}", "JUEL"), ("#{approved}", "JUEL"), ("= approved", "FEEL"), ("=approved", "FEEL")],
    )
    def test_a_condition_of_another_modeler_runs(self, text: str, language: str) -> None:
        parts = xor("g", "no") + way("g", "yes", text) + way("g", "other", name="no") + end("yes", "other")
        drawn = files(start(), parts, chain("start", "g"))
        assert languages.language_of(text) == language
        assert Office(drawn, approved=True).trace == ["start", "g", "yes"]
        assert Office(drawn, approved=False).trace == ["start", "g", "other"]

    @pytest.mark.parametrize("text", ["${approved}", "=approved"])
    @pytest.mark.parametrize("value", [None, "yes", 1])
    def test_what_is_neither_true_nor_false_is_not_taken_for_either(self, text: str, value: Any) -> None:
        parts = xor("g", "no") + way("g", "end", text) + way("g", "end2", name="no") + end("end2")
        with pytest.raises(ExpressionFailed, match="neither true nor false"):
            Office(files(STARTED, parts, chain("start", "g")), approved=value)

    @pytest.mark.parametrize(
        ("language", "name"), [("groovy", "groovy"), ("JavaScript", "JavaScript"), ("ruby", "ruby")]
    )
    def test_a_foreign_script_is_asked_about_by_its_name_and_never_run(self, language: str, name: str) -> None:
        drawn = files(STARTED, script("s", "x = 1", scriptFormat=language), chain("start", "s", "end"))
        asked = [finding for finding in check(drawn) if finding.code == "script-foreign"]
        assert [(finding.element, finding.params["language"]) for finding in asked] == [("s", name)]
        assert Office(drawn).open == ["s"]

    @pytest.mark.parametrize("language", ["python", "Python3", "text/python", "application/x-python"])
    def test_python_by_any_of_its_names_runs(self, language: str) -> None:
        drawn = files(STARTED, script("s", "x = 1", scriptFormat=language), chain("start", "s", "end"))
        assert Office(drawn).value("x") == 1


class TestLength:
    """chains of about 500 tasks; flow back into a task without a gateway | RecursionError at parse"""

    def test_a_long_chain_of_steps_runs(self) -> None:
        steps = [f"s{number}" for number in range(500)]
        office = Office(files(STARTED, user(*steps), chain("start", *steps, "end")))
        for step in steps:
            office.do(step)
        assert office.ended
        assert office.trace == ["start", *steps, "end"]

    def test_a_long_chain_that_nothing_stops_runs_in_one_go(self) -> None:
        events = [f"e{number}" for number in range(2_000)]
        drawn = "".join(node("intermediateThrowEvent", event) for event in events)
        office = Office(files(STARTED, drawn, chain("start", *events, "end")))
        assert office.ended
        assert office.trace == ["start", *events, "end"]

    def test_a_flow_back_without_a_gateway_is_read_and_never_ends(self) -> None:
        errors = refused(STARTED, user("a", "b"), chain("start", "a", "b", "a"))
        assert {("never-ends", "a"), ("never-ends", "b")} <= errors

    def test_a_flow_back_out_of_a_task_leaves_a_token_for_ever_and_is_told(self) -> None:
        """Both flows out of a task are taken, so that each round begins the next."""
        found = check(files(STARTED, user("a", "b"), chain("start", "a", "b", "a"), way("b", "end")))
        assert "never-done" in {code for code, _element in codes(found)}

    def test_a_loop_in_which_nobody_has_to_do_anything_is_stopped(self) -> None:
        ways = (
            xor("m") + xor("g", "on") + chain("start", "m", "g") + way("g", "m", "x == 1") + way("g", "end", name="on")
        )
        with pytest.raises(TooDeep, match="10000 moves"):
            Office(load(files(STARTED, ways), proven=False), x=1)

    def test_hundreds_of_rounds_of_rework_cost_nothing(self) -> None:
        ways = way("g", "a", "b.outcome == &quot;again&quot;") + way("g", "end", name="on")
        office = Office(files(STARTED, user("a", "b"), xor("g", "on"), chain("start", "a", "b", "g"), ways))
        first = len(office.instance.dump())
        for _round in range(400):
            office.do("a").do("b", outcome="again")
        assert office.instance.marks()["a"].completed == 400
        assert len(office.instance.dump()) <= first + 20
        assert office.do("a").do("b", outcome="good").ended


class TestTaskData:
    """At a parallel join the branch that ends last overwrites with its stale copy; lists merge to garbage"""

    def test_a_join_changes_no_variable(self) -> None:
        parts = user("a", "b") + both("f", "j") + chain("start", "f", "a", "j", "end") + chain("f", "b", "j")
        office = Office(files(STARTED, parts), status="old", notes=["one", "two"])
        office.do("a", status="new", notes=["three"]).do("b")
        assert (office.value("status"), office.value("notes")) == ("new", ["three"])

    def test_what_the_path_of_a_timer_sets_is_seen_by_the_main_path(self) -> None:
        path = boundary("t", "a", timer("P1D"), False) + script("s", "late = True") + end("e2") + chain("t", "s", "e2")
        ways = chain("start", "a", "g") + way("g", "b", "late") + way("g", "end", name="no") + chain("b", "end")
        office = Office(files(STARTED, user("a", "b"), xor("g", "no"), path, ways), late=False)
        assert office.fire("t").do("a").open == ["b"]


class TestNames:
    """Under the stock serializer a data key named `typename` makes an instance unloadable"""

    @pytest.mark.parametrize("name", ["typename", "data", "self", "id", "type", "workflow"])
    def test_no_name_of_a_variable_is_special(self, name: str) -> None:
        ways = (
            chain("start", "s", "a", "g")
            + way("g", "b", f"{name} == 2")
            + way("g", "end", name="no")
            + chain("b", "end")
        )
        office = Office(files(STARTED, script("s", f"{name} = 1 + 1"), user("a", "b"), xor("g", "no"), ways))
        assert office.do("a").open == ["b"]


class TestCode:
    """an uploaded diagram ran `os.system` from a script, a condition and a timer"""

    ATTACK = "__import__(&quot;os&quot;).system(&quot;touch /tmp/greenlight-owned&quot;)"

    def test_in_a_script_it_is_stopped(self) -> None:
        with pytest.raises(ExpressionFailed, match="“s”"):
            Office(files(STARTED, script("s", self.ATTACK), chain("start", "s", "end")))

    def test_in_a_condition_it_is_stopped(self) -> None:
        ways = xor("g", "no") + way("g", "end", self.ATTACK) + way("g", "e2", name="no") + end("e2")
        with pytest.raises(ExpressionFailed, match="“g”"):
            Office(files(STARTED, ways, chain("start", "g")))

    def test_in_a_timer_it_is_stopped(self) -> None:
        event = node("intermediateCatchEvent", "t", timer(self.ATTACK))
        with pytest.raises(ExpressionFailed, match="“t”"):
            Office(files(STARTED, event, chain("start", "t", "end")))

    def test_in_a_collection_it_is_stopped(self) -> None:
        items = f"<loopDataInputRef>{self.ATTACK}</loopDataInputRef>"
        loop = f"<multiInstanceLoopCharacteristics>{items}</multiInstanceLoopCharacteristics>"
        with pytest.raises(ExpressionFailed, match="“a”"):
            Office(files(STARTED, node("userTask", "a", loop), chain("start", "a", "end")))


class TestErrorsStayAtHome:
    """an error is given to any boundary event of the level that has its code, a neighbour's included"""

    def leg(self, name: str) -> str:
        inner = start(f"{name}_s") + user(f"{name}_u") + xor(f"{name}_g", f"{name}_ok") + end(f"{name}_e")
        fails = node("endEvent", f"{name}_x", '<errorEventDefinition errorRef="bad"/>')
        ways = chain(f"{name}_s", f"{name}_u", f"{name}_g") + way(
            f"{name}_g", f"{name}_x", f"bad == &quot;{name}&quot;"
        )
        return (
            sub(name, inner, fails, ways, way(f"{name}_g", f"{name}_e", name=f"{name}_ok"))
            + boundary(f"{name}_caught", name, '<errorEventDefinition errorRef="bad"/>')
            + user(f"{name}_mend")
            + chain(f"{name}_caught", f"{name}_mend")
        )

    def test_each_leg_catches_its_own(self) -> None:
        merges = "".join(xor(f"{name}_m") for name in ("one", "two"))
        ways = "".join(
            chain("f", name, f"{name}_m", "j") + chain(f"{name}_mend", f"{name}_m") for name in ("one", "two")
        )
        drawn = definitions(
            '<error id="bad" errorCode="BAD"/>',
            process(
                STARTED,
                self.leg("one"),
                self.leg("two"),
                both("f", "j"),
                merges,
                ways,
                chain("start", "f"),
                chain("j", "end"),
            ),
        )
        office = Office({"d.bpmn": drawn})
        office.set(bad="two").do("two_u")
        assert office.open == ["one_u", "two_mend"]
        assert {(left.element, left.how) for left in office.moved.left} == {
            ("two", "cancelled"),
            ("two_u", "completed"),
        }
        assert office.set(bad="").do("one_u").do("two_mend").ended
        assert "one_caught" not in office.trace
