"""A case that files can belong to."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.catalog.models import Item, ItemVersion
from app.kernel.database import Database
from app.kernel.ids import new_id

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def kept_case(database: Database, tenant: str) -> UUID:
    """Committed, in a database of the test's own."""
    with database.transaction(tenant) as session:
        return _insert_case(session, tenant)


@pytest.fixture
def case_id(session: Session, tenant: str) -> UUID:
    """In the transaction that is rolled back."""
    return _insert_case(session, tenant)


def _insert_case(session: Session, tenant: str) -> UUID:
    version = {"digest": "", "manifest": {}, "published_at": NOW, "published_by": None, "note": ""}
    case = Case(
        tenant=tenant,
        id=new_id(),
        code=None,
        item="road",
        item_version=1,
        status="draft",
        title="瓯江路",
        applicant="张三",
        applicant_id=None,
        channel="web",
        received_at=NOW,
        state=b"",
        version=0,
    )
    for row in (Item(code="road", current=None), ItemVersion(item="road", version=1, **version), case):
        session.add(row)
        session.flush()
    return case.id
