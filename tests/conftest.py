"""What tests share: a PostgreSQL server, databases with the current schema.

The server is the one that DATABASE_URL names, else the embedded one. The migrations run once for each state of the
migrations' files, into a template; every database of a test is a copy of it and is dropped at the end. The template
stays in the embedded server for the next run (it is replaced when a migration changes) and goes from a named one.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from hypothesis import settings
from psycopg import sql
from sqlalchemy import URL, NullPool, create_engine, make_url

from app.cli.postgres import embedded
from app.kernel.database import Database

ROOT = Path(__file__).parents[1]
RUN = "gl-test-"
TEMPLATE = "gl_template_"
ONE_AT_A_TIME = 0x676C2D74657374  # an advisory lock: two runs never make or remove a template at once

settings.register_profile("quick", deadline=None, derandomize=True)
settings.register_profile("deep", deadline=None, max_examples=1000)
settings.load_profile("quick")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What opens the browser is marked so."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


class Databases:
    """Makes and drops the databases of one process of a test run."""

    def __init__(self, server: URL, *, keep_template: bool) -> None:
        self._server = server.set(drivername="postgresql+psycopg")
        self._keep_template = keep_template
        self._run = secrets.token_hex(4)
        plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(plain, autocommit=True, application_name=RUN + self._run)
        versions = sorted((ROOT / "migrations" / "versions").glob("*.py"))
        digest = sha256(b"\0".join(path.read_bytes() for path in versions)).hexdigest()[:16]
        self._template = TEMPLATE + digest
        with self._alone():
            self._drop_leavings()
            if self._template not in self._names(TEMPLATE):
                self._make_template()

    def create(self) -> URL:
        """A fresh database with the current schema."""
        name = f"gl_test_{self._run}_{secrets.token_hex(4)}"
        self._do("CREATE DATABASE {} TEMPLATE {}", name, self._template)
        return self._server.set(database=name)

    def drop(self, url: URL) -> None:
        """Drop it, ending connections that are still open."""
        self._drop(str(url.database))

    def close(self) -> None:
        """Drop all that this process made; the last one out takes the template of a named server along."""
        with self._alone():
            for name in self._names(f"gl_test_{self._run}_"):
                self._drop(name)
            if not self._keep_template and self._runs() == {self._run}:
                self._do("DROP DATABASE IF EXISTS {}", self._template)
        self._connection.close()

    def _make_template(self) -> None:
        draft = f"gl_test_{self._run}_draft"
        self._do("CREATE DATABASE {}", draft)
        engine = create_engine(self._server.set(database=draft), poolclass=NullPool)
        config = Config()
        config.set_main_option("script_location", str(ROOT / "migrations"))
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
        self._do("ALTER DATABASE {} RENAME TO {}", draft, self._template)

    def _drop_leavings(self) -> None:
        """What killed runs left; the templates of other schemas where nobody else is testing."""
        runs = self._runs()
        for name in self._names("gl_test_"):
            if name.split("_")[2] not in runs:
                self._drop(name)
        if runs == {self._run}:
            for name in self._names(TEMPLATE) - {self._template}:
                self._do("DROP DATABASE {}", name)

    def _drop(self, name: str) -> None:
        """WITH (FORCE) would fail where autovacuum is at work, which an ordinary role may not end; DROP itself may."""
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
        self._connection.execute(ended, [name])
        self._do("DROP DATABASE IF EXISTS {}", name)

    def _names(self, prefix: str) -> set[str]:
        rows = self._connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        return {row[0] for row in rows}

    def _runs(self) -> set[str]:
        query = "SELECT application_name FROM pg_stat_activity WHERE starts_with(application_name, %s)"
        return {row[0].removeprefix(RUN) for row in self._connection.execute(query, [RUN])}

    def _do(self, statement: str, *names: str) -> None:
        self._connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._connection.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        try:
            yield
        finally:
            self._connection.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


@contextmanager
def _server() -> Iterator[URL]:
    named = os.environ.get("DATABASE_URL")
    if named:
        yield make_url(named)
    else:
        with embedded(ROOT / "var") as url:
            yield make_url(url)


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """The maker of databases of this process."""
    with _server() as url:
        found = Databases(url, keep_template="DATABASE_URL" not in os.environ)
        try:
            yield found
        finally:
            found.close()


@pytest.fixture
def database(databases: Databases) -> Iterator[Database]:
    """A fresh database for a test that needs real commits: races, kills, several processes. Its `url` says where."""
    made = Database(databases.create())
    try:
        yield made
    finally:
        made.dispose()
        databases.drop(made.url)
