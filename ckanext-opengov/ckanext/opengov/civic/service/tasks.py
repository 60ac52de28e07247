"""A component's answer to the workplace, in one statement: a page of its open tasks and the counters of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.tasks import Position, Task, TaskCount, TaskPage, TaskQuery

# By bytes, as Python compares: pages of several components are merged there.
BYTES = "C"


def answer(open_tasks: sa.Select[Any], query: TaskQuery, present: Callable[[sa.Row[Any]], Task]) -> TaskPage:
    """Filter, order, page and count a component's open tasks.

    :param open_tasks: selects every open task that the user may see: the columns ``id`` (text), ``kind``, ``due_at``,
        ``agency_id``, ``assignee`` and whatever ``present`` needs
    :param present: a row → the task as it is shown
    """
    waiting = open_tasks.cte("waiting")
    page = _page(waiting, query).subquery("page")
    counts = _counts(waiting, query).subquery("counted")
    statement = (
        sa.select(counts.c.counts, *page.c)
        .select_from(counts.outerjoin(page, sa.true()))
        .order_by(page.c.due_at.asc().nulls_last(), page.c.id.collate(BYTES))
    )
    rows = model.Session.execute(statement).all()
    found = [TaskCount(query.component, *one) for one in rows[0].counts or []]
    return TaskPage([present(row) for row in rows if row.id is not None], found)


def _page(waiting: sa.CTE, query: TaskQuery) -> sa.Select[Any]:
    c = waiting.c
    conditions: list[sa.ColumnElement[bool]] = []
    if query.kind:
        conditions.append(c.kind == query.kind)
    if query.agency_id:
        conditions.append(c.agency_id == query.agency_id)
    if query.overdue:
        conditions.append(c.due_at < query.now)
    if query.mine:
        conditions.append(c.assignee == query.user_id)
    if query.after:
        conditions.append(_beyond(c, query.component, query.after))
    order = (c.due_at.asc().nulls_last(), c.id.collate(BYTES))
    return sa.select(waiting).where(*conditions).order_by(*order).limit(query.limit)


def _beyond(c: Any, component: str, after: Position) -> sa.ColumnElement[bool]:
    """Condition: the task comes after that position in the order of all components."""
    if component == after.component:
        tie = c.id.collate(BYTES) > after.id
    else:
        tie = sa.true() if component > after.component else sa.false()
    if after.due_at is None:
        return sa.and_(c.due_at.is_(None), tie)
    later = sa.or_(c.due_at > after.due_at, c.due_at.is_(None))
    return sa.or_(later, sa.and_(c.due_at == after.due_at, tie))


def _counts(waiting: sa.CTE, query: TaskQuery) -> sa.Select[Any]:
    c = waiting.c
    overdue = sa.func.coalesce(c.due_at < query.now, sa.false())
    mine = sa.func.coalesce(c.assignee == query.user_id, sa.false())
    parts = (c.kind.label("kind"), c.agency_id.label("agency_id"), overdue.label("overdue"), mine.label("mine"))
    groups = sa.select(*parts, sa.func.count().label("number")).group_by(*parts).subquery("groups")
    return sa.select(sa.func.jsonb_agg(sa.func.jsonb_build_array(*groups.c)).label("counts"))


def in_order(tasks: Iterable[Task]) -> Sequence[Task]:
    """By deadline, those without one last, then by component and id."""
    return sorted(tasks, key=lambda one: (one.due_at is None, one.due_at or 0, one.component, one.id))
