"""Tables beside the texts of acts: files that were read but not yet taken over, and changes that answer comments."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.regulation.model.acts import Moment, Uuid, new_id


class TextReading(tk.BaseModel):
    """What a file was taken to say, until an officer takes it over or reads another one in its language."""

    __tablename__ = "opengov_regulation_reading"

    package_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    language: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    id: Mapped[str] = mapped_column(Uuid, nullable=False, unique=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    doubts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    read_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    read_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class ChangeAnswer(tk.BaseModel):
    """A change of a part in a version answers a comment; ``told_at`` is when its author was told."""

    __tablename__ = "opengov_regulation_change"
    __table_args__ = (
        sa.UniqueConstraint("package_id", "version", "eid", "comment_id", name="opengov_regulation_change_one"),
        sa.Index("opengov_regulation_change_comment", "comment_id"),
    )

    id: Mapped[str] = mapped_column(Uuid, primary_key=True, default=new_id)
    package_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # The newer of the two versions.
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    # In that version; of a part that was deleted its eId in the version before.
    eid: Mapped[str] = mapped_column(sa.Text, nullable=False)
    comment_id: Mapped[str] = mapped_column(Uuid, nullable=False)
    linked_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    linked_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    told_at: Mapped[dt.datetime | None] = mapped_column(Moment)
