"""Transferred days of the working-day calendar.

Revision ID: opengov_002
"""

import sqlalchemy as sa
from alembic import op

revision = "opengov_002"
down_revision = "opengov_001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opengov_transferred_day",
        sa.Column("date", sa.Date, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('working', 'day_off')", name="opengov_transferred_day_kind"),
    )


def downgrade() -> None:
    op.drop_table("opengov_transferred_day")
