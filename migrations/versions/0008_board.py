"""What the supervision board reads again and again: lights that are on, running cases, and the weeks behind."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_case_clock_lit": ("case_clock", ["tenant", "red_at", "id"], "stopped_at IS NULL AND light <> 'green'"),
    "ix_case_clock_running": (
        "case_clock",
        ["tenant", "light"],
        "level = 'case' AND basis = 'promised' AND stopped_at IS NULL",
    ),
    "ix_flip_red": ("flip", ["tenant", "became_at"], "colour = 'red' AND superseded_at IS NULL"),
    "ix_case_received_at": ("case", ["tenant", "received_at", "item"], "code IS NOT NULL"),
    "ix_case_concluded_at": ("case", ["tenant", "concluded_at", "item"], "concluded_at IS NOT NULL"),
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, (table, columns, where) in INDEXES.items():
        op.create_index(name, table, columns, postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, (table, *_) in INDEXES.items():
        op.drop_index(name, table_name=table)
