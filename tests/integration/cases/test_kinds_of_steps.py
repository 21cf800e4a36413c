"""A step is a step, whichever of BPMN's tasks for people it is drawn as."""

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from app.cases.services import OPERATIONS
from app.catalog.operations import publish
from app.engine import FOR_PEOPLE
from app.identity.types import SYSTEM
from app.inbox.models import Step
from app.kernel.database import Database, enter_tenant
from app.kernel.ids import GLOBAL_TENANT
from app.materials.store import FileStore
from tests.integration.cases.test_failing import WEEK, applied
from tests.office import MONDAY, TENANT, build
from tests.well_permit import CODE, files


@pytest.mark.parametrize("kind", sorted(FOR_PEOPLE))
def test_it_comes_into_an_inbox(database: Database, tmp_path: Path, kind: str) -> None:
    found, path = files(), f"processes/{CODE}/well.bpmn"
    text = re.sub(r'<userTask (id="accept".*?)</userTask>', rf"<{kind} \1</{kind}>", found[path].decode(), flags=re.S)
    assert f'<{kind} id="accept"' in text
    with database.transaction(TENANT) as session:
        office = build(session)
        enter_tenant(session, GLOBAL_TENANT)
        publish(session, found | {path: text.encode()}, SYSTEM, MONDAY - WEEK, "well", OPERATIONS)
    case = applied(database, office, FileStore(tmp_path.as_uri()))
    with database.transaction(TENANT) as session:
        assert [step.element for step in session.scalars(select(Step).where(Step.case_id == case.id))] == ["accept"]
