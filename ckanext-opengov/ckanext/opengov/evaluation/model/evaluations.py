"""Tables of frameworks, periods, evaluations and what they are made of."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)
Number = sa.Numeric(24, 6)


def new_id() -> str:
    """A random identifier."""
    return str(uuid.uuid4())


class Framework(tk.BaseModel):
    """One version of a framework. Once a period uses it, it is never changed; a change is a new version."""

    __tablename__ = "opengov_evaluation_framework"
    __table_args__ = (sa.UniqueConstraint("name", "version", name="opengov_evaluation_framework_version"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    tree: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    frozen_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    created_by: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class Period(tk.BaseModel):
    """The time for which agencies are evaluated under one version of a framework; both days belong to it."""

    __tablename__ = "opengov_evaluation_period"
    __table_args__ = (sa.Index("opengov_evaluation_period_order", "framework_name", "ends_on"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    framework_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    framework_name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    starts_on: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    ends_on: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    opened_by: Mapped[str | None] = mapped_column(sa.Text)
    opened_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    # When the facts were taken, and the digest of all of them.
    snapshot_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    digest: Mapped[str | None] = mapped_column(sa.Text)
    # When the first of its evaluations was published.
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class Evaluation(tk.BaseModel):
    """An agency in a period; ``id`` is that of its package. Score and blocks are kept for tables of many agencies."""

    __tablename__ = "opengov_evaluation_evaluation"
    __table_args__ = (
        sa.UniqueConstraint("period_id", "agency_id", name="opengov_evaluation_once"),
        sa.Index("opengov_evaluation_agency", "agency_id", "state"),
        sa.Index("opengov_evaluation_state", "state", "due_at"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    period_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # The group of peers, and the place, as they were when the period was opened.
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    region: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # When the time of the present state ends.
    due_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    score: Mapped[Decimal | None] = mapped_column(sa.Numeric(24, 18))
    low: Mapped[float | None] = mapped_column(sa.Float)
    high: Mapped[float | None] = mapped_column(sa.Float)
    # Block → points, as text; None when nothing in it applies.
    blocks: Mapped[dict[str, str | None]] = mapped_column(JSONB, nullable=False, default=dict)
    # Merged or abolished in the period.
    ended_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    end_reason: Mapped[str | None] = mapped_column(sa.Text)
    successor_id: Mapped[str | None] = mapped_column(sa.Text)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class Value(tk.BaseModel):
    """One indicator of an evaluation: what the agency claims, and what counts."""

    __tablename__ = "opengov_evaluation_value"

    evaluation_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    indicator: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    # Raised by one with every change of what counts: who changes an older one is told.
    revision: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    claim_status: Mapped[str | None] = mapped_column(sa.Text)
    claim: Mapped[Decimal | None] = mapped_column(Number)
    claim_note: Mapped[str | None] = mapped_column(sa.Text)
    claimed_by: Mapped[str | None] = mapped_column(sa.Text)
    claimed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    status: Mapped[str | None] = mapped_column(sa.Text)
    number: Mapped[Decimal | None] = mapped_column(Number)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    set_by: Mapped[str | None] = mapped_column(sa.Text)
    set_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class Evidence(tk.BaseModel):
    """What an agency shows for a claim: a link, or a file with its hash."""

    __tablename__ = "opengov_evaluation_evidence"
    __table_args__ = (sa.Index("opengov_evaluation_evidence_of", "evaluation_id", "indicator"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    evaluation_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    indicator: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[str] = mapped_column(sa.Text, nullable=False)
    url: Mapped[str | None] = mapped_column(sa.Text)
    file_name: Mapped[str | None] = mapped_column(sa.Text)
    size: Mapped[int | None] = mapped_column(sa.BigInteger)
    sha256: Mapped[str | None] = mapped_column(sa.Text)
    added_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    added_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class Objection(tk.BaseModel):
    """What an agency holds against a value, and what was decided."""

    __tablename__ = "opengov_evaluation_objection"

    evaluation_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    indicator: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    text: Mapped[str] = mapped_column(sa.Text, nullable=False)
    made_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    made_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    # accepted, rejected, or None while it waits.
    decision: Mapped[str | None] = mapped_column(sa.Text)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    decided_by: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class Fact(tk.BaseModel):
    """What the portal counted of an agency for a period: the sums, and each case as [id, part]."""

    __tablename__ = "opengov_evaluation_fact"

    period_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    # Component and name of the indicator.
    indicator: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    numerator: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    cases: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    whole: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    rows: Mapped[list[list[Any]]] = mapped_column(JSONB, nullable=False, deferred=True)
