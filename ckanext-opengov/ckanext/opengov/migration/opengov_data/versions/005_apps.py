"""Apps on open data: their texts, links, pictures and data sets; contests with jury and places.

Revision ID: opengov_data_005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "opengov_data_005"
down_revision = "opengov_data_004"
branch_labels = None
depends_on = None

Moment = sa.DateTime(timezone=True)
STATES = "state IN ('waiting', 'published', 'refused', 'withdrawn')"


def upgrade() -> None:
    op.create_table(
        "opengov_data_contest",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("opens_at", Moment, nullable=False),
        sa.Column("closes_at", Moment, nullable=False),
        sa.Column("jury", JSONB, nullable=False),
        sa.Column("decided_at", Moment),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "opengov_data_app",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("author_id", sa.Text, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("developer", sa.Text),
        sa.Column("links", JSONB, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("contest_id", sa.Text, index=True),
        sa.Column("place", sa.Integer),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("published_at", Moment),
        sa.CheckConstraint(STATES, name="opengov_data_app_state"),
    )
    op.create_index("opengov_data_app_shelf", "opengov_data_app", ["state", "published_at"])
    op.create_table(
        "opengov_data_app_dataset",
        sa.Column("app_id", sa.Text, primary_key=True),
        sa.Column("dataset_id", sa.Text, primary_key=True, index=True),
    )
    op.create_table(
        "opengov_data_app_picture",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("app_id", sa.Text, nullable=False, index=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("alt", sa.Text, nullable=False),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
    )
    op.create_table(
        "opengov_data_contest_mark",
        sa.Column("app_id", sa.Text, primary_key=True),
        sa.Column("juror_id", sa.Text, primary_key=True),
        sa.Column("mark", sa.Integer, nullable=False),
        sa.Column("note", sa.Text),
        sa.CheckConstraint("mark BETWEEN 1 AND 10", name="opengov_data_contest_mark_range"),
    )


def downgrade() -> None:
    for name in ("contest_mark", "app_picture", "app_dataset", "app", "contest"):
        op.drop_table(f"opengov_data_{name}")
