"""检验检测机构资质认定: one material, ten days, technical review that is not counted."""

from datetime import timedelta

import pytest

from app.cases.types import Status
from tests.items import MONDAY, Life

ITEM = "laboratory-accreditation"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def under_review(life: Life) -> None:
    """To the open technical review: accepted on Monday, examined on Tuesday."""
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("review", "approve", MONDAY + DAY)


def test_one_material_the_rest_comes_from_shared_data_and_a_signed_declaration(life: Life) -> None:
    assert [need.code for need in life.item.materials] == ["application"]
    form = life.item.applicant_form.variables
    assert {"licence", "premises", "staff", "calibration"} <= {one.value for one in form["shared_data"].options}
    for name in ("declare_independence", "declare_conditions", "declare_truth", "declare_signatory", "declare_date"):
        assert form[name].rules.required


def test_ten_days(life: Life) -> None:
    """Measures Art. 11: the decision within ten working days; Shandong: all others ten."""
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    assert life.days(MONDAY, life.clock("promised").red_at) == 10
    assert life.days(MONDAY, life.clock("statutory").red_at) == 20


def test_granted_within_ten_days_though_the_review_took_six_weeks(life: Life) -> None:
    """Measures Art. 11: technical review within thirty working days, not counted."""
    under_review(life)
    [span] = life.spans()
    assert (span.reason, span.announced) == ("expert-review", "P30D")
    after = MONDAY + DAY + 6 * WEEK
    life.tick(after - HOUR)
    life.do("assess", "conform", after)
    life.do("evaluate", "approve", after + DAY)
    life.do("decide", "grant", after + 2 * DAY)
    assert life.clock("promised").light == "green"
    life.issue(after + 2 * DAY)
    life.do("deliver", "deliver", after + 3 * DAY)
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "granted")
    assert life.documents() == ["receipt", "accept", "special", "delivery"]


def test_a_certificate_that_is_not_delivered_in_seven_days_turns_red(life: Life) -> None:
    """Measures Art. 11: the certificate is issued within seven working days."""
    under_review(life)
    life.do("assess", "conform", MONDAY + WEEK)
    life.do("evaluate", "approve", MONDAY + WEEK + HOUR)
    life.do("decide", "grant", MONDAY + WEEK + 2 * HOUR)
    life.issue(MONDAY + WEEK + 2 * HOUR)
    life.tick(MONDAY + WEEK + 2 * HOUR)
    assert life.days(MONDAY + WEEK, life.step_clock("deliver").red_at) == 7


def test_remedies_are_not_counted_either(life: Life) -> None:
    under_review(life)
    life.do("assess", "rectify", MONDAY + DAY + WEEK)
    life.do("rectify", "submit", MONDAY + DAY + 2 * WEEK)
    life.do("assess", "conform", MONDAY + DAY + 3 * WEEK)
    assert [span.reason for span in life.spans()] == ["expert-review", "supplement", "expert-review"]
    assert life.days(MONDAY, life.clock("promised").red_at) == 10 + 15


def test_who_never_remedies_is_judged_by_what_is_there(life: Life) -> None:
    under_review(life)
    life.do("assess", "rectify", MONDAY + WEEK)
    assert life.tick(MONDAY + WEEK + 46 * DAY) == 1
    assert set(life.waiting()) == {"evaluate"}


@pytest.mark.parametrize("name", ["vehicle-station", "food-laboratory"])
def test_denied_with_its_reasons(life: Life, name: str) -> None:
    life.apply(MONDAY, name)
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("review", "approve", MONDAY + DAY)
    life.do("assess", "fail", MONDAY + WEEK)
    life.do("evaluate", "reject", MONDAY + WEEK + DAY)
    life.do("decide", "deny", MONDAY + WEEK + 2 * DAY)
    life.issue(MONDAY + WEEK + 2 * DAY)
    life.do("deliver", "deliver", MONDAY + WEEK + 3 * DAY)
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "denied")


def test_silence_of_five_days_is_acceptance(life: Life) -> None:
    """Art. 32."""
    life.apply(MONDAY)
    assert life.tick(MONDAY + WEEK + 8 * HOUR) == 1
    assert (life.case.status, life.case.accepted_at) == (Status.ACCEPTED, MONDAY)


def test_a_supplement_that_never_comes_lets_the_application_lapse(life: Life) -> None:
    life.apply(MONDAY)
    life.do("accept", "supplement", MONDAY + HOUR)
    assert life.tick(MONDAY + 31 * DAY) == 1
    assert (life.case.status, life.case.result) == (Status.LAPSED, "lapsed")
