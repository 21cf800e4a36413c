"""A case followed like a parcel: what everybody is told of its way, and what comes next."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from app.cases import operations, tracking
from app.cases.models import Case
from app.identity.types import Actor
from app.kernel.errors import NotFound
from tests.integration.cases.conftest import do
from tests.office import MONDAY, Office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Acting = Callable[[Actor], Session]


def told(session: Session, case: Case) -> list[str]:
    return [event.what for event in tracking.journey(session, case).events]


def test_what_was_handed_in_waits_for_the_window_and_by_when(session: Session, submitted: Case) -> None:
    """Art. 32: whatever is missing is told within five days."""
    way = tracking.journey(session, submitted)
    assert [event.what for event in way.events] == ["received"]
    assert way.following is not None
    assert way.following.what == "accepted"
    assert way.following.by is not None


def test_once_accepted_the_decision_comes_by_the_promised_day(
    session: Session, office: Office, submitted: Case
) -> None:
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + HOUR)
    view, way = tracking.followed(session, submitted.code)
    assert [event.what for event in way.events] == ["accepted", "received"]
    assert way.following == tracking.Following("decided", view.due_at)


def test_a_supplement_stops_the_clock_and_is_expected_of_the_applicant(
    session: Session, office: Office, submitted: Case
) -> None:
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + HOUR)
    do(session, office.land, submitted.id, "review_land", "supplement", MONDAY + 2 * HOUR)
    way = tracking.journey(session, submitted)
    assert way.following is not None
    assert way.following.what == "answer"
    latest = way.events[0]
    assert (latest.what, latest.reason, latest.until) == ("still", "supplement", None)


def test_with_the_answer_time_runs_again(session: Session, office: Office, submitted: Case) -> None:
    do(session, office.clerk, submitted.id, "accept", "supplement", MONDAY + HOUR)
    assert told(session, submitted)[0] == "still"
    do(session, office.applicant, submitted.id, "supplement", "submit", MONDAY + DAY)
    assert told(session, submitted)[:2] == ["again", "still"]


def test_an_extension_and_a_department_that_is_done_are_told(session: Session, office: Office, submitted: Case) -> None:
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + HOUR)
    do(session, office.land, submitted.id, "review_land", "approve", MONDAY + 2 * HOUR)
    operations.extend(session, office.decider, submitted.id, "promised", 5, "案情复杂", MONDAY + DAY)
    events = tracking.journey(session, submitted).events
    assert [event.what for event in events[:2]] == ["extended", "part"]
    assert events[0].days == 5
    assert events[1].name is not None
    assert "案情复杂" not in repr(events)


def test_a_case_that_ended_before_a_decision_has_nothing_to_come(
    session: Session, office: Office, submitted: Case
) -> None:
    do(session, office.clerk, submitted.id, "accept", "refuse", MONDAY + HOUR)
    way = tracking.journey(session, submitted)
    assert way.following is None
    assert [event.what for event in way.events] == ["ended", "received"]


def test_no_name_and_no_content_is_told(session: Session, office: Office, submitted: Case) -> None:
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + HOUR)
    _view, way = tracking.followed(session, submitted.code)
    assert submitted.title not in repr(way)
    assert submitted.applicant not in repr(way)
    assert office.clerk.name not in repr(way)


def test_a_code_of_no_case_is_not_found(session: Session, submitted: Case) -> None:
    with pytest.raises(NotFound):
        tracking.followed(session, submitted.code[:-1] + "0" if submitted.code[-1] != "0" else submitted.code + "1")
