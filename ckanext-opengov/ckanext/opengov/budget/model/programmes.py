"""Tables of budget programmes: where each stands, its texts, why they changed, what the public council said."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)


class Programme(tk.BaseModel):
    """One programme; ``id`` is that of its package."""

    __tablename__ = "opengov_budget_programme"
    __table_args__ = (
        sa.Index("opengov_budget_programme_agency", "agency_id", "state"),
        sa.Index("opengov_budget_programme_due", "due_at", postgresql_where=sa.text("due_at IS NOT NULL")),
        sa.Index("opengov_budget_programme_code", "code"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # As in the passport, to find the programme of a line of the budget.
    code: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # As service/programmes/passport.py makes it.
    passport: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    # What each state was entered at for the last time: {state: moment in ISO form}.
    moments: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    # The day from which the term of the state counts, and its last second.
    term_from: Mapped[dt.date | None] = mapped_column(sa.Date)
    due_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    overdue_told: Mapped[dt.datetime | None] = mapped_column(Moment)
    # How many times it was before the council.
    round: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    withdrawn_reason: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class ProgrammeVersion(tk.BaseModel):
    """A text that counted: the one that was discussed, the approved one, each change of it."""

    __tablename__ = "opengov_budget_programme_version"

    programme_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    stage: Mapped[str] = mapped_column(sa.Text, nullable=False)
    passport: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    order_number: Mapped[str | None] = mapped_column(sa.Text)
    order_date: Mapped[dt.date | None] = mapped_column(sa.Date)
    reason: Mapped[str | None] = mapped_column(sa.Text)
    made_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class ProgrammeChange(tk.BaseModel):
    """Because of whom a place of the text was changed after the discussion."""

    __tablename__ = "opengov_budget_programme_change"
    __table_args__ = (sa.Index("opengov_budget_programme_change_of", "programme_id", "anchor"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=False), primary_key=True)
    programme_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    anchor: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # comments, council or agency; with the ids of the comments that led to it.
    source: Mapped[str] = mapped_column(sa.Text, nullable=False)
    comments: Mapped[list[str]] = mapped_column(JSONB, nullable=False)
    note: Mapped[str] = mapped_column(sa.Text, nullable=False)
    made_by: Mapped[str | None] = mapped_column(sa.Text)
    made_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class CouncilOpinion(tk.BaseModel):
    """What a public council said of a programme in one round, with the agency's replies to its remarks."""

    __tablename__ = "opengov_budget_opinion"

    programme_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    round: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    verdict: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text: Mapped[str] = mapped_column(sa.Text, nullable=False)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    held_on: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    votes_for: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    votes_against: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    votes_abstained: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    # [{anchor, text, reply: {decision, text} or null}]
    remarks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    # The member who wrote it down.
    author_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    replied_at: Mapped[dt.datetime | None] = mapped_column(Moment)
