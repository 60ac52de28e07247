"""Officers: who holds which role, of which component, in which agency."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

_OPEN = sa.text("revoked_at IS NULL")


class Officer(tk.BaseModel):
    """One role granted to one user. It counts from ``valid_from`` to ``valid_until``, both days included."""

    __tablename__ = "opengov_officer"
    __table_args__ = (
        sa.Index(
            "opengov_officer_open",
            "user_id",
            "component",
            "agency_id",
            "role",
            unique=True,
            postgresql_where=_OPEN,
        ),
        sa.Index("opengov_officer_agency", "agency_id", "component", "role"),
        sa.Index("opengov_officer_user", "user_id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    component: Mapped[str] = mapped_column(sa.Text, nullable=False)
    role: Mapped[str] = mapped_column(sa.Text, nullable=False)
    valid_from: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    valid_until: Mapped[dt.date | None] = mapped_column(sa.Date)
    granted_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    granted_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    revoked_by: Mapped[str | None] = mapped_column(sa.Text)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
