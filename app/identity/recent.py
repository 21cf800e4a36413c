"""The people seen in the last two seconds, so that one page of many requests asks the database once.

What it costs: a post given or taken, an account closed, a session or token ended takes effect in other processes up to
two seconds later; in the process that did it, at once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from uuid import UUID

from app.identity.types import Actor

LIFE: Final = timedelta(seconds=2)
_MOST = 4096

Key = tuple[bytes, str | None]
"""The hash of the secret, and the tenant that was asked for."""


@dataclass(frozen=True, slots=True)
class _Seen:
    actor: Actor
    since: datetime
    until: datetime


class RecentActors:
    """A small cache; safe to use from several threads."""

    def __init__(self) -> None:
        self._seen: dict[Key, _Seen] = {}
        self._lock = Lock()

    def get(self, key: Key, now: datetime) -> Actor | None:
        """The actor, if seen within the last two seconds and not past the end of the session or token."""
        seen = self._seen.get(key)
        return seen.actor if seen and seen.since <= now < seen.until else None

    def put(self, key: Key, actor: Actor, now: datetime, end: datetime) -> None:
        """Keep an actor whose session or token ends at `end`."""
        with self._lock:
            if len(self._seen) >= _MOST:
                self._seen.clear()
            self._seen[key] = _Seen(actor, now, min(now + LIFE, end))

    def forget(self, account_id: UUID | None = None) -> None:
        """Forget one person, or everybody."""
        with self._lock:
            kept = {key: seen for key, seen in self._seen.items() if account_id not in (None, seen.actor.account_id)}
            self._seen = kept


recent: Final = RecentActors()
"""The cache of this process."""
