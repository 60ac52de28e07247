"""Fixes that officers remember, and the tables that others refer to."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.data.model.tables import utc_now

Moment = sa.DateTime(timezone=True)
# Parts of the address register, of which there is one, and code lists.
ROLES = ("places", "streets", "buildings", "codes")


class Fix(tk.BaseModel):
    """What an officer put in the place of a wrong value of a field, to be proposed when it comes again."""

    __tablename__ = "opengov_data_fix"

    resource_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    field: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    wrong: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    fixed: Mapped[str] = mapped_column(sa.Text, nullable=False)
    at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class ReferenceTable(tk.BaseModel):
    """A keyed table of the reference data that all agencies use."""

    __tablename__ = "opengov_data_reference"
    __table_args__ = (
        sa.Index("opengov_data_reference_one", "role", unique=True, postgresql_where=sa.text("role <> 'codes'")),
    )

    resource_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    role: Mapped[str] = mapped_column(sa.Text, nullable=False)
    since: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    set_by: Mapped[str | None] = mapped_column(sa.Text)
