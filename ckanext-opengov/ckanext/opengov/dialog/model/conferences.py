"""Tables of internet conferences: the conference, its questions with who supports them, the answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)


class Conference(tk.BaseModel):
    """One conference; ``id`` is that of its package. Numbers of questions and answers are counted here, one by one."""

    __tablename__ = "opengov_dialog_conference"
    __table_args__ = (
        sa.Index("opengov_dialog_conference_begin", "starts_at", "id"),
        sa.Index("opengov_dialog_conference_agency", "agency_id", "starts_at", "id"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    intro: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    # [{name, position: {language: text}, user_id}]; an answer names its speaker by the place in this list, from 1.
    speakers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    starts_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    recording_url: Mapped[str | None] = mapped_column(sa.Text)
    cancel_reason: Mapped[str | None] = mapped_column(sa.Text)
    questions: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    answers: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    # What each state was entered at: {state: moment in ISO form}.
    moments: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class Question(tk.BaseModel):
    """What a citizen asks; the original is read by its author and the officers only."""

    __tablename__ = "opengov_dialog_question"
    __table_args__ = (
        sa.UniqueConstraint("conference_id", "number", name="opengov_dialog_question_number"),
        sa.Index("opengov_dialog_question_order", "conference_id", "state", sa.text("support DESC"), "number"),
        sa.Index("opengov_dialog_question_author", "author_id", "asked_at"),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    conference_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    author_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    author_name: Mapped[str | None] = mapped_column(sa.Text)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text_original: Mapped[str] = mapped_column(sa.Text, nullable=False, deferred=True)
    text_public: Mapped[str] = mapped_column(sa.Text, nullable=False)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # A key of the list of reasons, and what the moderator adds; both are public.
    reason: Mapped[str | None] = mapped_column(sa.Text)
    reason_text: Mapped[str | None] = mapped_column(sa.Text)
    merged_into: Mapped[str | None] = mapped_column(sa.Text)
    support: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    asked_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    answered_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    appeal_number: Mapped[str | None] = mapped_column(sa.Text)


class Support(tk.BaseModel):
    """A person wants a question answered; once, which the key keeps."""

    __tablename__ = "opengov_dialog_support"

    question_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    given_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class ConferenceAnswer(tk.BaseModel):
    """What was said to a question. Numbers grow in the order of becoming visible."""

    __tablename__ = "opengov_dialog_conference_answer"
    __table_args__ = (sa.Index("opengov_dialog_conference_answer_question", "question_id"),)

    conference_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True, autoincrement=False)
    question_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    speaker: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text: Mapped[str] = mapped_column(sa.Text, nullable=False)
    written_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    written_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
