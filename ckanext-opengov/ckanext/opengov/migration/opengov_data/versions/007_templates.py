"""Fixes that officers remember, and the tables that others refer to.

Revision ID: opengov_data_007
"""

import sqlalchemy as sa
from alembic import op

revision = "opengov_data_007"
down_revision = "opengov_data_006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opengov_data_fix",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("field", sa.Text, primary_key=True),
        sa.Column("wrong", sa.Text, primary_key=True),
        sa.Column("fixed", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "opengov_data_reference",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Text),
        sa.CheckConstraint("role IN ('places', 'streets', 'buildings', 'codes')", name="opengov_data_reference_role"),
    )
    # The address register is one; code lists are many.
    op.create_index(
        "opengov_data_reference_one",
        "opengov_data_reference",
        ["role"],
        unique=True,
        postgresql_where=sa.text("role <> 'codes'"),
    )


def downgrade() -> None:
    op.drop_table("opengov_data_reference")
    op.drop_table("opengov_data_fix")
