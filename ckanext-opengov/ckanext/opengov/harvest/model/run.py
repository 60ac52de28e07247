"""What happened in a source's runs."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now


class HarvestRun(tk.BaseModel):
    """What the gathering of one job found. ``problem`` is a message: the run was stopped and changed nothing."""

    __tablename__ = "opengov_harvest_run"
    __table_args__ = (sa.Index("opengov_harvest_run_source", "source_id", "started_at"),)

    job_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    source_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    started_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, nullable=False, default=dict)
    problem: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # What the list looked like, to notice when it looks different, and to skip it when it is the same.
    columns: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    content_hash: Mapped[str | None] = mapped_column(sa.Text)
    mapping_hash: Mapped[str | None] = mapped_column(sa.Text)


class HarvestBadRow(tk.BaseModel):
    """A row that a job did not take in."""

    __tablename__ = "opengov_harvest_bad_row"
    __table_args__ = (sa.Index("opengov_harvest_bad_row_job", "job_id", "place"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    job_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    source_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    place: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    key: Mapped[str | None] = mapped_column(sa.Text)
    field: Mapped[str] = mapped_column(sa.Text, nullable=False)
    message: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)


class HarvestNotice(tk.BaseModel):
    """What the officers of a source must know, until it is over."""

    __tablename__ = "opengov_harvest_notice"
    __table_args__ = (
        sa.Index(
            "opengov_harvest_notice_open",
            "source_id",
            "kind",
            unique=True,
            postgresql_where=sa.text("closed_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=lambda: str(uuid.uuid4()))
    source_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    message: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    closed_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    # An officer said that the list is right as it is: the next run does not stop at this.
    confirmed: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
