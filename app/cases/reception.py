"""At the window: whose application it is, and what waits for applicants who came in person, wherever it is handled."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.cases import policy
from app.cases.models import Case
from app.catalog.queries import item as item_version
from app.catalog.types import Wording
from app.identity.queries import applicant_account
from app.identity.types import Actor
from app.inbox.models import Step
from app.inbox.queries import Cursor
from app.inbox.types import LIVE
from app.kernel.errors import Invalid, NotFound
from app.kernel.marking import _


def applicant_of(session: Session, actor: Actor, named: str | None) -> UUID | None:
    """The account of the applicant: online one's own; at a window the one that is named, by which they see their case.

    `named`: a username or a number of identity, exactly. Raises Invalid.
    """
    if actor.kind == "applicant":
        if named:
            raise Invalid({"account": [_("Only a window names the account of somebody else.")]})
        return actor.account_id
    if not named:
        return None
    actor.require("case.receive")
    try:
        return applicant_account(session, named)
    except NotFound:
        raise Invalid({"account": [_("No applicant has this username or number of identity.")]}) from None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that waits for an applicant, and what it is called."""

    step: Step
    name: Wording


def waiting(
    session: Session, actor: Actor, limit: int, after: Cursor | None = None
) -> tuple[Sequence[Waiting], Cursor | None]:
    """One page of the applicants' steps of what the actor's window received, the most urgent first. Raises Forbidden.

    The transaction reads every jurisdiction afterwards.
    """
    actor.require("case.receive")
    policy.look_out(session, actor)
    statement = (
        select(Step, Case.item_version)
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
    found = session.execute(statement).all()
    named = [
        Waiting(step, item_version(session, step.item, version).step_name(step.element))
        for step, version in found[:limit]
    ]
    last = named[-1].step if len(found) > limit else None
    return named, Cursor(last.due_at, last.id) if last else None
