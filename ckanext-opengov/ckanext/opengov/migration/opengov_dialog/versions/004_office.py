"""What officers need beside the appeal: links of a drafted answer, and finding what waits for moderators.

Revision ID: dialog_004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "dialog_004"
down_revision = "dialog_003"
branch_labels = None
depends_on = None

PENDING = "opengov_dialog_appeal_pending"


def upgrade() -> None:
    op.add_column("opengov_dialog_appeal", sa.Column("draft_links", JSONB))
    op.create_index(
        PENDING,
        "opengov_dialog_appeal",
        ["registered_at", "id"],
        postgresql_where=sa.text("visibility = 'pending'"),
    )


def downgrade() -> None:
    op.drop_index(PENDING, "opengov_dialog_appeal")
    op.drop_column("opengov_dialog_appeal", "draft_links")
