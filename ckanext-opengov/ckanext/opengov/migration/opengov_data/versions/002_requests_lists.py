"""Requests to publish data, with who supports them; the agencies' approved lists of open data.

Revision ID: opengov_data_002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "opengov_data_002"
down_revision = "opengov_data_001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
TABLES = ("opengov_data_request_support", "opengov_data_request", "opengov_data_list_item")


def upgrade() -> None:
    op.execute("CREATE SEQUENCE opengov_data_request_number")
    for create in (_request, _support, _item):
        create()


def _request() -> None:
    op.create_table(
        "opengov_data_request",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("author_id", sa.Text, nullable=False),
        sa.Column("agency_id", sa.Text),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("data_languages", JSONB, nullable=False),
        sa.Column("original", JSONB, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("wanted", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("visibility", sa.Text, nullable=False),
        sa.Column("hidden_reason", sa.Text),
        sa.Column("support", sa.Integer, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("term_from", sa.Date, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("overdue_told", MOMENT),
        sa.Column("answered_at", MOMENT),
        sa.Column("in_time", sa.Boolean),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("answer_language", sa.Text),
        sa.Column("legal_reason", sa.Text),
        sa.Column("datasets", JSONB, nullable=False),
        sa.Column("joined_with", sa.Text),
        sa.CheckConstraint(
            "state IN ('unassigned', 'in_work', 'published', 'refused', 'duplicate', 'withdrawn')",
            name="opengov_data_request_known_state",
        ),
        sa.CheckConstraint(
            "visibility IN ('pending', 'public', 'hidden')", name="opengov_data_request_known_visibility"
        ),
    )
    table = "opengov_data_request"
    op.create_index("opengov_data_request_newest", table, [sa.text("received_at DESC"), sa.text("id DESC")])
    op.create_index(
        "opengov_data_request_supported",
        table,
        [sa.text("support DESC"), sa.text("received_at DESC"), sa.text("id DESC")],
    )
    op.create_index("opengov_data_request_agency", table, ["agency_id", "state"])
    op.create_index("opengov_data_request_author", table, ["author_id", "received_at"])
    is_open = sa.text("state IN ('unassigned', 'in_work')")
    op.create_index("opengov_data_request_due", table, ["due_at"], postgresql_where=is_open)
    pending = sa.text("visibility = 'pending'")
    op.create_index("opengov_data_request_pending", table, ["received_at"], postgresql_where=pending)


def _support() -> None:
    op.create_table(
        "opengov_data_request_support",
        sa.Column("request_id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("given_at", MOMENT, nullable=False),
    )
    op.create_index("opengov_data_request_supporter", "opengov_data_request_support", ["user_id"])


def _item() -> None:
    op.create_table(
        "opengov_data_list_item",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("frequency", sa.Text, nullable=False),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("criteria", JSONB, nullable=False),
        sa.Column("dataset_id", sa.Text),
        sa.Column("linked_on", sa.Date),
        sa.Column("proposal", JSONB),
        sa.Column("returned", sa.Text),
        sa.Column("reminded", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("agency_id", "number", name="opengov_data_list_item_number"),
        sa.CheckConstraint(
            "state IN ('draft', 'agreed', 'approved', 'amended', 'removed')",
            name="opengov_data_list_item_known_state",
        ),
    )
    op.create_index("opengov_data_list_item_dataset", "opengov_data_list_item", ["dataset_id"])


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP SEQUENCE opengov_data_request_number")
