"""Webhooks: who is told of what, and what was sent. A notice may be about the office itself, and not about a case."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("notice", "case_id", existing_type=sa.Uuid(), nullable=True)
    op.create_table(
        "webhook",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("old_salt", sa.LargeBinary(), nullable=True),
        sa.Column("old_until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("failing_since", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_webhook")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("occurred_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("run_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("tried_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'delivered', 'failed')", name=op.f("ck_webhook_delivery_state")),
        sa.ForeignKeyConstraint(
            ["tenant", "webhook_id"],
            ["webhook.tenant", "webhook.id"],
            name=op.f("fk_webhook_delivery_tenant_webhook_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", "webhook_id", name=op.f("pk_webhook_delivery")),
    )
    op.create_index(
        "ix_webhook_delivery_due",
        "webhook_delivery",
        ["tenant", "run_at"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_webhook_delivery_webhook", "webhook_delivery", ["tenant", "webhook_id", "id"], unique=False)
    for table in ("webhook", "webhook_delivery"):
        _secure(table)


def _secure(table: str) -> None:
    """Read the tenants that the transaction names, write one, as everywhere; both may be removed."""
    reads = "tenant = ANY ((SELECT nullif(current_setting('greenlight.reads', true), '')::text[])::text[])"
    writes = "tenant = (SELECT current_setting('greenlight.tenant', true))"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY reads ON {table} FOR SELECT USING ({reads})")
    op.execute(f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({writes})")
    op.execute(f"CREATE POLICY changes ON {table} FOR UPDATE USING ({writes}) WITH CHECK ({writes})")
    op.execute(f"CREATE POLICY removes ON {table} FOR DELETE USING ({writes})")


def downgrade() -> None:
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    op.execute("ALTER TABLE notice NO FORCE ROW LEVEL SECURITY")  # nobody may remove notices, but for this
    op.execute("DELETE FROM notice WHERE case_id IS NULL")
    op.execute("ALTER TABLE notice FORCE ROW LEVEL SECURITY")
    op.alter_column("notice", "case_id", existing_type=sa.Uuid(), nullable=False)
