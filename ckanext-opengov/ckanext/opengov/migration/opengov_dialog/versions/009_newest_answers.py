"""Indexes for the public lists by the time of the answer.

Revision ID: dialog_009
"""

import sqlalchemy as sa
from alembic import op

revision = "dialog_009"
down_revision = "dialog_008"
branch_labels = None
depends_on = None

TABLE = "opengov_dialog_appeal"
INDEXES = {"answered": [], "agency_answered": ["agency_id"]}


def upgrade() -> None:
    for name, columns in INDEXES.items():
        condition = sa.text("visibility = 'public'")
        op.create_index(f"{TABLE}_{name}", TABLE, [*columns, "answered_at", "id"], postgresql_where=condition)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(f"{TABLE}_{name}", TABLE)
