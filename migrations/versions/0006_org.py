"""The office: versions of what two may change at once, closed departments and posts, what holders hand over."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

VERSIONED = ("region", "department", "post", "role", "account")
CLOSED = ("department", "post")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table in VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    for table in CLOSED:
        op.add_column(table, sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("holder", sa.Column("successor_id", sa.Uuid(), nullable=True))
    op.add_column("holder", sa.Column("handed_over_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.create_index(
        "ix_holder_ended",
        "holder",
        ["tenant", "until"],
        postgresql_where=sa.text("until IS NOT NULL AND handed_over_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_holder_ended", table_name="holder")
    op.drop_column("holder", "handed_over_at")
    op.drop_column("holder", "successor_id")
    for table in CLOSED:
        op.drop_column(table, "closed_at")
    for table in VERSIONED:
        op.drop_column(table, "version")
