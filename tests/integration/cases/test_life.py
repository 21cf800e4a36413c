"""The life of one case: three departments in parallel, a supplement as excluded time, lights, the decision."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.cases import lights, operations, passage, queries
from app.cases.models import Case, Leg
from app.cases.progress import settle
from app.cases.types import Status
from app.catalog.fields import Field
from app.catalog.queries import current_item
from app.deadlines.models import CaseClock, ExcludedSpan, Flip
from app.identity.types import SYSTEM, Actor
from app.inbox import operations as queue
from app.inbox import queries as inbox
from app.inbox.errors import NotClaimed, StepClosed
from app.inbox.queries import QueueFilter
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.materials.store import FileStore
from app.notices.models import Outbox
from app.notices.queries import told_about
from tests.integration.cases.conftest import apply, do, waiting
from tests.office import LAND, MONDAY, TENANT, Office

Acting = Callable[[Actor], Session]
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def test_a_submitted_case_waits_at_the_window(session: Session, office: Office, submitted: Case) -> None:
    assert submitted.status == Status.RECEIVED
    assert submitted.code.startswith(f"{TENANT}-20260302-")
    assert submitted.title == "温州市域铁路 S3 线一期工程"
    assert set(waiting(session, submitted.id)) == {"accept"}
    assert [notice.template for notice in told_about(session, TENANT, submitted.id)] == ["case-received"]


def accept(session: Session, office: Office, case: Case, now: datetime = MONDAY + HOUR) -> None:
    do(session, office.clerk, case.id, "accept", "accept", now)


def test_acceptance_opens_three_legs_at_once(session: Session, office: Office, submitted: Case) -> None:
    accept(session, office, submitted)
    assert set(waiting(session, submitted.id)) == {"review_land", "review_planning", "review_reform"}
    legs = session.scalars(select(Leg).where(Leg.case_id == submitted.id)).all()
    assert {leg.kind for leg in legs} == {"land", "planning", "development-reform"}
    assert [leg.kind for leg in legs if leg.is_lead] == ["development-reform"]
    clocks = session.scalars(select(CaseClock).where(CaseClock.case_id == submitted.id)).all()
    assert {(clock.level, clock.basis) for clock in clocks if clock.stopped_at is None} == {
        ("step", "step"),
        ("leg", "promised"),
        ("case", "promised"),
        ("case", "statutory"),
    }


@pytest.mark.parametrize("element", ["review_land", "review_planning", "review_reform"])
def test_each_department_sees_its_own_step_only(
    session: Session, office: Office, submitted: Case, element: str
) -> None:
    accept(session, office, submitted)
    people = {"review_land": office.land, "review_planning": office.planning, "review_reform": office.reform}
    found, after = inbox.queue(session, people[element], QueueFilter(), 10)
    assert [step.element for step in found] == [element]
    assert after is None
    others = [step for name, step in waiting(session, submitted.id).items() if name != element]
    for step in others:
        with pytest.raises(NotFound):
            inbox.step(session, people[element], step.id)


def test_a_step_is_claimed_before_it_is_done(session: Session, office: Office, submitted: Case) -> None:
    step = waiting(session, submitted.id)["accept"]
    with pytest.raises(NotClaimed):
        operations.complete_step(
            session, office.clerk, step.id, outcome="refuse", data={}, opinion="不属本机关职权", now=MONDAY
        )


def test_a_date_that_must_not_have_passed_is_looked_at_when_the_step_is_done(
    session: Session, office: Office, submitted: Case
) -> None:
    """By the date at the office: on Monday at noon there, Monday is not past and Sunday is."""
    step = waiting(session, submitted.id)["accept"]
    queue.claim(session, office.clerk, step.id, MONDAY)

    def accept(by: str) -> None:
        data = {"accept_materials": "conditional", "accept_follow_by": by}
        with session.begin_nested():  # what is refused is rolled back
            operations.complete_step(
                session, office.clerk, step.id, outcome="accept", data=data, opinion="", now=MONDAY
            )

    with pytest.raises(Invalid) as refused:
        accept(str(MONDAY.date() - timedelta(days=1)))
    assert refused.value.fields == {"accept_follow_by": ["This date has passed."]}
    accept(str(MONDAY.date()))
    assert submitted.status == "accepted"


def test_a_date_that_must_not_have_passed_is_looked_at_when_one_hands_in(
    session: Session, office: Office, store: FileStore, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A draft may lie until the date that it names has passed."""
    item = current_item(session, LAND)
    form = item.applicant_form

    def strict(found: Field) -> Field:
        rules = replace(found.rules, not_past=found.key == "planned_start")
        return replace(found, rules=rules, children=tuple(map(strict, found.children)))

    forms = {**item.forms, form.id: replace(form, fields=tuple(map(strict, form.fields)))}
    monkeypatch.setattr(operations, "current_item", lambda *_: replace(item, forms=forms))
    with pytest.raises(Invalid) as refused:
        apply(acting(office.applicant), office, store, MONDAY, planned_start=str(MONDAY.date() - timedelta(days=1)))
    assert refused.value.fields == {"planned_start": ["This date has passed."]}
    assert apply(acting(office.applicant), office, store, MONDAY, planned_start=str(MONDAY.date())).code


