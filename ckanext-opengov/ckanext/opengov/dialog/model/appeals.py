"""Tables of appeals: the appeal as it came and as the public reads it, its answers, transfers, questions, figures."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)
NUMBERS = sa.Sequence("opengov_dialog_appeal_number")
# In the words of the partial indexes, so that the planner sees that they fit.
PUBLIC = sa.text("visibility = 'public'")
PENDING = sa.text("visibility = 'pending'")
RUNNING = sa.text("state IN ('registered', 'in_work')")
OF_AGENCIES, OF_TOPICS, OF_REGIONS = (sa.text(f"{name} <> ''") for name in ("agency_id", "topic", "region"))


def new_id() -> str:
    """A random identifier."""
    return str(uuid.uuid4())


class Appeal(tk.BaseModel):
    """One appeal; ``id`` is that of its package. What only its author and officers read is loaded when asked for."""

    __tablename__ = "opengov_dialog_appeal"
    __table_args__ = (
        sa.Index("opengov_dialog_appeal_public", "registered_at", "id", postgresql_where=PUBLIC),
        sa.Index("opengov_dialog_appeal_agency", "agency_id", "registered_at", "id"),
        sa.Index("opengov_dialog_appeal_answered", "answered_at", "id", postgresql_where=PUBLIC),
        sa.Index("opengov_dialog_appeal_agency_answered", "agency_id", "answered_at", "id", postgresql_where=PUBLIC),
        sa.Index("opengov_dialog_appeal_topic", "topic", "registered_at", "id", postgresql_where=PUBLIC),
        sa.Index("opengov_dialog_appeal_region", "region", "registered_at", "id", postgresql_where=PUBLIC),
        sa.Index("opengov_dialog_appeal_state", "state", "registered_at", "id", postgresql_where=PUBLIC),
        sa.Index("opengov_dialog_appeal_kind", "kind", "registered_at", "id", postgresql_where=PUBLIC),
        sa.Index("opengov_dialog_appeal_author", "author_id", "registered_at", "id"),
        sa.Index("opengov_dialog_appeal_due", "due_at", postgresql_where=RUNNING),
        sa.Index("opengov_dialog_appeal_waiting", "agency_id", "state", "registered_at"),
        sa.Index("opengov_dialog_appeal_pending", "registered_at", "id", postgresql_where=PENDING),
        sa.Index("opengov_dialog_appeal_same", "content_hash", "registered_at"),
        sa.UniqueConstraint("source", "source_id", name="opengov_dialog_appeal_source"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    number: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    secret_hash: Mapped[str | None] = mapped_column(sa.Text)
    author_id: Mapped[str | None] = mapped_column(sa.Text)
    # The name that the author wants to be read under; without it nobody learns who wrote.
    author_name: Mapped[str | None] = mapped_column(sa.Text)
    # Of somebody without an account, who can be written to in no other way.
    email: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    topic: Mapped[str] = mapped_column(sa.Text, nullable=False)
    region: Mapped[str | None] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    subject_original: Mapped[str] = mapped_column(sa.Text, nullable=False, deferred=True)
    subject_public: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text_original: Mapped[str] = mapped_column(sa.Text, nullable=False, deferred=True)
    text_public: Mapped[str] = mapped_column(sa.Text, nullable=False)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    content_hash: Mapped[str | None] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="registered")
    # private by wish, pending before a moderator, public, or hidden by one for a reason.
    visibility: Mapped[str] = mapped_column(sa.Text, nullable=False)
    hidden_reason: Mapped[str | None] = mapped_column(sa.Text)
    registered_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    month: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    # What the deadline is computed from; see service/appeals/clock.py.
    term_from: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    pauses: Mapped[list[list[str]]] = mapped_column(JSONB, nullable=False, default=list)
    paused_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    extra_days: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    # None while the clock stands.
    due_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    overdue_told: Mapped[dt.datetime | None] = mapped_column(Moment)
    assignee_id: Mapped[str | None] = mapped_column(sa.Text, index=True)
    draft: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    draft_links: Mapped[list[dict[str, str]] | None] = mapped_column(JSONB, deferred=True)
    answered_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    in_time: Mapped[bool | None] = mapped_column(sa.Boolean)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    rated_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    useful: Mapped[bool | None] = mapped_column(sa.Boolean)
    solved: Mapped[bool | None] = mapped_column(sa.Boolean)
    forwards: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    # How often it came back to an agency that had passed it on.
    returns: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    reopened_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    # Where it was brought from, and its number there.
    source: Mapped[str | None] = mapped_column(sa.Text)
    source_id: Mapped[str | None] = mapped_column(sa.Text)
    # Mobile coverage: operator, fault, latitude, longitude, noticed_at.
    coverage: Mapped[dict[str, Any] | None] = mapped_column(JSONB)


class Answer(tk.BaseModel):
    """An answer of the agency. There is a second one when the appeal was reopened."""

    __tablename__ = "opengov_dialog_answer"
    __table_args__ = (
        sa.UniqueConstraint("appeal_id", "number", name="opengov_dialog_answer_once"),
        sa.Index("opengov_dialog_answer_agency", "agency_id", "at"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    appeal_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text_original: Mapped[str] = mapped_column(sa.Text, nullable=False, deferred=True)
    text_public: Mapped[str] = mapped_column(sa.Text, nullable=False)
    links: Mapped[list[dict[str, str]]] = mapped_column(JSONB, nullable=False, default=list)
    # None for answers that were brought from elsewhere.
    signed_by: Mapped[str | None] = mapped_column(sa.Text)
    signed_as: Mapped[str | None] = mapped_column(sa.Text)
    signer_name: Mapped[str | None] = mapped_column(sa.Text)
    in_time: Mapped[bool | None] = mapped_column(sa.Boolean)
    # The warnings of the gate that the signer took notice of.
    acknowledged: Mapped[list[str]] = mapped_column(JSONB, nullable=False, default=list)
    signature: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)


class Transfer(tk.BaseModel):
    """One passing on to another agency: the ledger, never changed."""

    __tablename__ = "opengov_dialog_transfer"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    appeal_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    from_agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    to_agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    actor_id: Mapped[str | None] = mapped_column(sa.Text)
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False)
    due_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    late: Mapped[bool] = mapped_column(sa.Boolean, nullable=False)


class Clarification(tk.BaseModel):
    """A question of the agency to the author; the clock of the answer stands until it is answered or lapses."""

    __tablename__ = "opengov_dialog_clarification"

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    appeal_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    asked_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    asked_by: Mapped[str | None] = mapped_column(sa.Text)
    due_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    question_original: Mapped[str] = mapped_column(sa.Text, nullable=False, deferred=True)
    question_public: Mapped[str] = mapped_column(sa.Text, nullable=False)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    text_original: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    text_public: Mapped[str | None] = mapped_column(sa.Text)


class StandingAnswer(tk.BaseModel):
    """An answer to what many ask: shown while somebody types, once a second officer has reviewed it."""

    __tablename__ = "opengov_dialog_standing_answer"
    __table_args__ = (sa.Index("opengov_dialog_standing_answer_state", "state", "agency_id", "updated_at"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True, default=new_id)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    topic: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="draft")
    # Language → text.
    question: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    answer: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    links: Mapped[list[dict[str, str]]] = mapped_column(JSONB, nullable=False, default=list)
    created_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    reviewed_by: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    updated_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class Figure(tk.BaseModel):
    """Counts of one slice, told apart by agency, topic, region and kind, by some of them, or by the month alone.

    An empty text stands for all, and the year 1 for all months. Kept with every change in its own transaction, never
    counted anew.
    """

    __tablename__ = "opengov_dialog_figure"
    __table_args__ = (
        sa.Index("opengov_dialog_figure_by_agency", "topic", "region", "kind", "month", postgresql_where=OF_AGENCIES),
        sa.Index("opengov_dialog_figure_by_topic", "agency_id", "region", "kind", "month", postgresql_where=OF_TOPICS),
        sa.Index("opengov_dialog_figure_by_region", "agency_id", "topic", "kind", "month", postgresql_where=OF_REGIONS),
        sa.Index("opengov_dialog_figure_region", "region", "month"),
    )

    agency_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    topic: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    region: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    month: Mapped[dt.date] = mapped_column(sa.Date, primary_key=True)
    received: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    answered: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    in_time: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    reopened: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    forwarded: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    rated: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    useful: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    solved: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)


class Days(tk.BaseModel):
    """How many appeals of a slice were answered after so many days: what medians are made of."""

    __tablename__ = "opengov_dialog_days"
    __table_args__ = (
        sa.Index("opengov_dialog_days_by_agency", "topic", "region", "kind", "month", postgresql_where=OF_AGENCIES),
        sa.Index("opengov_dialog_days_by_topic", "agency_id", "region", "kind", "month", postgresql_where=OF_TOPICS),
        sa.Index("opengov_dialog_days_by_region", "agency_id", "topic", "kind", "month", postgresql_where=OF_REGIONS),
        sa.Index("opengov_dialog_days_region", "region", "month"),
    )

    agency_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    topic: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    region: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    month: Mapped[dt.date] = mapped_column(sa.Date, primary_key=True)
    days: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)


class Coverage(tk.BaseModel):
    """Complaints on mobile coverage by operator, kind of fault and a square of about a kilometre."""

    __tablename__ = "opengov_dialog_coverage"

    operator: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    fault: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    region: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    month: Mapped[dt.date] = mapped_column(sa.Date, primary_key=True)
    # Hundredths of a degree, rounded down: no point of a person's home is kept here.
    latitude: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    longitude: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
