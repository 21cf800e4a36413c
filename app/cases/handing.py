"""Handing materials in, and reading them: by the applicant, at the window, and by those who review."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.cases import policy
from app.cases.models import Case
from app.cases.types import Status
from app.catalog.queries import item as item_version
from app.identity.acts import record_act
from app.identity.types import Actor
from app.inbox.models import Step
from app.inbox.types import LIVE
from app.kernel.database import enter_tenant
from app.kernel.errors import NotFound, WrongState
from app.materials import operations as materials
from app.materials import queries
from app.materials.models import Material
from app.materials.store import FileStore

_MEGABYTE = 1024 * 1024


def attach_material(
    session: Session,
    actor: Actor,
    store: FileStore,
    case_id: UUID,
    requirement: str,
    filename: str,
    content: bytes | BinaryIO,
    now: datetime,
) -> Material:
    """Hand a file in for a required material: with a draft, or while a step asks for it.

    Raises NotFound, WrongState, and a kind of FileRefused.
    """
    case = (
        policy.seen_case(session, actor, case_id) if actor.kind == "staff" else policy.own_case(session, actor, case_id)
    )
    if actor.account_id is None or not _may_hand_in(session, actor, case):
        raise WrongState(verb="hand in", state=case.status)
    needed = item_version(session, case.item, case.item_version).manifest.requirement(requirement)
    if needed is None:
        raise NotFound(kind="material", key=requirement)
    window = {"window": actor.tenant} if actor.kind == "staff" and actor.tenant != case.tenant else {}
    enter_tenant(session, case.tenant)
    handed = materials.attach(
        session,
        store,
        case.tenant,
        case.id,
        requirement=requirement,
        filename=filename,
        content=BytesIO(content) if isinstance(content, bytes) else content,
        formats=needed.formats,
        max_bytes=needed.max_size_mb * _MEGABYTE,
        grade=needed.grade,
        uploaded_by=actor.account_id,
        now=now,
    )
    data = {"material": str(handed.id), "requirement": requirement, "sha256": handed.sha256.hex(), **window}
    record_act(session, actor, case.tenant, case.id, now, "material:handed-in", data)
    return handed


def read_material(
    session: Session, actor: Actor, store: FileStore, material_id: UUID
) -> tuple[Material, Iterator[bytes]]:
    """A file of a case that the actor may see. Raises NotFound."""
    found = session.scalar(select(Material).where(Material.id == material_id))
    if found is None:
        raise NotFound(kind="material", key=material_id)
    try:
        case = policy.seen_case(session, actor, found.case_id)
    except NotFound:  # of the case it came with, not even the id is told
        raise NotFound(kind="material", key=material_id) from None
    return materials.read(session, store, case.tenant, material_id)


def handed_in(session: Session, case: Case) -> set[str]:
    """The codes of the materials that a case has."""
    return {material.requirement for material in queries.of_case(session, case.tenant, case.id)}


def _may_hand_in(session: Session, actor: Actor, case: Case) -> bool:
    """An applicant with a draft or a step that waits for them, and the window that received them; a clerk with a step
    in hand."""
    if case.status == Status.DRAFT:
        return True
    waiting = select(Step.id).where(Step.tenant == case.tenant, Step.case_id == case.id, Step.state.in_(LIVE))
    in_hand = Step.claimed_by == actor.account_id
    if actor.kind == "applicant" or policy.stands_in(actor, case):
        in_hand = or_(in_hand, Step.post.is_(None))
    return session.scalar(waiting.where(in_hand).limit(1)) is not None
