"""What one process holds of the office: its settings, its database, its clock. Made once, in create_app or a worker."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Final

from sqlalchemy.orm import Session

from app.config import Settings
from app.kernel import settings as stored
from app.kernel.database import Database
from app.kernel.ids import GLOBAL_TENANT
from app.kernel.time import real_now
from app.materials.store import FileStore
from app.notices.outgoing import Rules
from app.org.queries import tenant_codes

LOOK_AGAIN: Final = timedelta(seconds=5)


@dataclass(slots=True)
class _Jurisdictions:
    """The jurisdictions as they were when one looked last."""

    codes: tuple[str, ...] = ()
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Office:
    """The means with which the edges work. Nothing below an edge sees it."""

    settings: Settings
    database: Database
    store: FileStore
    _jurisdictions: _Jurisdictions = field(default_factory=_Jurisdictions, init=False, repr=False, compare=False)

    @classmethod
    def opened(cls, settings: Settings) -> "Office":
        """An office on the database and the files that `settings` name; connects when first used."""
        database = Database(settings.database_url, pool_size=settings.pool_size)
        return cls(settings, database, FileStore(settings.files_url))

    def now(self, session: Session) -> datetime:
        """The office's time: the machine's, or the demo's moved clock."""
        return real_now() + stored.clock_offset(session) if self.is_demo else real_now()

    @cached_property
    def is_demo(self) -> bool:
        """Whether the database is a demo. It does not change while a process lives."""
        with self.database.transaction(GLOBAL_TENANT) as session:
            return stored.is_demo(session)

    @property
    def webhook_rules(self) -> Rules:
        """Where webhooks may go. A demo's may go to http:// too."""
        rules = self.settings.webhooks
        return replace(rules, http=rules.http or self.is_demo)

    @property
    def tenants(self) -> tuple[str, ...]:
        """All jurisdictions. A new one is known to every process within LOOK_AGAIN.

        Takes a connection where it looks again: the edges ask before they hold one.
        """
        known = self._jurisdictions
        if known.seen_at is None or real_now() - known.seen_at >= LOOK_AGAIN:
            with self.database.transaction(GLOBAL_TENANT) as session:
                known.codes = tuple(sorted(tenant_codes(session)))
            known.seen_at = real_now()
        return known.codes
