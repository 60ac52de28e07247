"""What waits for officers of open regulations, in one statement for a request of the workplace."""

from __future__ import annotations

from typing import Any

import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.discussion import Thread
from ckanext.opengov.civic.service import tasks, wording
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.civic.tasks import Task, TaskPage, TaskQuery
from ckanext.opengov.regulation.model.acts import DraftAct
from ckanext.opengov.regulation.service.states import DECIDERS, WRITERS
from ckanext.opengov.regulation.service.words import COMPONENT, TYPE

KINDS = {
    "act_draft": N_("Draft act in preparation"),
    "act_answer": N_("Answers to the comments on a draft act"),
    "act_decide": N_("What follows from the discussion of a draft act"),
}
Places = frozenset[str] | None


def waiting(query: TaskQuery) -> TaskPage:
    """All kinds in one statement; parts in which the user holds no role are left out."""
    writing, deciding = query.places(WRITERS), query.places(DECIDERS)
    wanted = (
        ("act_draft", writing, DraftAct.state == "draft", sa.null()),
        ("act_answer", writing, _answering(query), DraftAct.answers_due_at),
        ("act_decide", deciding, DraftAct.state == "report", sa.null()),
    )
    parts = [_part(kind, places, when, due) for kind, places, when, due in wanted if places is None or places]
    if not parts:
        return TaskPage()
    union = sa.union_all(*parts).subquery("parts")
    return tasks.answer(sa.select(union), query, _present)


def _answering(query: TaskQuery) -> sa.ColumnElement[bool]:
    over = sa.and_(DraftAct.state == "discussion", DraftAct.closes_at < query.now)
    return sa.or_(DraftAct.state == "answers_due", over)


def _part(kind: str, places: Places, when: sa.ColumnElement[bool], due: Any) -> sa.Select[Any]:
    inside = sa.true() if places is None else DraftAct.agency_id.in_(places)
    commented = (
        sa.select(sa.func.coalesce(sa.func.sum(Thread.comments_public), 0))
        .where(Thread.entity_type == TYPE, Thread.entity_id == DraftAct.id)
        .scalar_subquery()
    )
    return sa.select(
        (sa.literal(f"{kind}:") + DraftAct.id).label("id"),
        sa.literal(kind).label("kind"),
        sa.cast(due, sa.DateTime(timezone=True)).label("due_at"),
        DraftAct.agency_id.label("agency_id"),
        sa.cast(sa.null(), sa.Text).label("assignee"),
        _picked(DraftAct.title).label("title"),
        sa.cast(commented if kind == "act_answer" else sa.literal(0), sa.Integer).label("count"),
        DraftAct.id.label("entity_id"),
        DraftAct.number.label("number"),
    ).where(when, inside)


def _picked(texts: Any) -> sa.ColumnElement[str]:
    """The text of a column of translations that the reader knows best."""
    known = dict.fromkeys((wording.current(), *tk.config["ckan.locales_offered"]))
    return sa.func.coalesce(*(sa.func.nullif(texts[code].astext, "") for code in known), "")


def _present(row: sa.Row[Any]) -> Task:
    title = row.title
    if row.kind == "act_answer":
        text = tk.ungettext("{number} comment: {title}", "{number} comments: {title}", row.count)
        title = text.format(number=row.count, title=row.title)
    return Task(
        id=row.id,
        component=COMPONENT,
        kind=row.kind,
        title=title,
        url=tk.url_for("opengov_regulation_desk.show", number=row.number),
        agency_id=row.agency_id,
        due_at=row.due_at,
        entity_type=TYPE,
        entity_id=row.entity_id,
    )
