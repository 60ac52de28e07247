"""Persons, notices, subscriptions, deliveries and webhooks.

Revision ID: opengov_005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "opengov_005"
down_revision = "opengov_004"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _persons()
    _notices()
    _subscriptions()
    _deliveries()
    _webhooks()


def _persons() -> None:
    op.create_table(
        "opengov_person",
        sa.Column("user_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("bin", sa.Text),
        sa.Column("confirmed_email", sa.Text),
        sa.Column("national_hash", sa.Text, unique=True),
        sa.Column("subject_hash", sa.Text, unique=True),
        sa.Column("verified_at", TIME),
        sa.Column("language", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_table(
        "opengov_confirmation",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME),
    )
    op.create_index("opengov_confirmation_expires", "opengov_confirmation", ["expires_at"])


def _notices() -> None:
    op.create_table(
        "opengov_notice",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("component", sa.Text, nullable=False),
        sa.Column("entity_type", sa.Text, nullable=False),
        sa.Column("entity_id", sa.Text, nullable=False),
        sa.Column("agency_id", sa.Text),
        sa.Column("place", sa.Text),
        sa.Column("subject", JSONB, nullable=False),
        sa.Column("body", JSONB, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("public", sa.Boolean, nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
    )
    op.create_index("opengov_notice_newest", "opengov_notice", ["id"], postgresql_where=sa.text("public"))
    op.create_index("opengov_notice_entity", "opengov_notice", ["entity_type", "entity_id", "id"])
    op.create_index("opengov_notice_agency", "opengov_notice", ["agency_id", "id"])


def _subscriptions() -> None:
    op.create_table(
        "opengov_subscription",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("webhook_id", sa.Text),
        sa.Column("target_kind", sa.Text, nullable=False),
        sa.Column("target_value", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("frequency", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("token_hash", sa.Text, unique=True),
        sa.Column("token_expires", TIME),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("confirmed_at", TIME),
        sa.Column("last_sent", TIME),
        sa.Column("checked_at", TIME),
        sa.UniqueConstraint("owner", "target_kind", "target_value", name="opengov_subscription_once"),
    )
    op.create_index(
        "opengov_subscription_target",
        "opengov_subscription",
        ["target_kind", "target_value"],
        postgresql_where=sa.text("confirmed_at IS NOT NULL"),
    )


def _deliveries() -> None:
    op.create_table(
        "opengov_delivery",
        sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=True),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("notice_key", sa.Text, nullable=False),
        sa.Column("notice_id", sa.BigInteger),
        sa.Column("subscription_id", sa.Text),
        sa.Column("user_id", sa.Text),
        sa.Column("webhook_id", sa.Text),
        sa.Column("frequency", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("queued_at", TIME),
        sa.Column("sent_at", TIME),
        sa.Column("error", sa.Text),
        sa.UniqueConstraint("recipient", "notice_key", name="opengov_delivery_once"),
    )
    op.create_index(
        "opengov_delivery_waiting",
        "opengov_delivery",
        ["frequency", "created_at"],
        postgresql_where=sa.text("queued_at IS NULL"),
    )


def _webhooks() -> None:
    op.create_table(
        "opengov_webhook",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("owner_id", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("events", ARRAY(sa.Text), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("disabled_at", TIME),
    )
    op.create_index("opengov_webhook_owner", "opengov_webhook", ["owner_id"])


def downgrade() -> None:
    for table in ("webhook", "delivery", "subscription", "notice", "confirmation", "person"):
        op.drop_table(f"opengov_{table}")
