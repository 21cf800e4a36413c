"""Work after the commit: documents are issued once, the case goes on, failures become incidents that can be retried."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from app.cases import queries, services
from app.cases.models import Case
from app.cases.types import Status
from app.kernel.database import Database
from app.materials.store import FileStore
from app.notices import operations as notices
from app.notices.models import Document, Outbox
from app.notices.queries import told_about
from tests.integration.cases.conftest import apply, do, waiting
from tests.office import MONDAY, TENANT, Office, build

DAY = timedelta(days=1)
ADDRESS = "http://127.0.0.1:8000"


class BrokenStore(FileStore):
    """A store whose disk is full."""

    def put(self, key: str, content: object) -> None:
        raise OSError("no space left on device")


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path.as_uri())


@pytest.fixture
def office(database: Database) -> Office:
    with database.transaction(TENANT) as session:
        return build(session)


@pytest.fixture
def decided(database: Database, office: Office, store: FileStore) -> UUID:
    """A case whose decision was signed a moment ago."""
    with database.transaction(TENANT) as session:
        case = apply(session, office, store, MONDAY)
    acts = [
        (office.clerk, "accept", "accept"),
        (office.land, "review_land", "approve"),
        (office.planning, "review_planning", "approve"),
        (office.reform, "review_reform", "approve"),
        (office.decider, "decide", "grant"),
    ]
    for day, (actor, element, outcome) in enumerate(acts):
        with database.transaction(TENANT) as session:
            do(session, actor, case.id, element, outcome, MONDAY + day * DAY)
    return case.id


def dispatch(database: Database, store: FileStore, now: datetime) -> int:
    return notices.dispatch(database, TENANT, now, services.handlers(store, ADDRESS))


def test_the_decision_is_issued_and_the_case_goes_on(
    database: Database, office: Office, store: FileStore, decided: UUID
) -> None:
    now = MONDAY + 5 * DAY
    assert dispatch(database, store, now) == 3
    assert dispatch(database, store, now) == 0
    with database.transaction(TENANT) as session:
        case = session.get_one(Case, (TENANT, decided))
        assert (case.status, case.concluded_at) == (Status.CONCLUDED, now)
        assert set(waiting(session, decided)) == {"deliver"}
        issued = session.scalars(select(Document).where(Document.case_id == decided).order_by(Document.kind)).all()
        assert [document.kind for document in issued] == ["accept", "grant", "receipt"]
        grant = issued[1].facts
        assert grant["authority"]["zh"] == "温州市发展和改革局"
        assert len(grant["opinions"]) == 3
        assert [line["remark"]["zh"] for line in grant["materials"]] == ["120,000 平方米", "1,500,000 万元"]
        follows = [line["name"]["zh"] for line in issued[0].facts["materials"]]
        assert "资金来源证明" in follows, "what may follow is named in the notice of acceptance"
        told = [notice.template for notice in told_about(session, TENANT, decided)]
        assert told.count("case-granted") == 1
        assert told.count("document-issued") == 3
        assert len(queries.overview(session, case, office.supervisor).documents) == 3


def test_a_failure_waits_and_is_tried_again(
    database: Database, store: FileStore, decided: UUID, tmp_path: Path
) -> None:
    now = MONDAY + 5 * DAY
    dispatch(database, BrokenStore(tmp_path.as_uri()), now)
    with database.transaction(TENANT) as session:
        assert session.get_one(Case, (TENANT, decided)).status == Status.DECIDED
        errors = session.scalars(select(Outbox.error).where(Outbox.case_id == decided)).all()
        assert all((error or "").startswith("OSError") for error in errors)
    assert dispatch(database, store, now) == 0, "the pause before the second try is kept"
    assert dispatch(database, store, now + timedelta(minutes=1)) == 3
    with database.transaction(TENANT) as session:
        assert session.get_one(Case, (TENANT, decided)).status == Status.CONCLUDED


def test_what_keeps_failing_is_an_incident_that_an_operator_retries(
    database: Database, office: Office, store: FileStore, decided: UUID, tmp_path: Path
) -> None:
    now = MONDAY + 5 * DAY
    broken = BrokenStore(tmp_path.as_uri())
    for _ in range(notices.MOST_ATTEMPTS):
        dispatch(database, broken, now)
        now += notices.LONGEST_PAUSE
    with database.transaction(TENANT) as session:
        failed = session.scalars(select(Outbox.id).where(Outbox.state == "failed")).all()
        assert len(failed) == 3
        for incident in failed:
            notices.retry(session, office.operator, incident, now)
    assert dispatch(database, store, now) == 3
    with database.transaction(TENANT) as session:
        assert session.get_one(Case, (TENANT, decided)).status == Status.CONCLUDED
