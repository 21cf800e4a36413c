"""Counting attempts for all processes together: a storage of the `limits` library over the table `throttle`.

An edge names it `greenlight://` and hands it the database:
`Limiter(storage_uri="greenlight://", storage_options={"database": database})`. A window starts with the first attempt
and is measured by the database's clock, which all processes share. The table is unlogged: a crash forgets the counts.
"""

from typing import Any

from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError

from app.kernel.database import Database

_COUNT = """
INSERT INTO throttle AS t (key, hits, expires_at)
VALUES (%(key)s, %(amount)s, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (key) DO UPDATE SET
  hits = CASE WHEN t.expires_at > clock_timestamp() THEN t.hits ELSE 0 END + excluded.hits,
  expires_at = CASE WHEN t.expires_at > clock_timestamp() THEN t.expires_at ELSE excluded.expires_at END
RETURNING hits
"""

_SWEEP = """
DELETE FROM throttle WHERE key IN (
  SELECT key FROM throttle WHERE expires_at <= clock_timestamp() LIMIT 10 FOR UPDATE SKIP LOCKED
)
"""

_HITS = "SELECT hits FROM throttle WHERE key = %(key)s AND expires_at > clock_timestamp()"

_END = """
SELECT extract(epoch FROM coalesce(
  (SELECT expires_at FROM throttle WHERE key = %(key)s AND expires_at > clock_timestamp()), clock_timestamp()
))::float8
"""


class TableStorage(Storage):
    """Fixed windows, counted in the table. Each statement is a transaction of its own, apart from the request's."""

    STORAGE_SCHEME = ["greenlight"]

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, *, database: Database) -> None:
        super().__init__(uri, wrap_exceptions)
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a broken database raises."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count an attempt in the window of `expiry` seconds; returns how many there were. A new one sweeps old."""
        hits = int(self._value(_COUNT, key=key, seconds=expiry, amount=amount))
        if hits == amount:
            with self._engine.connect() as connection:
                connection.exec_driver_sql(_SWEEP)
        return hits

    def get(self, key: str) -> int:
        """How many attempts there were in the present window."""
        return int(self._value(_HITS, key=key) or 0)

    def get_expiry(self, key: str) -> float:
        """When the present window ends, in seconds since 1970; now, where there is none."""
        return float(self._value(_END, key=key))

    def check(self) -> bool:
        """Whether the table can be reached."""
        try:
            self._value(_HITS, key="")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int:
        """Forget all attempts; returns how many counters there were."""
        with self._engine.connect() as connection:
            return connection.exec_driver_sql("DELETE FROM throttle").rowcount

    def clear(self, key: str) -> None:
        """Forget the attempts under one key, as after a login that succeeded."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("DELETE FROM throttle WHERE key = %(key)s", {"key": key})

    def _value(self, statement: str, **values: Any) -> Any:
        with self._engine.connect() as connection:
            return connection.exec_driver_sql(statement, values).scalar()
