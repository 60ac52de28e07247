"""Tables of the workplace: drafts of forms, and questions to the helpdesk."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Moment = sa.DateTime(timezone=True)

# The words of the index, so that the planner sees that a search fits it. No stemmer knows Kazakh, so words are
# compared by their beginning.
ANSWER_WORDS = sa.text("to_tsvector('simple', coalesce(question_public, '') || ' ' || coalesce(answer, ''))")
PUBLISHED = sa.text("public AND state = 'answered'")
OPEN = sa.text("state = 'open'")


class Draft(tk.BaseModel):
    """What a person has typed into a form and not yet sent. Only that person reads it."""

    __tablename__ = "opengov_draft"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "form_key", name="opengov_draft_once"),
        sa.Index("opengov_draft_saved", "saved_at"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    form_key: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # What the person calls it: the heading of the form's page, and its address.
    title: Mapped[str | None] = mapped_column(sa.Text)
    url: Mapped[str | None] = mapped_column(sa.Text)
    entity_type: Mapped[str | None] = mapped_column(sa.Text)
    entity_id: Mapped[str | None] = mapped_column(sa.Text)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)
    saved_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class HelpdeskQuestion(tk.BaseModel):
    """A question of an officer, and the methodologist's answer."""

    __tablename__ = "opengov_helpdesk_question"
    __table_args__ = (
        sa.Index("opengov_helpdesk_open", "id", postgresql_where=OPEN),
        sa.Index("opengov_helpdesk_published", "id", postgresql_where=PUBLISHED),
        sa.Index("opengov_helpdesk_words", ANSWER_WORDS, postgresql_using="gin", postgresql_where=PUBLISHED),
        sa.Index("opengov_helpdesk_author", "user_id", "id"),
    )

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    user_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # The form that it is about: its key, and the page's address.
    form: Mapped[str | None] = mapped_column(sa.Text)
    url: Mapped[str | None] = mapped_column(sa.Text)
    # Read by its author and by methodologists only; the masked copy stands in the public list.
    question: Mapped[str] = mapped_column(sa.Text, nullable=False, deferred=True)
    question_public: Mapped[str] = mapped_column(sa.Text, nullable=False)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    asked_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    # The methodologist who has it in hand.
    assignee: Mapped[str | None] = mapped_column(sa.Text)
    answer: Mapped[str | None] = mapped_column(sa.Text)
    answered_by: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    public: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
