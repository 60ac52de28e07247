"""Tables of polls. Who took part and what was voted are two tables with nothing in common but the poll."""

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


def random_id() -> str:
    """An id that says nothing of when it was made."""
    return str(uuid.uuid4())


class Poll(tk.BaseModel):
    """One poll; ``id`` is that of its package."""

    __tablename__ = "opengov_dialog_poll"
    __table_args__ = (sa.Index("opengov_dialog_poll_state", "state", "ends_at"),)

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="draft")
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    notes: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False, default=dict)
    # Each: id, kind, text, help, required, and what its kind needs; see service/polls/rules.py.
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False)
    starts_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    ends_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    level: Mapped[str] = mapped_column(sa.Text, nullable=False)
    results_when: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # As counted last; final from the end of the poll on.
    results: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    # What the agency will do with the result.
    conclusion: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class Participation(tk.BaseModel):
    """Somebody has voted. No time and no id, so that rows say nothing beyond that.

    ``person_key`` stands for the account, ``national_key`` for the person if the portal knows who it is: neither a
    second account nor a confirmation of the identity in between gives a second vote.
    """

    __tablename__ = "opengov_dialog_participation"
    __table_args__ = (sa.UniqueConstraint("poll_id", "national_key", name="opengov_dialog_participation_national"),)

    poll_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    person_key: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    national_key: Mapped[str | None] = mapped_column(sa.Text)


class Ballot(tk.BaseModel):
    """One ballot: question id → choice. Its id is random and changes whenever the ballots are shuffled."""

    __tablename__ = "opengov_dialog_ballot"

    id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True, default=random_id)
    poll_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    choices: Mapped[dict[str, Any]] = mapped_column(JSONB, nullable=False)


class Receipt(tk.BaseModel):
    """The hash of a receipt that some voter holds; tied to no ballot and no person."""

    __tablename__ = "opengov_dialog_receipt"

    poll_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    code_hash: Mapped[str] = mapped_column(sa.Text, primary_key=True)


class PollText(tk.BaseModel):
    """An answer in own words, masked, apart from the ballot that it came with."""

    __tablename__ = "opengov_dialog_poll_text"
    __table_args__ = (sa.Index("opengov_dialog_poll_text_poll", "poll_id", "question_id", "state"),)

    id: Mapped[str] = mapped_column(sa.Uuid(as_uuid=False), primary_key=True, default=random_id)
    poll_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    question_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="pending")
    reason: Mapped[str | None] = mapped_column(sa.Text)
