"""What comes to a case from outside, and what it sends there: by an item with event subprocesses."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit.queries import history
from app.cases import messages, operations, queries, timers
from app.cases.handing import attach_material
from app.cases.models import Case, CaseTimer
from app.cases.services import OPERATIONS
from app.cases.types import Application, Channel, Status
from app.catalog.operations import publish
from app.engine import NotAwaited, check
from app.identity.types import SYSTEM, Actor
from app.kernel.database import enter_tenant
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from app.notices.models import Webhook, WebhookDelivery
from tests.integration.cases.conftest import PDF, do, waiting
from tests.office import MONDAY, TENANT, Office
from tests.well_permit import CODE, files

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)

SAMPLE = "laboratory"
"""A message that brings what a later condition reads."""

_LANE = "<flowNodeRef>start</flowNodeRef>"


def _handler(name: str, start: str, between: str, end: str, interrupting: str) -> str:
    return (
        f'<subProcess id="{name}" triggeredByEvent="true">'
        f'<startEvent id="{name}_start" isInterrupting="{interrupting}">'
        f'{start}</startEvent>{between}<endEvent id="{name}_end">{end}</endEvent>'
        f'<sequenceFlow id="{name}_1" sourceRef="{name}_start" targetRef="{name}_told"/>'
        f'<sequenceFlow id="{name}_2" sourceRef="{name}_told" targetRef="{name}_end"/></subProcess>'
    )


def _told(name: str, inner: str = "") -> str:
    return f'<intermediateThrowEvent id="{name}_told">{inner}</intermediateThrowEvent>'


def _message(name: str) -> str:
    return f'<messageEventDefinition id="d_{name}" messageRef="{name}"/>'


def drawn() -> dict[str, bytes]:
    """The permit to sink a well, which a court can stop, about which one can complain, and that reminds of itself."""
    found = files()
    path = f"processes/{CODE}/well.bpmn"
    timer = '<timerEventDefinition id="t"><timeCycle>R2/P3D</timeCycle></timerEventDefinition>'
    lapsed = '<extensionElements><gl:property name="result" value="lapsed"/></extensionElements>'
    handlers = (
        _handler("complaint", _message("complaint"), _told("complaint", _message("informed")), "", "false")
        + _handler("court", _message("injunction"), _told("court"), lapsed, "true")
        + _handler("reminder", timer, _told("reminder"), "", "false")
    )
    lane = "".join(f"<flowNodeRef>{name}</flowNodeRef>" for name in ("complaint", "court", "reminder"))
    declared = "".join(f'<message id="{name}" name="{name}"/>' for name in ("complaint", "injunction", "informed"))
    text = found[path].decode().replace("</process>", f"{handlers}</process>").replace(_LANE, f"{_LANE}{lane}")
    return found | {path: text.replace('<process id="well"', f'{declared}<process id="well"').encode()}


@pytest.fixture
def case(session: Session, office: Office, store: FileStore, acting: Callable[[Actor], Session]) -> Case:
    enter_tenant(session, GLOBAL_TENANT)
    publish(session, drawn(), SYSTEM, MONDAY - WEEK, "well", OPERATIONS)
    acting(office.applicant)
    data = {"well_name": "一号井", "owner": "陈晓", "pump": "electric"}
    application = Application(CODE, TENANT, "", "", office.applicant.account_id, Channel.ONLINE, data)
    draft = operations.create_draft(session, office.applicant, application, MONDAY)
    attach_material(session, office.applicant, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
    submitted = operations.submit(session, office.applicant, draft.id, MONDAY)
    acting(office.clerk)
    return submitted


def acts(session: Session, office: Office, case: Case) -> list[str]:
    return [line.tag.partition(":")[2] for line in queries.history(session, case, office.operator)]


def test_what_a_case_waits_for_is_shown_to_the_office_alone(session: Session, office: Office, case: Case) -> None:
    shown = queries.overview(session, case, office.clerk).awaited
    assert [(one.kind, one.name, one.element) for one in shown] == [
        ("message", "complaint", "complaint_start"),
        ("message", "injunction", "court_start"),
    ]
    assert queries.overview(session, case, office.applicant).awaited == ()


def test_a_message_beside_the_case_leaves_it_where_it_is_and_may_come_again(
    session: Session, office: Office, case: Case
) -> None:
    session.add(
        Webhook(
            tenant=TENANT, id=case.id, url="https://x.example", events=["case.message-sent"], description="",
            salt=b"s" * 16, active=True, created_at=MONDAY,
        )
    )  # fmt: skip
    session.flush()
    for hours in (1, 2):
        messages.deliver_message(session, office.clerk, case.id, "complaint", MONDAY + hours * HOUR)
    assert set(waiting(session, case.id)) == {"accept"}
    assert acts(session, office, case).count("case:message-received") == 2
    sent = session.scalars(select(WebhookDelivery).where(WebhookDelivery.tenant == TENANT)).all()
    assert [(one.event, one.data["message"], one.data["element"]) for one in sent] == [
        ("case.message-sent", "informed", "complaint_told")
    ] * 2


def test_a_message_that_interrupts_ends_the_case_and_what_was_armed(
    session: Session, office: Office, case: Case
) -> None:
    ended = messages.deliver_message(session, office.clerk, case.id, "injunction", MONDAY + HOUR)
    assert (ended.status, ended.result) == (Status.LAPSED, "lapsed")
    assert waiting(session, case.id) == {}
    armed = session.scalars(select(CaseTimer).where(CaseTimer.case_id == case.id)).all()
    assert armed
    assert all(timer.disarmed_at == MONDAY + HOUR for timer in armed)
    line = history(session, TENANT, case.id)[-1]
    assert (line.tag.endswith("case:message-received"), line.data["name"]) == (True, "injunction")
    with pytest.raises(NotAwaited):
        messages.deliver_message(session, office.clerk, case.id, "injunction", MONDAY + 2 * HOUR)


def test_the_timer_of_an_event_subprocess_is_due_like_every_other(session: Session, office: Office, case: Case) -> None:
    enter_tenant(session, TENANT)
    assert timers.fire_in(session, TENANT, case.id, MONDAY + 4 * DAY) == 1
    assert set(waiting(session, case.id)) == {"accept"}
    armed = select(CaseTimer).where(CaseTimer.case_id == case.id, CaseTimer.element == "reminder_start")
    found = session.scalars(armed.order_by(CaseTimer.armed_at).execution_options(populate_existing=True)).all()
    assert [(timer.value, timer.fired_at is not None) for timer in found] == [("R2/P3D", True), ("R1/P3D", False)]


def test_what_is_not_awaited_is_refused(session: Session, office: Office, case: Case) -> None:
    with pytest.raises(NotAwaited, match="applause"):
        messages.deliver_message(session, office.clerk, case.id, "applause", MONDAY + HOUR)
    with pytest.raises(NotAwaited, match="signal"):
        messages.deliver_message(session, office.clerk, case.id, "complaint", MONDAY + HOUR, "signal")


def test_who_may_not_delivers_nothing(session: Session, office: Office, case: Case) -> None:
    for actor in (office.land, office.applicant, office.supervisor):
        with pytest.raises(Forbidden):
            messages.deliver_message(session, actor, case.id, "complaint", MONDAY + HOUR)
    with pytest.raises(NotFound):
        messages.deliver_message(session, office.land_head, case.id, "complaint", MONDAY + HOUR)


def asking(brings: str) -> dict[str, bytes]:
    """The permit to sink a well, whose laboratory says whether the water is fit, and how hard it is."""
    found = files()
    path = f"processes/{CODE}/well.bpmn"
    declared = f'<extensionElements><gl:property name="brings" value="{brings}"/></extensionElements>'
    told = (
        f'<message id="{SAMPLE}" name="{SAMPLE}"/>',
        f'<intermediateCatchEvent id="sample">{declared}{_message(SAMPLE)}</intermediateCatchEvent>'
        '<exclusiveGateway id="is_fit" default="fit"/>'
        '<sequenceFlow id="to_sample" sourceRef="accepted" targetRef="sample"/>'
        '<sequenceFlow id="to_fit" sourceRef="sample" targetRef="is_fit"/>'
        '<sequenceFlow id="fit" sourceRef="is_fit" targetRef="review"/>'
        '<sequenceFlow id="unfit" sourceRef="is_fit" targetRef="end_unfit">'
        "<conditionExpression>hardness &gt; 30</conditionExpression></sequenceFlow>"
        '<endEvent id="end_unfit"><extensionElements><gl:property name="result" value="lapsed"/></extensionElements>'
        "</endEvent>",
    )
    text = found[path].decode()
    [flow] = re.findall(
        r'<sequenceFlow [^>]*sourceRef="accepted" targetRef="review">.*?</sequenceFlow>', text, re.DOTALL
    )
    text = text.replace(flow, told[1]).replace('<process id="well"', f'{told[0]}<process id="well"')
    lane = "".join(f"<flowNodeRef>{name}</flowNodeRef>" for name in ("sample", "is_fit", "end_unfit"))
    return found | {path: text.replace(_LANE, f"{_LANE}{lane}").encode()}


@pytest.fixture
def sampled(session: Session, office: Office, store: FileStore, acting: Callable[[Actor], Session]) -> Case:
    """A case that waits for its laboratory."""
    enter_tenant(session, GLOBAL_TENANT)
    publish(session, asking("verdict:text hardness:number"), SYSTEM, MONDAY - WEEK, "laboratory", OPERATIONS)
    acting(office.applicant)
    data = {"well_name": "一号井", "owner": "陈晓", "pump": "electric"}
    application = Application(CODE, TENANT, "", "", office.applicant.account_id, Channel.ONLINE, data)
    draft = operations.create_draft(session, office.applicant, application, MONDAY)
    attach_material(session, office.applicant, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
    submitted = operations.submit(session, office.applicant, draft.id, MONDAY)
    acting(office.clerk)
    do(session, office.clerk, submitted.id, "accept", "accept", MONDAY + HOUR)
    return submitted


def test_what_a_message_brings_decides_where_the_case_goes(session: Session, office: Office, sampled: Case) -> None:
    [shown] = queries.overview(session, sampled, office.clerk).awaited
    assert (shown.name, dict(shown.brings)) == (SAMPLE, {"verdict": "text", "hardness": "number"})
    brought = {"verdict": "keine Kolibakterien", "hardness": 12.5}
    messages.deliver_message(session, office.clerk, sampled.id, SAMPLE, MONDAY + DAY, data=brought)
    assert set(waiting(session, sampled.id)) == {"review"}
    line = history(session, TENANT, sampled.id)[-1]
    assert (line.data["brought"], "hardness" in line.data) == (["hardness", "verdict"], False)


def test_what_it_brings_can_end_the_case(session: Session, office: Office, sampled: Case) -> None:
    brought = {"verdict": None, "hardness": 31}
    ended = messages.deliver_message(session, office.clerk, sampled.id, SAMPLE, MONDAY + DAY, data=brought)
    assert ended.status == Status.LAPSED


@pytest.mark.parametrize(
    ("brought", "field"),
    [
        ({}, "data.verdict"),
        ({"verdict": "fit"}, "data.hardness"),
        ({"verdict": "fit", "hardness": "12"}, "data.hardness"),
        ({"verdict": "fit", "hardness": True}, "data.hardness"),
        ({"verdict": 5, "hardness": 12}, "data.verdict"),
        ({"verdict": "fit", "hardness": 12, "accept": {"outcome": "refuse"}}, "data.accept"),
        ({"verdict": "fit", "hardness": 12, "well_name": "二号井"}, "data.well_name"),
        ({"verdict": "fit", "hardness": 12, "__class__": 1}, "data.__class__"),
        ({"verdict": "x" * 70_000, "hardness": 12}, "data"),
        ({"verdict": "a\x00b", "hardness": 12}, "data"),
        ({"verdict": "fit", "hardness": 10**30}, "data"),
    ],
)
def test_nothing_else_is_taken_from_outside(
    session: Session, office: Office, sampled: Case, brought: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        messages.deliver_message(session, office.clerk, sampled.id, SAMPLE, MONDAY + DAY, data=brought)
    assert field in refused.value.fields


def test_what_is_nested_without_end_is_not_kept(session: Session, office: Office, sampled: Case) -> None:
    deep: Any = []
    for _ in range(40):
        deep = [deep]
    with pytest.raises(Invalid):
        messages.deliver_message(
            session, office.clerk, sampled.id, SAMPLE, MONDAY + DAY, data={"verdict": deep, "hardness": 1}
        )


@pytest.mark.parametrize("brings", ["accept", "__import__", "hardness:integer", "a-b", "class"])
def test_a_declaration_that_would_take_what_is_not_its_own_is_refused(brings: str) -> None:
    drawn_so = {path: xml for path, xml in asking(f"hardness {brings}").items() if path.endswith(".bpmn")}
    found = {(one.code, one.element) for one in check(drawn_so, OPERATIONS)}
    assert ("property-value", "sample") in found
