"""The journal's tables. All three are append-only: the migration's triggers refuse everything but INSERT."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

TABLES = ("opengov_journal", "opengov_journal_seal", "opengov_journal_sealed_head")


class JournalEntry(tk.BaseModel):
    """One thing that happened to one entity; ``hash`` covers all fields and the hash of the entry before."""

    __tablename__ = "opengov_journal"
    __table_args__ = (sa.UniqueConstraint("entity_type", "entity_id", "seq", name="opengov_journal_place"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    entity_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entity_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    event: Mapped[str] = mapped_column(sa.Text, nullable=False)
    actor: Mapped[str | None] = mapped_column(sa.Text)
    public: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    internal: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    previous_hash: Mapped[str | None] = mapped_column(sa.Text)
    hash: Mapped[str] = mapped_column(sa.Text, nullable=False)


class JournalSeal(tk.BaseModel):
    """A signed statement of how far all chains went. Each takes in the digest of the one before."""

    __tablename__ = "opengov_journal_seal"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True), nullable=False)
    last_entry_id: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    heads: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    previous_digest: Mapped[str | None] = mapped_column(sa.Text)
    digest: Mapped[str] = mapped_column(sa.Text, nullable=False)
    signature: Mapped[str] = mapped_column(sa.Text, nullable=False)


class SealedHead(tk.BaseModel):
    """The last entry of one entity at the time of a seal; written for entities with entries since the seal before."""

    __tablename__ = "opengov_journal_sealed_head"
    __table_args__ = (sa.Index("opengov_journal_sealed_head_seal", "seal_id"),)

    entity_type: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    entity_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    seal_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    seq: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    hash: Mapped[str] = mapped_column(sa.Text, nullable=False)
