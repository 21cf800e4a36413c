"""建设项目用地预审与可研审批: silence is acceptance; what is never supplemented lapses, or is judged without."""

from datetime import timedelta

from app.cases.types import Status
from tests.items import MONDAY, Life

ITEM = "land-preliminary-review"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
REVIEWS = ("review_land", "review_planning", "review_reform")


def test_every_moment_has_its_document(life: Life) -> None:
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    for review in REVIEWS:
        life.do(review, "approve", MONDAY + DAY)
    life.do("decide", "grant", MONDAY + 2 * DAY)
    life.issue(MONDAY + 2 * DAY)
    life.do("deliver", "deliver", MONDAY + 3 * DAY)
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "granted")
    assert life.documents() == ["receipt", "accept", "delivery"]


def test_silence_of_five_days_is_acceptance_by_all_three_departments(life: Life) -> None:
    """Art. 32: who is not told within five days is accepted as of the day on which the application was received."""
    life.apply(MONDAY)
    assert life.tick(MONDAY + WEEK - HOUR) == 0
    assert life.tick(MONDAY + WEEK + 8 * HOUR) == 1
    assert set(life.waiting()) == set(REVIEWS)
    assert (life.case.status, life.case.accepted_at) == (Status.ACCEPTED, MONDAY)
    assert life.days(MONDAY, life.clock("statutory").red_at) == 45


def test_a_supplement_that_never_comes_lets_the_application_lapse(life: Life) -> None:
    life.apply(MONDAY)
    life.do("accept", "supplement", MONDAY + HOUR)
    assert life.tick(MONDAY + 29 * DAY) == 0
    assert life.tick(MONDAY + 31 * DAY) == 1
    assert (life.case.status, life.case.result) == (Status.LAPSED, "lapsed")
    assert life.waiting() == {}


def test_what_one_department_never_gets_is_judged_without_and_nothing_else_waits(life: Life) -> None:
    """Once accepted, an application does not lapse: the department decides on what is there."""
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("review_land", "supplement", MONDAY + DAY)
    assert set(life.waiting()) == {"supplement_land", "review_planning", "review_reform"}
    assert life.tick(MONDAY + 32 * DAY) == 1
    assert set(life.waiting()) == set(REVIEWS)
    assert life.case.status == Status.ACCEPTED
    assert all(span.closed_at for span in life.spans())
