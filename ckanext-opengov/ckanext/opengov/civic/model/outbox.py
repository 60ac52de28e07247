"""The outbox' table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now


class OutboxMessage(tk.BaseModel):
    """What must follow from a change: written in the change's own transaction, done afterwards, safe to repeat."""

    __tablename__ = "opengov_outbox"
    __table_args__ = (
        sa.Index("opengov_outbox_due", "due_at", postgresql_where=sa.text("done_at IS NULL")),
        sa.Index("opengov_outbox_done", "done_at", postgresql_where=sa.text("done_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    topic: Mapped[str] = mapped_column(sa.Text, nullable=False)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    due_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    done_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    error: Mapped[str | None] = mapped_column(sa.Text)
