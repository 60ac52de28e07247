"""Tables of the discussion: threads, comments, votes, attachments and groups of similar comments."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now

# What a reader may come upon: a hidden comment keeps its place and gives the reason. The indexes below have the same
# words in their conditions, so the planner sees that they fit.
PUBLIC = sa.text("state = 'public'")
TOP_LEVEL = sa.text("root_id IS NULL AND state IN ('public', 'hidden')")
STANDS_FOR_GROUP = sa.text("stands_for_group")

Uuid = sa.Uuid(as_uuid=False)
Moment = sa.DateTime(timezone=True)


def new_id() -> str:
    """A random identifier."""
    return str(uuid.uuid4())


class Thread(tk.BaseModel):
    """The discussion of one entity, or of one place in it. Its counters are kept with every change."""

    __tablename__ = "opengov_thread"
    __table_args__ = (
        sa.Index("opengov_thread_entity", "entity_type", "entity_id", sa.text("coalesce(anchor, '')"), unique=True),
        sa.Index("opengov_thread_waiting", "agency_id", postgresql_where=sa.text("comments_pending > 0")),
    )

    id: Mapped[str] = mapped_column(Uuid, primary_key=True, default=new_id)
    entity_type: Mapped[str] = mapped_column(sa.Text, nullable=False)
    entity_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    anchor: Mapped[str | None] = mapped_column(sa.Text)
    # The agency whose moderators are in charge; follows the entity when that is handed on.
    agency_id: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    comments_public: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    comments_pending: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)


class Comment(tk.BaseModel):
    """What one person wrote, as it came and as the public reads it."""

    __tablename__ = "opengov_comment"
    __table_args__ = (
        sa.Index("opengov_comment_position", "position", unique=True),
        sa.Index("opengov_comment_newest", "thread_id", "position", postgresql_where=TOP_LEVEL),
        sa.Index("opengov_comment_supported", "thread_id", "support", "position", postgresql_where=TOP_LEVEL),
        sa.Index("opengov_comment_group_newest", "thread_id", "position", postgresql_where=STANDS_FOR_GROUP),
        sa.Index(
            "opengov_comment_group_supported", "thread_id", "support", "position", postgresql_where=STANDS_FOR_GROUP
        ),
        sa.Index(
            "opengov_comment_replies",
            "root_id",
            sa.text("kind DESC"),
            "position",
            postgresql_where=sa.text("root_id IS NOT NULL"),
        ),
        sa.Index("opengov_comment_author", "author_id", "position"),
        sa.Index("opengov_comment_members", "cluster_id", "position", postgresql_where=PUBLIC),
        sa.Index("opengov_comment_unpublished", "state", "position", postgresql_where=sa.text("state <> 'public'")),
        sa.Index("opengov_comment_marked", "position", postgresql_where=sa.text("findings <> '[]'::jsonb")),
    )

    id: Mapped[str] = mapped_column(Uuid, primary_key=True, default=new_id)
    # The order of arrival: what pages go by.
    position: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=False), nullable=False)
    thread_id: Mapped[str] = mapped_column(Uuid, nullable=False)
    # What it answers, and the comment of the first level that this stands under.
    parent_id: Mapped[str | None] = mapped_column(Uuid)
    root_id: Mapped[str | None] = mapped_column(Uuid)
    author_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # The name that the author wants to be read under; without it nobody learns who wrote.
    author_name: Mapped[str | None] = mapped_column(sa.Text)
    agency_id: Mapped[str | None] = mapped_column(sa.Text)
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # Read by its author and by competent officers only, so no query brings it along by the way.
    text_original: Mapped[str] = mapped_column(sa.Text, nullable=False, deferred=True)
    text_public: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # Personal data in the original: kind, start and end of each place.
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)
    state: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # A key of the list of reasons, or the moderator's own words.
    hidden_reason: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
    published_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    edited_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    votes_for: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    votes_against: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    support: Mapped[int] = mapped_column(sa.Integer, sa.Computed("votes_for - votes_against"))
    reply_count: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    cluster_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    # True for the one public comment of a group that the grouped list shows.
    stands_for_group: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)


class CommentVersion(tk.BaseModel):
    """A text that its author has replaced since."""

    __tablename__ = "opengov_comment_version"

    comment_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    text_original: Mapped[str] = mapped_column(sa.Text, nullable=False, deferred=True)
    text_public: Mapped[str] = mapped_column(sa.Text, nullable=False)
    replaced_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class CommentVote(tk.BaseModel):
    """One person's vote on one comment: 1 for it, -1 against it."""

    __tablename__ = "opengov_comment_vote"
    __table_args__ = (sa.CheckConstraint("value IN (-1, 1)", name="opengov_comment_vote_value"),)

    comment_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[str] = mapped_column(sa.Text, primary_key=True)
    value: Mapped[int] = mapped_column(sa.SmallInteger, nullable=False)
    cast_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)


class CommentAttachment(tk.BaseModel):
    """A file with a comment. The public reads its masked text; the file is for its author and competent officers.

    What a picture shows cannot be masked: everybody sees its copy once an officer has released it.
    """

    __tablename__ = "opengov_comment_attachment"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True, default=new_id)
    comment_id: Mapped[str] = mapped_column(Uuid, nullable=False, index=True)
    name: Mapped[str] = mapped_column(sa.Text, nullable=False)
    name_public: Mapped[str] = mapped_column(sa.Text, nullable=False)
    mimetype: Mapped[str] = mapped_column(sa.Text, nullable=False)
    size: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    sha256: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # Below the portal's own folder, never below one that is served.
    path: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # None for a file that stays private, a scan for example; the note says why, or what is left out.
    text_public: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    note: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    is_picture: Mapped[bool] = mapped_column(sa.Boolean, nullable=False, default=False)
    released_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    released_by: Mapped[str | None] = mapped_column(sa.Text)
    is_private: Mapped[bool] = mapped_column(sa.Boolean, sa.Computed("text_public IS NULL AND released_at IS NULL"))
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, nullable=False, default=list)


class CommentCluster(tk.BaseModel):
    """Comments of one thread that say nearly the same. Its signature is that of the text that founded it."""

    __tablename__ = "opengov_comment_cluster"
    __table_args__ = (sa.Index("opengov_comment_cluster_largest", "thread_id", "public_members", "id"),)

    id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=True)
    thread_id: Mapped[str] = mapped_column(Uuid, nullable=False)
    lead_id: Mapped[str | None] = mapped_column(Uuid)
    members: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    public_members: Mapped[int] = mapped_column(sa.Integer, nullable=False, default=0)
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary, nullable=False, deferred=True)


class CommentBand(tk.BaseModel):
    """The index of similarity: clusters by the hash of each band of their signature, thread and band hashed in."""

    __tablename__ = "opengov_comment_band"

    hash: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    cluster_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
