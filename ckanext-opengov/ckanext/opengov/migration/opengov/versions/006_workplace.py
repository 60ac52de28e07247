"""Workplace: drafts of forms, questions to the helpdesk.

Revision ID: opengov_006
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "opengov_006"
down_revision = "opengov_005"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
PUBLISHED = sa.text("public AND state = 'answered'")
WORDS = sa.text("to_tsvector('simple', coalesce(question_public, '') || ' ' || coalesce(answer, ''))")


def upgrade() -> None:
    op.create_table(
        "opengov_draft",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("form_key", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("entity_type", sa.Text),
        sa.Column("entity_id", sa.Text),
        sa.Column("data", JSONB, nullable=False),
        sa.Column("saved_at", TIME, nullable=False),
        sa.UniqueConstraint("user_id", "form_key", name="opengov_draft_once"),
    )
    op.create_index("opengov_draft_saved", "opengov_draft", ["saved_at"])
    _helpdesk()


def _helpdesk() -> None:
    table = "opengov_helpdesk_question"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("form", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("question_public", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("assignee", sa.Text),
        sa.Column("answer", sa.Text),
        sa.Column("answered_by", sa.Text),
        sa.Column("answered_at", TIME),
        sa.Column("public", sa.Boolean, nullable=False),
    )
    op.create_index("opengov_helpdesk_open", table, ["id"], postgresql_where=sa.text("state = 'open'"))
    op.create_index("opengov_helpdesk_published", table, ["id"], postgresql_where=PUBLISHED)
    op.create_index("opengov_helpdesk_words", table, [WORDS], postgresql_using="gin", postgresql_where=PUBLISHED)
    op.create_index("opengov_helpdesk_author", table, ["user_id", "id"])


def downgrade() -> None:
    op.drop_table("opengov_helpdesk_question")
    op.drop_table("opengov_draft")
