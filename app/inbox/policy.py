"""Who may see and work on a step: those who hold its post in its jurisdiction, and the applicant where it is theirs."""

from sqlalchemy import ColumnElement, and_

from app.identity.types import Actor
from app.inbox.models import Step


def own_queue(actor: Actor) -> ColumnElement[bool]:
    """The steps whose post the actor holds; for an applicant, those that wait for them."""
    if actor.kind == "applicant":
        return and_(Step.post.is_(None), Step.applicant_id == actor.account_id)
    return and_(Step.tenant == actor.tenant, Step.post.in_(sorted(actor.posts)))


def works_on(actor: Actor, step: Step) -> bool:
    """Whether the step is the actor's by post, or the actor is the applicant that it waits for."""
    if step.post is None:
        return actor.account_id is not None and step.applicant_id == actor.account_id
    return step.tenant == actor.tenant and step.post in actor.posts
