"""What a case and its documents keep besides: where it was received, deemed acceptance, the end of a licence."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AN_INSTANT = sa.TIMESTAMP(timezone=True)
_RECEIVED = sa.text("received_in IS NOT NULL")


def upgrade() -> None:
    op.add_column("case", sa.Column("received_in", sa.Text(), nullable=True))
    op.add_column("case", sa.Column("deemed_at", _AN_INSTANT, nullable=True))
    op.add_column("case", sa.Column("revoked_at", _AN_INSTANT, nullable=True))
    op.create_index("ix_case_received", "case", ["received_in", "id"], unique=False, postgresql_where=_RECEIVED)
    op.add_column("case_timer", sa.Column("attached", sa.Uuid(), nullable=True))
    op.add_column("document", sa.Column("revoked_at", _AN_INSTANT, nullable=True))
    op.add_column("document", sa.Column("revoked_by", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("document", "revoked_by")
    op.drop_column("document", "revoked_at")
    op.drop_column("case_timer", "attached")
    op.drop_index("ix_case_received", table_name="case", postgresql_where=_RECEIVED)
    op.drop_column("case", "revoked_at")
    op.drop_column("case", "deemed_at")
    op.drop_column("case", "received_in")
