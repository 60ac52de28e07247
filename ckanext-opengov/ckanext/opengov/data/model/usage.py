"""How often each data set was read, by day: numbers only, nothing of who read it."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column


class Usage(tk.BaseModel):
    """A data set on a day of Almaty."""

    __tablename__ = "opengov_data_usage"

    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    day: Mapped[dt.date] = mapped_column(sa.Date, primary_key=True, index=True)
    views: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    downloads: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    api_calls: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
