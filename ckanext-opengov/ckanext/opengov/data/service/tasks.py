"""What waits for officers of open data, in one statement: each part brings its rows, titles and pages."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from ckanext.opengov.civic.service import tasks
from ckanext.opengov.civic.tasks import Task, TaskPage, TaskQuery
from ckanext.opengov.data.service.lists import tasks as lists
from ckanext.opengov.data.service.lists.states import TYPE as LIST
from ckanext.opengov.data.service.people import COMPONENT
from ckanext.opengov.data.service.requests import tasks as requests

KINDS = {**requests.KINDS, **lists.KINDS}


def waiting(query: TaskQuery) -> TaskPage:
    """All kinds; parts in which the user holds no role are left out."""
    parts = [*requests.parts(query), *lists.parts(query)]
    if not parts:
        return TaskPage()
    union = sa.union_all(*parts).subquery("parts")
    return tasks.answer(sa.select(union), query, _present)


def _present(row: sa.Row[Any]) -> Task:
    is_list = row.entity_type == LIST
    return Task(
        id=row.id,
        component=COMPONENT,
        kind=row.kind,
        title=lists.title(row.kind, row._mapping["count"], row.title) if is_list else row.title,
        url=lists.url(row.reference) if is_list else requests.url(row.reference),
        agency_id=row.agency_id,
        due_at=row.due_at,
        assignee=row.assignee,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
    )
