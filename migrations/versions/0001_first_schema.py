"""The first schema: every room's tables, row-level security on all that carries a tenant."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TENANTED = (
    "account",
    "api_token",
    "audit",
    "audit_chain",
    "audit_seal",
    "case",
    "case_clock",
    "case_draft",
    "case_timer",
    "case_write",
    "department",
    "document",
    "document_series",
    "excluded_span",
    "extension",
    "flip",
    "holder",
    "idempotency",
    "leg",
    "login_session",
    "material",
    "notice",
    "outbox",
    "post",
    "post_role",
    "step",
    "supervision_entry",
    "urging",
)
MAY_BE_DELETED = ("idempotency", "login_session", "post_role")
APPEND_ONLY = ("audit", "audit_seal", "case_write")


def upgrade() -> None:
    op.execute("CREATE SEQUENCE supervision_serial")
    _tables()
    for table in TENANTED:
        _secure(table)
    _append_only()


def _secure(table: str) -> None:
    """Read the tenants that the transaction names, write one. The settings are read once for each statement."""
    reads = "tenant = ANY ((SELECT nullif(current_setting('greenlight.reads', true), '')::text[])::text[])"
    writes = "tenant = (SELECT current_setting('greenlight.tenant', true))"
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY reads ON "{table}" FOR SELECT USING ({reads})')
    op.execute(f'CREATE POLICY adds ON "{table}" FOR INSERT WITH CHECK ({writes})')
    op.execute(f'CREATE POLICY changes ON "{table}" FOR UPDATE USING ({writes}) WITH CHECK ({writes})')
    if table in MAY_BE_DELETED:
        op.execute(f'CREATE POLICY removes ON "{table}" FOR DELETE USING ({writes})')


def _append_only() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER append_only ON {table}")
    op.execute("DROP FUNCTION refuse_change()")
    op.drop_index("ix_urging_case", table_name="urging")
    op.drop_table("urging")
    op.drop_index(
        "ix_supervision_entry_open", table_name="supervision_entry", postgresql_where=sa.text("state <> 'closed'")
    )
    op.drop_index("ix_supervision_entry_case", table_name="supervision_entry")
    op.drop_table("supervision_entry")
    op.drop_index("ix_step_queue", table_name="step", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("ix_step_case", table_name="step")
    op.drop_table("step")
    op.drop_index("ix_outbox_failed", table_name="outbox", postgresql_where=sa.text("state = 'failed'"))
    op.drop_index("ix_outbox_due", table_name="outbox", postgresql_where=sa.text("state = 'pending'"))
    op.drop_index("ix_outbox_case", table_name="outbox")
    op.drop_table("outbox")
    op.drop_index("ix_notice_post", table_name="notice", postgresql_where=sa.text("post IS NOT NULL"))
    op.drop_index("ix_notice_case", table_name="notice")
    op.drop_index("ix_notice_account", table_name="notice", postgresql_where=sa.text("account_id IS NOT NULL"))
    op.drop_table("notice")
    op.drop_index("ix_material_case", table_name="material")
    op.drop_table("material")
    op.drop_index("ix_leg_case", table_name="leg")
    op.drop_table("leg")
    op.drop_index("uq_flip_clock_colour", table_name="flip", postgresql_where=sa.text("superseded_at IS NULL"))
    op.drop_index("ix_flip_unanswered", table_name="flip", postgresql_where=sa.text("colour = 'red' AND NOT answered"))
    op.drop_index("ix_flip_superseded", table_name="flip", postgresql_where=sa.text("superseded_at IS NOT NULL"))
    op.drop_index("ix_flip_case", table_name="flip")
    op.drop_table("flip")
    op.drop_index("ix_extension_case", table_name="extension")
    op.drop_table("extension")
    op.drop_index("ix_excluded_span_case", table_name="excluded_span")
    op.drop_table("excluded_span")
    op.drop_index("ix_document_case", table_name="document")
    op.drop_table("document")
    op.drop_table("case_write")
    op.drop_index(
        "ix_case_timer_due",
        table_name="case_timer",
        postgresql_where=sa.text("fired_at IS NULL AND disarmed_at IS NULL AND parked IS NULL"),
    )
    op.drop_index("ix_case_timer_case", table_name="case_timer")
    op.drop_table("case_timer")
    op.drop_table("case_draft")
    op.drop_index(
        "ix_case_clock_due", table_name="case_clock", postgresql_where=sa.text("next_at IS NOT NULL AND parked IS NULL")
    )
    op.drop_index("ix_case_clock_case", table_name="case_clock")
    op.drop_table("case_clock")
    op.drop_table("post_role")
    op.drop_table("item_file")
    op.drop_index(op.f("ix_holder_tenant_post_id"), table_name="holder")
    op.drop_index(op.f("ix_holder_account_id"), table_name="holder")
    op.drop_table("holder")
    op.drop_index("ix_case_applicant", table_name="case", postgresql_where=sa.text("applicant_id IS NOT NULL"))
    op.drop_table("case")
    op.drop_table("role_permission")
    op.drop_table("region")
    op.drop_index(op.f("ix_post_tenant_department_id"), table_name="post")
    op.drop_table("post")
    op.drop_index(op.f("ix_login_session_tenant_account_id"), table_name="login_session")
    op.drop_table("login_session")
    op.drop_table("item_version")
    op.drop_table("calendar_year")
    op.drop_table("calendar_day")
    op.drop_index(op.f("ix_api_token_tenant_account_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_table("throttle")
    op.drop_table("setting")
    op.drop_table("role")
    op.drop_table("item")
    op.drop_table("idempotency")
    op.drop_table("document_series")
    op.drop_table("department")
    op.drop_table("calendar")
    op.drop_table("audit_seal")
    op.drop_table("audit_chain")
    op.drop_table("audit")
    op.drop_table("account")
    op.execute("DROP SEQUENCE supervision_serial")


def _tables() -> None:
    op.create_table(
        "account",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("id_number", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_account")),
        sa.UniqueConstraint("tenant", "username", name=op.f("uq_account_tenant_username")),
    )
    op.create_table(
        "audit",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "chain", "seq", name=op.f("pk_audit")),
    )
    op.create_table(
        "audit_chain",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_audit_chain")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_table(
        "audit_seal",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("heads", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "seq", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "calendar",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_calendar")),
    )
    op.create_table(
        "department",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_department")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_department_tenant_code")),
    )
    op.create_table(
        "document_series",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "word", "year", name=op.f("pk_document_series")),
    )
    op.create_table(
        "idempotency",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "account_id", "key", name=op.f("pk_idempotency")),
    )
    op.create_table(
        "item",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_item")),
    )
    op.create_table(
        "role",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_role")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "throttle",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "api_token",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "account_id"], ["account.tenant", "account.id"], name=op.f("fk_api_token_tenant_account_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("tenant", "secret_hash", name=op.f("uq_api_token_tenant_secret_hash")),
    )
    op.create_index(op.f("ix_api_token_tenant_account_id"), "api_token", ["tenant", "account_id"], unique=False)
    op.create_table(
        "calendar_day",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.code"], name=op.f("fk_calendar_day_calendar")),
        sa.PrimaryKeyConstraint("calendar", "day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_year",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('announced', 'provisional')", name=op.f("ck_calendar_year_status")),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.code"], name=op.f("fk_calendar_year_calendar")),
        sa.PrimaryKeyConstraint("calendar", "year", name=op.f("pk_calendar_year")),
    )
    op.create_table(
        "item_version",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item"], ["item.code"], name=op.f("fk_item_version_item")),
        sa.PrimaryKeyConstraint("item", "version", name=op.f("pk_item_version")),
    )
    op.create_table(
        "login_session",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("expires_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "account_id"], ["account.tenant", "account.id"], name=op.f("fk_login_session_tenant_account_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("tenant", "secret_hash", name=op.f("uq_login_session_tenant_secret_hash")),
    )
    op.create_index(op.f("ix_login_session_tenant_account_id"), "login_session", ["tenant", "account_id"], unique=False)
    op.create_table(
        "post",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("department_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "department_id"],
            ["department.tenant", "department.id"],
            name=op.f("fk_post_tenant_department_id"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_post")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_post_tenant_code")),
    )
    op.create_index(op.f("ix_post_tenant_department_id"), "post", ["tenant", "department_id"], unique=False)
    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("is_tenant", sa.Boolean(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["calendar"], ["calendar.code"], name=op.f("fk_region_calendar")),
        sa.ForeignKeyConstraint(["parent"], ["region.code"], name=op.f("fk_region_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_table(
        "role_permission",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["role"], ["role.code"], name=op.f("fk_role_permission_role")),
        sa.PrimaryKeyConstraint("role", "permission", name=op.f("pk_role_permission")),
    )
    op.create_table(
        "case",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("item_version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("received_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("decided_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("concluded_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item", "item_version"],
            ["item_version.item", "item_version.version"],
            name=op.f("fk_case_item_item_version"),
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_case")),
        sa.UniqueConstraint("tenant", "code", name=op.f("uq_case_tenant_code")),
        postgresql_with={"fillfactor": "70"},
    )
    op.create_index(
        "ix_case_applicant",
        "case",
        ["applicant_id", "id"],
        unique=False,
        postgresql_where=sa.text("applicant_id IS NOT NULL"),
    )
    op.create_table(
        "holder",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "post_id"], ["post.tenant", "post.id"], name=op.f("fk_holder_tenant_post_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_holder")),
    )
    op.create_index(op.f("ix_holder_account_id"), "holder", ["account_id"], unique=False)
    op.create_index(op.f("ix_holder_tenant_post_id"), "holder", ["tenant", "post_id"], unique=False)
    op.create_table(
        "item_file",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item", "version"], ["item_version.item", "item_version.version"], name=op.f("fk_item_file_item_version")
        ),
        sa.PrimaryKeyConstraint("item", "version", "path", name=op.f("pk_item_file")),
    )
    op.create_table(
        "post_role",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["role"], ["role.code"], name=op.f("fk_post_role_role")),
        sa.ForeignKeyConstraint(
            ["tenant", "post_id"], ["post.tenant", "post.id"], name=op.f("fk_post_role_tenant_post_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "post_id", "role", name=op.f("pk_post_role")),
    )
    op.create_table(
        "case_clock",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=True),
        sa.Column("element", sa.Text(), nullable=True),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("counting", sa.Text(), nullable=False),
        sa.Column("started_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("yellow", sa.Text(), nullable=True),
        sa.Column("red", sa.Text(), nullable=True),
        sa.Column("yellow_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("red_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("next_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("parked", sa.Text(), nullable=True),
        sa.CheckConstraint("basis IN ('step', 'promised', 'statutory')", name=op.f("ck_case_clock_basis")),
        sa.CheckConstraint("counting IN ('working', 'civil')", name=op.f("ck_case_clock_counting")),
        sa.CheckConstraint("level IN ('step', 'leg', 'case')", name=op.f("ck_case_clock_level")),
        sa.CheckConstraint("light IN ('green', 'yellow', 'red')", name=op.f("ck_case_clock_light")),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_case_clock_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_case_clock")),
    )
    op.create_index("ix_case_clock_case", "case_clock", ["tenant", "case_id"], unique=False)
    op.create_index(
        "ix_case_clock_due",
        "case_clock",
        ["tenant", "next_at"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL AND parked IS NULL"),
    )
    op.create_table(
        "case_draft",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_case_draft_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "case_id", name=op.f("pk_case_draft")),
    )
    op.create_table(
        "case_timer",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("counting", sa.Text(), nullable=False),
        sa.Column("armed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("fired_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("disarmed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("parked", sa.Text(), nullable=True),
        sa.CheckConstraint("counting IN ('working', 'civil')", name=op.f("ck_case_timer_counting")),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_case_timer_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_case_timer")),
    )
    op.create_index("ix_case_timer_case", "case_timer", ["tenant", "case_id"], unique=False)
    op.create_index(
        "ix_case_timer_due",
        "case_timer",
        ["tenant", "due_at"],
        unique=False,
        postgresql_where=sa.text("fired_at IS NULL AND disarmed_at IS NULL AND parked IS NULL"),
    )
    op.create_table(
        "case_write",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("writes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_case_write_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "case_id", "seq", name=op.f("pk_case_write")),
    )
    op.create_table(
        "document",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("verification_code", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_document_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_document")),
        sa.UniqueConstraint("tenant", "number", name=op.f("uq_document_tenant_number")),
        sa.UniqueConstraint("tenant", "verification_code", name=op.f("uq_document_tenant_verification_code")),
    )
    op.create_index("ix_document_case", "document", ["tenant", "case_id"], unique=False)
    op.create_table(
        "excluded_span",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("leg_id", sa.Uuid(), nullable=True),
        sa.Column("cause", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("announced", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("closed_at >= opened_at", name=op.f("ck_excluded_span_order")),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_excluded_span_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_excluded_span")),
    )
    op.create_index("ix_excluded_span_case", "excluded_span", ["tenant", "case_id"], unique=False)
    op.create_table(
        "extension",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_extension_days")),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_extension_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_extension")),
    )
    op.create_index("ix_extension_case", "extension", ["tenant", "case_id"], unique=False)
    op.create_table(
        "flip",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("clock_id", sa.Uuid(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("became_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("superseded_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("superseded_because", sa.Text(), nullable=True),
        sa.CheckConstraint("colour IN ('yellow', 'red')", name=op.f("ck_flip_colour")),
        sa.CheckConstraint("noticed_at >= became_at", name=op.f("ck_flip_order")),
        sa.ForeignKeyConstraint(["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_flip_tenant_case_id")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_flip")),
    )
    op.create_index("ix_flip_case", "flip", ["tenant", "case_id"], unique=False)
    op.create_index(
        "ix_flip_superseded",
        "flip",
        ["tenant", "id"],
        unique=False,
        postgresql_where=sa.text("superseded_at IS NOT NULL"),
    )
    op.create_index(
        "ix_flip_unanswered",
        "flip",
        ["tenant", "id"],
        unique=False,
        postgresql_where=sa.text("colour = 'red' AND NOT answered"),
    )
    op.create_index(
        "uq_flip_clock_colour",
        "flip",
        ["tenant", "clock_id", "colour"],
        unique=True,
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "leg",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_lead", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_leg_tenant_case_id")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_leg")),
    )
    op.create_index("ix_leg_case", "leg", ["tenant", "case_id"], unique=False)
    op.create_table(
        "material",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("requirement", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("grade IN ('A', 'B', 'C', 'D')", name=op.f("ck_material_grade")),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_material_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_material")),
    )
    op.create_index("ix_material_case", "material", ["tenant", "case_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("read_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_notice_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_notice")),
    )
    op.create_index(
        "ix_notice_account",
        "notice",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index("ix_notice_case", "notice", ["tenant", "case_id"], unique=False)
    op.create_index(
        "ix_notice_post", "notice", ["tenant", "post", "id"], unique=False, postgresql_where=sa.text("post IS NOT NULL")
    )
    op.create_table(
        "outbox",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("run_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('pending', 'done', 'failed')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_outbox_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_case", "outbox", ["tenant", "case_id"], unique=False)
    op.create_index(
        "ix_outbox_due", "outbox", ["tenant", "run_at"], unique=False, postgresql_where=sa.text("state = 'pending'")
    )
    op.create_index(
        "ix_outbox_failed", "outbox", ["tenant", "id"], unique=False, postgresql_where=sa.text("state = 'failed'")
    )
    op.create_table(
        "step",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("leg_id", sa.Uuid(), nullable=True),
        sa.Column("scopes", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("case_code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'claimed', 'done', 'cancelled')", name=op.f("ck_step_state")),
        sa.ForeignKeyConstraint(["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_step_tenant_case_id")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_step")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_step_case", "step", ["tenant", "case_id"], unique=False)
    op.create_index(
        "ix_step_queue",
        "step",
        ["tenant", "post", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "supervision_entry",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("flip_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("explained_by", sa.Uuid(), nullable=True),
        sa.Column("explained_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("finding", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('open', 'taken', 'closed')", name=op.f("ck_supervision_entry_state")),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_supervision_entry_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_supervision_entry")),
        sa.UniqueConstraint("tenant", "flip_id", name=op.f("uq_supervision_entry_tenant_flip_id")),
    )
    op.create_index("ix_supervision_entry_case", "supervision_entry", ["tenant", "case_id"], unique=False)
    op.create_index(
        "ix_supervision_entry_open",
        "supervision_entry",
        ["tenant", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_table(
        "urging",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("step_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("urged_by", sa.Uuid(), nullable=False),
        sa.Column("urged_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "case_id"], ["case.tenant", "case.id"], name=op.f("fk_urging_tenant_case_id")
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_urging")),
    )
    op.create_index("ix_urging_case", "urging", ["tenant", "case_id"], unique=False)
