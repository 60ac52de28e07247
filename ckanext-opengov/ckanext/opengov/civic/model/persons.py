"""Tables of persons: what is known of an account beside CKAN's user, and links that confirm an address."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now


class Person(tk.BaseModel):
    """An account's owner. Identifiers of the state and of the provider are kept as keyed hashes only."""

    __tablename__ = "opengov_person"

    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False, default="person")
    bin: Mapped[str | None] = mapped_column(sa.Text)
    # The address whose link was opened; it stops counting when the account gets another one.
    confirmed_email: Mapped[str | None] = mapped_column(sa.Text)
    national_hash: Mapped[str | None] = mapped_column(sa.Text, unique=True)
    subject_hash: Mapped[str | None] = mapped_column(sa.Text, unique=True)
    verified_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    language: Mapped[str | None] = mapped_column(sa.Text)
    place: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)


class Confirmation(tk.BaseModel):
    """A link sent to an address: a registration, or the confirmation of an account's address. Opened once."""

    __tablename__ = "opengov_confirmation"
    __table_args__ = (sa.Index("opengov_confirmation_expires", "expires_at"),)

    token_hash: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    purpose: Mapped[str] = mapped_column(sa.Text, nullable=False)
    email: Mapped[str] = mapped_column(sa.Text, nullable=False)
    user_id: Mapped[str | None] = mapped_column(sa.Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False, default=dict)
    created_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False, default=utc_now)
    expires_at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    used_at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
