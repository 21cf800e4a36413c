"""Running cases that are moved to another version of their item."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "move_batch",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("from_version", sa.Integer(), nullable=False),
        sa.Column("to_version", sa.Integer(), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("back_of", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["item", "from_version"],
            ["item_version.item", "item_version.version"],
            name=op.f("fk_move_batch_item_from_version"),
        ),
        sa.ForeignKeyConstraint(
            ["item", "to_version"],
            ["item_version.item", "item_version.version"],
            name=op.f("fk_move_batch_item_to_version"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_move_batch")),
    )
    op.create_index("ix_move_batch_item", "move_batch", ["tenant", "item", "id"])
    op.create_index(
        "ix_move_batch_open", "move_batch", ["tenant", "id"], postgresql_where=sa.text("finished_at IS NULL")
    )
    op.create_table(
        "move_case",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reasons", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("undo", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'moved', 'refused', 'failed')", name=op.f("ck_move_case_state")),
        sa.ForeignKeyConstraint(
            ["tenant", "batch_id"], ["move_batch.tenant", "move_batch.id"], name=op.f("fk_move_case_tenant_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_move_case_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "batch_id", "case_id", name=op.f("pk_move_case")),
    )
    op.create_index("ix_move_case_case", "move_case", ["tenant", "case_id"])
    op.create_index(
        "ix_move_case_waiting",
        "move_case",
        ["tenant", "batch_id", "case_id"],
        postgresql_where=sa.text("state = 'waiting'"),
    )
    for table in ("move_batch", "move_case"):
        _secure(table)


def _secure(table: str) -> None:
    """Read the tenants that the transaction names, write one, as everywhere; nothing is removed."""
    reads = "tenant = ANY ((SELECT nullif(current_setting('greenlight.reads', true), '')::text[])::text[])"
    writes = "tenant = (SELECT current_setting('greenlight.tenant', true))"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reads ON {table} FOR SELECT USING ({reads})")
    op.execute(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({writes})")
    op.execute(f"CREATE POLICY changes ON {table} FOR UPDATE USING ({writes}) WITH CHECK ({writes})")


def downgrade() -> None:
    op.drop_table("move_case")
    op.drop_table("move_batch")
