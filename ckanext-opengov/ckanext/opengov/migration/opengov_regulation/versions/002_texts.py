"""Files that were read but not yet taken over, and changes that answer comments.

Revision ID: regulation_002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "regulation_002"
down_revision = "regulation_001"
branch_labels = None
depends_on = None

UUID = sa.Uuid(as_uuid=False)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "opengov_regulation_reading",
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("language", sa.Text, primary_key=True),
        sa.Column("id", UUID, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("parts", JSONB, nullable=False),
        sa.Column("doubts", JSONB, nullable=False),
        sa.Column("read_by", sa.Text, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
    )
    table = "opengov_regulation_change"
    op.create_table(
        table,
        sa.Column("id", UUID, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("eid", sa.Text, nullable=False),
        sa.Column("comment_id", UUID, nullable=False),
        sa.Column("linked_by", sa.Text, nullable=False),
        sa.Column("linked_at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT),
        sa.UniqueConstraint("package_id", "version", "eid", "comment_id", name="opengov_regulation_change_one"),
    )
    op.create_index("opengov_regulation_change_comment", table, ["comment_id"])


def downgrade() -> None:
    for table in ("reading", "change"):
        op.drop_table(f"opengov_regulation_{table}")
