"""危险化学品工业产品生产许可: twenty-five days, inspection and testing that are not counted, the elimination list."""

from datetime import timedelta

import pytest

from app.cases.types import Status
from app.inbox.models import Step
from tests.items import MONDAY, Life

ITEM = "dangerous-chemical-licence"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
LISTED = ["diaphragm", "dichromate"]


def examined(life: Life) -> None:
    """To the open inspection: accepted on Monday, examined on Tuesday."""
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("review", "approve", MONDAY + DAY)


def test_sixty_days_and_twenty_five(life: Life) -> None:
    """Shandong: sixty → twenty-five."""
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    assert life.days(MONDAY, life.clock("statutory").red_at) == 60
    assert life.days(MONDAY, life.clock("promised").red_at) == 25


def test_granted_after_inspection_and_test(life: Life) -> None:
    examined(life)
    assert {step.post for step in life.waiting().values()} == {"chemical-inspector"}
    life.do("inspect", "pass", MONDAY + WEEK)
    assert set(life.waiting()) == {"test"}
    life.do("test", "qualified", MONDAY + 3 * WEEK)
    life.do("evaluate", "approve", MONDAY + 3 * WEEK + DAY)
    life.do("decide", "grant", MONDAY + 3 * WEEK + 2 * DAY)
    life.issue(MONDAY + 3 * WEEK + 2 * DAY)
    life.do("deliver", "deliver", MONDAY + 3 * WEEK + 3 * DAY)
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "granted")
    assert life.documents() == ["receipt", "accept", "special", "special", "delivery"]


def test_neither_inspection_nor_test_is_counted(life: Life) -> None:
    """Art. 45: inspection and testing are not counted; the applicant is told of each in writing how long it takes."""
    examined(life)
    life.do("inspect", "pass", MONDAY + DAY + WEEK)
    assert life.clock("promised").next_at is None
    life.do("test", "qualified", MONDAY + DAY + 3 * WEEK)
    assert [(span.reason, span.announced) for span in life.spans()] == [("inspection", "P15D"), ("testing", "P30D")]
    assert life.days(MONDAY, life.clock("promised").red_at) == 25 + 15
    assert life.clock("promised").next_at is not None


def test_who_fails_the_inspection_is_not_tested(life: Life) -> None:
    """Regulation on Production Licences Art. 19: the product is tested once the inspection was passed."""
    examined(life)
    life.do("inspect", "fail", MONDAY + WEEK)
    assert set(life.waiting()) == {"evaluate"}
    life.do("evaluate", "reject", MONDAY + WEEK + DAY)
    life.do("decide", "deny", MONDAY + WEEK + 2 * DAY)
    life.issue(MONDAY + WEEK + 2 * DAY)
    life.do("deliver", "deliver", MONDAY + WEEK + 3 * DAY)
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "denied")


def test_who_fails_the_test_is_denied(life: Life) -> None:
    examined(life)
    life.do("inspect", "pass", MONDAY + WEEK)
    life.do("test", "unqualified", MONDAY + 2 * WEEK)
    life.do("evaluate", "reject", MONDAY + 2 * WEEK + DAY)
    life.do("decide", "deny", MONDAY + 2 * WEEK + 2 * DAY)
    life.issue(MONDAY + 2 * WEEK + 2 * DAY)
    assert set(life.waiting()) == {"deliver"}


@pytest.mark.parametrize("name", LISTED)
def test_what_is_on_the_elimination_list_is_not_accepted(life: Life, name: str) -> None:
    """Regulation on Production Licences Art. 9 (7); Shandong: what is on the elimination list is not accepted."""
    life.apply(MONDAY, name)
    assert set(life.waiting()) == {"check_list"}
    life.do("check_list", "refuse", MONDAY + HOUR)
    assert (life.case.status, life.case.result) == (Status.REFUSED, "refused")
    assert life.documents() == ["receipt", "refuse"]


def test_nobody_can_accept_what_is_listed(life: Life) -> None:
    """The step offers a refusal, or to say that the entry does not apply, and asks for reasons either way."""
    offered = life.item.outcomes("check_list")
    assert set(offered) == {"refuse", "not-applicable"}
    assert all(outcome.requires_opinion and outcome.requires_form for outcome in offered.values())


def test_what_the_entry_does_not_cover_goes_on(life: Life) -> None:
    life.apply(MONDAY, "diaphragm")
    life.do("check_list", "not-applicable", MONDAY + HOUR)
    assert set(life.waiting()) == {"accept"}
    assert life.case.status == Status.RECEIVED


@pytest.mark.parametrize("name", ["caustic-soda", "acetylene"])
def test_others_go_straight_to_acceptance(life: Life, name: str) -> None:
    life.apply(MONDAY, name)
    assert set(life.waiting()) == {"accept"}


def test_silence_on_a_listed_product_is_no_acceptance_but_a_red_light(life: Life) -> None:
    life.apply(MONDAY, "diaphragm")
    assert life.tick(MONDAY + 3 * WEEK) == 0
    assert set(life.waiting()) == {"check_list"}
    assert life.step_clock("check_list").light == "red"


def test_silence_of_five_days_is_acceptance(life: Life) -> None:
    """Art. 32."""
    life.apply(MONDAY)
    assert life.tick(MONDAY + WEEK + 8 * HOUR) == 1
    assert (life.case.status, life.case.accepted_at) == (Status.ACCEPTED, MONDAY)
    assert set(life.waiting()) == {"review"}


def test_a_supplement_that_never_comes_lets_the_application_lapse(life: Life) -> None:
    life.apply(MONDAY)
    life.do("accept", "supplement", MONDAY + HOUR)
    assert life.tick(MONDAY + 31 * DAY) == 1
    assert (life.case.status, life.case.result) == (Status.LAPSED, "lapsed")


def test_it_belongs_to_the_main_item_of_industrial_products(life: Life) -> None:
    main = life.item.manifest.main
    assert main is not None
    assert main.code == "industrial-product-licence"


def test_the_clerk_learns_the_entry_and_why(life: Life) -> None:
    life.apply(MONDAY, "dichromate")
    step: Step = life.waiting()["check_list"]
    assert step.post == "window-clerk"
    entry = next(one for one in life.item.manifest.elimination.entries if one.value == "chromic-calcium")
    assert entry.reason.zh in repr(life.written())
