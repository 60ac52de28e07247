"""What became of each uploaded file that should be a table.

Revision ID: opengov_data_001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "opengov_data_001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opengov_data_table_load",
        sa.Column("resource_id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("rows", sa.BigInteger),
        sa.Column("problem", sa.Text),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('waiting', 'loading', 'ready', 'failed')", name="opengov_data_table_load_state"),
    )
    op.create_index(
        "opengov_data_table_load_open",
        "opengov_data_table_load",
        ["requested_at"],
        postgresql_where=sa.text("state IN ('waiting', 'loading')"),
    )


def downgrade() -> None:
    op.drop_table("opengov_data_table_load")
