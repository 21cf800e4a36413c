"""Reads: the materials of a case."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.materials.errors import NoMaterial
from app.materials.models import Material


def of_case(session: Session, tenant: str, case_id: UUID, *, replaced: bool = False) -> Sequence[Material]:
    """The files handed in for a case, in the order of their coming; with `replaced`, also those that newer ones took
    the place of."""
    files = select(Material).where(Material.tenant == tenant, Material.case_id == case_id)
    if not replaced:
        files = files.where(Material.replaced_at.is_(None))
    return session.scalars(files.order_by(Material.id)).all()


def material(session: Session, tenant: str, id: UUID) -> Material:  # noqa: A002 — the row's own word
    """One file's row. Raises NoMaterial."""
    found = session.get(Material, (tenant, id))
    if found is None:
        raise NoMaterial(key=id)
    return found
