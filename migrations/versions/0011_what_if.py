"""Questions what a version would have made of cases that are over."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "what_if",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("assumed", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("before", sa.Uuid(), nullable=True),
        sa.Column("tally", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["item", "version"], ["item_version.item", "item_version.version"], name=op.f("fk_what_if_item_version")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_what_if")),
    )
    op.create_index("ix_what_if_item", "what_if", ["tenant", "item", "id"])
    op.create_index("ix_what_if_open", "what_if", ["tenant", "id"], postgresql_where=sa.text("finished_at IS NULL"))
    _secure("what_if")


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
    op.drop_table("what_if")
