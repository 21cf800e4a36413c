"""An office with every post, opened once; each test lives through cases in a transaction that is rolled back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from app.kernel.database import Database
from app.materials.store import FileStore
from tests.items import DISTRICT, TENANT, ItemOffice, Life, build

_built: dict[str, ItemOffice] = {}


@pytest.fixture(scope="session")
def shared_database(databases) -> Iterator[Database]:
    """A database with the office in it, for all tests of items of this process."""
    made = Database(databases.create())
    with made.transaction(TENANT) as session:
        _built[str(made.url)] = build(session, (TENANT, DISTRICT))
    yield made
    made.dispose()


@pytest.fixture
def item_office(shared_database: Database) -> ItemOffice:
    return _built[str(shared_database.url)]


@pytest.fixture
def life(request: pytest.FixtureRequest, session: Session, item_office: ItemOffice, tmp_path: Path) -> Life:
    """A case of the item that the module names as ITEM."""
    return Life(session, item_office, FileStore(tmp_path.as_uri()), request.module.ITEM)
