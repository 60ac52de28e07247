"""Whether lines of budgets are clear to people, and the imports that the journal knows.

Revision ID: budget_001
"""

import sqlalchemy as sa
from alembic import op

revision = "budget_001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opengov_budget_clarity",
        sa.Column("budget_id", sa.Text, primary_key=True),
        sa.Column("place", sa.Text, primary_key=True),
        sa.Column("clear", sa.Integer, nullable=False),
        sa.Column("unclear", sa.Integer, nullable=False),
    )
    op.create_table("opengov_budget_relayed_import", sa.Column("import_id", sa.Text, primary_key=True))


def downgrade() -> None:
    op.drop_table("opengov_budget_relayed_import")
    op.drop_table("opengov_budget_clarity")
