"""The entries that a supervisor had taken up go to another, or are open again, when they no longer supervise here."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.supervision.models import Entry


def taken(session: Session, tenant: str, account_id: UUID) -> list[Entry]:
    """The entries that somebody has in hand, the oldest first."""
    mine = Entry.tenant == tenant, Entry.state == "taken", Entry.taken_by == account_id
    return list(session.scalars(select(Entry).where(*mine).order_by(Entry.id)))


def hand_over(
    session: Session, tenant: str, account_id: UUID, successor_id: UUID | None, now: datetime
) -> list[tuple[UUID, UUID]]:
    """Give the entries that somebody took up to a successor, or without one open them again; what was asked and
    explained stays. Returns the id of each and of its case; the caller records it and tells the successor.
    """
    given = {"state": "taken", "taken_at": now} if successor_id else {"state": "open", "taken_at": None}
    moved = session.execute(
        update(Entry)
        .where(Entry.tenant == tenant, Entry.state == "taken", Entry.taken_by == account_id)
        .values(taken_by=successor_id, version=Entry.version + 1, **given)
        .returning(Entry.id, Entry.case_id)
        .execution_options(synchronize_session=False)
    )
    return [(row.id, row.case_id) for row in moved]
