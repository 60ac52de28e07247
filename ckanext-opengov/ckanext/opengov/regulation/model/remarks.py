"""Tables beside the comments of the civic kit: what a comment on an act is about, and what the agency answers."""

from __future__ import annotations

import datetime as dt

import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.regulation.model.acts import Moment, Uuid, new_id

UNANSWERED = sa.text("response_id IS NULL")


class Remark(tk.BaseModel):
    """A comment of the first level on an act; ``comment_id`` is that of the kit's comment.

    ``eid``, ``version``, ``quote`` and its surroundings stay what they were when it was written. ``place`` and ``mark``
    say where it stands in the newest version and what became of that place: same, changed, moved or deleted.
    """

    __tablename__ = "opengov_regulation_remark"
    __table_args__ = (
        sa.Index("opengov_regulation_remark_order", "package_id", "position"),
        sa.Index("opengov_regulation_remark_open", "package_id", "position", postgresql_where=UNANSWERED),
        sa.Index("opengov_regulation_remark_place", "package_id", "place", "position"),
        sa.Index("opengov_regulation_remark_response", "response_id"),
    )

    comment_id: Mapped[str] = mapped_column(Uuid, primary_key=True)
    package_id: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # That of the comment: the order of arrival.
    position: Mapped[int] = mapped_column(sa.BigInteger, nullable=False)
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    discussion: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    # Empty for the act as a whole.
    eid: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    kind: Mapped[str] = mapped_column(sa.Text, nullable=False)
    channel: Mapped[str] = mapped_column(sa.Text, nullable=False, default="citizen")
    # The language of the text that it quotes.
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    quote: Mapped[str | None] = mapped_column(sa.Text)
    quote_start: Mapped[int | None] = mapped_column(sa.Integer)
    quote_end: Mapped[int | None] = mapped_column(sa.Integer)
    # Some letters before and after the quote, by which it is found again.
    before: Mapped[str | None] = mapped_column(sa.Text)
    after: Mapped[str | None] = mapped_column(sa.Text)
    wording_public: Mapped[str | None] = mapped_column(sa.Text)
    wording_original: Mapped[str | None] = mapped_column(sa.Text, deferred=True)
    place: Mapped[str | None] = mapped_column(sa.Text)
    mark: Mapped[str] = mapped_column(sa.Text, nullable=False, default="same")
    response_id: Mapped[str | None] = mapped_column(Uuid)


class Response(tk.BaseModel):
    """What the developer agency answers: to one comment, or to a group of similar ones at once."""

    __tablename__ = "opengov_regulation_response"

    id: Mapped[str] = mapped_column(Uuid, primary_key=True, default=new_id)
    package_id: Mapped[str] = mapped_column(sa.Text, nullable=False, index=True)
    # One of the two.
    comment_id: Mapped[str | None] = mapped_column(Uuid)
    cluster_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    outcome: Mapped[str] = mapped_column(sa.Text, nullable=False)
    reason: Mapped[str] = mapped_column(sa.Text, nullable=False, default="")
    language: Mapped[str] = mapped_column(sa.Text, nullable=False)
    # The version that was public when it was given: later ones show what was kept.
    version: Mapped[int] = mapped_column(sa.Integer, nullable=False)
    answered_by: Mapped[str] = mapped_column(sa.Text, nullable=False)
    answered_at: Mapped[dt.datetime] = mapped_column(Moment, nullable=False, default=utc_now)
