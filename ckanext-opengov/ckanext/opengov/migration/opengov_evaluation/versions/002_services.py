"""Public services with their ratings and what was noticed about them; target indicators and official results.

Revision ID: evaluation_002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "evaluation_002"
down_revision = "evaluation_001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NUMBER = sa.Numeric(24, 6)
AXES = ("accessibility", "speed", "transparency", "completeness")
TABLES = ("official", "target", "flagged", "flag", "rating", "rating_link", "service")


def upgrade() -> None:
    _service()
    _rating()
    _flags()
    _results()


def _service() -> None:
    op.create_table(
        "opengov_evaluation_service",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("about", JSONB, nullable=False),
        sa.Column("online", sa.Boolean, nullable=False),
        sa.Column("channels", JSONB, nullable=False),
        sa.Column("term", sa.Integer),
        sa.Column("standard_url", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
    )
    op.create_index("opengov_evaluation_service_agency", "opengov_evaluation_service", ["agency_id"])
    op.create_table(
        "opengov_evaluation_rating_link",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("service_id", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT),
    )


def _rating() -> None:
    op.create_table(
        "opengov_evaluation_rating",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("service_id", sa.Text, nullable=False),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("case_key", sa.Text, nullable=False),
        sa.Column("person_key", sa.Text),
        sa.Column("address_key", sa.Text),
        *(sa.Column(axis, sa.SmallInteger) for axis in AXES),
        sa.Column("comment_original", sa.Text),
        sa.Column("comment_public", sa.Text),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("case_key", name="opengov_evaluation_rating_once"),
        *(sa.CheckConstraint(f"{axis} BETWEEN 1 AND 5", name=f"opengov_evaluation_rating_{axis}") for axis in AXES),
    )
    op.create_index("opengov_evaluation_rating_service", "opengov_evaluation_rating", ["service_id", "at"])
    op.create_index("opengov_evaluation_rating_time", "opengov_evaluation_rating", ["at"])


def _flags() -> None:
    op.create_table(
        "opengov_evaluation_flag",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("detail", JSONB, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
    )
    op.create_table(
        "opengov_evaluation_flagged",
        sa.Column("flag_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("rating_id", sa.BigInteger, primary_key=True, autoincrement=False, index=True),
    )


def _results() -> None:
    op.create_table(
        "opengov_evaluation_target",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("planned", NUMBER, nullable=False),
        sa.Column("reached", NUMBER),
        sa.Column("reason", sa.Text),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("agency_id", "code", "year", name="opengov_evaluation_target_once"),
        sa.CheckConstraint("direction IN ('up', 'down')", name="opengov_evaluation_target_direction"),
    )
    op.create_table(
        "opengov_evaluation_official",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("block", sa.Text, nullable=False),
        sa.Column("score", NUMBER, nullable=False),
        sa.Column("source_url", sa.Text),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("agency_id", "year", "block", name="opengov_evaluation_official_once"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"opengov_evaluation_{table}")
