"""The table of transferred days."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now


class TransferredDayRow(tk.BaseModel):
    """A day that is worked although it would be free, or free although it would be worked."""

    __tablename__ = "opengov_transferred_day"
    __table_args__ = (sa.CheckConstraint("kind IN ('working', 'day_off')", name="opengov_transferred_day_kind"),)

    date: Mapped[dt.date] = mapped_column(sa.Date, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False)
    changed_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    changed_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
