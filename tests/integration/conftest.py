"""A session whose work is rolled back at the end of each test."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.kernel.database import Database, enter_tenant


@pytest.fixture
def tenant() -> str:
    """The jurisdiction that the session writes; a test module may name its own."""
    return "330300"


@pytest.fixture(scope="session")
def shared_database(databases) -> Iterator[Database]:
    """One database for all rolled-back tests of this process."""
    made = Database(databases.create())
    yield made
    made.dispose()


@pytest.fixture
def connection(shared_database: Database) -> Iterator[Connection]:
    """A connection in a transaction that is never committed."""
    with shared_database.engine.connect() as opened:
        transaction = opened.begin()
        yield opened
        transaction.rollback()


@pytest.fixture
def session(connection: Connection, tenant: str) -> Iterator[Session]:
    """One transaction of `tenant`. A commit or roll-back inside the test ends a savepoint; nothing outlives it."""
    with Session(connection, join_transaction_mode="rollback_only") as outer:
        enter_tenant(outer, tenant)
    options = {"expire_on_commit": False, "autoflush": False}
    with Session(connection, join_transaction_mode="create_savepoint", **options) as opened:
        yield opened
