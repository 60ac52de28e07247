"""Tables of notices: what happened, who follows it, what was sent to whom, and webhooks."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now


def _new_id() -> str:
    return str(uuid4())


class Notice(tk.BaseModel):
    """Something that happened. ``public`` ones stand in the feeds and reach subscribers and webhooks."""

    __tablename__ = "opengov_notice"
    __table_args__ = (
        sa.Index("opengov_notice_newest", "id", postgresql_where=sa.text("public")),
        sa.Index("opengov_notice_entity", "entity_type", "entity_id", "id"),
        sa.Index("opengov_notice_agency", "agency_id", "id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    event: Mapped[str] = mapped_column(sa.Text, nullable=False)
    component: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entity_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entity_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    agency_id: Mapped[str | None] = mapped_column(sa.Text)
    place: Mapped[str | None] = mapped_column(sa.Text)
    # Language → text.
    subject: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    body: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    url: Mapped[str] = mapped_column(sa.Text, nullable=False)
    public: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    urgent: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)


class Subscription(tk.BaseModel):
    """Somebody follows something. It counts once it is confirmed."""

    __tablename__ = "opengov_subscription"
    __table_args__ = (
        sa.UniqueConstraint("owner", "target_kind", "target_value", name="opengov_subscription_once"),
        sa.Index(
            "opengov_subscription_target",
            "target_kind",
            "target_value",
            postgresql_where=sa.text("confirmed_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=_new_id)
    # user:<id>, mail:<hash of the address> or hook:<id>: who may not follow the same thing twice.
    owner: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str | None] = mapped_column(sa.Text)
    email: Mapped[str | None] = mapped_column(sa.Text)
    webhook_id: Mapped[str | None] = mapped_column(sa.Text)
    target_kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    target_value: Mapped[str] = mapped_column(sa.Text, nullable=False)
    channel: Mapped[str] = mapped_column(sa.Text, nullable=False)
    frequency: Mapped[str] = mapped_column(sa.Text, nullable=False)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    token_hash: Mapped[str | None] = mapped_column(sa.Text, unique=True)
    token_expires: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    confirmed_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    last_sent: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    # Of a saved search: up to when new finds were looked for.
    checked_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))


class Delivery(tk.BaseModel):
    """One thing for one address: the unique pair is why nobody gets the same thing twice."""

    __tablename__ = "opengov_delivery"
    __table_args__ = (
        sa.UniqueConstraint("recipient", "notice_key", name="opengov_delivery_once"),
        sa.Index("opengov_delivery_waiting", "frequency", "created_at", postgresql_where=sa.text("queued_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    # mail:<hash of the address> or hook:<id>; the address itself is looked up when it is needed.
    recipient: Mapped[str] = mapped_column(sa.Text, nullable=False)
    notice_key: Mapped[str] = mapped_column(sa.Text, nullable=False)
    notice_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    subscription_id: Mapped[str | None] = mapped_column(sa.Text)
    user_id: Mapped[str | None] = mapped_column(sa.Text)
    webhook_id: Mapped[str | None] = mapped_column(sa.Text)
    frequency: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    # When it was given to the outbox, by itself or in a digest.
    queued_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    sent_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    error: Mapped[str | None] = mapped_column(sa.Text)


class Webhook(tk.BaseModel):
    """An address of another system that is told of events."""

    __tablename__ = "opengov_webhook"
    __table_args__ = (sa.Index("opengov_webhook_owner", "owner_id"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=_new_id)
    owner_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    url: Mapped[str] = mapped_column(sa.Text, nullable=False)
    secret: Mapped[str] = mapped_column(sa.Text, nullable=False)
    events: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), nullable=False)
    # Deliveries in a row that were given up.
    failures: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    disabled_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
