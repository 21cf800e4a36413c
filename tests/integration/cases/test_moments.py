"""The moments of a case: what the law ties to each, in rows, letters and documents."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.cases import lights, operations, papers, queries, timers
from app.cases.handing import attach_material
from app.cases.models import Case, CaseTimer
from app.cases.services import OPERATIONS
from app.cases.types import Application, Channel, Status
from app.catalog.operations import publish
from app.deadlines.models import CaseClock
from app.identity.types import SYSTEM, Actor
from app.inbox import operations as inbox
from app.inbox.errors import StepClosed
from app.inbox.models import Step
from app.kernel.database import enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from app.notices.models import Outbox
from app.notices.queries import told_about
from tests.integration.cases.conftest import PDF, waiting
from tests.office import MONDAY, TENANT, Office
from tests.well_permit import CODE, files

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
FIVE_DAYS_LATER = datetime(2026, 3, 9, 9, tzinfo=UTC)
"""Close of business of the fifth working day after MONDAY, the day of the event not counted (Civil Code, Art. 201)."""

Apply = Callable[..., Case]
Do = Callable[..., operations.Completed]


@pytest.fixture
def apply(session: Session, office: Office, store: FileStore) -> Apply:
    enter_tenant(session, GLOBAL_TENANT)
    publish(session, files(), SYSTEM, MONDAY - WEEK, "well", OPERATIONS)

    def hand_in(now: datetime = MONDAY, **data: Any) -> Case:
        enter_tenant(session, office.applicant.tenant, [TENANT])
        me = office.applicant.account_id
        answers = {"well_name": "一号井", "owner": "陈晓", "pump": "electric"} | data
        application = Application(CODE, TENANT, "", "", me, Channel.ONLINE, answers)
        draft = operations.create_draft(session, office.applicant, application, now)
        attach_material(session, office.applicant, store, draft.id, "sketch", "map.pdf", PDF, now)
        return operations.submit(session, office.applicant, draft.id, now)

    return hand_in


@pytest.fixture
def do(session: Session) -> Do:
    def complete(
        actor: Actor, case: Case, element: str, outcome: str, now: datetime, opinion: str = "同意。", **data: Any
    ) -> operations.Completed:
        enter_tenant(session, actor.tenant, [TENANT])
        step = waiting(session, case.id)[element]
        if actor.kind == "staff":
            inbox.claim(session, actor, step.id, now)
        return operations.complete_step(session, actor, step.id, outcome=outcome, data=data, opinion=opinion, now=now)

    return complete


def told(session: Session, case: Case) -> list[str]:
    return [notice.template for notice in told_about(session, TENANT, case.id) if notice.account_id]


def asked_for(session: Session, case: Case) -> list[str]:
    work = session.scalars(select(Outbox).where(Outbox.case_id == case.id).order_by(Outbox.id))
    return [row.params.get("kind", row.operation) for row in work]


def facts_of(session: Session, case: Case, kind: str) -> Any:
    row = next(
        row
        for row in session.scalars(select(Outbox).where(Outbox.case_id == case.id).order_by(Outbox.id.desc()))
        if row.params.get("kind") == kind
    )
    step = row.params["step"]
    return papers.facts(session, TENANT, case.id, kind, UUID(step) if step else None, "http://x")


def limits(session: Session, case: Case) -> dict[str, CaseClock]:
    found = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.level == "case")
    return {clock.basis: clock for clock in session.scalars(found.execution_options(populate_existing=True))}


# --- Art. 32: told within five days, or accepted from the day of receipt


def fire(session: Session, case: Case, now: datetime) -> int:
    enter_tenant(session, TENANT)
    return timers.fire_in(session, TENANT, case.id, now)


def test_nobody_answered_in_five_days_so_it_counts_as_accepted_from_the_day_of_receipt(
    session: Session, apply: Apply
) -> None:
    """逾期不告知的，自收到申请材料之日起即为受理 (Art. 32 (4))."""
    case = apply()
    assert fire(session, case, FIVE_DAYS_LATER - HOUR) == 0
    assert fire(session, case, FIVE_DAYS_LATER + HOUR) == 1
    session.refresh(case)
    assert (case.status, case.accepted_at, case.deemed_at) == (Status.ACCEPTED, MONDAY, FIVE_DAYS_LATER + HOUR)
    assert {basis: clock.started_at for basis, clock in limits(session, case).items()} == {
        "promised": MONDAY,
        "statutory": MONDAY,
    }
    assert limits(session, case)["promised"].red_at == datetime(2026, 3, 16, 9, tzinfo=UTC), "ten days from receipt"
    assert set(waiting(session, case.id)) == {"review"}
    assert told(session, case) == ["case-received", "case-deemed-accepted"]
    tags = {act.tag: act.data for act in history(session, TENANT, case.id)}
    assert tags["ticker:case:deemed-accepted"] == {"since": MONDAY.isoformat()}
    facts = facts_of(session, case, "accept")
    assert (facts.deemed, facts.accepted_at) == (True, MONDAY)


def test_who_was_answered_in_time_is_accepted_when_the_clerk_says_so(
    session: Session, apply: Apply, do: Do, office: Office
) -> None:
    case = apply()
    do(office.clerk, case, "accept", "accept", MONDAY + DAY)
    assert fire(session, case, FIVE_DAYS_LATER + HOUR) == 0
    session.refresh(case)
    assert (case.accepted_at, case.deemed_at) == (MONDAY + DAY, None)
    assert limits(session, case)["statutory"].started_at == MONDAY + DAY
    assert not facts_of(session, case, "accept").deemed
    assert "ticker:case:deemed-accepted" not in {act.tag for act in history(session, TENANT, case.id)}


def test_after_a_supplement_the_five_days_count_from_the_day_it_came(
    session: Session, apply: Apply, do: Do, office: Office
) -> None:
    case = apply()
    do(office.clerk, case, "accept", "supplement", MONDAY + DAY, "请补井深。")
    came = MONDAY + WEEK
    do(office.applicant, case, "supplement", "submit", came)
    fire(session, case, came + 2 * WEEK)
    session.refresh(case)
    assert case.accepted_at == came


def test_a_clerk_who_comes_too_late_finds_the_step_gone(session: Session, apply: Apply, do: Do, office: Office) -> None:
    case = apply()
    with pytest.raises(StepClosed):
        do(office.clerk, case, "accept", "refuse", FIVE_DAYS_LATER + HOUR, "不属本机关职权")


# --- a supplement that never comes


def test_a_supplement_is_due_when_its_timer_says_so_and_lapses_then(
    session: Session, apply: Apply, do: Do, office: Office
) -> None:
    """lapsed: supplement never came (domain.md §4). The timer of the step runs while the step stops the clocks."""
    case = apply()
    do(office.clerk, case, "accept", "supplement", MONDAY, "请补井深。")
    step = waiting(session, case.id)["supplement"]
    due = datetime(2026, 3, 16, 9, tzinfo=UTC)
    assert step.due_at == due
    asked = told_about(session, TENANT, case.id)[-1]
    assert (asked.template, asked.params["due_at"]) == ("supplement-or-lapse", due.isoformat())
    assert facts_of(session, case, "supplement").respond_at == due
    assert queries.track(session, case.code).respond_by == due
    enter_tenant(session, office.applicant.tenant, [TENANT])
    assert queries.overview(session, case, office.applicant).respond_by == due

    assert fire(session, case, due - HOUR) == 0
    assert fire(session, case, due + HOUR) == 1
    session.refresh(case)
    assert (case.status, case.result, case.concluded_at) == (Status.LAPSED, "lapsed", due + HOUR)
    assert waiting(session, case.id) == {}
    assert told(session, case)[-1] == "case-lapsed"
    assert queries.track(session, case.code).respond_by is None
    assert all(clock.stopped_at for clock in session.scalars(select(CaseClock).where(CaseClock.case_id == case.id)))
    armed = select(CaseTimer).where(CaseTimer.fired_at.is_(None), CaseTimer.disarmed_at.is_(None))
    assert session.scalars(armed).all() == []


def test_who_supplements_in_time_does_not_lapse(session: Session, apply: Apply, do: Do, office: Office) -> None:
    case = apply()
    do(office.clerk, case, "accept", "supplement", MONDAY, "请补井深。")
    do(office.applicant, case, "supplement", "submit", MONDAY + DAY)
    do(office.clerk, case, "accept", "accept", MONDAY + 2 * DAY)
    assert fire(session, case, MONDAY + 4 * WEEK) == 0
    session.refresh(case)
    assert case.status == Status.ACCEPTED


# --- Art. 45: time that is not counted is told in writing


def test_testing_is_told_with_its_reason_and_how_long_it_takes(
    session: Session, apply: Apply, do: Do, office: Office
) -> None:
    """Art. 45: 行政机关应当将所需时间书面告知申请人."""
    case = apply()
    do(office.clerk, case, "accept", "accept", MONDAY)
    assert "special" not in asked_for(session, case)
    do(office.land, case, "review", "approve", MONDAY + DAY, "水质需要检测。")
    facts = facts_of(session, case, "special")
    assert facts.procedure == {"zh": "检测", "en": "testing"}
    assert (facts.days, facts.reasons) == (8, "水质需要检测。")
    assert facts.until_at == datetime(2026, 3, 13, 9, tzinfo=UTC)
    stopped = told_about(session, TENANT, case.id)[-1]
    assert (stopped.template, stopped.params["until_at"]) == ("clock-stopped", facts.until_at.isoformat())
    do(office.land, case, "test_water", "done", MONDAY + WEEK)
    resumed = told_about(session, TENANT, case.id)[-1]
    assert resumed.template == "clock-resumed"
    assert resumed.params["due_at"] == limits(session, case)["promised"].red_at.isoformat()


def test_a_supplement_is_no_special_procedure(session: Session, apply: Apply, do: Do, office: Office) -> None:
    case = apply()
    do(office.clerk, case, "accept", "supplement", MONDAY, "请补井深。")
    assert asked_for(session, case) == ["receipt", "supplement"]
    assert "clock-stopped" not in told(session, case)


# --- Art. 42, receipts


def test_an_extension_is_told_in_writing(session: Session, apply: Apply, do: Do, office: Office) -> None:
    """Art. 42: 经本行政机关负责人批准，可以延长十日，并应当将延长期限的理由告知申请人."""
    case = apply()
    do(office.clerk, case, "accept", "accept", MONDAY)
    enter_tenant(session, TENANT)
    actor = office.land_head
    operations.extend(session, actor, case.id, "promised", 3, "专家出差。", MONDAY + DAY)
    facts = facts_of(session, case, "extend")
    assert (facts.days, facts.reasons) == (3, "专家出差。")
    assert facts.due_at == limits(session, case)["promised"].red_at
    assert facts.approved_by == {"zh": "本行政机关负责人", "en": "the head of this office"}
    operations.extend(session, actor, case.id, "statutory", 2, "再延。", MONDAY + 2 * DAY)
    assert facts_of(session, case, "extend").days == 2, "each extension has a notice of its own"


def test_a_receipt_lists_what_was_handed_in(session: Session, apply: Apply) -> None:
    case = apply()
    assert asked_for(session, case) == ["receipt"]
    facts = facts_of(session, case, "receipt")
    assert [(line["name"]["zh"], line["remark"]) for line in facts.materials] == [("井位图", "map.pdf")]
    assert (facts.received_at, facts.reasons, facts.window) == (MONDAY, "", None)


# --- the elimination list


def test_what_is_on_the_elimination_list_is_refused_at_once_with_its_reason(
    session: Session, apply: Apply, office: Office
) -> None:
    case = apply(pump="steam")
    session.refresh(case)
    assert (case.status, case.result) == (Status.REFUSED, "refused")
    assert waiting(session, case.id) == {}
    facts = facts_of(session, case, "refuse")
    assert facts.listed == {"zh": "蒸汽泵已列入淘汰目录。", "en": "Steam pumps are on the elimination list."}
    enter_tenant(session, office.applicant.tenant, [TENANT])
    page = queries.overview(session, case, office.applicant)
    assert page.refusal == facts.listed
    assert "on_elimination_list" not in page.application


def test_what_is_not_on_the_list_goes_its_way(session: Session, apply: Apply) -> None:
    case = apply(pump="electric")
    assert set(waiting(session, case.id)) == {"accept"}


def test_a_refusal_shows_its_reason_on_the_case(session: Session, apply: Apply, do: Do, office: Office) -> None:
    """Art. 38: a refusal states its reasons."""
    case = apply()
    do(office.clerk, case, "accept", "refuse", MONDAY + HOUR, "不属本机关职权。")
    session.refresh(case)
    assert queries.overview(session, case, office.clerk).refusal == "不属本机关职权。"
    assert case.concluded_at == MONDAY + HOUR


def test_a_case_that_goes_its_way_has_no_refusal(session: Session, apply: Apply, office: Office) -> None:
    assert queries.overview(session, apply(), office.clerk).refusal is None


def test_an_overdue_red_light_is_not_lost_with_the_deemed_acceptance(session: Session, apply: Apply) -> None:
    case = apply()
    enter_tenant(session, TENANT)
    fire(session, case, FIVE_DAYS_LATER + HOUR)
    clock = session.scalars(select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.element == "accept")).one()
    assert (clock.light, clock.red_at) == ("red", FIVE_DAYS_LATER)
    assert lights.raise_due(session, TENANT, FIVE_DAYS_LATER + HOUR) == 0
    step = session.scalars(select(Step).where(Step.element == "accept", Step.case_id == case.id)).one()
    assert step.state == "cancelled"
