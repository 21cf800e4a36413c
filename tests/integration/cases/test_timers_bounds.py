"""Timers as nobody should draw them: dates without a zone, beyond every calendar, loops in which nothing rests."""

from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import pytest

from app.cases import operations, timers
from app.cases.handing import attach_material
from app.cases.models import Case, CaseTimer
from app.cases.types import Application, Channel
from app.catalog.errors import ItemRefused
from app.catalog.operations import publish
from app.catalog.queries import current_item
from app.deadlines.errors import NoCalendar
from app.engine import TooDeep
from app.identity.types import SYSTEM
from tests.integration.cases.conftest import PDF
from tests.office import MONDAY, TENANT
from tests.unit.catalog.small_item import DIAGRAM, changed

FIRST = '<sequenceFlow id="f1" sourceRef="start" targetRef="accept"/>'
LOOP = """
<sequenceFlow id="t1" sourceRef="start" targetRef="again"/><exclusiveGateway id="again"/>
<sequenceFlow id="t2" sourceRef="again" targetRef="wait"/>
<intermediateCatchEvent id="wait"><timerEventDefinition id="td">{timer}</timerEventDefinition></intermediateCatchEvent>
<sequenceFlow id="t3" sourceRef="wait" targetRef="enough"/><exclusiveGateway id="enough" default="t4"/>
<sequenceFlow id="t4" sourceRef="enough" targetRef="again"/>
<sequenceFlow id="t5" sourceRef="enough" targetRef="accept">
  <conditionExpression>owner == "nobody"</conditionExpression></sequenceFlow>
"""


@pytest.fixture
def waiting(session, office, store, acting):
    """Hands in an application whose diagram begins by waiting for `timer`."""

    def submit(timer: str) -> Case:
        publish(acting(SYSTEM), changed(DIAGRAM, FIRST, LOOP.format(timer=timer)), SYSTEM, MONDAY)
        acting(office.applicant)
        data: dict[str, Any] = {"bench_name": "河边长椅", "owner": "陈晓"}
        item = current_item(session, "bench-permit").code
        application = Application(item, TENANT, "", "", office.applicant.account_id, Channel.ONLINE, data)
        draft = operations.create_draft(session, office.applicant, application, MONDAY)
        attach_material(session, office.applicant, store, draft.id, "sketch", "sketch.pdf", PDF, MONDAY)
        return operations.submit(session, office.applicant, draft.id, MONDAY)

    return submit


def timer_of(session, case: Case) -> CaseTimer:
    return session.query(CaseTimer).where(CaseTimer.case_id == case.id).one()


def test_a_loop_of_past_dates_is_stopped(session, waiting) -> None:
    """It would hold the case's lock for ever, and fill the record."""
    case = waiting("<timeDate>2020-01-01T00:00:00Z</timeDate>")
    with pytest.raises(TooDeep):
        timers.fire_in(session, TENANT, case.id, MONDAY)


def test_a_date_without_a_zone_is_the_office_s(session, waiting) -> None:
    case = waiting("<timeDate>2026-05-01T09:00:00</timeDate>")
    assert timer_of(session, case).due_at == datetime(2026, 5, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("timer", "refused"),
    [
        ("<timeDate>9999-12-31T23:59:59-14:00</timeDate>", ItemRefused),
        ("<timeDate>0001-01-01T00:00:00+14:00</timeDate>", ItemRefused),
        ("<timeDuration>P9000Y</timeDuration>", NoCalendar),
        ("<timeDuration>PT999999H</timeDuration>", None),
    ],
)
def test_what_lies_beyond_every_calendar_is_no_limit(waiting, timer: str, refused: type[Exception] | None) -> None:
    with pytest.raises(refused) if refused else nullcontext():
        waiting(timer)
