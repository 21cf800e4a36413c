"""Who may see and act on a case: its applicant, the departments that take part, those who oversee a tenant."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.types import Status
from app.identity.types import Actor
from app.inbox.models import Step
from app.kernel.errors import NotFound
from app.org.models import Post


def visible(actor: Actor) -> ColumnElement[bool]:
    """The cases that the actor may see, as a condition on Case. A draft is seen by its applicant only."""
    seen: list[ColumnElement[bool]] = []
    if actor.kind == "applicant" and actor.may("case.read-own"):
        seen.append(Case.applicant_id == actor.account_id)
    if actor.kind == "staff" and actor.may("case.read-all"):
        seen.append((Case.tenant == actor.tenant) & (Case.status != Status.DRAFT))
    elif actor.kind == "staff" and actor.may("case.read") and actor.departments:
        posts = select(Post.code).where(Post.tenant == actor.tenant, Post.department_id.in_(actor.departments))
        took_part = select(Step.case_id).where(
            Step.tenant == actor.tenant, Step.case_id == Case.id, Step.post.in_(posts)
        )
        seen.append((Case.tenant == actor.tenant) & took_part.exists())
    if actor.kind == "staff" and actor.may("case.receive"):
        drafted_here = (Case.status == Status.DRAFT) & (Case.channel == "window")
        seen.append((Case.tenant == actor.tenant) & drafted_here)
    if actor.kind == "system":
        seen.append(true())
    return or_(*seen) if seen else false()


def seen_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """A case that the actor may see. Raises NotFound."""
    return _one(session, visible(actor), case_id)


def own_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """A case of the actor as applicant. Raises NotFound."""
    return _one(session, Case.applicant_id == actor.account_id if actor.account_id else false(), case_id)


def own_draft(session: Session, actor: Actor, case_id: UUID) -> Case:
    """A draft that the actor may work on: the applicant's own, or one begun at this window. Raises NotFound."""
    own: ColumnElement[bool] = Case.applicant_id == actor.account_id if actor.account_id else false()
    if actor.may("case.receive"):
        own = or_(own, (Case.tenant == actor.tenant) & (Case.channel == "window"))
    return _one(session, own, case_id)


def _one(session: Session, condition: ColumnElement[bool], case_id: UUID) -> Case:
    found = session.scalar(select(Case).where(Case.id == case_id, condition))
    if found is None:
        raise NotFound(kind="case", key=case_id)
    return found
