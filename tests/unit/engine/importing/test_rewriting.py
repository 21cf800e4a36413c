"""Every rewrite and every question of an import is earned by a diagram, and its texts can be read."""

import pytest

from app.engine import check
from app.engine.importing.codes import code_of, codes_of
from app.engine.importing.texts import IMPORTED
from app.engine.variables import spelled
from tests.unit.engine.drawing import (
    Office,
    both,
    chain,
    codes,
    definitions,
    end,
    files,
    node,
    process,
    start,
    user,
    way,
)
from tests.unit.engine.importing.test_diagrams import DRAWN


def test_every_text_is_earned_by_a_diagram_and_has_its_parameters() -> None:
    earned = set()
    for path in DRAWN:
        for finding in check({path.name: path.read_bytes()}):
            earned.add(finding.code)
            assert finding.text
            assert finding.remedy % finding.params
            assert (finding.severity == "question") == bool(finding.offer), finding
    assert set(IMPORTED) - earned == {"process-without-id"}


def test_a_process_without_an_id_gets_one() -> None:
    parts = "".join((start(), user("a"), end(), chain("start", "a", "end")))
    drawn = {"d.bpmn": definitions(f'<process isExecutable="true">{parts}</process>')}
    assert ("process-without-id", "process-1") in codes(check(drawn), "rewritten")
    assert Office(drawn).do("a").ended


def test_a_pool_that_is_not_run_is_asked_nothing_about() -> None:
    other = process(start("s2"), node("serviceTask", "x"), chain("s2", "x"), name="q", executable="false")
    drawn = {"d.bpmn": definitions(process(start(), end(), chain("start", "end")), other)}
    assert {finding.code for finding in check(drawn)} == {"other-pools"}


def test_lanes_with_a_post_elsewhere_are_not_asked_about() -> None:
    lane = '<laneSet><lane id="l" name="窗口"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    drawn = files(lane, start(), node("task", "a"), end(), chain("start", "a", "end"))
    assert codes(check(drawn), "question") == {("post-missing", "l")}
    assert codes(check(drawn, lanes={"窗口"}), "question") == set()


@pytest.mark.parametrize(
    ("first", "second", "takes"),
    [("x == 1", "x == 2", ["b"]), ("x &gt; 0", "x &lt; 9", ["b", "c"]), ("x", "x == 1", ["b", "c"])],
)
def test_conditions_that_exclude_each_other_make_an_exclusive_choice(first: str, second: str, takes: list[str]) -> None:
    """BPMN 2.0, 13.3.2: each conditional flow out of an activity gets a token if its condition is true."""
    ways = way("a", "b", first) + way("a", "c", second) + chain("b", "e1") + chain("c", "e2")
    office = Office(files(start(), user("a", "b", "c"), end("e1", "e2"), chain("start", "a"), ways), x=1)
    assert office.do("a").open == takes


def test_the_hidden_gateway_is_in_no_trace_and_no_mark() -> None:
    ways = way("a", "b", "x == 1") + way("a", "e1", name="no") + chain("b", "e2")
    drawn = files(start(), node("userTask", "a", default="no"), user("b"), end("e1", "e2"), chain("start", "a"), ways)
    office = Office(drawn, x=2)
    assert office.do("a").trace == ["start", "a", "e1"]
    assert set(office.instance.marks()) == {"start", "a", "e1"}


def test_a_join_behind_two_starts_is_no_place_where_they_meet() -> None:
    drawn = files(start("s1"), start("s2"), both("j"), end(), chain("s1", "j", "end"), chain("s2", "j"))
    assert ("starts-several", "p") in codes(check(drawn), "question")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Land Officer", "land-officer"),
        ("landOfficers", "land-officers"),
        ("Prüfer", "prufer"),
        ("不同意", "reject"),
        ("同意？", "approve"),
        ("2nd review", "nd-review"),
        ("窗口", "other"),
        ("${group}", "group"),
    ],
)
def test_codes_are_what_a_post_or_an_outcome_may_be(name: str, code: str) -> None:
    assert code_of(name, "other") == code


def test_no_two_codes_are_the_same() -> None:
    assert codes_of(["yes", "Yes", "", "窗口", "yes"]) == ["yes", "yes-2", "way-3", "way-4", "yes-5"]


@pytest.mark.parametrize(("name", "written"), [("sid-1", "sid_1"), ("a", "a"), ("class", "_class"), ("1.a", "_1_a")])
def test_an_id_that_is_no_name_is_spelled_as_one(name: str, written: str) -> None:
    assert spelled(name) == written
    assert written.isidentifier()
