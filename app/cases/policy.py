"""Who may see and act on a case: its applicant, the departments that take part, those who oversee a tenant."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.types import Channel, Status
from app.identity.types import Actor
from app.inbox.models import Step
from app.kernel.database import AnyRow, enter_tenant
from app.kernel.errors import NotFound
from app.org.models import Post, Region


def visible(actor: Actor) -> ColumnElement[bool]:
    """The cases that the actor may see, as a condition on Case. A draft is seen by its applicant and by the window
    that began it; what a window received it sees to its end, whoever handles it."""
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
    if receives(actor):
        seen.append(received_here(actor))
    if actor.kind == "system":
        seen.append(true())
    return or_(*seen) if seen else false()


def seen_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """A case that the actor may see. Raises NotFound."""
    return _anywhere(session, actor, visible(actor), case_id)


def handled_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """A case that the actor may see and whose office is the actor's own. Raises NotFound."""
    return _one(session, visible(actor) & (Case.tenant == actor.tenant), case_id)


def own_case(session: Session, actor: Actor, case_id: UUID) -> Case:
    """A case of the actor as applicant. Raises NotFound."""
    return _one(session, Case.applicant_id == actor.account_id if actor.account_id else false(), case_id)


def own_draft(session: Session, actor: Actor, case_id: UUID) -> Case:
    """A draft that the actor may work on: the applicant's own, or one begun at this window. Raises NotFound."""
    own: ColumnElement[bool] = Case.applicant_id == actor.account_id if actor.account_id else false()
    if receives(actor):
        own = or_(own, received_here(actor))
    return _anywhere(session, actor, own, case_id)


def receives(actor: Actor) -> bool:
    """Whether the actor sits at a window."""
    return actor.kind == "staff" and actor.may("case.receive")


def received_here(actor: Actor) -> ColumnElement[bool]:
    """What the window of the actor's jurisdiction received, for itself or for another one.

    What was received before that was kept (`received_in` None) was received where it is handled.
    """
    before = (Case.tenant == actor.tenant) & (Case.channel == Channel.WINDOW) & Case.received_in.is_(None)
    return or_(Case.received_in == actor.tenant, before)


def stands_in(actor: Actor, case: Case | AnyRow) -> bool:
    """Whether the actor does the applicant's part of a case: at the window that received it, for who came in person."""
    where = case.received_in or (case.tenant if case.channel == Channel.WINDOW else None)
    return receives(actor) and where == actor.tenant


def looks_in(reader: Actor, case: Case) -> bool:
    """Whether the reader is outside the office that handles the case: its applicant, or the window of another one."""
    return reader.kind == "applicant" or (reader.kind == "staff" and reader.tenant != case.tenant)


def received_step(session: Session, actor: Actor, step_id: UUID) -> Step:
    """A step that waits for an applicant whom the actor's window received. Raises NotFound."""
    found = None
    if receives(actor):
        look_out(session, actor)
        found = session.scalar(
            select(Step)
            .join(Case, (Case.tenant == Step.tenant) & (Case.id == Step.case_id))
            .where(Step.id == step_id, Step.post.is_(None), received_here(actor))
        )
    if found is None:
        raise NotFound(kind="step", key=step_id)
    return found


def look_out(session: Session, actor: Actor) -> None:
    """Let the transaction read every jurisdiction besides the actor's own. It writes and locks only there."""
    enter_tenant(session, actor.tenant, session.scalars(select(Region.code).where(Region.is_tenant)).all())


def _anywhere(session: Session, actor: Actor, condition: ColumnElement[bool], case_id: UUID) -> Case:
    """As `_one`; a window looks elsewhere, too, for what it received. `condition` names the jurisdictions it is for."""
    try:
        return _one(session, condition, case_id)
    except NotFound:
        if not receives(actor):
            raise
        look_out(session, actor)
        return _one(session, condition, case_id)


def _one(session: Session, condition: ColumnElement[bool], case_id: UUID) -> Case:
    found = session.scalar(select(Case).where(Case.id == case_id, condition))
    if found is None:
        raise NotFound(kind="case", key=case_id)
    return found
