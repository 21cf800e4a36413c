"""What somebody had claimed goes to another, or back to its queue, when they no longer hold the post."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.inbox.models import Step
from app.inbox.types import StepState
from app.kernel.database import AnyRow


def claimed(session: Session, tenant: str, account_id: UUID) -> list[Step]:
    """The steps that somebody has in hand, the longest claimed first."""
    mine = Step.tenant == tenant, Step.claimed_by == account_id, Step.state == StepState.CLAIMED
    return list(session.scalars(select(Step).where(*mine).order_by(Step.claimed_at, Step.id)))


def hand_over(
    session: Session, tenant: str, post: str, account_id: UUID, successor_id: UUID | None, now: datetime
) -> list[AnyRow]:
    """Give the steps of a post that somebody claimed to a successor, or without one back to the queue.

    Returns id, case_id, element, case_code and title of each; the caller records it and tells the successor.
    """
    moved = session.execute(
        update(Step)
        .where(
            Step.tenant == tenant,
            Step.post == post,
            Step.closed_at.is_(None),
            Step.state == StepState.CLAIMED,
            Step.claimed_by == account_id,
        )
        .values(
            state=StepState.CLAIMED if successor_id else StepState.OPEN,
            version=Step.version + 1,
            claimed_by=successor_id,
            claimed_at=now if successor_id else None,
        )
        .returning(Step.id, Step.case_id, Step.element, Step.case_code, Step.title)
        .execution_options(synchronize_session=False)
    )
    return list(moved.all())
