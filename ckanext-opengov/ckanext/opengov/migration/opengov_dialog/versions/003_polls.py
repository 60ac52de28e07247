"""Polls: who took part, what was voted, receipts and answers in own words, none of them tied to another.

Revision ID: dialog_003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "dialog_003"
down_revision = "dialog_002"
branch_labels = None
depends_on = None

UUID = sa.Uuid(as_uuid=False)
MOMENT = sa.DateTime(timezone=True)
TABLES = ("poll", "participation", "ballot", "receipt", "poll_text")


def upgrade() -> None:
    _poll()
    _votes()
    _texts()


def _poll() -> None:
    op.create_table(
        "opengov_dialog_poll",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, nullable=False, index=True),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("notes", JSONB, nullable=False),
        sa.Column("questions", JSONB, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("results_when", sa.Text, nullable=False),
        sa.Column("results", JSONB),
        sa.Column("conclusion", JSONB),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name="opengov_dialog_poll_period"),
        sa.CheckConstraint(
            "state IN ('draft', 'announced', 'open', 'closed', 'published')", name="opengov_dialog_poll_known_state"
        ),
    )
    op.create_index("opengov_dialog_poll_state", "opengov_dialog_poll", ["state", "ends_at"])


def _votes() -> None:
    op.create_table(
        "opengov_dialog_participation",
        sa.Column("poll_id", sa.Text, primary_key=True),
        sa.Column("person_key", sa.Text, primary_key=True),
        sa.Column("national_key", sa.Text),
        sa.UniqueConstraint("poll_id", "national_key", name="opengov_dialog_participation_national"),
    )
    op.create_table(
        "opengov_dialog_ballot",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("poll_id", sa.Text, nullable=False, index=True),
        sa.Column("choices", JSONB, nullable=False),
    )
    op.create_table(
        "opengov_dialog_receipt",
        sa.Column("poll_id", sa.Text, primary_key=True),
        sa.Column("code_hash", sa.Text, primary_key=True),
    )


def _texts() -> None:
    op.create_table(
        "opengov_dialog_poll_text",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("poll_id", sa.Text, nullable=False),
        sa.Column("question_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.CheckConstraint("state IN ('pending', 'public', 'hidden')", name="opengov_dialog_poll_text_known_state"),
    )
    columns = ["poll_id", "question_id", "state"]
    op.create_index("opengov_dialog_poll_text_poll", "opengov_dialog_poll_text", columns)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"opengov_dialog_{table}")
