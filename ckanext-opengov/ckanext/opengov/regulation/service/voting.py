"""Likes and dislikes on a whole act: one for each person, counted in the statement that casts them."""

from __future__ import annotations

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.service import journal
from ckanext.opengov.regulation.model.acts import ActVote, DraftAct

# A journal of their own: many votes at once do not wait for those who write in that of the act.
VOTES = "draft_act_vote"

# The row of the vote is locked by its key: a new row counts one, a changed one moves one over.
_CAST = sa.text(
    """
    WITH given AS (
        INSERT INTO opengov_regulation_vote AS vote (package_id, user_id, value, cast_at)
        VALUES (:act, :user, :value, now())
        ON CONFLICT (package_id, user_id) DO UPDATE SET value = excluded.value, cast_at = excluded.cast_at
         WHERE vote.value <> excluded.value
        RETURNING value, (xmax = 0)::int AS is_new
    )
    UPDATE opengov_regulation_act
       SET likes = likes + CASE WHEN value > 0 THEN 1 ELSE is_new - 1 END,
           dislikes = dislikes + CASE WHEN value < 0 THEN 1 ELSE is_new - 1 END
      FROM given WHERE id = :act
    RETURNING likes, dislikes
    """
)
_WITHDRAW = sa.text(
    """
    WITH taken AS (
        DELETE FROM opengov_regulation_vote WHERE package_id = :act AND user_id = :user RETURNING value
    )
    UPDATE opengov_regulation_act
       SET likes = likes - (value > 0)::int, dislikes = dislikes - (value < 0)::int
      FROM taken WHERE id = :act
    RETURNING likes, dislikes
    """
)


def cast(act: DraftAct, user_id: str, value: int) -> None:
    """Like (1) or dislike (-1) an act, or take that back (0), in the session's open transaction."""
    parameters = {"act": act.id, "user": user_id, **({"value": value} if value else {})}
    if model.Session.execute(_CAST if value else _WITHDRAW, parameters).first() is not None:
        # How somebody voted is for the auditor only.
        journal.record(VOTES, act.id, "draft_act.voted", actor=None, internal={"by": user_id, "value": value})
        model.Session.refresh(act)


def of(act_id: str, user_id: str | None) -> int:
    """A person's vote: 1, -1 or 0."""
    found = model.Session.get(ActVote, (act_id, user_id)) if user_id else None
    return found.value if found else 0
