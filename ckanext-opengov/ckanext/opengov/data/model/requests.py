"""Tables of requests to publish data: what is asked, and who supports it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)
NUMBERS = sa.Sequence("opengov_data_request_number")


class DataRequest(tk.BaseModel):
    """One request; ``id`` is that of its package. ``original`` is for its author and officers only, the rest public."""

    __tablename__ = "opengov_data_request"
    __table_args__ = (
        sa.Index("opengov_data_request_newest", sa.text("received_at DESC"), sa.text("id DESC")),
        sa.Index(
            "opengov_data_request_supported", sa.text("support DESC"), sa.text("received_at DESC"), sa.text("id DESC")
        ),
        sa.Index("opengov_data_request_agency", "agency_id", "state"),
        sa.Index("opengov_data_request_author", "author_id", "received_at"),
        sa.Index("opengov_data_request_due", "due_at", postgresql_where=sa.text("state IN ('unassigned', 'in_work')")),
        sa.Index("opengov_data_request_pending", "received_at", postgresql_where=sa.text("visibility = 'pending'")),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    number: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    author_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # None until somebody finds out who has the data.
    agency_id: Mapped[str | None] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    data_languages: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    # The three texts as they were written: {title, wanted, why}.
    original: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False, deferred=True)
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    wanted: Mapped[str] = mapped_column(sa.Text, nullable=False)
    why: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # Of each text the places of what is masked.
    findings: Mapped[dict[str, list[dict[str, Any]]]] = mapped_column(JSONB, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    visibility: Mapped[str] = mapped_column(sa.Text, nullable=False)
    hidden_reason: Mapped[str | None] = mapped_column(sa.Text)
    support: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    received_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    term_from: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    due_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    # The deadline of which the officers were told that it is over.
    overdue_told: Mapped[dt.datetime | None] = mapped_column(Moment)
    answered_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    in_time: Mapped[bool | None] = mapped_column(sa.Boolean)
    answer: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    answer_language: Mapped[str | None] = mapped_column(sa.Text)
    legal_reason: Mapped[str | None] = mapped_column(sa.Text)
    # Ids of the data sets that the answer leads to.
    datasets: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    joined_with: Mapped[str | None] = mapped_column(sa.Text)


class RequestSupport(tk.BaseModel):
    """A person wants the data too; once, which the key keeps."""

    __tablename__ = "opengov_data_request_support"
    __table_args__ = (sa.Index("opengov_data_request_supporter", "user_id"),)

    request_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    given_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
