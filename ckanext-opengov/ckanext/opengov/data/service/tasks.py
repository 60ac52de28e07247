"""What waits for officers of open data, in one statement: each part brings its rows, titles and pages."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

import sqlalchemy as sa

from ckanext.opengov.civic.service import tasks
from ckanext.opengov.civic.tasks import Task, TaskPage, TaskQuery
from ckanext.opengov.data.service.apps import tasks as apps
from ckanext.opengov.data.service.apps.rules import TYPE as APP
from ckanext.opengov.data.service.lists import tasks as lists
from ckanext.opengov.data.service.lists.states import TYPE as LIST
from ckanext.opengov.data.service.people import COMPONENT
from ckanext.opengov.data.service.requests import tasks as requests
from ckanext.opengov.data.service.requests.states import TYPE as REQUEST

# Type of what the task is about → the part that knows its page.
_PARTS: Mapping[str, ModuleType] = {LIST: lists, REQUEST: requests, APP: apps}
KINDS = {**requests.KINDS, **lists.KINDS, **apps.KINDS}


def waiting(query: TaskQuery) -> TaskPage:
    """All kinds; parts in which the user holds no role are left out."""
    parts = [*requests.parts(query), *lists.parts(query), *apps.parts(query)]
    if not parts:
        return TaskPage()
    union = sa.union_all(*parts).subquery("parts")
    return tasks.answer(sa.select(union), query, _present)


def _present(row: sa.Row[Any]) -> Task:
    part = _PARTS[row.entity_type]
    return Task(
        id=row.id,
        component=COMPONENT,
        kind=row.kind,
        title=lists.title(row.kind, row._mapping["count"], row.title) if part is lists else row.title,
        url=part.url(row.reference),
        agency_id=row.agency_id,
        due_at=row.due_at,
        assignee=row.assignee,
        entity_type=row.entity_type,
        entity_id=row.entity_id,
    )
