"""The small office: built once, each test in a transaction that is rolled back."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import operations
from app.cases.handing import attach_material
from app.cases.models import Case
from app.cases.types import Application, Channel
from app.catalog.queries import current_item
from app.identity.types import Actor
from app.inbox import operations as inbox
from app.inbox.models import Step
from app.inbox.types import LIVE
from app.kernel.database import Database, enter_tenant
from app.materials.store import FileStore
from tests.office import ANSWERS, APPLICATION, LAND, MONDAY, TENANT, Office, build

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


_built: dict[str, Office] = {}


@pytest.fixture(scope="session")
def shared_database(databases) -> Iterator[Database]:
    """A database with the small office in it, opened once for each process of a run."""
    made = Database(databases.create())
    with made.transaction(TENANT) as session:
        _built[str(made.url)] = build(session)
    yield made
    made.dispose()


@pytest.fixture
def office(shared_database: Database) -> Office:
    return _built[str(shared_database.url)]


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path.as_uri())


@pytest.fixture
def acting(session: Session) -> Callable[[Actor], Session]:
    """The session as a request of this person would have it."""

    def enter(actor: Actor) -> Session:
        enter_tenant(session, actor.tenant, [TENANT])
        return session

    return enter


@pytest.fixture
def submitted(session: Session, office: Office, store: FileStore, acting: Callable[[Actor], Session]) -> Case:
    """The land item, applied for on a Monday morning."""
    return apply(acting(office.applicant), office, store, MONDAY)


def apply(session: Session, office: Office, store: FileStore, now: datetime, **data: Any) -> Case:
    draft = operations.create_draft(
        session,
        office.applicant,
        Application(LAND, TENANT, "", "", office.applicant.account_id, Channel.ONLINE, APPLICATION | data),
        now,
    )
    for need in current_item(session, LAND).manifest.materials:
        if need.required and need.key:
            attach_material(session, office.applicant, store, draft.id, need.code, f"{need.code}.pdf", PDF, now)
    return operations.submit(session, office.applicant, draft.id, now)


def waiting(session: Session, case_id: UUID) -> dict[str, Step]:
    """The live steps of a case, by element."""
    steps = session.scalars(
        select(Step).where(Step.case_id == case_id, Step.state.in_(LIVE)).execution_options(populate_existing=True)
    )
    return {step.element: step for step in steps}


def do(
    session: Session, actor: Actor, case_id: UUID, element: str, outcome: str, now: datetime
) -> operations.Completed:
    """Claim (where it is not the applicant's) and complete a step, its form filled in."""
    enter_tenant(session, actor.tenant, [TENANT])
    step = waiting(session, case_id)[element]
    if actor.kind == "staff" and step.claimed_by != actor.account_id:
        inbox.claim(session, actor, step.id, now)
    data = ANSWERS.get(element, ANSWERS["supplement"])
    return operations.complete_step(session, actor, step.id, outcome=outcome, data=data, opinion="同意。", now=now)
