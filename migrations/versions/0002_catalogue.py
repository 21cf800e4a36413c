"""The life of a version: who drafted, reviewed, confirmed and published it; items that are withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNCHANGING = {
    "item_act": "UPDATE OR DELETE",
    "item_file": "UPDATE OR DELETE",
    "item_version": "UPDATE OF digest, manifest",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("item", sa.Column("withdrawn", sa.Integer(), nullable=True))
    op.add_column("item_version", sa.Column("state", sa.Text(), server_default="published", nullable=False))
    op.create_check_constraint(
        op.f("ck_item_version_state"), "item_version", "state IN ('draft', 'reviewed', 'confirmed', 'published')"
    )
    op.alter_column("item_version", "published_at", nullable=True)
    op.create_table(
        "item_act",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["item.code"], name=op.f("fk_item_act_item")),
        sa.ForeignKeyConstraint(
            ["item", "version"], ["item_version.item", "item_version.version"], name=op.f("fk_item_act_item_version")
        ),
        sa.PrimaryKeyConstraint("item", "seq", name=op.f("pk_item_act")),
    )
    op.execute("SELECT set_config('greenlight.reads', '{*}', true)")
    op.execute(
        "INSERT INTO item_act (item, seq, version, act, at, actor_id, actor, note) "
        "SELECT v.item, row_number() OVER (PARTITION BY v.item ORDER BY v.published_at, v.version), v.version, "
        "'published', v.published_at, v.published_by, coalesce(a.username, 'system'), v.note "
        "FROM item_version v LEFT JOIN account a ON a.tenant = '*' AND a.id = v.published_by"
    )
    for table, changes in UNCHANGING.items():
        op.execute(
            f"CREATE TRIGGER append_only BEFORE {changes} ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in UNCHANGING:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    op.drop_table("item_act")
    op.execute(
        "DELETE FROM item_file f USING item_version v "
        "WHERE (f.item, f.version) = (v.item, v.version) AND v.published_at IS NULL"
    )
    op.execute("DELETE FROM item_version WHERE published_at IS NULL")
    op.alter_column("item_version", "published_at", nullable=False)
    op.drop_constraint(op.f("ck_item_version_state"), "item_version")
    op.drop_column("item_version", "state")
    op.execute("UPDATE item SET current = coalesce(current, withdrawn)")
    op.drop_column("item", "withdrawn")
