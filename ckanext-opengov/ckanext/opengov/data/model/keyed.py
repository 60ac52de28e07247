"""Keyed tables, the versions of their structure, and the tokens of the systems that push to them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.data.model.tables import utc_now

Moment = sa.DateTime(timezone=True)


class KeyedTable(tk.BaseModel):
    """A resource whose rows are pushed. ``external_id`` is what the sending system calls it."""

    __tablename__ = "opengov_data_keyed"
    __table_args__ = (sa.UniqueConstraint("agency_id", "external_id", name="opengov_data_keyed_external"),)

    resource_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    package_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    external_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    history: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    structure_version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    created_by: Mapped[str | None] = mapped_column(sa.Text)


class StructureVersion(tk.BaseModel):
    """A Table Schema as it stood from one time on. ``receipt_id`` is the push that brought new fields."""

    __tablename__ = "opengov_data_structure"

    resource_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    descriptor: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    receipt_id: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class PushToken(tk.BaseModel):
    """What a system shows to push. Only its hash is kept. Without ``datasets`` it is for all of the agency's."""

    __tablename__ = "opengov_data_token"

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    hash: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    datasets: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), nullable=False, default=list)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), nullable=False, default=list)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    created_by: Mapped[str | None] = mapped_column(sa.Text)
    expires_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    used_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class RelayedReceipt(tk.BaseModel):
    """A receipt that the journal has; its entry and this row are one commit, so none comes twice."""

    __tablename__ = "opengov_data_relayed"

    receipt_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
