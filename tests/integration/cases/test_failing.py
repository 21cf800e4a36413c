"""An operation that refuses what it is asked for: the diagram may say how the case goes on then."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.audit.queries import history
from app.cases import messages, operations, services
from app.cases.handing import attach_material
from app.cases.models import Case
from app.cases.services import OPERATIONS
from app.cases.types import Application, Channel, Status
from app.catalog.operations import publish
from app.identity.types import SYSTEM
from app.kernel.database import Database, enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from app.notices import operations as notices
from app.notices.models import Outbox
from tests.integration.cases.conftest import PDF
from tests.office import MONDAY, TENANT, Office, build
from tests.well_permit import CODE, files

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)

_APPEAL = """
<subProcess id="appeal" triggeredByEvent="true">
<startEvent id="appealed" isInterrupting="true"><messageEventDefinition id="m" messageRef="appeal"/></startEvent>
<serviceTask id="answer"><extensionElements><gl:property name="operation" value="issue-decision"/></extensionElements>
</serviceTask>
<boundaryEvent id="refused" attachedToRef="answer"><errorEventDefinition id="e" errorRef="undecided"/></boundaryEvent>
<endEvent id="answered"/>
<endEvent id="unanswered"><extensionElements><gl:property name="result" value="lapsed"/></extensionElements></endEvent>
<sequenceFlow id="a1" sourceRef="appealed" targetRef="answer"/>
<sequenceFlow id="a2" sourceRef="answer" targetRef="answered"/>
<sequenceFlow id="a3" sourceRef="refused" targetRef="unanswered"/>
</subProcess></process>"""


def drawn(code: str) -> dict[str, bytes]:
    """The permit to sink a well, with an appeal that is answered by the decision; there may be none yet."""
    found = files()
    path = f"processes/{CODE}/well.bpmn"
    declared = f'<message id="appeal" name="appeal"/><error id="undecided" errorCode="{code}"/><process id="well"'
    text = found[path].decode().replace("</process>", _APPEAL).replace('<process id="well"', declared)
    return found | {path: text.encode()}


@pytest.mark.parametrize(("code", "caught"), [("not-decided", True), ("nothing-granted", False)])
def test_what_the_diagram_catches_is_no_incident(database: Database, tmp_path: Path, code: str, caught: bool) -> None:
    store = FileStore(tmp_path.as_uri())
    with database.transaction(TENANT) as session:
        office = build(session)
        enter_tenant(session, GLOBAL_TENANT)
        publish(session, drawn(code), SYSTEM, MONDAY - WEEK, "well", OPERATIONS)
    case_id = applied(database, office, store)
    with database.transaction(TENANT) as session:
        messages.deliver_message(session, office.clerk, case_id.id, "appeal", MONDAY + HOUR)
    notices.dispatch(database, TENANT, MONDAY + 2 * HOUR, services.handlers(store, "http://127.0.0.1:8000"))
    with database.transaction(TENANT) as session:
        case = session.get_one(Case, (TENANT, case_id.id))
        work = select(Outbox).where(Outbox.case_id == case_id.id, Outbox.operation == "issue-decision")
        row = session.scalars(work).one()
        tags = [act.tag for act in history(session, TENANT, case_id.id)]
        assert (case.status == Status.LAPSED) is caught
        assert ("NotDecided" in (row.error or "")) is not caught
        assert any(tag.endswith("operation:caught") for tag in tags) is caught


def applied(database: Database, office: Office, store: FileStore) -> Case:
    with database.transaction(TENANT) as session:
        me = office.applicant.account_id
        data = {"well_name": "一号井", "owner": "陈晓", "pump": "electric"}
        application = Application(CODE, TENANT, "", "", me, Channel.ONLINE, data)
        draft = operations.create_draft(session, office.applicant, application, MONDAY)
        attach_material(session, office.applicant, store, draft.id, "sketch", "map.pdf", PDF, MONDAY)
        return operations.submit(session, office.applicant, draft.id, MONDAY)
