"""Tables of public services, their ratings, and of the results that agencies report."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.evaluation.model.evaluations import Moment, Number, new_id


class Service(tk.BaseModel):
    """One public service; ``id`` is that of its package."""

    __tablename__ = "opengov_evaluation_service"
    __table_args__ = (sa.Index("opengov_evaluation_service_agency", "agency_id"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    about: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    online: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)
    channels: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    # Working days; None when the standard names none.
    term: Mapped[int | None] = mapped_column(sa.Integer)
    standard_url: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class RatingLink(tk.BaseModel):
    """A link with which one case of a service may be rated, once. The token itself is not kept."""

    __tablename__ = "opengov_evaluation_rating_link"

    hash: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    service_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    expires_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    used_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class ServiceRating(tk.BaseModel):
    """One rating of one case of a service. Person and address are keyed hashes."""

    __tablename__ = "opengov_evaluation_rating"
    __table_args__ = (
        sa.UniqueConstraint("case_key", name="opengov_evaluation_rating_once"),
        sa.Index("opengov_evaluation_rating_service", "service_id", "at"),
        sa.Index("opengov_evaluation_rating_time", "at"),
        *(
            sa.CheckConstraint(f"{axis} BETWEEN 1 AND 5", name=f"opengov_evaluation_rating_{axis}")
            for axis in ("accessibility", "speed", "transparency", "completeness")
        ),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    service_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    case_key: Mapped[str] = mapped_column(sa.Text, nullable=False)
    person_key: Mapped[str | None] = mapped_column(sa.Text)
    address_key: Mapped[str | None] = mapped_column(sa.Text)
    accessibility: Mapped[int | None] = mapped_column(sa.SmallInteger)
    speed: Mapped[int | None] = mapped_column(sa.SmallInteger)
    transparency: Mapped[int | None] = mapped_column(sa.SmallInteger)
    completeness: Mapped[int | None] = mapped_column(sa.SmallInteger)
    comment_original: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    comment_public: Mapped[str | None] = mapped_column(sa.Text)
    at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class Flag(tk.BaseModel):
    """Something noticed about ratings, with the ratings that it is about. It stays beside the figures."""

    __tablename__ = "opengov_evaluation_flag"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    # The same thing noticed again, perhaps with more ratings, is the same flag.
    key: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    noted_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class FlaggedRating(tk.BaseModel):
    """A rating that a flag is about."""

    __tablename__ = "opengov_evaluation_flagged"

    flag_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    rating_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False, index=True)


class Target(tk.BaseModel):
    """A target indicator of an agency's strategic plan or territorial programme in one year."""

    __tablename__ = "opengov_evaluation_target"
    __table_args__ = (sa.UniqueConstraint("agency_id", "code", "year", name="opengov_evaluation_target_once"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    plan: Mapped[str] = mapped_column(sa.Text, nullable=False)
    code: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    unit: Mapped[str] = mapped_column(sa.Text, nullable=False)
    direction: Mapped[str] = mapped_column(sa.Text, nullable=False)
    year: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    planned: Mapped[Decimal] = mapped_column(Number, nullable=False)
    reached: Mapped[Decimal | None] = mapped_column(Number)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    changed_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class Official(tk.BaseModel):
    """The result of one block of the official evaluation of a year, as its authors published it."""

    __tablename__ = "opengov_evaluation_official"
    __table_args__ = (sa.UniqueConstraint("agency_id", "year", "block", name="opengov_evaluation_official_once"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    year: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    block: Mapped[str] = mapped_column(sa.Text, nullable=False)
    score: Mapped[Decimal] = mapped_column(Number, nullable=False)
    source_url: Mapped[str | None] = mapped_column(sa.Text)
    changed_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
