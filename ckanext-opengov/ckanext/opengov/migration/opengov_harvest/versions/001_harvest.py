"""Rows of sources, runs, bad rows, notices.

Revision ID: opengov_harvest_001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "opengov_harvest_001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opengov_harvest_record",
        sa.Column("source_id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False, index=True),
        sa.Column("hash", sa.Text),
        sa.Column("withdrawn", sa.Boolean, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "opengov_harvest_run",
        sa.Column("job_id", sa.Text, primary_key=True),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("problem", JSONB(none_as_null=True)),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("content_hash", sa.Text),
        sa.Column("mapping_hash", sa.Text),
    )
    op.create_index("opengov_harvest_run_source", "opengov_harvest_run", ["source_id", "started_at"])
    op.create_table(
        "opengov_harvest_bad_row",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("message", JSONB, nullable=False),
    )
    op.create_index("opengov_harvest_bad_row_job", "opengov_harvest_bad_row", ["job_id", "place"])
    op.create_table(
        "opengov_harvest_notice",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("message", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("confirmed", sa.Boolean, nullable=False),
    )
    op.create_index(
        "opengov_harvest_notice_open",
        "opengov_harvest_notice",
        ["source_id", "kind"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )


def downgrade() -> None:
    for table in ("notice", "bad_row", "run", "record"):
        op.drop_table(f"opengov_harvest_{table}")
