"""The desk's queue: narrowed by light, by what the day brings, by step; counted as narrowed; paged in any order."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.cases import desk
from app.cases.desk import COMING, LIGHTS, Tally, Today, Wanted
from app.cases.models import Case
from app.deadlines.models import CaseClock
from app.identity.types import Actor
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.inbox.queries import Cursor
from tests.integration.cases.conftest import do, waiting
from tests.office import MONDAY, Office

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = MONDAY + DAY
TODAY = Today(NOON, NOON + 8 * HOUR)


@pytest.fixture
def step(session: Session, office: Office, submitted: Case) -> Step:
    """The land department's step of an accepted case."""
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + HOUR)
    found: Step = waiting(session, submitted.id)["review_land"]
    return found


def turns(session: Session, step: Step, yellow: datetime | None, red: datetime | None) -> None:
    """Set when the light of a step turns."""
    session.execute(update(CaseClock).where(CaseClock.subject == step.id).values(yellow_at=yellow, red_at=red))


def shown(session: Session, actor: Actor, wanted: Wanted) -> list[Step]:
    """All pages of the queue, one step on each."""
    found: list[Step] = []
    after: Cursor | None = None
    while True:
        page, after = desk.queue(session, actor, wanted, TODAY, 1, after)
        found += page
        if after is None:
            return found


def number(tallies: Iterable[Tally], wanted: Wanted) -> int:
    return sum(tally.number for tally in tallies if tally.fits(wanted))


@pytest.mark.parametrize(
    ("yellow", "red", "fits"),
    [
        (NOON - DAY, NOON, {"red"}),
        (NOON, NOON + DAY, {"yellow"}),
        (NOON - DAY, NOON + HOUR, {"yellow", "due"}),
        (NOON + HOUR, NOON + DAY, {"green", "turning"}),
        (NOON + HOUR, NOON + 2 * HOUR, {"green", "turning", "due"}),
        (NOON + DAY, NOON + 2 * DAY, {"green"}),
        (None, None, {"still"}),
    ],
)
def test_a_light_is_asked_for_and_counted_as_it_is_shown(
    session: Session, office: Office, step: Step, yellow: datetime | None, red: datetime | None, fits: set[str]
) -> None:
    """Green until the yellow threshold, yellow near the limit, red from the instant at which it passes."""
    turns(session, step, yellow, red)
    counted = desk.tallies(session, office.land, None, TODAY)
    for light in (*LIGHTS, *COMING):
        wanted = Wanted(light=light)
        assert (step in shown(session, office.land, wanted)) == (light in fits), light
        assert number(counted, wanted) == len(shown(session, office.land, wanted)), light


def test_who_has_it_narrows(session: Session, office: Office, step: Step) -> None:
    colleague = replace(office.land, account_id=office.supervisor.account_id)
    inbox.claim(session, office.land, step.id, MONDAY + HOUR)
    for actor, fits in ((office.land, {"mine", "workable"}), (colleague, set[str]())):
        counted = desk.tallies(session, actor, None, TODAY)
        for held in ("unclaimed", "mine", "workable"):
            wanted = Wanted(held=held)
            assert (step in shown(session, actor, wanted)) == (held in fits), held
            assert number(counted, wanted) == len(shown(session, actor, wanted)), held
        assert step in shown(session, actor, Wanted())


def test_step_item_and_text_narrow(session: Session, office: Office, step: Step) -> None:
    for wanted in (
        Wanted(element="review_land"),
        Wanted(item=step.item),
        Wanted(text="S3 线"),
        Wanted(text=step.case_code),
        Wanted(text=step.applicant[:2]),
    ):
        assert step in shown(session, office.land, wanted), wanted
    for wanted in (Wanted(element="decide"), Wanted(item="nothing"), Wanted(text="S3_线"), Wanted(text="%")):
        assert shown(session, office.land, wanted) == [], wanted


def test_other_departments_steps_are_neither_shown_nor_counted(session: Session, office: Office, step: Step) -> None:
    assert step not in shown(session, office.planning, Wanted())
    assert all(tally.element != "review_land" for tally in desk.tallies(session, office.planning, None, TODAY))


def test_pages_follow_each_other_in_every_order(session: Session, office: Office, step: Step) -> None:
    """One without a limit comes last; the place of a step is where the next page starts."""
    copies = [step]
    for number_, (due, opened) in enumerate([(NOON, MONDAY), (None, NOON), (NOON, NOON + HOUR)], 1):
        values = {column.name: getattr(step, column.name) for column in Step.__table__.columns}
        changed = {"id": type(step.id)(int=step.id.int + number_), "due_at": due, "opened_at": opened}
        copies.append(Step(**{**values, **changed}))
    session.add_all(copies[1:])
    session.flush()
    last = max(one.due_at for one in copies if one.due_at)
    by_due = sorted(copies, key=lambda one: (one.due_at is None, one.due_at or last, one.id))
    assert shown(session, office.land, Wanted()) == by_due
    by_age = sorted(copies, key=lambda one: (one.opened_at, one.id))
    assert shown(session, office.land, Wanted(order="longest")) == by_age
    assert shown(session, office.land, Wanted(order="newest")) == by_age[::-1]
    for order in desk.ORDERS:
        wanted = Wanted(order=order)
        first, second, *_rest = shown(session, office.land, wanted)
        (following,), _more = desk.queue(session, office.land, wanted, TODAY, 1, desk.position(first, order))
        assert following == second
