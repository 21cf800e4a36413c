"""What the outbox hands to those who do its work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.kernel.database import Database


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One piece of work taken from the outbox. `id` stays the same through all tries: the key for idempotency.

    `attempts` counts the tries, this one included.
    """

    tenant: str
    id: UUID
    case_id: UUID
    operation: str
    params: Mapping[str, Any]
    attempts: int


Finish = Callable[[Session], object]
"""Writes what the work came to, in the transaction that marks the row done: so its effects happen once."""

Handler = Callable[[Database, OutboxRow, datetime], Finish | None]
"""Does the long part of the work, holding no lock and no transaction of the outbox's, and returns what writes it down.

It may run more than once for one row (a lease that ran out, a crash before the end), so what it does outside the
database must bear repetition under the row's id.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing to tell, for `tell_many`: see `tell`."""

    case_id: UUID
    template: str
    params: Mapping[str, Any]
    accounts: tuple[UUID, ...] = ()
    posts: tuple[str, ...] = ()
