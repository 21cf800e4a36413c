"""Concluded cases replayed on a draft: nothing changed turns nothing; what changed turns what it would have."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import lights, passage
from app.cases.models import Case
from app.cases.progress import settle
from app.identity.types import SYSTEM
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.notices.models import Outbox
from app.studio import what_if
from app.studio.errors import NothingToReplay
from tests.integration.cases.conftest import do
from tests.integration.studio.test_moving import ANOTHER_NAME, renamed, version
from tests.office import APPLICATION, LAND, MONDAY, TENANT, Office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def designer(office: Office) -> Any:
    return replace(office.operator, permissions=frozenset({"item.draft"}))


@pytest.fixture
def over(session: Session, office: Office, submitted: Case) -> Case:
    """A case that was decided on Thursday, three days after it had been accepted, and delivered on Friday."""
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + HOUR)
    do(session, office.land, submitted.id, "review_land", "approve", MONDAY + 2 * DAY)
    do(session, office.planning, submitted.id, "review_planning", "approve", MONDAY + DAY)
    do(session, office.reform, submitted.id, "review_reform", "approve", MONDAY + DAY)
    do(session, office.decider, submitted.id, "decide", "grant", MONDAY + 3 * DAY)
    enter_tenant(session, TENANT)
    row = passage.lock(session, TENANT, submitted.id)
    token = session.scalar(select(Outbox.id).where(Outbox.case_id == row.id, Outbox.operation == "issue-decision"))
    p = passage.begin(session, SYSTEM, row, MONDAY + 3 * DAY)
    p.instance.resume(token)
    settle(p)
    p.close()
    do(session, office.clerk, submitted.id, "deliver", "deliver", MONDAY + 4 * DAY)
    enter_tenant(session, TENANT)
    lights.raise_in(session, TENANT, [submitted.id], MONDAY + 4 * DAY, SYSTEM)
    return submitted


def told(session: Session, designer: Any, to: int, **more: Any) -> what_if.Answer:
    """The whole answer, as the job makes it."""
    asked = what_if.ask(session, designer, LAND, to, MONDAY + 9 * DAY, **more)
    while TENANT in what_if.tenants_due(session, MONDAY):
        assert what_if.carry_on(session, TENANT, MONDAY + 9 * DAY)
    assert not what_if.carry_on(session, TENANT, MONDAY + 9 * DAY)
    found = what_if.answer(session, designer, asked.id)
    assert (found.asked.done, found.asked.total, found.asked.finished_at) == (1, 1, MONDAY + 9 * DAY)
    shown = orjson.dumps(found.asked.tally).decode()
    assert not [value for value in APPLICATION.values() if isinstance(value, str) and len(value) > 5 and value in shown]
    return found


def test_where_nothing_changed_nothing_turns(session: Session, over: Case, designer: Any) -> None:
    found = told(session, designer, version(session, *ANOTHER_NAME))
    assert (found.replayed, found.missed, found.worse, found.better) == (1, (), 0, 0)
    assert found.before == found.after
    assert all(place.before == place.after for place in found.places)


def test_what_is_too_slow_is_counted_and_the_rest_not_tried(
    session: Session, over: Case, designer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A version that has too much to work out keeps the job from nobody else."""
    monkeypatch.setattr("app.studio.walk.MOST_SECONDS", 0.0)
    monkeypatch.setattr(what_if, "_MOST_SLOW", 1)
    asked = what_if.ask(session, designer, LAND, version(session, *ANOTHER_NAME), MONDAY + 9 * DAY)
    assert what_if.carry_on(session, TENANT, MONDAY + 9 * DAY)
    found = what_if.answer(session, designer, asked.id)
    assert (found.replayed, found.asked.error, found.asked.finished_at) == (0, "too-slow", MONDAY + 9 * DAY)
    assert [code for code, _element, _number in found.missed] == ["too-slow"]


def test_a_batch_ends_when_its_time_is_over(
    session: Session, over: Case, designer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what_if, "_BATCH_SECONDS", 0.0)
    assert told(session, designer, version(session, *ANOTHER_NAME)).replayed == 1


def test_a_shorter_limit_turns_the_step_that_took_longer(session: Session, over: Case, designer: Any) -> None:
    """The land review was accepted on Monday and done on Wednesday: two days, more than a limit of one."""
    limits = version(session, *ANOTHER_NAME, *shortened("review_land"))
    found = told(session, designer, limits)
    assert (found.replayed, found.missed) == (1, ())
    [land] = [place for place in found.places if place.key == "review_land"]
    assert land.before.get("red", 0) == 0
    assert land.after == {"red": 1}
    assert (found.worse, found.after["red"]) == (1, 1)


def shortened(element: str) -> tuple[tuple[str, str], ...]:
    """The changes that give the lights of a step one hour and one day."""
    light = rf'(<boundaryEvent id="{element}_%s"(?:(?!</boundaryEvent>)[\s\S])*?tFormalExpression">)P\d+D<'
    return (light % "yellow", r"\1PT1H<"), (light % "red", r"\1P1D<")


def test_a_new_step_takes_what_is_assumed(session: Session, over: Case, designer: Any) -> None:
    """A step that is called otherwise is new unless one says what it was."""
    to = version(session, *renamed("decide", "sign"))
    at_once = told(session, designer, to, times="none", outcomes={"sign": "grant"})
    assert (at_once.replayed, dict(at_once.new), at_once.worse) == (1, {"sign": 1}, 0)
    late = told(session, designer, to, times="days", days=40, outcomes={"sign": "grant"})
    assert late.after["red"] == 1
    assert {place.key for place in late.places if place.after.get("red")} >= {"sign", "case:promised"}
    median = told(session, designer, to, times="median")
    assert median.asked.assumed["seconds"]["review"] > 0
    said = told(session, designer, to, steps={"sign": "decide"})
    assert (said.new, said.missed, said.replayed) == ({}, (), 1)


def test_what_was_never_done_cannot_be_replayed(session: Session, over: Case, designer: Any) -> None:
    """The draft asks for a supplement where the case was accepted; nobody knows how that would have gone."""
    to = version(session, (r'accept\.outcome == "supplement"', 'accept.outcome == "accept"'))
    found = told(session, designer, to)
    assert (found.replayed, found.missed) == (0, (("never-done", "supplement", 1),))


def test_who_may_ask_and_what(session: Session, office: Office, over: Case, designer: Any) -> None:
    to = version(session, *ANOTHER_NAME, published=False)
    with pytest.raises(Forbidden):
        what_if.ask(session, office.clerk, LAND, to, MONDAY)
    with pytest.raises(NothingToReplay):
        what_if.ask(session, designer, LAND, to, MONDAY, since=MONDAY + 30 * DAY)
    with pytest.raises(Invalid) as wrong:
        what_if.ask(session, designer, LAND, to, MONDAY, times="guess", days=999, outcomes={"x": "y"}, steps={"z": "a"})
    assert set(wrong.value.fields) == {"times", "days", "outcomes.x", "steps.z"}
    with pytest.raises(NotFound):
        what_if.answer(session, designer, over.id)
    asked = what_if.ask(session, designer, LAND, to, MONDAY)
    what_if.give_up(session, TENANT, MONDAY, "OutOfMemory")
    assert what_if.answer(session, designer, asked.id).asked.error == "OutOfMemory"
    assert [found.asked.id for found in what_if.answers(session, designer, LAND)] == [asked.id]
