"""The journal, its seals, and the officers.

Revision ID: opengov_003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "opengov_003"
down_revision = "opengov_002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("opengov_journal", "opengov_journal_seal", "opengov_journal_sealed_head")


def upgrade() -> None:
    _journal()
    _seals()
    _append_only()
    _officers()


def _journal() -> None:
    op.create_table(
        "opengov_journal",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("entity_type", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Text, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("actor", sa.Text),
        sa.Column("public", JSONB, nullable=False),
        sa.Column("internal", JSONB, nullable=False),
        sa.Column("previous_hash", sa.Text),
        sa.Column("hash", sa.Text, nullable=False),
        sa.UniqueConstraint("entity_type", "entity_id", "seq", name="opengov_journal_place"),
    )


def _seals() -> None:
    op.create_table(
        "opengov_journal_seal",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_entry_id", sa.BigInteger, nullable=False),
        sa.Column("heads", sa.BigInteger, nullable=False),
        sa.Column("previous_digest", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
    )
    op.create_table(
        "opengov_journal_sealed_head",
        sa.Column("entity_type", sa.Text, primary_key=True),
        sa.Column("entity_id", sa.Text, primary_key=True),
        sa.Column("seal_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entry_id", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_index("opengov_journal_sealed_head_seal", "opengov_journal_sealed_head", ["seal_id"])


def _append_only() -> None:
    op.execute(
        """
        CREATE FUNCTION opengov_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
                USING HINT = 'What was recorded stays. Record another entry that corrects it.';
        END
        $$
        """
    )
    for table in APPEND_ONLY:
        op.execute(
            f"""
            CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION opengov_append_only()
            """
        )


def _officers() -> None:
    op.create_table(
        "opengov_officer",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("component", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("granted_by", sa.Text, nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.Text),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("valid_until >= valid_from", name="opengov_officer_dates"),
    )
    op.create_index(
        "opengov_officer_open",
        "opengov_officer",
        ["user_id", "component", "agency_id", "role"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_index("opengov_officer_agency", "opengov_officer", ["agency_id", "component", "role"])
    op.create_index("opengov_officer_user", "opengov_officer", ["user_id"])


def downgrade() -> None:
    op.drop_table("opengov_officer")
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)
    op.execute("DROP FUNCTION opengov_append_only()")
