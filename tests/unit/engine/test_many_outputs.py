"""What the items of a multi-instance give is collected in one list, each in its own place (BPMN 2.0.2, table 10.30)."""

from typing import Any

import pytest

from app.engine import check
from tests.unit.engine.drawing import Office, chain, end, files, node, script, start, sub, user

VOTERS = ["a", "b", "c"]


def many(body: str, gives: str = "=vote", sequential: bool = False, until: str = "") -> str:
    condition = f"<completionCondition>{until}</completionCondition>" if until else ""
    order = "true" if sequential else "false"
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{order}"><extensionElements><zeebe:loopCharacteristics '
        f'inputCollection="=voters" inputElement="voter" outputCollection="votes" outputElement="{gives}"/>'
        f"</extensionElements>{condition}</multiInstanceLoopCharacteristics>"
    )
    return body.replace("<!--loop-->", loop) if "<!--" in body else body.replace("</userTask>", f"{loop}</userTask>")


def office(*parts: str, **variables: Any) -> Office:
    drawn = files(start(), *parts, user("after"), end(), chain("start", "ask", "after", "end"))
    assert not [finding for finding in check(drawn) if finding.severity == "error"]
    return Office(drawn, **{"voters": VOTERS, **variables})


def test_each_item_has_its_place_whoever_is_first() -> None:
    case = office(many(user("ask")))
    case.do("ask", "c", vote="no").do("ask", "a", vote="yes").do("ask", "b", vote="none")
    assert case.value("votes") == ["yes", "none", "no"]


@pytest.mark.parametrize("sequential", [True, False])
def test_what_an_item_does_not_give_is_nothing_and_not_what_another_gave(sequential: bool) -> None:
    case = office(many(user("ask"), sequential=sequential), vote="from before")
    case.do("ask", "a", vote="yes").do("ask", "b").do("ask", "c", vote="no")
    assert case.value("votes") == ["yes", None, "no"]
    assert case.value("vote") == "from before"


def test_what_is_given_can_be_computed_and_see_the_item() -> None:
    case = office(many(user("ask"), gives="={who: voter, said: vote}"))
    for voter in VOTERS:
        case.do("ask", voter, vote=f"{voter}!")
    assert case.value("votes") == [{"who": voter, "said": f"{voter}!"} for voter in VOTERS]


def test_the_item_itself_can_be_what_is_given() -> None:
    case = office(many(user("ask"), gives="=voter"))
    case.do("ask", "a").do("ask", "b", voter="B").do("ask", "c")
    assert case.value("votes") == ["a", "B", "c"]


def test_a_condition_sees_what_was_collected_and_the_rest_stays_empty() -> None:
    case = office(many(user("ask"), until='=count(votes[item = "yes"]) &gt; 1'))
    case.do("ask", "c", vote="yes").do("ask", "a", vote="yes")
    assert case.open == ["after"]
    assert case.value("votes") == ["yes", None, "yes"]


def test_nobody_to_ask_gives_an_empty_list() -> None:
    case = office(many(user("ask")), voters=[])
    assert (case.open, case.value("votes")) == (["after"], [])


def test_a_subprocess_gives_what_is_set_inside_it() -> None:
    flows = chain("s", "inner", "sum", "e")
    within = sub("ask", start("s"), user("inner"), script("sum", "vote = said + '!'"), end("e"), flows, "<!--loop-->")
    case = office(many(within))
    for said in ("one", "two", "three"):
        activity = next(found for found in case.instance.waiting if found.element == "inner")
        case.set(activity.scopes[-1], said=said)
        case.instance.complete(activity.token)
        case._settle()
    assert case.value("votes") == ["one!", "two!", "three!"]


def test_a_data_output_of_bpmn_is_the_same() -> None:
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality><loopDataOutputRef>votes"
        '</loopDataOutputRef><outputDataItem id="vote" name="what is voted"/></multiInstanceLoopCharacteristics>'
    )
    case = office(
        node(
            "userTask",
            "ask",
            '<extensionElements><zeebe:assignmentDefinition assignee="x"/></extensionElements>' + loop,
        )
    )
    case.do("ask", 1, vote="second").do("ask", 0, vote="first")
    assert case.value("votes") == ["first", "second"]


def test_a_name_that_is_none_is_refused() -> None:
    drawn = files(start(), many(user("ask")).replace('"votes"', '"the votes"'), end(), chain("start", "ask", "end"))
    assert ("result-name", "ask") in {(found.code, found.element) for found in check(drawn)}
