"""Several licences in one: the sections chosen are examined in parallel, any window receives, a courier delivers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.cases.errors import OpinionNeeded
from app.cases.models import Leg
from app.cases.types import Status
from app.deadlines.models import CaseClock
from app.kernel.errors import Invalid
from tests.items import DISTRICT, MONDAY, Life

ITEM = "food-drug-licence"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ALL = {"review_food", "review_drug", "review_device"}


def accepted(life: Life, name: str | None = None) -> None:
    life.apply(MONDAY, name)
    life.do("accept", "accept", MONDAY + HOUR)


def legs(life: Life) -> dict[str, Leg]:
    return {leg.kind: leg for leg in life.session.scalars(select(Leg).where(Leg.case_id == life.case_id))}


def standing_still(life: Life) -> set[str | None]:
    """The elements of legs and steps whose clocks stand still, and the bases of the case's that do."""
    life.waiting()
    statement = select(CaseClock).where(CaseClock.case_id == life.case_id, CaseClock.stopped_at.is_(None))
    clocks = life.session.scalars(statement.execution_options(populate_existing=True))
    return {clock.element or clock.basis for clock in clocks if clock.next_at is None}


def test_every_section_chosen_is_examined_at_the_same_time(life: Life) -> None:
    accepted(life)
    assert set(life.waiting()) == ALL
    assert {kind: leg.is_lead for kind, leg in legs(life).items()} == {"food": True, "drug": False, "device": False}
    assert {step.post for step in life.waiting().values()} == {"food-reviewer", "drug-reviewer", "device-reviewer"}


@pytest.mark.parametrize(
    ("name", "reviews"),
    [
        ("restaurant", {"review_food"}),
        ("devices", {"review_device"}),
        ("pharmacy", {"review_drug", "review_device"}),
    ],
)
def test_what_was_not_chosen_is_not_examined(life: Life, name: str, reviews: set[str]) -> None:
    accepted(life, name)
    assert set(life.waiting()) == reviews
    assert set(legs(life)) == {review.removeprefix("review_") for review in reviews}
    for review in reviews:
        life.do(review, "approve", MONDAY + DAY)
    assert set(life.waiting()) == {"decide"}


def test_a_section_has_to_be_chosen_and_filled_in(life: Life) -> None:
    with pytest.raises(Invalid) as refused, life.session.begin_nested():
        life.apply(MONDAY, sections=[])
    assert set(refused.value.fields) == {"sections"}
    with pytest.raises(Invalid) as refused:
        life.apply(MONDAY, "restaurant", sections=["food", "drug"], drug_scope=[], drug_pharmacist="")
    assert set(refused.value.fields) == {"drug_scope", "drug_pharmacist"}


def test_a_supplement_of_one_section_stops_that_section_and_the_case_but_no_other(life: Life) -> None:
    """vocabulary: excluded time in a leg stops that leg's clocks and the case's; siblings run on."""
    accepted(life)
    life.do("review_drug", "supplement", MONDAY + DAY)
    assert set(life.waiting()) == {"review_food", "supplement_drug", "review_device"}
    assert standing_still(life) == {"leg_drug", "promised", "statutory"}
    life.do("supplement_drug", "submit", MONDAY + 4 * DAY)
    assert set(life.waiting()) == ALL
    assert standing_still(life) == set()
    assert [span.reason for span in life.spans()] == ["supplement"]


def test_a_supplement_that_does_not_come_is_decided_on_what_is_there(life: Life) -> None:
    accepted(life)
    life.do("review_food", "supplement", MONDAY + DAY)
    life.tick(MONDAY + 17 * DAY)
    assert set(life.waiting()) == ALL
    assert all(span.closed_at is not None for span in life.spans())


def test_one_decision_says_what_was_granted_and_a_courier_takes_it(life: Life) -> None:
    accepted(life)
    for review, outcome in (("review_food", "approve"), ("review_drug", "reject"), ("review_device", "approve")):
        life.do(review, outcome, MONDAY + 3 * DAY)
    life.do(
        "decide", "grant", MONDAY + 4 * DAY,
        decide_granted=["food", "device"], decide_withheld="执业药师未在本店注册。", decide_opinions="some-reject",
    )  # fmt: skip
    life.issue(MONDAY + 4 * DAY)
    with pytest.raises(Invalid) as refused, life.session.begin_nested():
        life.do("deliver", "deliver", MONDAY + 5 * DAY, tracking_number="1")
    assert set(refused.value.fields) == {"tracking_number"}
    life.do("deliver", "deliver", MONDAY + 5 * DAY)
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "granted")
    assert life.written()["decide_granted"] == ["food", "device"]
    assert life.written()["courier"] == "ems"


def test_a_denial_states_its_reasons(life: Life) -> None:
    """Art. 38."""
    accepted(life, "restaurant")
    life.do("review_food", "reject", MONDAY + DAY)
    with pytest.raises(OpinionNeeded), life.session.begin_nested():
        life.do("decide", "deny", MONDAY + 2 * DAY, opinion="")
    life.do("decide", "deny", MONDAY + 2 * DAY)
    life.issue(MONDAY + 2 * DAY)
    life.do("deliver", "deliver", MONDAY + 3 * DAY, delivery_method="window")
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "denied")


def test_the_window_of_another_district_receives_and_the_district_of_the_premises_decides(life: Life) -> None:
    life.window = DISTRICT
    case = life.apply(MONDAY)
    assert (case.tenant, case.received_in) == (life.tenant, DISTRICT)
    life.do("accept", "supplement", MONDAY + HOUR)
    life.do("supplement", "submit", MONDAY + DAY)
    life.do("accept", "accept", MONDAY + DAY + HOUR)
    assert set(life.waiting()) == ALL


def test_silence_for_five_days_is_acceptance(life: Life) -> None:
    """Art. 32: what is not asked for within five days counts as accepted from the day it was received."""
    life.apply(MONDAY)
    life.tick(MONDAY + 8 * DAY)
    assert set(life.waiting()) == ALL
    assert life.case.accepted_at == MONDAY


def test_a_supplement_at_the_window_that_never_comes_lapses(life: Life) -> None:
    life.apply(MONDAY)
    life.do("accept", "supplement", MONDAY + HOUR)
    life.tick(MONDAY + 31 * DAY)
    assert (life.case.status, life.case.result) == (Status.LAPSED, "lapsed")
    assert life.waiting() == {}


def test_whoever_needs_only_a_filing_is_refused_with_the_reason(life: Life) -> None:
    life.apply(MONDAY, "restaurant")
    life.do("accept", "refuse", MONDAY + HOUR)
    assert (life.case.status, life.case.result) == (Status.REFUSED, "refused")
    assert "refuse" in life.documents()