def test_a_case_that_is_refused_ends(session: Session, office: Office, submitted: Case) -> None:
    do(session, office.clerk, submitted.id, "accept", "refuse", MONDAY + HOUR)
    session.refresh(submitted)
    assert (submitted.status, submitted.result) == (Status.REFUSED, "refused")
    assert waiting(session, submitted.id) == {}
    assert "refuse" in [work.params["kind"] for work in work_of(session, submitted.id)]


def test_a_supplement_in_one_leg_stops_its_clocks_and_the_case_but_no_sibling(
    session: Session, office: Office, submitted: Case, acting: Acting
) -> None:
    """vocabulary: excluded time in a leg stops that leg's clocks and the case's; siblings run on."""
    accept(session, office, submitted)
    do(session, office.land, submitted.id, "review_land", "supplement", MONDAY + 2 * HOUR)
    steps = waiting(session, submitted.id)
    assert set(steps) == {"supplement_land", "review_planning", "review_reform"}
    assert steps["supplement_land"].post is None
    clocks = running(session, submitted.id)
    land = steps["supplement_land"].leg_id
    still = {clock.element or clock.basis for clock in clocks if clock.next_at is None}
    assert still == {
        next(leg.element for leg in legs(session, submitted.id) if leg.id == land),
        "promised",
        "statutory",
    }

    do(acting(office.applicant), office.applicant, submitted.id, "supplement_land", "submit", MONDAY + WEEK)
    assert set(waiting(session, submitted.id)) == {"review_land", "review_planning", "review_reform"}
    assert all(clock.next_at for clock in running(session, submitted.id))
    span = session.scalars(select(ExcludedSpan).where(ExcludedSpan.case_id == submitted.id)).one()
    assert (span.reason, span.opened_at, span.closed_at) == ("supplement", MONDAY + 2 * HOUR, MONDAY + WEEK)


def test_lights_are_raised_at_the_instant_the_limit_passed(session: Session, office: Office, submitted: Case) -> None:
    accept(session, office, submitted)
    late = MONDAY + 6 * WEEK
    assert lights.raise_due(session, TENANT, late) > 0
    flips = session.scalars(select(Flip).where(Flip.case_id == submitted.id)).all()
    assert all(flip.became_at < flip.noticed_at == late for flip in flips)
    red = {clock.element for clock in running(session, submitted.id) if clock.light == "red"}
    assert {"review_land", "review_planning", "review_reform"} <= red
    assert lights.raise_due(session, TENANT, late) == 0


def test_an_overdue_light_is_not_lost_when_its_step_is_done_first(
    session: Session, office: Office, submitted: Case
) -> None:
    late = MONDAY + 4 * WEEK
    accept(session, office, submitted)
    do(session, office.land, submitted.id, "review_land", "approve", late)
    clock = session.scalars(select(CaseClock).where(CaseClock.element == "review_land")).one()
    flips = session.scalars(select(Flip).where(Flip.clock_id == clock.id).order_by(Flip.became_at)).all()
    assert [flip.colour for flip in flips] == ["yellow", "red"]
    assert (clock.light, clock.stopped_at) == ("red", late)


def test_to_the_decision_and_its_delivery(session: Session, office: Office, submitted: Case, acting: Acting) -> None:
    accept(session, office, submitted)
    review_all(session, office, submitted.id)
    assert set(waiting(session, submitted.id)) == {"decide"}
    do(session, office.decider, submitted.id, "decide", "grant", MONDAY + 3 * DAY)
    session.refresh(submitted)
    assert (submitted.status, submitted.decided_at) == (Status.DECIDED, MONDAY + 3 * DAY)
    assert not [clock for clock in running(session, submitted.id) if clock.level == "case"]
    request = next(work for work in work_of(session, submitted.id) if work.operation == "issue-decision")

    p = passage.begin(session, SYSTEM, passage.lock(session, TENANT, submitted.id), MONDAY + 3 * DAY)
    p.instance.resume(UUID(request.params["token"]))
    settle(p)
    p.close()
    do(session, office.clerk, submitted.id, "deliver", "deliver", MONDAY + 4 * DAY)
    session.refresh(submitted)
    assert (submitted.status, submitted.result) == (Status.DELIVERED, "granted")
    assert running(session, submitted.id) == []
    tags = [act.tag for act in history(session, TENANT, submitted.id)]
    assert tags.count("web:step:completed") == 6
    assert tags.count("web:step:claimed") == 6


