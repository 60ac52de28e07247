"""Tables of draft acts: the act, its versions with their parts, its discussions, its documents, its accredited experts.

The package holds the thin copy that CKAN lists and indexes; texts and figures are here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

Uuid = sa.Uuid(as_uuid=False)
Moment = sa.DateTime(timezone=True)
# Numbers of acts; a sequence gives none twice, even to transactions at once.
NUMBERS = sa.Sequence("opengov_regulation_number_seq")
# What the public has never seen.
UNSEEN = sa.text("version = 0")
SEEN = sa.text("version > 0")


def new_id() -> str:
    """A random identifier."""
    return str(uuid.uuid4())


class DraftAct(tk.BaseModel):
    """One draft act; ``id`` is that of its package."""

    __tablename__ = "opengov_regulation_act"
    __table_args__ = (
        sa.Index("opengov_regulation_act_newest", "announced_at", "id", postgresql_where=SEEN),
        sa.Index("opengov_regulation_act_state", "state", "announced_at", "id", postgresql_where=SEEN),
        sa.Index("opengov_regulation_act_kind", "kind", "announced_at", "id", postgresql_where=SEEN),
        sa.Index("opengov_regulation_act_agency", "agency_id", "announced_at", "id"),
        sa.Index(
            "opengov_regulation_act_running",
            "state",
            postgresql_where=sa.text("state IN ('announced', 'discussion', 'answers_due')"),
        ),
        sa.Index("opengov_regulation_act_source", "source", "source_id", unique=True),
    )

    id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    # Name of the package and last part of its address.
    number: Mapped[str] = mapped_column(sa.Text, nullable=False, unique=True)
    agency_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="draft")
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    # What it regulates, and why it is developed.
    notes: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False, default=dict)
    basis: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False, default=dict)
    # Number of the newest version that the public reads; 0 while there is none.
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    # Number of the discussion that runs or ran last; 0 before the first.
    discussion: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    announced_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    # Of the discussion: its beginning, its end for citizens, and the end of its last channel.
    starts_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    ends_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    closes_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    # Channel of experts → the end of its term, as ISO 8601.
    channel_ends: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False, default=dict)
    answers_due_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    reported_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    # Why it was withdrawn, or with whom it was agreed.
    reason: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    adopted_url: Mapped[str | None] = mapped_column(sa.Text)
    likes: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    dislikes: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    # Of the last report: commented, answered, by outcome, and whether in time.
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    # Archive or registry that it came from, and its id there.
    source: Mapped[str | None] = mapped_column(sa.Text)
    source_id: Mapped[str | None] = mapped_column(sa.Text)
    created_by: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class Version(tk.BaseModel):
    """A text of an act. ``state``: draft, public, or in_force for the act as it was adopted."""

    __tablename__ = "opengov_regulation_version"
    __table_args__ = (sa.UniqueConstraint("package_id", "number", name="opengov_regulation_version_number"),)

    id: Mapped[str] = mapped_column(Uuid, primary_key=True, default=new_id)
    package_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    number: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False, default="draft")
    # What is new in it.
    note: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False, default=dict)


class VersionPart(tk.BaseModel):
    """A structural part of a version in one language, in the order of reading."""

    __tablename__ = "opengov_regulation_part"
    __table_args__ = (
        sa.UniqueConstraint("version_id", "language", "eid", name="opengov_regulation_part_eid"),
        sa.Index("opengov_regulation_part_children", "version_id", "language", "parent_eid"),
    )

    version_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    language: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    position: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    eid: Mapped[str] = mapped_column(sa.Text, nullable=False)
    parent_eid: Mapped[str | None] = mapped_column(sa.Text)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    number: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    heading: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    text: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")


class Discussion(tk.BaseModel):
    """One discussion of an act: the first, or a repeated one; an extension moves its end."""

    __tablename__ = "opengov_regulation_discussion"

    package_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    starts_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    # As the term of the law gives it, or longer when the agency chose so or extended it.
    ends_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False)
    is_longer: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    # Why it is repeated, or was extended.
    reason: Mapped[dict[str, str] | None] = mapped_column(JSONB)


class ActDocument(tk.BaseModel):
    """A document beside the text: explanatory note, comparative table, impact analysis, an opinion."""

    __tablename__ = "opengov_regulation_document"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True, default=new_id)
    package_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    title: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False, default=dict)
    # Of an opinion: the channel of its expert.
    channel: Mapped[str | None] = mapped_column(sa.Text)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    mimetype: Mapped[str] = mapped_column(sa.Text, nullable=False)
    size: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    sha256: Mapped[str] = mapped_column(sa.Text, nullable=False)
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False, deferred=True)
    added_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class ActVote(tk.BaseModel):
    """One person's vote on a whole act: 1 for it, -1 against it."""

    __tablename__ = "opengov_regulation_vote"
    __table_args__ = (sa.CheckConstraint("value IN (-1, 1)", name="opengov_regulation_vote_value"),)

    package_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    value: Mapped[int] = mapped_column(sa.SmallInteger, nullable=False)
    cast_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class Accreditation(tk.BaseModel):
    """An expert speaks in a channel for an organization."""

    __tablename__ = "opengov_regulation_accreditation"

    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    channel: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    organization: Mapped[dict[str, str]] = mapped_column(JSONB, nullable=False)
    since: Mapped[dt.date] = mapped_column(sa.Date, nullable=False)
    until: Mapped[dt.date | None] = mapped_column(sa.Date)
