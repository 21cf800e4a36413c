"""The schema: what the migrations make is what the models say; tenants are kept apart by the database itself."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, select, text, update
from sqlalchemy.exc import DBAPIError

from app.audit.models import AuditEntry
from app.kernel.database import Database, SuperuserRefused, _refuse_superuser
from app.kernel.ids import new_id
from app.org.models import Department
from app.schema import metadata

ROOT = Path(__file__).parents[3]
TENANTED = sorted(table.name for table in metadata().tables.values() if "tenant" in table.columns)


def department(tenant: str) -> Department:
    return Department(tenant=tenant, id=new_id(), code="land", name_zh="自然资源局", name_en="Natural Resources")


@pytest.fixture
def two(database: Database) -> Database:
    """A database with a department in each of two tenants."""
    for tenant in ("330302", "330303"):
        with database.transaction(tenant) as session:
            session.add(department(tenant))
    return database


def test_the_migrated_schema_is_that_of_the_models(connection: Connection) -> None:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    assert compare_metadata(context, metadata()) == []


def test_migrations_go_back_and_forth(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with database.engine.connect() as opened:
        config.attributes["connection"] = opened
        command.downgrade(config, "base")
        opened.commit()
        assert set(inspect(opened).get_table_names()) == {"alembic_version"}
        command.upgrade(config, "head")
        opened.commit()
        assert set(TENANTED) <= set(inspect(opened).get_table_names())


@pytest.mark.parametrize("table", TENANTED)
def test_each_table_with_a_tenant_is_secured_and_keyed_by_it(connection: Connection, table: str) -> None:
    row = connection.execute(
        text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = CAST(:name AS regclass)"),
        {"name": f'"{table}"'},
    ).one()
    assert tuple(row) == (True, True)
    inspector = inspect(connection)
    keys = [inspector.get_pk_constraint(table)["constrained_columns"]]
    keys += [unique["column_names"] for unique in inspector.get_unique_constraints(table)]
    keys += [
        key["constrained_columns"]
        for key in inspector.get_foreign_keys(table)
        if len(key["constrained_columns"]) > 1 and key["referred_table"] != "item_version"
    ]
    assert all(key[0] == "tenant" for key in keys)


def test_a_transaction_reads_what_it_names_and_nothing_else(two: Database) -> None:
    with two.transaction("330302") as session:
        assert session.scalars(select(Department.tenant)).all() == ["330302"]
    with two.transaction("330302", reads=["330303"]) as session:
        assert sorted(session.scalars(select(Department.tenant))) == ["330302", "330303"]


def test_a_transaction_writes_one_tenant(two: Database) -> None:
    with two.transaction("330302", reads=["330303"]) as session:
        session.add(department("330303"))
        with pytest.raises(DBAPIError, match="row-level security"):
            session.flush()
        session.rollback()
    with two.transaction("330302", reads=["330303"]) as session:
        changed = session.execute(update(Department).values(name_en="x").returning(Department.tenant))
        assert changed.scalars().all() == ["330302"]


def test_no_statement_locks_rows_of_another_tenant(two: Database) -> None:
    with two.transaction("330302", reads=["330303"]) as session:
        locked = session.scalars(select(Department.tenant).with_for_update()).all()
        assert locked == ["330302"]


def test_without_a_stated_tenant_nothing_is_seen(two: Database) -> None:
    with two.engine.connect() as opened:
        assert opened.execute(select(Department.id)).all() == []


def test_the_record_cannot_be_changed_by_the_application(two: Database) -> None:
    with two.transaction("330302") as session:
        session.execute(
            text("INSERT INTO audit VALUES ('330302', :id, 1, now(), NULL, 'x', 'a:b:c', '{}', '')"), {"id": new_id()}
        )
    for statement in ("UPDATE audit SET actor = 'y'", "DELETE FROM audit"):
        with two.transaction("330302") as session:
            if statement.startswith("UPDATE"):
                with pytest.raises(DBAPIError, match="append-only"):
                    session.execute(text(statement))
                session.rollback()
            else:
                assert session.execute(text(statement)).rowcount == 0
    with two.transaction("330302") as session:
        assert session.scalars(select(AuditEntry.actor)).all() == ["x"]


def test_a_superuser_is_refused_in_words() -> None:
    class Cursor:
        def __enter__(self) -> "Cursor":
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing to close."""

        def execute(self, _: str) -> None:
            """Any query is answered with the superuser's name."""

        def fetchone(self) -> tuple[str]:
            return ("postgres",)

    class Driver:
        def cursor(self) -> Cursor:
            return Cursor()

        def rollback(self) -> None:
            """Nothing was begun."""

    with pytest.raises(SuperuserRefused, match="CREATE ROLE greenlight"):
        _refuse_superuser(Driver(), None)
