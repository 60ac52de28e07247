"""Votes: one for each person and comment, counted in the statement that casts them."""

from __future__ import annotations

import ckan.model as model
import sqlalchemy as sa
from ckanext.opengov.civic.model.discussion import Comment, CommentVote
from ckanext.opengov.civic.service import journal

# The row of the vote is locked by its key, so of many tries of one person each sees what the one before left: a new
# row counts one, a changed one moves one over, the same vote again finds nothing to do.
_CAST = sa.text(
    """
    WITH given AS (
        INSERT INTO opengov_comment_vote AS vote (comment_id, user_id, value, cast_at)
        VALUES (:comment, :user, :value, now())
        ON CONFLICT (comment_id, user_id) DO UPDATE SET value = excluded.value, cast_at = excluded.cast_at
         WHERE vote.value <> excluded.value
        RETURNING value, (xmax = 0)::int AS is_new
    )
    UPDATE opengov_comment
       SET votes_for = votes_for + CASE WHEN value > 0 THEN 1 ELSE is_new - 1 END,
           votes_against = votes_against + CASE WHEN value < 0 THEN 1 ELSE is_new - 1 END
      FROM given WHERE id = :comment
    RETURNING votes_for, votes_against
    """
)
_WITHDRAW = sa.text(
    """
    WITH taken AS (
        DELETE FROM opengov_comment_vote WHERE comment_id = :comment AND user_id = :user RETURNING value
    )
    UPDATE opengov_comment
       SET votes_for = votes_for - (value > 0)::int, votes_against = votes_against - (value < 0)::int
      FROM taken WHERE id = :comment
    RETURNING votes_for, votes_against
    """
)


def cast(comment: Comment, user_id: str, value: int) -> bool:
    """Vote for (1) or against (-1) a comment, or take the vote back (0).

    :returns: whether that changed anything
    """
    statement = _CAST if value else _WITHDRAW
    parameters = {"comment": comment.id, "user": user_id, **({"value": value} if value else {})}
    changed = model.Session.execute(statement, parameters).first() is not None
    if changed:
        # How somebody voted is for the auditor: no actor and no value in what others may read.
        journal.record("comment", comment.id, "comment.voted", actor=user_id, internal={"value": value})
        model.Session.expire(comment, ["votes_for", "votes_against", "support"])
    return changed


def of(comment_id: str, user_id: str) -> int:
    """How a person voted; 0 for not at all."""
    vote = model.Session.get(CommentVote, (comment_id, user_id))
    return vote.value if vote else 0
