"""A household moves within the city: received anywhere, allocated, investigated, approved, posted."""

from datetime import timedelta

import pytest

from app.cases.errors import NotReceivedHere, OpinionNeeded
from app.cases.types import Status
from app.kernel.errors import Invalid
from tests.items import DISTRICT, MONDAY, Life

ITEM = "household-transfer"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def investigated(life: Life, outcome: str = "approve") -> None:
    life.apply(MONDAY)
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("allocate", "allocate", MONDAY + 2 * HOUR)
    life.do("investigate", outcome, MONDAY + 2 * DAY)


def test_received_allocated_investigated_approved_posted(life: Life) -> None:
    investigated(life)
    life.do("decide", "grant", MONDAY + 3 * DAY)
    life.issue(MONDAY + 3 * DAY)
    life.do("deliver", "deliver", MONDAY + 4 * DAY)
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "granted")
    assert life.clock().light == "green"
    written = life.written()
    assert written["allocate_station"] == "蒲州派出所"
    assert [person["mover_relation"] for person in written["movers"]] == ["self", "spouse", "child"]
    assert written["tracking_number"] == "EX998877665CN"
    assert life.documents() == ["receipt", "accept", "delivery"]


def test_it_is_received_in_one_district_and_handled_where_they_move_to(life: Life) -> None:
    life.window = DISTRICT
    case = life.apply(MONDAY)
    assert (case.tenant, case.received_in) == (life.tenant, DISTRICT)
    life.do("accept", "accept", MONDAY + HOUR)
    life.do("allocate", "allocate", MONDAY + 2 * HOUR)
    life.do("investigate", "supplement", MONDAY + DAY)
    life.do("supplement_investigate", "submit", MONDAY + 2 * DAY)
    assert set(life.waiting()) == {"investigate"}


def test_what_is_received_only_where_it_is_handled_is_not_taken_in_elsewhere(life: Life) -> None:
    other = Life(life.session, life.office, life.store, "product-licence-by-commitment")
    other.window = DISTRICT
    with pytest.raises(NotReceivedHere):
        other.apply(MONDAY)


def test_another_beat_is_allocated_anew(life: Life) -> None:
    investigated(life, "reassign")
    assert set(life.waiting()) == {"allocate"}
    life.do("allocate", "allocate", MONDAY + 3 * DAY, allocate_station="状元派出所")
    life.do("investigate", "approve", MONDAY + 4 * DAY)
    assert set(life.waiting()) == {"decide"}
    assert life.written()["allocate_station"] == "状元派出所"


def test_who_asks_for_a_supplement_waits_for_it_without_losing_time(life: Life) -> None:
    investigated(life, "supplement")
    step = life.waiting()["supplement_investigate"]
    assert step.post is None
    assert life.clock().next_at is None
    life.do("supplement_investigate", "submit", MONDAY + 5 * DAY)
    assert set(life.waiting()) == {"investigate"}
    assert life.clock().next_at is not None


def test_a_supplement_that_does_not_come_is_investigated_on_what_is_there(life: Life) -> None:
    investigated(life, "supplement")
    life.tick(MONDAY + 18 * DAY)
    assert set(life.waiting()) == {"investigate"}


def test_a_denial_states_its_reasons(life: Life) -> None:
    """Art. 38, followed here too."""
    investigated(life, "reject")
    with pytest.raises(OpinionNeeded), life.session.begin_nested():
        life.do("decide", "deny", MONDAY + 3 * DAY, opinion="")
    life.do("decide", "deny", MONDAY + 3 * DAY)
    life.issue(MONDAY + 3 * DAY)
    life.do("deliver", "deliver", MONDAY + 4 * DAY, delivery_method="window")
    assert (life.case.status, life.case.result) == (Status.DELIVERED, "denied")


@pytest.mark.parametrize(("number", "fault"), [("330302201506010018", True), ("330302195903160039", False)])
def test_the_citizen_number_of_everybody_who_moves_is_checked(life: Life, number: str, fault: bool) -> None:
    """GB 11643; whoever was born before the district bears its code all the same."""
    mover = {"mover_name": "余守正", "mover_number": number, "mover_relation": "parent", "mover_consent": True}
    if not fault:
        assert life.apply(MONDAY, movers=[mover]).status == Status.RECEIVED
        return
    with pytest.raises(Invalid) as refused:
        life.apply(MONDAY, movers=[mover])
    assert set(refused.value.fields) == {"movers.0.mover_number"}


def test_whoever_joins_relatives_names_the_householder(life: Life) -> None:
    with pytest.raises(Invalid) as refused:
        life.apply(MONDAY, "parents-to-children", to_householder="", to_relation="")
    assert set(refused.value.fields) == {"to_householder", "to_relation"}


def test_silence_for_five_days_is_acceptance(life: Life) -> None:
    life.apply(MONDAY)
    life.tick(MONDAY + 8 * DAY)
    assert set(life.waiting()) == {"allocate"}
    assert life.case.accepted_at == MONDAY


def test_a_supplement_at_the_window_that_never_comes_lapses(life: Life) -> None:
    life.apply(MONDAY, "employer")
    life.do("accept", "supplement", MONDAY + HOUR)
    life.tick(MONDAY + 31 * DAY)
    assert (life.case.status, life.case.result) == (Status.LAPSED, "lapsed")
