"""Draft acts: the act, its versions and parts, discussions, documents, votes, experts, remarks and responses.

Revision ID: regulation_001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "regulation_001"
down_revision = None
branch_labels = None
depends_on = None

UUID = sa.Uuid(as_uuid=False)
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "act",
    "version",
    "part",
    "discussion",
    "document",
    "vote",
    "accreditation",
    "remark",
    "response",
)
STATES = "'draft', 'announced', 'discussion', 'answers_due', 'report', 'agreed', 'adopted', 'withdrawn'"


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("opengov_regulation_number_seq")))
    _act()
    _texts()
    _around()
    _remarks()


def _act() -> None:
    table = "opengov_regulation_act"
    op.create_table(
        table,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("number", sa.Text, nullable=False, unique=True),
        sa.Column("agency_id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("notes", JSONB, nullable=False),
        sa.Column("basis", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("discussion", sa.Integer, nullable=False),
        *(
            sa.Column(name, MOMENT)
            for name in (
                "announced_at",
                "starts_at",
                "ends_at",
                "closes_at",
                "answers_due_at",
                "reported_at",
                "ended_at",
            )
        ),
        sa.Column("channel_ends", JSONB, nullable=False),
        sa.Column("reason", JSONB),
        sa.Column("adopted_url", sa.Text),
        sa.Column("likes", sa.Integer, nullable=False),
        sa.Column("dislikes", sa.Integer, nullable=False),
        sa.Column("figures", JSONB),
        sa.Column("source", sa.Text),
        sa.Column("source_id", sa.Text),
        sa.Column("created_by", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint(f"state IN ({STATES})", name="opengov_regulation_act_known_state"),
    )
    seen = sa.text("version > 0")
    op.create_index("opengov_regulation_act_newest", table, ["announced_at", "id"], postgresql_where=seen)
    op.create_index("opengov_regulation_act_state", table, ["state", "announced_at", "id"], postgresql_where=seen)
    op.create_index("opengov_regulation_act_kind", table, ["kind", "announced_at", "id"], postgresql_where=seen)
    op.create_index("opengov_regulation_act_agency", table, ["agency_id", "announced_at", "id"])
    running = sa.text("state IN ('announced', 'discussion', 'answers_due')")
    op.create_index("opengov_regulation_act_running", table, ["state"], postgresql_where=running)
    op.create_index("opengov_regulation_act_source", table, ["source", "source_id"], unique=True)


def _texts() -> None:
    op.create_table(
        "opengov_regulation_version",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("note", JSONB, nullable=False),
        sa.UniqueConstraint("package_id", "number", name="opengov_regulation_version_number"),
        sa.CheckConstraint("state IN ('draft', 'public', 'in_force')", name="opengov_regulation_version_known_state"),
    )
    op.create_table(
        "opengov_regulation_part",
        sa.Column("version_id", UUID, primary_key=True),
        sa.Column("language", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("eid", sa.Text, nullable=False),
        sa.Column("parent_eid", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("heading", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.UniqueConstraint("version_id", "language", "eid", name="opengov_regulation_part_eid"),
    )
    columns = ["version_id", "language", "parent_eid"]
    op.create_index("opengov_regulation_part_children", "opengov_regulation_part", columns)


def _around() -> None:
    op.create_table(
        "opengov_regulation_discussion",
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("is_longer", sa.Boolean, nullable=False),
        sa.Column("reason", JSONB),
        sa.CheckConstraint("starts_at < ends_at", name="opengov_regulation_discussion_period"),
    )
    op.create_table(
        "opengov_regulation_document",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False, index=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("channel", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mimetype", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
    )
    op.create_table(
        "opengov_regulation_vote",
        sa.Column("package_id", sa.Text, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("value", sa.SmallInteger, nullable=False),
        sa.Column("cast_at", MOMENT, nullable=False),
        sa.CheckConstraint("value IN (-1, 1)", name="opengov_regulation_vote_value"),
    )
    op.create_table(
        "opengov_regulation_accreditation",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("channel", sa.Text, primary_key=True),
        sa.Column("organization", JSONB, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("until", sa.Date),
    )


def _remarks() -> None:
    table = "opengov_regulation_remark"
    op.create_table(
        table,
        sa.Column("comment_id", UUID, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("discussion", sa.Integer, nullable=False),
        sa.Column("eid", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("quote", sa.Text),
        sa.Column("quote_start", sa.Integer),
        sa.Column("quote_end", sa.Integer),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text),
        sa.Column("wording_public", sa.Text),
        sa.Column("wording_original", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("mark", sa.Text, nullable=False),
        sa.Column("response_id", UUID),
        sa.CheckConstraint("mark IN ('same', 'changed', 'moved', 'deleted')", name="opengov_regulation_remark_mark"),
    )
    op.create_index("opengov_regulation_remark_order", table, ["package_id", "position"])
    unanswered = sa.text("response_id IS NULL")
    op.create_index("opengov_regulation_remark_open", table, ["package_id", "position"], postgresql_where=unanswered)
    op.create_index("opengov_regulation_remark_place", table, ["package_id", "place", "position"])
    op.create_index("opengov_regulation_remark_response", table, ["response_id"])
    op.create_table(
        "opengov_regulation_response",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("package_id", sa.Text, nullable=False, index=True),
        sa.Column("comment_id", UUID),
        sa.Column("cluster_id", sa.BigInteger),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("answered_by", sa.Text, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'partly', 'not_accepted', 'out_of_scope')",
            name="opengov_regulation_response_outcome",
        ),
        sa.CheckConstraint("num_nonnulls(comment_id, cluster_id) = 1", name="opengov_regulation_response_to"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(f"opengov_regulation_{table}")
    op.execute(sa.schema.DropSequence(sa.Sequence("opengov_regulation_number_seq")))
