"""What became of each uploaded file that should be a table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

STATES = ("waiting", "loading", "ready", "failed")


def utc_now() -> dt.datetime:
    """The time now, with its zone."""
    return dt.datetime.now(dt.UTC)


class TableLoad(tk.BaseModel):
    """The latest loading of one resource's file into the DataStore. ``details`` hold what messages name."""

    __tablename__ = "opengov_data_table_load"
    __table_args__ = (
        sa.CheckConstraint("state IN ('waiting', 'loading', 'ready', 'failed')", name="opengov_data_table_load_state"),
        sa.Index(
            "opengov_data_table_load_open", "requested_at", postgresql_where=sa.text("state IN ('waiting', 'loading')")
        ),
    )

    resource_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="waiting")
    rows: Mapped[int | None] = mapped_column(sa.BigInteger)
    problem: Mapped[str | None] = mapped_column(sa.Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    attempts: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    requested_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    started_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    finished_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
