"""The database: declarative base, and the transaction that states its tenant.

Row-level security (on from the first migration) lets a transaction read the tenants that it names and write one only:
`greenlight.reads` and `greenlight.tenant`, both local to the transaction. A row lock needs the right to write, so no
statement can lock rows across tenants.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    TIMESTAMP,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    Row,
    Select,
    Text,
    Uuid,
    create_engine,
    event,
)
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from app.kernel.errors import DomainError
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.prepared import execute

WRITTEN = "tenant"
"""Key of Session.info: the tenant that the transaction writes."""

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]


class Base(DeclarativeBase):
    """Every table. Constraints are named by convention, so that a violation can be translated by its name."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        str: Text,
        bytes: LargeBinary,
        datetime: TIMESTAMP(timezone=True),
        UUID: Uuid,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class Tenanted:
    """Live data: `tenant` comes first in every key. A table with this column is under row-level security."""

    tenant: Mapped[str] = mapped_column(primary_key=True, sort_order=-100)


def of_case() -> ForeignKeyConstraint:
    """The foreign key of what belongs to a case: columns `tenant`, `case_id`."""
    return ForeignKeyConstraint(["tenant", "case_id"], ["case.tenant", "case.id"])


class SuperuserRefused(RuntimeError):
    """The role of DATABASE_URL is a superuser or bypasses row-level security, so tenants would not be kept apart."""

    def __init__(self, role: str) -> None:
        super().__init__(
            f"The database role “{role}” is a superuser (or has BYPASSRLS): row-level security would not hold. "
            "Let DATABASE_URL name an ordinary role that owns the database: "
            "CREATE ROLE greenlight LOGIN PASSWORD '…'; CREATE DATABASE greenlight OWNER greenlight;"
        )


class Database:
    """Connections of one process to one PostgreSQL database."""

    def __init__(self, url: str | URL, *, pool_size: int = 5, **options: Any) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise ValueError(f"DATABASE_URL must name PostgreSQL, not {parsed.get_backend_name()}")
        self.url = parsed.set(drivername="postgresql+psycopg")
        self.engine: Engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=5,
            connect_args={"options": "-c timezone=UTC -c application_name=greenlight"},
            **options,
        )
        event.listen(self.engine, "first_connect", _refuse_superuser)
        self._session = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)

    @contextmanager
    def transaction(self, tenant: str, reads: Iterable[str] = ()) -> Iterator[Session]:
        """One transaction that writes `tenant` and reads `reads` besides: commits at its end, or rolls back."""
        with self._session.begin() as session:
            enter_tenant(session, tenant, reads)
            yield session

    def dispose(self) -> None:
        """Close all connections (before a fork, at exit)."""
        self.engine.dispose()


def enter_tenant(session: Session, tenant: str, reads: Iterable[str] = ()) -> None:
    """State the tenants of the running transaction. What is global may always be read."""
    session.info[WRITTEN] = tenant
    readable = sorted({tenant, GLOBAL_TENANT, *reads})
    execute(
        session,
        "SELECT set_config('greenlight.tenant', %s, true) AS tenant, "
        "set_config('greenlight.reads', %s::text[]::text, true) AS reads",
        (tenant, readable),
    )


@contextmanager
def acting_in(session: Session, tenant: str, reads: Iterable[str] = ()) -> Iterator[None]:
    """Write under another tenant, and read it and `reads` besides, then go back to what the transaction had.

    Statements only, no flush: what other rooms have pending belongs to their tenant. After an error of the database
    nothing goes back: the transaction is over.
    """
    before = execute(
        session,
        "SELECT current_setting('greenlight.tenant', true) AS tenant, "
        "coalesce(nullif(current_setting('greenlight.reads', true), '')::text[], '{}') AS reads",
        (),
    ).fetchone()
    if before is None or (before.tenant == tenant and set(before.reads).issuperset(reads)):
        yield
        return
    enter_tenant(session, tenant, [*before.reads, *reads])
    try:
        yield
    except DomainError:
        enter_tenant(session, before.tenant or "", before.reads)
        raise
    enter_tenant(session, before.tenant or "", before.reads)


def _refuse_superuser(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)")
        row = cursor.fetchone()
    connection.rollback()
    if row:
        raise SuperuserRefused(row[0])


__all__ = ["Base", "Database", "SuperuserRefused", "Tenanted", "acting_in", "enter_tenant", "of_case"]
