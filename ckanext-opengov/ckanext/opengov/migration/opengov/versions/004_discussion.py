"""The discussion and the ratings.

Revision ID: opengov_004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "opengov_004"
down_revision = "opengov_003"
branch_labels = None
depends_on = None

UUID = sa.Uuid(as_uuid=False)
MOMENT = sa.DateTime(timezone=True)
AXES = ("accessibility", "speed", "transparency", "completeness")


def upgrade() -> None:
    _threads()
    _comments()
    _around_comments()
    _clusters()
    _ratings()


def _threads() -> None:
    op.create_table(
        "opengov_thread",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("entity_type", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Text, nullable=False),
        sa.Column("anchor", sa.Text),
        sa.Column("agency_id", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("comments_public", sa.Integer, nullable=False),
        sa.Column("comments_pending", sa.Integer, nullable=False),
    )
    # An expression, because two rows without an anchor would otherwise count as different.
    entity = ["entity_type", "entity_id", sa.text("coalesce(anchor, '')")]
    op.create_index("opengov_thread_entity", "opengov_thread", entity, unique=True)
    waiting = sa.text("comments_pending > 0")
    op.create_index("opengov_thread_waiting", "opengov_thread", ["agency_id"], postgresql_where=waiting)


def _comments() -> None:
    op.create_table(
        "opengov_comment",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("position", sa.BigInteger, sa.Identity(always=False), nullable=False),
        sa.Column("thread_id", UUID, nullable=False),
        sa.Column("parent_id", UUID),
        sa.Column("root_id", UUID),
        sa.Column("author_id", sa.Text, nullable=False),
        sa.Column("author_name", sa.Text),
        sa.Column("agency_id", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text_original", sa.Text, nullable=False),
        sa.Column("text_public", sa.Text, nullable=False),
        sa.Column("findings", JSONB, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("hidden_reason", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("published_at", MOMENT),
        sa.Column("edited_at", MOMENT),
        sa.Column("votes_for", sa.Integer, nullable=False),
        sa.Column("votes_against", sa.Integer, nullable=False),
        sa.Column("support", sa.Integer, sa.Computed("votes_for - votes_against")),
        sa.Column("reply_count", sa.Integer, nullable=False),
        sa.Column("cluster_id", sa.BigInteger),
        sa.Column("stands_for_group", sa.Boolean, nullable=False),
        sa.CheckConstraint("state IN ('pending', 'public', 'hidden', 'spam')", name="opengov_comment_state"),
        sa.CheckConstraint("kind IN ('comment', 'official')", name="opengov_comment_kind"),
        sa.CheckConstraint("state <> 'hidden' OR hidden_reason <> ''", name="opengov_comment_reason"),
    )
    top_level = "root_id IS NULL AND state IN ('public', 'hidden')"
    _comment_index("position", ["position"], unique=True)
    _comment_index("newest", ["thread_id", "position"], top_level)
    _comment_index("supported", ["thread_id", "support", "position"], top_level)
    _comment_index("group_newest", ["thread_id", "position"], "stands_for_group")
    _comment_index("group_supported", ["thread_id", "support", "position"], "stands_for_group")
    _comment_index("replies", ["root_id", sa.text("kind DESC"), "position"], "root_id IS NOT NULL")
    _comment_index("author", ["author_id", "position"])
    _comment_index("members", ["cluster_id", "position"], "state = 'public'")
    _comment_index("unpublished", ["state", "position"], "state <> 'public'")
    _comment_index("marked", ["position"], "findings <> '[]'::jsonb")


def _comment_index(name: str, columns: list, where: str | None = None, *, unique: bool = False) -> None:
    options = {"postgresql_where": sa.text(where)} if where else {}
    op.create_index(f"opengov_comment_{name}", "opengov_comment", columns, unique=unique, **options)


def _around_comments() -> None:
    op.create_table(
        "opengov_comment_version",
        sa.Column("comment_id", UUID, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("text_original", sa.Text, nullable=False),
        sa.Column("text_public", sa.Text, nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
    )
    op.create_table(
        "opengov_comment_vote",
        sa.Column("comment_id", UUID, primary_key=True),
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("value", sa.SmallInteger, nullable=False),
        sa.Column("cast_at", MOMENT, nullable=False),
        sa.CheckConstraint("value IN (-1, 1)", name="opengov_comment_vote_value"),
    )
    op.create_table(
        "opengov_comment_attachment",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("comment_id", UUID, nullable=False, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_public", sa.Text, nullable=False),
        sa.Column("mimetype", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("text_public", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("is_private", sa.Boolean, sa.Computed("text_public IS NULL")),
        sa.Column("findings", JSONB, nullable=False),
    )


def _clusters() -> None:
    op.create_table(
        "opengov_comment_cluster",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("thread_id", UUID, nullable=False),
        sa.Column("lead_id", UUID),
        sa.Column("members", sa.Integer, nullable=False),
        sa.Column("public_members", sa.Integer, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
    )
    largest = ["thread_id", "public_members", "id"]
    op.create_index("opengov_comment_cluster_largest", "opengov_comment_cluster", largest)
    op.create_table(
        "opengov_comment_band",
        sa.Column("hash", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("cluster_id", sa.BigInteger, primary_key=True, autoincrement=False),
    )


def _ratings() -> None:
    op.create_table(
        "opengov_rating",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("entity_type", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False, index=True),
        sa.Column("agency_id", sa.Text, nullable=False),
        *(sa.Column(axis, sa.SmallInteger) for axis in AXES),
        sa.Column("comment_original", sa.Text),
        sa.Column("comment_public", sa.Text),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("entity_type", "entity_id", "user_id", name="opengov_rating_once"),
        *(sa.CheckConstraint(f"{axis} BETWEEN 1 AND 5", name=f"opengov_rating_{axis}") for axis in AXES),
    )
    op.create_table(
        "opengov_rating_sum",
        sa.Column("entity_type", sa.Text, primary_key=True),
        sa.Column("agency_id", sa.Text, primary_key=True),
        sa.Column("axis", sa.Text, primary_key=True),
        sa.Column("mark", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("count", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    for table in (
        "rating_sum",
        "rating",
        "comment_band",
        "comment_cluster",
        "comment_attachment",
        "comment_vote",
        "comment_version",
        "comment",
        "thread",
    ):
        op.drop_table(f"opengov_{table}")
