"""Tables of ratings: what each person said about a case, and the sums per kind of case and agency."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now


class Rating(tk.BaseModel):
    """One person's rating of one case. None on an axis is "cannot say"."""

    __tablename__ = "opengov_rating"
    __table_args__ = (
        sa.UniqueConstraint("entity_type", "entity_id", "user_id", name="opengov_rating_once"),
        *(
            sa.CheckConstraint(f"{axis} BETWEEN 1 AND 5", name=f"opengov_rating_{axis}")
            for axis in ("accessibility", "speed", "transparency", "completeness")
        ),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    entity_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entity_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    accessibility: Mapped[int | None] = mapped_column(sa.SmallInteger)
    speed: Mapped[int | None] = mapped_column(sa.SmallInteger)
    transparency: Mapped[int | None] = mapped_column(sa.SmallInteger)
    completeness: Mapped[int | None] = mapped_column(sa.SmallInteger)
    comment_original: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    comment_public: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)


class RatingSum(tk.BaseModel):
    """How often each mark was given on an axis. Raised by one with each rating, never counted anew."""

    __tablename__ = "opengov_rating_sum"

    entity_type: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    axis: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    mark: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
