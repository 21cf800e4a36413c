"""Reads: a person's notices, incidents, documents of a case, a document by its verification code."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import Session

from app.identity.types import Actor
from app.notices import codes
from app.notices.errors import BadVerificationCode, NoDocument
from app.notices.models import Document, Notice, Outbox


def addressed_to(actor: Actor) -> ColumnElement[bool]:
    """Whether a notice is to the actor (in whatever jurisdiction), or to a post that they hold in their own."""
    to_account = false() if actor.account_id is None else Notice.account_id == actor.account_id
    return or_(to_account, and_(Notice.tenant == actor.tenant, Notice.post.in_(actor.posts)))


def notices_of(session: Session, actor: Actor, *, before: UUID | None = None, limit: int = 50) -> Sequence[Notice]:
    """The actor's notices, the latest first; `before` is the id of the last one on the previous page."""
    wanted = select(Notice).where(addressed_to(actor))
    if before:
        wanted = wanted.where(Notice.id < before)
    return session.scalars(wanted.order_by(Notice.id.desc()).limit(limit)).all()


def unread(session: Session, actor: Actor, most: int = 100) -> int:
    """How many notices the actor has not read, counted up to `most`."""
    new = select(Notice.id).where(addressed_to(actor), Notice.read_at.is_(None)).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(new)) or 0


def told_about(session: Session, tenant: str, case_id: UUID) -> Sequence[Notice]:
    """Everything that was told about one case, in order."""
    of_case = select(Notice).where(Notice.tenant == tenant, Notice.case_id == case_id)
    return session.scalars(of_case.order_by(Notice.id)).all()


def tenants_due(session: Session, now: datetime) -> Sequence[str]:
    """The tenants, among those that the transaction reads, with work that is due. Takes no lock."""
    due = select(Outbox.tenant).where(Outbox.state == "pending", Outbox.run_at <= now)
    return session.scalars(due.distinct()).all()


def incidents(session: Session, tenant: str, limit: int = 200) -> Sequence[Outbox]:
    """Work that failed for good, the oldest first."""
    failed = select(Outbox).where(Outbox.tenant == tenant, Outbox.state == "failed")
    return session.scalars(failed.order_by(Outbox.id).limit(limit)).all()


def documents_of(session: Session, tenant: str, case_id: UUID) -> Sequence[Document]:
    """The documents issued for one case, in order."""
    of_case = select(Document).where(Document.tenant == tenant, Document.case_id == case_id)
    return session.scalars(of_case.order_by(Document.issued_at, Document.number)).all()


def granted(session: Session, tenant: str, case_id: UUID) -> Document | None:
    """The decision to grant, where there is one."""
    return session.scalar(
        select(Document).where(Document.tenant == tenant, Document.case_id == case_id, Document.kind == "grant")
    )


def document(session: Session, tenant: str, id: UUID) -> Document:  # noqa: A002 — the row's own word
    """One document. Raises NoDocument."""
    found = session.get(Document, (tenant, id))
    if found is None:
        raise NoDocument(key=id)
    return found


def find_by_code(session: Session, text: str) -> Document | None:
    """The document with this verification code, or None. The transaction must read `codes.tenant_of(text)`.

    Raises BadVerificationCode where the check character does not fit.
    """
    code = codes.parse(text)
    if code is None:
        raise BadVerificationCode(text=text[:40])
    return session.scalar(
        select(Document).where(Document.tenant == code.tenant, Document.verification_code == code.text)
    )
