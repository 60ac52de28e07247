"""The quality of each data set, and what is known of the addresses of linked files.

Revision ID: opengov_data_003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "opengov_data_003"
down_revision = "opengov_data_002"
branch_labels = None
depends_on = None

DIMENSIONS = ("findability", "accessibility", "interoperability", "reusability", "contextuality")


def upgrade() -> None:
    op.create_table(
        "opengov_data_quality",
        sa.Column("dataset_id", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text),
        sa.Column("score", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in DIMENSIONS),
        sa.Column("lost", JSONB, nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recheck_at", sa.DateTime(timezone=True)),
    )
    op.create_index("opengov_data_quality_agency", "opengov_data_quality", ["agency_id", "score"])
    op.create_index("opengov_data_quality_recheck", "opengov_data_quality", ["recheck_at"])
    op.create_table(
        "opengov_data_link",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("dataset_id", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("is_file", sa.Boolean),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'works', 'dead')", name="opengov_data_link_state"),
    )
    op.create_index("opengov_data_link_dataset", "opengov_data_link", ["dataset_id"])
    op.create_index("opengov_data_link_next", "opengov_data_link", ["next_at"])


def downgrade() -> None:
    op.drop_table("opengov_data_link")
    op.drop_table("opengov_data_quality")
