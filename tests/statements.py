"""What is sent to the database, by SQLAlchemy or by the driver itself."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from psycopg import Cursor


@contextmanager
def sent_statements() -> Iterator[list[str]]:
    """The statements that this process sends while the block runs; of executemany, one."""
    sent: list[str] = []

    def noting(whole: Callable[..., Any]) -> Callable[..., Any]:
        def run(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
            sent.append(str(query))
            return whole(self, query, *args, **kwargs)

        return run

    with (
        patch.object(Cursor, "execute", noting(Cursor.execute)),
        patch.object(Cursor, "executemany", noting(Cursor.executemany)),
    ):
        yield sent
