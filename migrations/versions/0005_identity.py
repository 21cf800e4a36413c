"""People and calendars: passwords that must be changed, when a session or token was used, changes of calendars."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("account", sa.Column("must_change_password", sa.Boolean(), server_default="false", nullable=False))
    for table in ("login_session", "api_token"):
        op.add_column(table, sa.Column("last_used_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("calendar", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.code"], name=op.f("fk_calendar_change_calendar")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_change")),
    )
    op.create_index(op.f("ix_calendar_change_calendar_year"), "calendar_change", ["calendar", "year"])
    op.create_index(
        "ix_calendar_change_open", "calendar_change", ["id"], postgresql_where=sa.text("finished_at IS NULL")
    )
    op.create_table(
        "calendar_recount",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moved", sa.Integer(), server_default="0", nullable=False),
        sa.Column("superseded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("after", sa.Uuid(), nullable=True),
        sa.Column("failures", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["calendar_change.id"], name=op.f("fk_calendar_recount_change_id")),
        sa.PrimaryKeyConstraint("change_id", "region", name=op.f("pk_calendar_recount")),
    )


def downgrade() -> None:
    op.drop_table("calendar_recount")
    op.drop_index(
        "ix_calendar_change_open", table_name="calendar_change", postgresql_where=sa.text("finished_at IS NULL")
    )
    op.drop_index(op.f("ix_calendar_change_calendar_year"), table_name="calendar_change")
    op.drop_table("calendar_change")
    op.drop_column("calendar", "version")
    for table in ("api_token", "login_session"):
        op.drop_column(table, "last_used_at")
    op.drop_column("account", "must_change_password")
