"""Statements of the hot path: SQLAlchemy writes them once, the driver runs them.

Building an expression and sending it through the ORM's session costs five to ten times what the driver needs to run it;
claiming and completing a step is a dozen statements, done all day. A Prepared runs on the connection and in the
transaction of the session. Elsewhere, write statements the ordinary way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, Final, cast

from psycopg import Connection as DriverConnection
from psycopg import Cursor
from psycopg import Error as DriverError
from psycopg.rows import namedtuple_row
from psycopg.types.json import Json
from sqlalchemy import JSON, Dialect, Executable, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler

_DIALECT: Final[Dialect] = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_KEPT: Final = "prepared.driver"


class Prepared:
    """A statement with named bind parameters. Rows come as named tuples; JSON parameters as Python values."""

    def __init__(self, statement: Executable | str, columns: Iterable[str] | None = None) -> None:
        """`statement`: an expression, or SQL with :parameters. `columns`: of an insert without values."""
        self._statement = text(statement) if isinstance(statement, str) else statement
        self._columns = list(columns) if columns else None

    def run(self, session: Session, **params: Any) -> Cursor[Any]:
        """Run it once."""
        return execute(session, self._sql, self._adapted(params))

    def run_many(self, session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run it for each of the rows, in one go."""
        try:
            driver(session).cursor().executemany(self._sql, [self._adapted(row) for row in rows])
        except DriverError as error:
            raise _translated(error, self._sql) from error

    @cached_property
    def _compiled(self) -> SQLCompiler:
        compiled = self._statement.compile(dialect=_DIALECT, column_keys=self._columns)  # type: ignore[attr-defined]
        return cast(SQLCompiler, compiled)

    @cached_property
    def _sql(self) -> Any:
        return str(self._compiled)

    @cached_property
    def _json(self) -> frozenset[str]:
        return frozenset(name for name, bind in self._compiled.binds.items() if isinstance(bind.type, JSON))

    @cached_property
    def _fixed(self) -> Mapping[str, Any]:
        """The values that are written into the statement itself."""
        binds = self._compiled.binds
        given = {name: binds[name].effective_value for name in self._compiled.params if not binds[name].required}
        return self._wrapped(given)

    def _adapted(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**self._fixed, **self._wrapped(params)} if self._fixed else self._wrapped(params)

    def _wrapped(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self._json:
            return params
        return {name: Json(value) if name in self._json else value for name, value in params.items()}


def execute(session: Session, sql: Any, params: Mapping[str, Any] | Sequence[Any]) -> Cursor[Any]:
    """Run SQL as the driver takes it (%(name)s, %s). Its errors come as SQLAlchemy's, as from anywhere else."""
    try:
        return driver(session).cursor(row_factory=namedtuple_row).execute(sql, params)
    except DriverError as error:
        raise _translated(error, sql) from error


def _translated(error: DriverError, sql: Any) -> BaseException:
    return DBAPIError.instance(str(sql), None, error, DriverError, dialect=_DIALECT)


def driver(session: Session) -> DriverConnection[Any]:
    """The driver's own connection, in the session's transaction or savepoint. Looked up once for each of them."""
    innermost = session.get_nested_transaction() or session.get_transaction()
    kept = session.info.get(_KEPT)
    if innermost is None or kept is None or kept[0] is not innermost:
        connection = session.connection().connection.driver_connection  # begins what the session has not begun yet
        kept = session.info[_KEPT] = session.get_nested_transaction() or session.get_transaction(), connection
    return cast("DriverConnection[Any]", kept[1])


@contextmanager
def pipelined(session: Session) -> Iterator[None]:
    """Send what is run inside without waiting for each answer; an error surfaces at the next answer, or the end."""
    with driver(session).pipeline():
        yield
