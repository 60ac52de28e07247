"""What the civic kit itself gives to the workplace: comments that wait for a moderator, questions to the helpdesk."""

from __future__ import annotations

from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.discussion import Thread
from ckanext.opengov.civic.model.workplace import OPEN, HelpdeskQuestion
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import tasks
from ckanext.opengov.civic.service.discussion.moderation import MODERATORS
from ckanext.opengov.civic.service.helpdesk import TYPE
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.tasks import BulkAction, Task, TaskPage, TaskQuery

COMMENTS, QUESTION = "comments", "question"
KINDS = {COMMENTS: N_("Comments to check"), QUESTION: N_("Questions to the helpdesk")}
BULK = {
    "take": BulkAction(
        title=N_("Take in hand"),
        action="helpdesk_question_take",
        kinds=frozenset({QUESTION}),
        data=lambda task: {"id": task.partition(":")[2]},
    )
}
EXCERPT = 120


def waiting(query: TaskQuery) -> TaskPage:
    """Both kinds in one statement."""
    parts = [_comments(query)]
    if query.holds_anywhere(Role.METHODOLOGIST):
        parts.append(_questions())
    union = sa.union_all(*parts).subquery("parts")
    return tasks.answer(sa.select(union), query, _present)


def _comments(query: TaskQuery) -> sa.Select[Any]:
    """One task for each discussion in which comments wait."""
    title = sa.func.coalesce(model.Package.title, "")
    return (
        sa.select(
            (sa.literal(f"{COMMENTS}:") + sa.cast(Thread.id, sa.Text)).label("id"),
            sa.literal(COMMENTS).label("kind"),
            sa.cast(sa.null(), sa.DateTime(timezone=True)).label("due_at"),
            Thread.agency_id.label("agency_id"),
            sa.cast(sa.null(), sa.Text).label("assignee"),
            title.label("title"),
            Thread.comments_pending.label("number"),
            Thread.entity_type.label("entity_type"),
            Thread.entity_id.label("entity_id"),
        )
        .outerjoin(model.Package, model.Package.id == Thread.entity_id)
        .where(Thread.comments_pending > 0, _moderated(query))
    )


def _moderated(query: TaskQuery) -> sa.ColumnElement[bool]:
    """Condition: the threads that the user moderates by role."""
    conditions: list[sa.ColumnElement[bool]] = []
    for manifest in manifests():
        if not manifest.discussion:
            continue
        places = query.places(MODERATORS, manifest.name)
        kinds = Thread.entity_type.in_(list(manifest.discussion))
        conditions.append(kinds if places is None else sa.and_(kinds, Thread.agency_id.in_(places)))
    return sa.or_(sa.false(), *conditions)


def _questions() -> sa.Select[Any]:
    """Each open question; methodologists answer those of all agencies."""
    number = sa.cast(HelpdeskQuestion.id, sa.Text)
    return sa.select(
        # Of the same length, so that the oldest stands first.
        (sa.literal(f"{QUESTION}:") + sa.func.lpad(number, 12, "0")).label("id"),
        sa.literal(QUESTION).label("kind"),
        sa.cast(sa.null(), sa.DateTime(timezone=True)).label("due_at"),
        sa.cast(sa.null(), sa.Text).label("agency_id"),
        HelpdeskQuestion.assignee.label("assignee"),
        sa.func.left(HelpdeskQuestion.question_public, EXCERPT).label("title"),
        sa.literal(1).label("number"),
        sa.literal(TYPE).label("entity_type"),
        number.label("entity_id"),
    ).where(OPEN)


def _present(row: sa.Row[Any]) -> Task:
    if row.kind == COMMENTS:
        title = _comments_title(row.number, row.title)
        url = tk.url_for("opengov_discussion.moderation")
    else:
        title, url = row.title, tk.url_for("opengov_helpdesk.question", number=int(row.entity_id))
    return Task(
        id=row.id,
        component="civic",
        kind=row.kind,
        title=title,
        url=url,
        agency_id=row.agency_id,
        assignee=row.assignee,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
    )


def _comments_title(number: int, about: str) -> str:
    """``about``: title of the package that is discussed; not all that is discussed is a package."""
    if not about:
        text = tk.ungettext(
            "{number} comment waits for your decision.", "{number} comments wait for your decision.", number
        )
        return text.format(number=number)
    text = tk.ungettext("{number} comment waits: {title}", "{number} comments wait: {title}", number)
    return text.format(number=number, title=about)
