"""What the agency answers: to one comment, or to a group of similar ones at once; and what still waits for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.discussion import Comment, CommentCluster, Thread
from ckanext.opengov.civic.service import journal, outbox
from ckanext.opengov.civic.service.calendar import is_late
from ckanext.opengov.civic.service.discussion import texts
from ckanext.opengov.civic.service.discussion.masking import public_copy
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.model.remarks import Remark, Response
from ckanext.opengov.regulation.service import clock
from ckanext.opengov.regulation.service.words import (
    LONGEST_REASON,
    OUTCOMES,
    PROMISES,
    REASONED,
    SHORTEST_REASON,
    TYPE,
)

ANSWERED = "regulation.answered"
# To be answered: what the public reads; a comment that a moderator hid is nobody's to answer.
_PUBLIC = Comment.state == "public"


@dataclass(frozen=True)
class Answer:
    """What an officer wants to say. One of ``comment_id`` and ``cluster_id`` is given."""

    outcome: str
    reason: str
    language: str
    comment_id: str | None = None
    cluster_id: int | None = None


def check(outcome: object, reason: object, language: object) -> tuple[str, str, str]:
    """Outcome, reason and language of an answer, checked.

    :raises ValidationError: for an unknown outcome, or one without a reason of substance
    """
    if outcome not in OUTCOMES:
        message = tk._("“{value}” is no answer. Choose one of: {known}.")
        known = ", ".join(OUTCOMES)
        raise tk.ValidationError({"outcome": [message.format(value=str(outcome)[:40], known=known)]})
    given = texts.check("reason", reason, LONGEST_REASON) if reason else ""
    if outcome in REASONED and len(given) < SHORTEST_REASON:
        message = tk._("Write the reason so that its author can check it: at least {limit} characters.")
        raise tk.ValidationError({"reason": [message.format(limit=SHORTEST_REASON)]})
    return str(outcome), given, texts.check_language(language)


def respond(act: DraftAct, answer: Answer, actor: str) -> tuple[Response, int]:
    """Answer in the session's open transaction; an earlier answer to the same is replaced.

    :returns: the response, and how many comments it answers
    :raises ObjectNotFound: when the comment or group is not one of this act
    :raises ValidationError: when the comment is not public
    """
    response = Response(
        package_id=act.id,
        comment_id=answer.comment_id,
        cluster_id=answer.cluster_id,
        outcome=answer.outcome,
        reason=public_copy(answer.reason, answer.language).text,
        language=answer.language,
        version=act.version,
        answered_by=actor,
        answered_at=clock.now(),
    )
    model.Session.add(response)
    model.Session.flush()
    count = _to_comment(act, response) if answer.comment_id else _to_cluster(act, response)
    to = {"comment": answer.comment_id} if answer.comment_id else {"cluster": answer.cluster_id}
    public = {**to, "outcome": answer.outcome, "number": count, "response": response.id}
    journal.record(TYPE, act.id, "draft_act.responded", actor=actor, public=public)
    outbox.add(ANSWERED, {"response": response.id, "after": 0})
    return response, count


def _to_comment(act: DraftAct, response: Response) -> int:
    remark = model.Session.get(Remark, response.comment_id)
    comment = model.Session.get(Comment, response.comment_id)
    if remark is None or comment is None or remark.package_id != act.id:
        raise tk.ObjectNotFound(tk._("There is no such comment on this act."))
    if comment.state != "public":
        raise tk.ValidationError({"comment_id": [tk._("Only public comments are answered.")]})
    remark.response_id = response.id
    model.Session.flush()
    return 1


def _to_cluster(act: DraftAct, response: Response) -> int:
    """Each member that has no answer of its own."""
    query = (
        sa.select(CommentCluster.id)
        .join(Thread, Thread.id == CommentCluster.thread_id)
        .where(CommentCluster.id == response.cluster_id, Thread.entity_type == TYPE, Thread.entity_id == act.id)
    )
    if model.Session.scalar(query) is None:
        raise tk.ObjectNotFound(tk._("There is no such group of comments on this act."))
    return _spread(response)


def _spread(response: Response) -> int:
    members = sa.select(Comment.id).where(Comment.cluster_id == response.cluster_id, _PUBLIC, Comment.root_id.is_(None))
    own = sa.select(Response.id).where(Response.package_id == response.package_id, Response.comment_id.is_not(None))
    change = (
        sa.update(Remark)
        .where(Remark.comment_id.in_(members))
        .where(sa.or_(Remark.response_id.is_(None), Remark.response_id.not_in(own)))
        .values(response_id=response.id)
        .execution_options(synchronize_session=False)
    )
    return model.Session.execute(change).rowcount


def inherit(package_id: str) -> int:
    """Comments that became public after their group was answered get the group's answer.

    :returns: how many
    """
    newest = (
        sa.select(Response.cluster_id, Response.id)
        .where(Response.package_id == package_id, Response.cluster_id.is_not(None))
        .distinct(Response.cluster_id)
        .order_by(Response.cluster_id, Response.answered_at.desc())
        .subquery()
    )
    change = (
        sa.update(Remark)
        .where(Remark.package_id == package_id, Remark.response_id.is_(None))
        .where(Remark.comment_id == Comment.id, Comment.state == "public", Comment.cluster_id == newest.c.cluster_id)
        .values(response_id=newest.c.id)
        .execution_options(synchronize_session=False)
    )
    return model.Session.execute(change).rowcount


def pending(package_id: str) -> int:
    """How many comments wait for a moderator."""
    query = sa.select(sa.func.sum(Thread.comments_pending)).where(
        Thread.entity_type == TYPE, Thread.entity_id == package_id
    )
    return int(model.Session.scalar(query) or 0)


def unanswered(package_id: str) -> int:
    """How many public comments have no answer."""
    query = (
        sa.select(sa.func.count())
        .select_from(Remark)
        .join(Comment, Comment.id == Remark.comment_id)
        .where(Remark.package_id == package_id, Remark.response_id.is_(None), _PUBLIC)
    )
    return model.Session.scalar(query) or 0


def figures(act: DraftAct) -> dict[str, Any]:
    """What the report counts."""
    query = (
        sa.select(Response.outcome, sa.func.count(), sa.func.max(Response.answered_at))
        .select_from(Remark)
        .join(Comment, Comment.id == Remark.comment_id)
        .outerjoin(Response, Response.id == Remark.response_id)
        .where(Remark.package_id == act.id, _PUBLIC)
        .group_by(Response.outcome)
    )
    counted: dict[str | None, int] = {}
    last = act.closes_at
    for outcome, number, at in model.Session.execute(query):
        counted[outcome] = number
        last = max(last, at) if last and at else last
    answered = sum(number for outcome, number in counted.items() if outcome)
    moment = act.reported_at or last or clock.now()
    return {
        "commented": sum(counted.values()),
        "answered": answered,
        **{outcome: counted.get(outcome, 0) for outcome in OUTCOMES},
        "in_time": act.answers_due_at is None or not is_late(moment, act.answers_due_at),
    }


def shown(response: Response) -> dict[str, Any]:
    """A response as everybody reads it."""
    return {
        "id": response.id,
        "outcome": response.outcome,
        "reason": response.reason,
        "language": response.language,
        "version": response.version,
        "answered_at": response.answered_at.isoformat(),
        "to_group": response.cluster_id is not None,
    }


def is_unkept(remark: Remark, response: Response | None, public_version: int) -> bool:
    """Whether a comment was accepted, and the newer version has the same text at its place."""
    return (
        response is not None
        and response.outcome in PROMISES
        and bool(remark.eid)
        and public_version > response.version
        and remark.mark in ("same", "moved")
    )


def of_comments(ids: Collection[str]) -> Mapping[str, Response]:
    """Comment → the response to it."""
    query = sa.select(Remark.comment_id, Response).join(Response, Response.id == Remark.response_id)
    return {row[0]: row[1] for row in model.Session.execute(query.where(Remark.comment_id.in_(ids)))}
