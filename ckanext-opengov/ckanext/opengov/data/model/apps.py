"""Tables of apps and their contests. Who sent an app stands here only."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)


def random_id() -> str:
    """An id that says nothing of when it was made."""
    return str(uuid4())


class App(tk.BaseModel):
    """One app; ``id`` is that of its package. Texts are masked before they come here.

    ``links``: each with ``kind``, ``url``, and ``state`` (``dead`` after a report that proved true).
    """

    __tablename__ = "opengov_data_app"
    __table_args__ = (
        sa.CheckConstraint("state IN ('waiting', 'published', 'refused', 'withdrawn')", name="opengov_data_app_state"),
        sa.Index("opengov_data_app_shelf", "state", "published_at"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=random_id)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="waiting")
    author_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    notes: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # As its makers want to be named.
    developer: Mapped[str | None] = mapped_column(sa.Text)
    links: Mapped[list[dict[str, str]]] = mapped_column(JSONB, nullable=False)
    # Why it was refused or taken off.
    reason: Mapped[str | None] = mapped_column(sa.Text)
    contest_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    place: Mapped[int | None] = mapped_column(sa.Integer)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class AppDataset(tk.BaseModel):
    """An app uses a data set."""

    __tablename__ = "opengov_data_app_dataset"

    app_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    dataset_id: Mapped[str] = mapped_column(sa.Text, primary_key=True, index=True)


class AppPicture(tk.BaseModel):
    """A picture of an app as the portal encoded it anew; the file is named by ``id``."""

    __tablename__ = "opengov_data_app_picture"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=random_id)
    app_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    position: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    alt: Mapped[str] = mapped_column(sa.Text, nullable=False)
    width: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    height: Mapped[int] = mapped_column(sa.Integer, nullable=False)


class Contest(tk.BaseModel):
    """A contest: entries from ``opens_at`` to ``closes_at``, marks of the jury, then places."""

    __tablename__ = "opengov_data_contest"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=random_id)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    rules: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    opens_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    closes_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    # Ids of users.
    jury: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    decided_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class ContestMark(tk.BaseModel):
    """What a member of the jury gave an entry."""

    __tablename__ = "opengov_data_contest_mark"
    __table_args__ = (sa.CheckConstraint("mark BETWEEN 1 AND 10", name="opengov_data_contest_mark_range"),)

    app_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    juror_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    mark: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    note: Mapped[str | None] = mapped_column(sa.Text)
