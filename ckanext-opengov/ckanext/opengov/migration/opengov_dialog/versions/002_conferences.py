"""Internet conferences: the conference, questions, support, answers.

Revision ID: dialog_002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "dialog_002"
down_revision = "dialog_001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("conference", "question", "support", "conference_answer")


def upgrade() -> None:
    for create in (_conference, _question, _support, _answer):
        create()


def _conference() -> None:
    op.create_table(
        "opengov_dialog_conference",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("intro", JSONB, nullable=False),
        sa.Column("speakers", JSONB, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("recording_url", sa.Text),
        sa.Column("cancel_reason", sa.Text),
        sa.Column("questions", sa.Integer, nullable=False),
        sa.Column("answers", sa.Integer, nullable=False),
        sa.Column("moments", JSONB, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'announced', 'collecting', 'live', 'finished', 'published', 'cancelled')",
            name="opengov_dialog_conference_known_state",
        ),
    )
    op.create_index("opengov_dialog_conference_begin", "opengov_dialog_conference", ["starts_at", "id"])
    columns = ["agency_id", "starts_at", "id"]
    op.create_index("opengov_dialog_conference_agency", "opengov_dialog_conference", columns)


def _question() -> None:
    op.create_table(
        "opengov_dialog_question",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("conference_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("author_id", sa.Text, nullable=False),
        sa.Column("author_name", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text_original", sa.Text, nullable=False),
        sa.Column("text_public", sa.Text, nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("reason_text", sa.Text),
        sa.Column("merged_into", sa.Text),
        sa.Column("support", sa.Integer, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT),
        sa.Column("appeal_number", sa.Text),
        sa.UniqueConstraint("conference_id", "number", name="opengov_dialog_question_number"),
        sa.CheckConstraint(
            "state IN ('pending', 'public', 'refused', 'merged')", name="opengov_dialog_question_known_state"
        ),
    )
    order = ["conference_id", "state", sa.text("support DESC"), "number"]
    op.create_index("opengov_dialog_question_order", "opengov_dialog_question", order)
    op.create_index("opengov_dialog_question_author", "opengov_dialog_question", ["author_id", "asked_at"])


def _support() -> None:
    op.create_table(
        "opengov_dialog_support",
        sa.Column("question_id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("given_at", MOMENT, nullable=False),
    )


def _answer() -> None:
    op.create_table(
        "opengov_dialog_conference_answer",
        sa.Column("conference_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("question_id", sa.Text, nullable=False),
        sa.Column("speaker", sa.Integer, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("written_by", sa.Text, nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
    )
    op.create_index("opengov_dialog_conference_answer_question", "opengov_dialog_conference_answer", ["question_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"opengov_dialog_{table}")
