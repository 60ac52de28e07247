"""Pictures among the files of citizens: seen by everybody once an officer has looked at them.

Revision ID: opengov_007
"""

import sqlalchemy as sa
from alembic import op

revision = "opengov_007"
down_revision = "opengov_006"
branch_labels = None
depends_on = None

TABLE = "opengov_comment_attachment"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("is_picture", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column(TABLE, sa.Column("released_at", sa.DateTime(timezone=True)))
    op.add_column(TABLE, sa.Column("released_by", sa.Text))
    _private("text_public IS NULL AND released_at IS NULL")


def _private(condition: str) -> None:
    # The expression of a computed column cannot be changed.
    op.drop_column(TABLE, "is_private")
    op.add_column(TABLE, sa.Column("is_private", sa.Boolean, sa.Computed(condition)))


def downgrade() -> None:
    _private("text_public IS NULL")
    for name in ("released_by", "released_at", "is_picture"):
        op.drop_column(TABLE, name)
