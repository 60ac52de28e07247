"""How good each data set's description is, and whether linked files answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)


class DatasetQuality(tk.BaseModel):
    """The points of one data set as computed last.

    ``lost``: metric → ``points`` (lost), ``why`` (which advice), ``values`` (what the advice names), ``files`` (ids).
    ``recheck_at``: when time alone changes the score, because the data become late.
    """

    __tablename__ = "opengov_data_quality"
    __table_args__ = (
        sa.Index("opengov_data_quality_agency", "agency_id", "score"),
        sa.Index("opengov_data_quality_recheck", "recheck_at"),
    )

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    agency_id: Mapped[str | None] = mapped_column(sa.Text)
    score: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    findability: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    accessibility: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    interoperability: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    reusability: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    contextuality: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    lost: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    computed_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    recheck_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class LinkCheck(tk.BaseModel):
    """What is known of the address of one linked file. A single failure says nothing yet: see service/quality/links."""

    __tablename__ = "opengov_data_link"
    __table_args__ = (
        sa.CheckConstraint("state IN ('waiting', 'works', 'dead')", name="opengov_data_link_state"),
        sa.Index("opengov_data_link_dataset", "dataset_id"),
        sa.Index("opengov_data_link_next", "next_at"),
    )

    resource_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    url: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="waiting")
    reason: Mapped[str | None] = mapped_column(sa.Text)
    # Whether a file comes, and not a page about one.
    is_file: Mapped[bool | None] = mapped_column(sa.Boolean)
    failures: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    checked_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    next_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
