"""特种设备生产单位许可: three materials, fifteen days, expert assessment that is not counted."""

from datetime import timedelta

import pytest

from app.cases.types import Status
from tests.items import MONDAY, Life

ITEM = "special-equipment-licence"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def assessed(life: Life) -> None:
    """To the open assessment: accepted on Monday, examined on Tuesday."""
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("review", "approve", MONDAY + DAY)


def test_three_materials_thirty_days_and_fifteen(life: Life) -> None:
    """Special Equipment Safety Law Art. 60: thirty days. Shandong: thirty → fifteen."""
    assert len(life.item.materials) == 3
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    assert life.days(MONDAY, life.clock("statutory").red_at) == 30
    assert life.days(MONDAY, life.clock("promised").red_at) == 15


def test_granted(life: Life) -> None:
    assessed(life)
    assert life.waiting()["assess"].post == "equipment-assessor"
    life.do("assess", "conform", MONDAY + WEEK)
    life.do("evaluate", "approve", MONDAY + WEEK + DAY)
    life.do("decide", "grant", MONDAY + WEEK + 2 * DAY)
    assert life.issue(MONDAY + WEEK + 2 * DAY) == 1
    life.do("deliver", "deliver", MONDAY + WEEK + 3 * DAY, deliver_method="post", deliver_courier="EMS",
            deliver_tracking="EX123456789CN")  # fmt: skip
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "granted")
    assert life.waiting() == {}
    assert life.documents() == ["receipt", "accept", "special", "delivery"]


def test_the_time_of_the_experts_is_not_counted(life: Life) -> None:
    """Art. 45: expert review is not counted; the applicant is told in writing how long it takes."""
    assessed(life)
    [span] = life.spans()
    assert (span.reason, span.announced) == ("expert-review", "P20D")
    assert life.clock().next_at is None
    assert life.step_clock("assess").next_at is not None
    life.do("assess", "conform", MONDAY + DAY + 2 * WEEK)
    assert life.days(MONDAY, life.clock("promised").red_at) == 15 + 10
    assert life.days(MONDAY, life.clock("statutory").red_at) == 30 + 10


def test_late_experts_raise_a_light_though_the_case_is_in_time(life: Life) -> None:
    assessed(life)
    life.tick(MONDAY + 5 * WEEK)
    assert life.step_clock("assess").light == "red"
    assert life.clock("promised").light == "green"


def test_what_the_experts_find_is_remedied_once_more(life: Life) -> None:
    assessed(life)
    life.do("assess", "rectify", MONDAY + WEEK)
    assert life.waiting()["rectify"].post is None
    assert [span.reason for span in life.spans() if span.closed_at is None] == ["supplement"]
    life.do("rectify", "submit", MONDAY + 2 * WEEK)
    life.do("assess", "conform", MONDAY + 3 * WEEK)
    assert set(life.waiting()) == {"evaluate"}
    assert life.days(MONDAY, life.clock("promised").red_at) == 15 + 14


def test_who_never_remedies_is_judged_by_what_is_there(life: Life) -> None:
    assessed(life)
    life.do("assess", "rectify", MONDAY + WEEK)
    assert life.tick(MONDAY + WEEK + 59 * DAY) == 0
    assert life.tick(MONDAY + WEEK + 61 * DAY) == 1
    assert set(life.waiting()) == {"evaluate"}
    assert life.case.status == Status.ACCEPTED


@pytest.mark.parametrize("ground", ["review", "assess"])
def test_denied_with_its_reasons(life: Life, ground: str) -> None:
    """Art. 38: a refusal states its reasons. Without an assessment there is no excluded time."""
    life.apply(MONDAY, "vessel-maker")
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("review", "reject" if ground == "review" else "approve", MONDAY + DAY)
    if ground == "assess":
        life.do("assess", "fail", MONDAY + 2 * DAY)
    life.do("evaluate", "reject", MONDAY + 3 * DAY)
    life.do("decide", "deny", MONDAY + 4 * DAY)
    life.issue(MONDAY + 4 * DAY)
    life.do("deliver", "deliver", MONDAY + 5 * DAY)
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "denied")
    assert bool(life.spans()) == (ground == "assess")


def test_refused_at_the_window(life: Life) -> None:
    life.apply(MONDAY)
    life.do("accept", "refuse", MONDAY + HOUR)
    assert (life.case.status, life.case.result) == (Status.REFUSED, "refused")
    assert "refuse" in life.documents()


def test_silence_of_five_days_is_acceptance(life: Life) -> None:
    """Art. 32: whoever is not told within five days is accepted as of the day on which the application was received."""
    life.apply(MONDAY)
    assert life.tick(MONDAY + WEEK - HOUR) == 0
    assert life.tick(MONDAY + WEEK + 8 * HOUR) == 1
    assert set(life.waiting()) == {"review"}
    assert (life.case.status, life.case.accepted_at) == (Status.ACCEPTED, MONDAY)
    assert life.step_clock("accept").light == "red"
    assert life.days(MONDAY, life.clock("promised").red_at) == 15


def test_a_supplement_that_never_comes_lets_the_application_lapse(life: Life) -> None:
    life.apply(MONDAY)
    life.do("accept", "supplement", MONDAY + HOUR)
    assert life.tick(MONDAY + 29 * DAY) == 0
    assert life.tick(MONDAY + 31 * DAY) == 1
    assert (life.case.status, life.case.result) == (Status.LAPSED, "lapsed")
    assert life.waiting() == {}


def test_a_supplement_that_comes_begins_the_five_days_anew(life: Life) -> None:
    life.apply(MONDAY)
    life.do("accept", "supplement", MONDAY + HOUR)
    life.do("supplement", "submit", MONDAY + WEEK)
    assert life.tick(MONDAY + 2 * WEEK + 8 * HOUR) == 1
    assert life.case.accepted_at == MONDAY + WEEK
