"""The table of approved lists: what each agency publishes, from when on and how often."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)


class ListItem(tk.BaseModel):
    """One item of an agency's list. Its number stays its own, also when others are taken out."""

    __tablename__ = "opengov_data_list_item"
    __table_args__ = (
        sa.UniqueConstraint("agency_id", "number", name="opengov_data_list_item_number"),
        sa.Index("opengov_data_list_item_dataset", "dataset_id"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    # A kind of update of the passport, such as MONTHLY.
    frequency: Mapped[str] = mapped_column(sa.Text, nullable=False)
    due_on: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    # Keys of the criteria for open data that the item meets.
    criteria: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    dataset_id: Mapped[str | None] = mapped_column(sa.Text)
    # The day on which the data set was there.
    linked_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    # What the agency wants changed in an approved item: {values, reason}; in force once the approver says so.
    proposal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # Why the approver gave it back.
    returned: Mapped[str | None] = mapped_column(sa.Text)
    # Of which day, and how late, the officers were reminded.
    reminded: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    changed_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
