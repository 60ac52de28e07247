"""Appeals: their way, answers, transfers, questions to authors, standing answers, and figures.

Revision ID: dialog_001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "dialog_001"
down_revision = None
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
TABLES = (
    "appeal",
    "answer",
    "transfer",
    "clarification",
    "standing_answer",
    "figure",
    "days",
    "coverage",
)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE opengov_dialog_appeal_number")
    for create in (_appeal, _answer, _transfer, _clarification, _standing_answer, _figure, _days, _coverage):
        create()


def _appeal() -> None:
    op.create_table(
        "opengov_dialog_appeal",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("secret_hash", sa.Text),
        sa.Column("author_id", sa.Text),
        sa.Column("author_name", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("region", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("subject_original", sa.Text, nullable=False),
        sa.Column("subject_public", sa.Text, nullable=False),
        sa.Column("text_original", sa.Text, nullable=False),
        sa.Column("text_public", sa.Text, nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("content_hash", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("hidden_reason", sa.Text),
        sa.Column("registered_at", TIME, nullable=False),
        sa.Column("month", sa.Date, nullable=False),
        sa.Column("term_from", sa.Date, nullable=False),
        sa.Column("pauses", JSONB, nullable=False),
        sa.Column("paused_on", sa.Date),
        sa.Column("extra_days", sa.Integer, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("overdue_told", TIME),
        sa.Column("assignee_id", sa.Text),
        sa.Column("draft", sa.Text),
        sa.Column("answered_at", TIME),
        sa.Column("in_time", sa.Boolean),
        sa.Column("ended_at", TIME),
        sa.Column("reason", sa.Text),
        sa.Column("rated_at", TIME),
        sa.Column("useful", sa.Boolean),
        sa.Column("solved", sa.Boolean),
        sa.Column("forwards", sa.Integer, nullable=False),
        sa.Column("returns", sa.Integer, nullable=False),
        sa.Column("reopened_at", TIME),
        sa.Column("source", sa.Text),
        sa.Column("source_id", sa.Text),
        sa.Column("coverage", JSONB),
        sa.UniqueConstraint("source", "source_id", name="opengov_dialog_appeal_source"),
    )
    op.create_index("ix_opengov_dialog_appeal_assignee_id", "opengov_dialog_appeal", ["assignee_id"])
    op.create_index("opengov_dialog_appeal_agency", "opengov_dialog_appeal", ["agency_id", "registered_at", "id"])
    op.create_index("opengov_dialog_appeal_author", "opengov_dialog_appeal", ["author_id", "registered_at", "id"])
    op.create_index(
        "opengov_dialog_appeal_due",
        "opengov_dialog_appeal",
        ["due_at"],
        postgresql_where=sa.text("state IN ('registered', 'in_work')"),
    )
    op.create_index(
        "opengov_dialog_appeal_public",
        "opengov_dialog_appeal",
        ["registered_at", "id"],
        postgresql_where=sa.text("visibility = 'public'"),
    )
    op.create_index(
        "opengov_dialog_appeal_region",
        "opengov_dialog_appeal",
        ["region", "registered_at", "id"],
        postgresql_where=sa.text("visibility = 'public'"),
    )
    op.create_index("opengov_dialog_appeal_same", "opengov_dialog_appeal", ["content_hash", "registered_at"])
    op.create_index(
        "opengov_dialog_appeal_topic",
        "opengov_dialog_appeal",
        ["topic", "registered_at", "id"],
        postgresql_where=sa.text("visibility = 'public'"),
    )
    op.create_index("opengov_dialog_appeal_waiting", "opengov_dialog_appeal", ["agency_id", "state", "registered_at"])


def _answer() -> None:
    op.create_table(
        "opengov_dialog_answer",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("appeal_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text_original", sa.Text, nullable=False),
        sa.Column("text_public", sa.Text, nullable=False),
        sa.Column("links", JSONB, nullable=False),
        sa.Column("signed_by", sa.Text),
        sa.Column("signed_as", sa.Text),
        sa.Column("signer_name", sa.Text),
        sa.Column("in_time", sa.Boolean),
        sa.Column("acknowledged", JSONB, nullable=False),
        sa.Column("signature", sa.LargeBinary),
        sa.UniqueConstraint("appeal_id", "number", name="opengov_dialog_answer_once"),
    )
    op.create_index("opengov_dialog_answer_agency", "opengov_dialog_answer", ["agency_id", "at"])


def _transfer() -> None:
    op.create_table(
        "opengov_dialog_transfer",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("appeal_id", sa.Text, nullable=False),
        sa.Column("from_agency_id", sa.Text, nullable=False),
        sa.Column("to_agency_id", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", sa.Text),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("late", sa.Boolean, nullable=False),
    )
    op.create_index("ix_opengov_dialog_transfer_appeal_id", "opengov_dialog_transfer", ["appeal_id"])


def _clarification() -> None:
    op.create_table(
        "opengov_dialog_clarification",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("appeal_id", sa.Text, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("asked_by", sa.Text),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("question_original", sa.Text, nullable=False),
        sa.Column("question_public", sa.Text, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("text_original", sa.Text),
        sa.Column("text_public", sa.Text),
    )
    op.create_index("ix_opengov_dialog_clarification_appeal_id", "opengov_dialog_clarification", ["appeal_id"])


def _standing_answer() -> None:
    op.create_table(
        "opengov_dialog_standing_answer",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("question", JSONB, nullable=False),
        sa.Column("answer", JSONB, nullable=False),
        sa.Column("links", JSONB, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("reviewed_by", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
    )
    op.create_index(
        "opengov_dialog_standing_answer_state", "opengov_dialog_standing_answer", ["state", "agency_id", "updated_at"]
    )


def _figure() -> None:
    op.create_table(
        "opengov_dialog_figure",
        sa.Column("agency_id", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("received", sa.Integer, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("in_time", sa.Integer, nullable=False),
        sa.Column("reopened", sa.Integer, nullable=False),
        sa.Column("forwarded", sa.Integer, nullable=False),
        sa.Column("rated", sa.Integer, nullable=False),
        sa.Column("useful", sa.Integer, nullable=False),
        sa.Column("solved", sa.Integer, nullable=False),
    )
    op.create_index("opengov_dialog_figure_topic", "opengov_dialog_figure", ["topic", "region", "month"])


def _days() -> None:
    op.create_table(
        "opengov_dialog_days",
        sa.Column("agency_id", sa.Text, primary_key=True),
        sa.Column("topic", sa.Text, primary_key=True),
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("days", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
    )


def _coverage() -> None:
    op.create_table(
        "opengov_dialog_coverage",
        sa.Column("operator", sa.Text, primary_key=True),
        sa.Column("fault", sa.Text, primary_key=True),
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("latitude", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("longitude", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(f"opengov_dialog_{table}")
    op.execute("DROP SEQUENCE opengov_dialog_appeal_number")
