"""How many cases run on each version of the items: who revises an item sees whom it concerns."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.types import ENDED, Status


def running(session: Session, tenant: str, item: str | None = None) -> Mapping[tuple[str, int], int]:
    """The cases of a jurisdiction that were handed in and have not ended, by item and version; of one item or all."""
    counted = select(Case.item, Case.item_version, func.count()).where(
        Case.tenant == tenant, Case.status.not_in((Status.DRAFT, *ENDED))
    )
    if item is not None:
        counted = counted.where(Case.item == item)
    return {
        (code, version): number
        for code, version, number in session.execute(counted.group_by(Case.item, Case.item_version))
    }
