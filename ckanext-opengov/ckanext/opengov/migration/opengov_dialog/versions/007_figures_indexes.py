"""Indexes of figures hold only what they are for; with all rows in them the planner took the wrong one.

Revision ID: dialog_007
"""

import sqlalchemy as sa
from alembic import op

revision = "dialog_007"
down_revision = "dialog_006"
branch_labels = None
depends_on = None

TABLES = ("opengov_dialog_figure", "opengov_dialog_days")
INDEXES = {
    "by_agency": (["topic", "region", "kind", "month"], "agency_id <> ''"),
    "by_topic": (["agency_id", "region", "kind", "month"], "topic <> ''"),
    "by_region": (["agency_id", "topic", "kind", "month"], "region <> ''"),
}


def _make(*, partial: bool) -> None:
    for table in TABLES:
        for name, (columns, condition) in INDEXES.items():
            op.drop_index(f"{table}_{name}", table)
            where = sa.text(condition) if partial else None
            op.create_index(f"{table}_{name}", table, columns, postgresql_where=where)


def upgrade() -> None:
    _make(partial=True)


def downgrade() -> None:
    _make(partial=False)