def test_what_is_done_stays_done(session: Session, office: Office, submitted: Case) -> None:
    step = waiting(session, submitted.id)["accept"]
    accept(session, office, submitted)
    with pytest.raises(StepClosed):
        operations.complete_step(
            session, office.clerk, step.id, outcome="refuse", data={}, opinion="重复", now=MONDAY + 2 * HOUR
        )


def test_withdrawal_closes_everything(session: Session, office: Office, submitted: Case, acting: Acting) -> None:
    accept(session, office, submitted)
    case = operations.withdraw(acting(office.applicant), office.applicant, submitted.id, "项目取消", MONDAY + DAY)
    assert case.status == Status.WITHDRAWN
    assert waiting(session, case.id) == {}
    assert running(session, case.id) == []


def test_nobody_else_withdraws(session: Session, office: Office, submitted: Case, acting: Acting) -> None:
    with pytest.raises(NotFound):
        operations.withdraw(acting(office.stranger), office.stranger, submitted.id, "", MONDAY)
    with pytest.raises(Forbidden):
        operations.withdraw(acting(office.land), office.land, submitted.id, "", MONDAY)


def test_an_extension_moves_the_limit_within_the_law(session: Session, office: Office, submitted: Case) -> None:
    accept(session, office, submitted)
    before = limit(session, submitted.id, "statutory")
    operations.extend(session, office.decider, submitted.id, "statutory", 15, "案情复杂", MONDAY + DAY)
    assert limit(session, submitted.id, "statutory") > before
    with pytest.raises(operations.NotExtendable):
        operations.extend(session, office.decider, submitted.id, "statutory", 1, "仍复杂", MONDAY + DAY)


def test_the_public_sees_where_a_case_stands_and_no_name(session: Session, office: Office, submitted: Case) -> None:
    accept(session, office, submitted)
    do(session, office.land, submitted.id, "review_land", "supplement", MONDAY + 2 * HOUR)
    view = queries.track(session, submitted.code)
    assert view.status == Status.ACCEPTED
    assert [standstill.reason for standstill in view.standstills] == ["supplement"]
    assert "温州市轨道交通" not in repr(view)


def test_the_case_page_and_its_diagram(session: Session, office: Office, submitted: Case) -> None:
    accept(session, office, submitted)
    lights.raise_due(session, TENANT, MONDAY + 6 * WEEK)
    page = queries.overview(session, queries.by_code(session, office.supervisor, submitted.code), office.supervisor)
    assert page.application["project_name"] == submitted.title
    marks = queries.marks(session, submitted, office.supervisor)
    assert (marks["accept"]["state"], marks["review_land"]["state"]) == ("done", "active")
    assert marks["review_land"]["light"] == "red"
    assert b"<bpmn" in queries.diagram_xml(session, submitted)
    ledgers = queries.time_ledger(session, submitted, MONDAY + 6 * WEEK)
    assert any(line.why for ledger in ledgers for line in ledger.lines)


def review_all(session: Session, office: Office, case_id: UUID) -> None:
    do(session, office.land, case_id, "review_land", "approve", MONDAY + DAY)
    do(session, office.planning, case_id, "review_planning", "approve", MONDAY + DAY)
    do(session, office.reform, case_id, "review_reform", "approve", MONDAY + 2 * DAY)


def test_an_applicant_learns_the_office_that_acts_and_not_who_sits_there(
    session: Session, office: Office, submitted: Case, acting: Acting
) -> None:
    accept(session, office, submitted)
    enter = acting(office.applicant)
    page = queries.overview(enter, submitted, office.applicant)
    marks = queries.marks(enter, submitted, office.applicant)
    lines = queries.history(enter, submitted, office.applicant)
    assert page.people == {}
    assert {mark["who"] for mark in marks.values()} == {None}
    assert {line.actor for line in lines} == {"applicant", "office"}
    assert {line.actor for line in queries.history(enter, submitted, office.supervisor)} == {
        "applicant",
        "window-clerk",
    }


def legs(session: Session, case_id: UUID) -> list[Leg]:
    return list(session.scalars(select(Leg).where(Leg.case_id == case_id)))


def running(session: Session, case_id: UUID) -> list[CaseClock]:
    statement = select(CaseClock).where(CaseClock.case_id == case_id, CaseClock.stopped_at.is_(None))
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def limit(session: Session, case_id: UUID, basis: str) -> datetime:
    return next(c.red_at for c in running(session, case_id) if (c.level, c.basis) == ("case", basis))


def work_of(session: Session, case_id: UUID) -> list[Outbox]:
    return list(session.scalars(select(Outbox).where(Outbox.case_id == case_id)))
