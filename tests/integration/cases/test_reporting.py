"""What stands in the way of a step, reported by whoever does it, where the diagram catches it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.cases import operations, queries, reporting
from app.cases.errors import NothingToReport, OpinionNeeded
from app.cases.handing import attach_material
from app.cases.models import Case
from app.cases.services import OPERATIONS
from app.cases.types import Application, Channel, Status
from app.catalog.operations import publish
from app.deadlines.models import CaseClock
from app.identity.types import SYSTEM, Actor
from app.inbox import operations as inbox
from app.inbox.errors import NotClaimed, NotYours, StepClosed
from app.inbox.models import Step
from app.kernel.database import enter_tenant
from app.kernel.errors import NotFound, Stale
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from app.studio.plans import Plan, trace
from app.studio.subject import read
from tests.integration.cases.conftest import PDF, do, waiting
from tests.office import MONDAY, TENANT, Office
from tests.well_permit import CODE, files

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
_LANE = "<flowNodeRef>start</flowNodeRef>"


def drawn() -> dict[str, bytes]:
    """The permit to sink a well, whose reviewer may find the site closed, or know that it will be late."""
    found = files()
    path = f"processes/{CODE}/well.bpmn"
    added = (
        '<boundaryEvent id="closed" name="现场无法进入" attachedToRef="review">'
        '<errorEventDefinition id="d1" errorRef="e1"/></boundaryEvent>'
        '<boundaryEvent id="late" attachedToRef="review" cancelActivity="false">'
        '<escalationEventDefinition id="d2" escalationRef="e2"/></boundaryEvent>'
        '<endEvent id="end_closed"><extensionElements><gl:property name="result" value="lapsed"/></extensionElements>'
        '</endEvent><endEvent id="end_told"/>'
        '<sequenceFlow id="r1" sourceRef="closed" targetRef="end_closed"/>'
        '<sequenceFlow id="r2" sourceRef="late" targetRef="end_told"/>'
    )
    declared = '<error id="e1" errorCode="no-access"/><escalation id="e2" escalationCode="will-be-late"/>'
    text = found[path].decode().replace("</process>", f"{added}</process>")
    lane = "".join(f"<flowNodeRef>{name}</flowNodeRef>" for name in ("closed", "late", "end_closed", "end_told"))
    text = text.replace(_LANE, f"{_LANE}{lane}").replace('<process id="well"', f'{declared}<process id="well"')
    return found | {path: text.encode()}


@pytest.fixture
def case(session: Session, office: Office, store: FileStore, acting: Callable[[Actor], Session]) -> Case:
    """A case that is under review."""
    enter_tenant(session, GLOBAL_TENANT)
    publish(session, drawn(), SYSTEM, MONDAY - WEEK, "well", OPERATIONS)
    acting(office.applicant)
    data = {"well_name": "一号井", "owner": "陈晓", "pump": "electric"}
    application = Application(CODE, TENANT, "", "", office.applicant.account_id, Channel.ONLINE, data)
    draft = operations.create_draft(session, office.applicant, application, MONDAY)
    attach_material(session, office.applicant, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
    submitted = operations.submit(session, office.applicant, draft.id, MONDAY)
    acting(office.clerk)
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + HOUR)
    return submitted


def test_the_task_says_what_may_be_reported(session: Session, office: Office, case: Case) -> None:
    step = waiting(session, case.id)["review"]
    view = queries.step_view(session, office.land, step.id)
    assert {event: found.name.zh for event, found in view.reports.items()} == {
        "closed": "现场无法进入",
        "late": "will-be-late",
    }


def test_an_error_ends_the_step_by_its_reporter(session: Session, office: Office, case: Case) -> None:
    step = waiting(session, case.id)["review"]
    inbox.claim(session, office.land, step.id, MONDAY + 2 * HOUR)
    done = reporting.report_step(session, office.land, step.id, "closed", " 道路中断。 ", MONDAY + DAY)
    assert (done.ended, waiting(session, case.id)) == (True, {})
    found = session.scalars(select(Step).where(Step.id == step.id).execution_options(populate_existing=True)).one()
    assert (found.state, found.outcome, found.closed_at) == ("done", "closed", MONDAY + DAY)
    clock = session.scalars(select(CaseClock).where(CaseClock.subject == step.id)).one()
    assert clock.stopped_at == MONDAY + DAY
    view = queries.overview(
        session, session.get_one(Case, (TENANT, case.id), populate_existing=True), office.supervisor
    )
    assert view.case.status == Status.LAPSED
    [said] = [one for one in view.opinions if one.step.id == step.id]
    assert (said.opinion, said.outcome.name.zh if said.outcome else "") == ("道路中断。", "现场无法进入")
    line = history(session, TENANT, case.id)[-1]
    assert line.tag.endswith("step:reported")
    assert (line.data["event"], line.data["reason"], line.data["element"]) == ("closed", "道路中断。", "review")


def test_beside_an_escalation_the_step_goes_on_and_may_report_again(
    session: Session, office: Office, case: Case
) -> None:
    step = waiting(session, case.id)["review"]
    inbox.claim(session, office.land, step.id, MONDAY + 2 * HOUR)
    for hours in (3, 4):
        done = reporting.report_step(session, office.land, step.id, "late", "等专家。", MONDAY + hours * HOUR)
        assert not done.ended
    assert waiting(session, case.id)["review"].claimed_by == office.land.account_id
    do(session, office.land, case.id, "review", "approve", MONDAY + DAY)
    assert set(waiting(session, case.id)) == {"test_water"}


def test_only_who_has_claimed_the_step_reports_and_says_why(session: Session, office: Office, case: Case) -> None:
    step = waiting(session, case.id)["review"]
    for event in ("closed", "late"):
        with pytest.raises(NotClaimed):
            reporting.report_step(session, office.land, step.id, event, "x", MONDAY + DAY)
        with pytest.raises(NotFound):
            reporting.report_step(session, office.planning, step.id, event, "x", MONDAY + DAY)
    inbox.claim(session, office.land, step.id, MONDAY + 2 * HOUR)
    session.expire_all()
    for event in ("closed", "late"):
        with pytest.raises(OpinionNeeded), session.begin_nested():
            reporting.report_step(session, office.land, step.id, event, "  ", MONDAY + DAY)
        with pytest.raises(Stale), session.begin_nested():
            reporting.report_step(session, office.land, step.id, event, "x", MONDAY + DAY, version=1)
    for event in ("end_closed", "nothing", "approve"):
        with pytest.raises(NothingToReport), session.begin_nested():
            reporting.report_step(session, office.land, step.id, event, "x", MONDAY + DAY)
    reporting.report_step(session, office.land, step.id, "closed", "x", MONDAY + DAY)
    with pytest.raises((StepClosed, NotYours)):
        reporting.report_step(session, office.land, step.id, "closed", "x", MONDAY + DAY)


def test_a_play_reports_what_is_chosen_for_the_step() -> None:
    told = trace(read(drawn()), {"well_name": "a", "owner": "b", "pump": "electric"}, _plan("closed"), MONDAY, None)
    assert (told["state"], told["result"], told["elements"][-2:]) == ("ended", "lapsed", ["closed", "end_closed"])
    told = trace(
        read(drawn()), {"well_name": "a", "owner": "b", "pump": "electric"}, _plan(["late", "approve"]), MONDAY, None
    )
    assert "late" in told["elements"]


def _plan(review: object) -> Plan:
    return Plan(read(drawn()), {"review": review, "accept": "accept"})
