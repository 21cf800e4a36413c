"""The designers' benches: working copies of items, and who has them open."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "item_bench",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("saved_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_bench")),
    )
    op.create_table(
        "item_bench_file",
        sa.Column("bench", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bench"], ["item_bench.id"], name=op.f("fk_item_bench_file_item_bench"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bench", "path", name=op.f("pk_item_bench_file")),
    )
    op.create_table(
        "item_bench_seat",
        sa.Column("bench", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seen", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bench"], ["item_bench.id"], name=op.f("fk_item_bench_seat_item_bench"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bench", "username", name=op.f("pk_item_bench_seat")),
    )


def downgrade() -> None:
    for table in ("item_bench_seat", "item_bench_file", "item_bench"):
        op.drop_table(table)
