"""How often each data set was read, by day.

Revision ID: opengov_data_006
"""

import sqlalchemy as sa
from alembic import op

revision = "opengov_data_006"
down_revision = "opengov_data_005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opengov_data_usage",
        sa.Column("dataset_id", sa.Text, primary_key=True),
        sa.Column("day", sa.Date, primary_key=True, index=True),
        sa.Column("views", sa.Integer, nullable=False),
        sa.Column("downloads", sa.Integer, nullable=False),
        sa.Column("api_calls", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("opengov_data_usage")
