"""Materials that a case came with, and the files behind them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base, Tenanted, of_case


class Material(Tenanted, Base):
    """One file handed in for one required material (`requirement`: its code in item.yaml). Never overwritten: a new
    file for the same requirement is a new row and replaces the older one (`replaced_at`)."""

    __tablename__ = "material"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    case_id: Mapped[UUID]
    requirement: Mapped[str]
    filename: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes]
    grade: Mapped[str]
    uploaded_by: Mapped[UUID]
    uploaded_at: Mapped[datetime]
    replaced_at: Mapped[datetime | None]
    __table_args__ = (
        of_case(),
        CheckConstraint("grade IN ('A', 'B', 'C', 'D')", name="grade"),
        Index("ix_material_case", "tenant", "case_id"),
    )
