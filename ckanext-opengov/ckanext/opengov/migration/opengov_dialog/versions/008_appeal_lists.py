"""Indexes for the public list by state and by kind: of a rare one, no other appeal is read.

Revision ID: dialog_008
"""

import sqlalchemy as sa
from alembic import op

revision = "dialog_008"
down_revision = "dialog_007"
branch_labels = None
depends_on = None

TABLE = "opengov_dialog_appeal"
COLUMNS = ("state", "kind")


def upgrade() -> None:
    for column in COLUMNS:
        columns = [column, "registered_at", "id"]
        op.create_index(f"{TABLE}_{column}", TABLE, columns, postgresql_where=sa.text("visibility = 'public'"))


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_index(f"{TABLE}_{column}", TABLE)
