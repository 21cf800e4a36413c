"""By when a department is to explain a red light, once it was asked."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("supervision_entry", sa.Column("explain_by", sa.TIMESTAMP(timezone=True)))


def downgrade() -> None:
    op.drop_column("supervision_entry", "explain_by")
