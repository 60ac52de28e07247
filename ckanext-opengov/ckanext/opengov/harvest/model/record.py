"""What a source's rows became."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now


class HarvestRecord(tk.BaseModel):
    """One row of a source and the package it feeds. The row is kept when it is withdrawn: it may come back."""

    __tablename__ = "opengov_harvest_record"

    source_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    key: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    package_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    # None until the row was written for the first time.
    hash: Mapped[str | None] = mapped_column(sa.Text)
    withdrawn: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    updated_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
