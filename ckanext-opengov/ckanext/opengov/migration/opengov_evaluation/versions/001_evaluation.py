"""Frameworks, periods, evaluations with values, evidence and objections, and the facts of the portal.

Revision ID: evaluation_001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "evaluation_001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.Numeric(24, 6)
STATUSES = "('given', 'not_applicable', 'not_provided', 'too_few')"
TABLES = ("fact", "objection", "evidence", "value", "evaluation", "period", "framework")


def upgrade() -> None:
    _frame()
    _evaluation()
    _value()
    _around()


def _frame() -> None:
    op.create_table(
        "opengov_evaluation_framework",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("tree", JSONB, nullable=False),
        sa.Column("frozen_at", MOMENT),
        sa.Column("created_by", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("name", "version", name="opengov_evaluation_framework_version"),
    )
    op.create_table(
        "opengov_evaluation_period",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("framework_id", sa.Text, nullable=False),
        sa.Column("framework_name", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("opened_by", sa.Text),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("snapshot_at", MOMENT),
        sa.Column("digest", sa.Text),
        sa.Column("published_at", MOMENT),
        sa.CheckConstraint("starts_on <= ends_on", name="opengov_evaluation_period_days"),
    )
    columns = ["framework_name", "ends_on"]
    op.create_index("opengov_evaluation_period_order", "opengov_evaluation_period", columns)


def _evaluation() -> None:
    op.create_table(
        "opengov_evaluation_evaluation",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("period_id", sa.Text, nullable=False),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("region", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("score", sa.Numeric(24, 18)),
        sa.Column("low", sa.Float),
        sa.Column("high", sa.Float),
        sa.Column("blocks", JSONB, nullable=False),
        sa.Column("ended_on", sa.Date),
        sa.Column("end_reason", sa.Text),
        sa.Column("successor_id", sa.Text),
        sa.Column("published_at", MOMENT),
        sa.UniqueConstraint("period_id", "agency_id", name="opengov_evaluation_once"),
    )
    table = "opengov_evaluation_evaluation"
    op.create_index("opengov_evaluation_agency", table, ["agency_id", "state"])
    op.create_index("opengov_evaluation_state", table, ["state", "due_at"])


def _value() -> None:
    op.create_table(
        "opengov_evaluation_value",
        sa.Column("evaluation_id", sa.Text, primary_key=True),
        sa.Column("indicator", sa.Text, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("claim_status", sa.Text),
        sa.Column("claim", NUMBER),
        sa.Column("claim_note", sa.Text),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_at", MOMENT),
        sa.Column("status", sa.Text),
        sa.Column("number", NUMBER),
        sa.Column("reason", sa.Text),
        sa.Column("set_by", sa.Text),
        sa.Column("set_at", MOMENT),
        sa.CheckConstraint(f"status IN {STATUSES}", name="opengov_evaluation_value_status"),
    )


def _around() -> None:
    op.create_table(
        "opengov_evaluation_evidence",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("evaluation_id", sa.Text, nullable=False),
        sa.Column("indicator", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("file_name", sa.Text),
        sa.Column("size", sa.BigInteger),
        sa.Column("sha256", sa.Text),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
    )
    columns = ["evaluation_id", "indicator"]
    op.create_index("opengov_evaluation_evidence_of", "opengov_evaluation_evidence", columns)
    op.create_table(
        "opengov_evaluation_objection",
        sa.Column("evaluation_id", sa.Text, primary_key=True),
        sa.Column("indicator", sa.Text, primary_key=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("decision", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("decided_by", sa.Text),
        sa.Column("decided_at", MOMENT),
        sa.CheckConstraint("decision IN ('accepted', 'rejected')", name="opengov_evaluation_objection_decision"),
    )
    op.create_table(
        "opengov_evaluation_fact",
        sa.Column("period_id", sa.Text, primary_key=True),
        sa.Column("indicator", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, primary_key=True),
        sa.Column("numerator", sa.BigInteger, nullable=False),
        sa.Column("cases", sa.BigInteger, nullable=False),
        sa.Column("whole", sa.Integer, nullable=False),
        sa.Column("rows", JSONB, nullable=False),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"opengov_evaluation_{table}")
