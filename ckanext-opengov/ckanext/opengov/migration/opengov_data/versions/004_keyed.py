"""Keyed tables, their structures, tokens of pushing systems, receipts that the journal has.

Revision ID: opengov_data_004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "opengov_data_004"
down_revision = "opengov_data_003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opengov_data_keyed",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False, index=True),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("history", sa.Boolean, nullable=False),
        sa.Column("structure_version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text),
        sa.UniqueConstraint("agency_id", "external_id", name="opengov_data_keyed_external"),
    )
    op.create_table(
        "opengov_data_structure",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("descriptor", JSONB, nullable=False),
        sa.Column("receipt_id", sa.Text),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "opengov_data_token",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("agency_id", sa.Text, nullable=False, index=True),
        sa.Column("datasets", ARRAY(sa.Text), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("used_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "opengov_data_relayed",
        sa.Column("receipt_id", sa.Text, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    for name in ("relayed", "token", "structure", "keyed"):
        op.drop_table(f"opengov_data_{name}")
