"""What waits for applicants who came to this window in person, whichever jurisdiction handles their case."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.cases import policy
from app.cases.models import Case
from app.identity.types import Actor
from app.inbox.models import Step
from app.inbox.queries import Cursor
from app.inbox.types import LIVE


def waiting(
    session: Session, actor: Actor, limit: int, after: Cursor | None = None
) -> tuple[Sequence[Step], Cursor | None]:
    """One page of the applicants' steps of what the actor's window received, the most urgent first. Raises Forbidden.

    The transaction reads every jurisdiction afterwards.
    """
    actor.require("case.receive")
    policy.look_out(session, actor)
    statement = (
        select(Step)
        .join(Case, (Case.tenant == Step.tenant) & (Case.id == Step.case_id))
        .where(Step.post.is_(None), Step.closed_at.is_(None), Step.state.in_(LIVE), policy.received_here(actor))
        .order_by(Step.due_at.asc().nulls_last(), Step.id)
        .limit(limit + 1)
    )
    if after is not None and after.due_at is None:
        statement = statement.where(Step.due_at.is_(None), Step.id > after.id)
    elif after is not None:
        later = and_(Step.due_at == after.due_at, Step.id > after.id)
        statement = statement.where(or_(Step.due_at > after.due_at, later, Step.due_at.is_(None)))
    found = session.scalars(statement).all()
    if len(found) <= limit:
        return found, None
    return found[:limit], Cursor(found[limit - 1].due_at, found[limit - 1].id)
