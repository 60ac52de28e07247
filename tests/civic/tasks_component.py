"""A component that only the tests have: tasks from a table of its own, and one thing to do to many of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ckan.model as model
import ckan.plugins as p
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckanext.opengov.civic.interfaces import ComponentManifest, ICivicComponent
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import tasks
from ckanext.opengov.civic.tasks import BulkAction, Task, TaskPage, TaskQuery

WORKERS = frozenset({Role.AUTHOR, Role.SUPERVISOR})
TABLE = sa.Table(
    "opengov_test_job",
    sa.MetaData(),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("agency_id", sa.Text),
    sa.Column("due_at", sa.DateTime(timezone=True), index=True),
    sa.Column("assignee", sa.Text),
    sa.Column("done", sa.Boolean, nullable=False, default=False),
)


@contextmanager
def table() -> Iterator[None]:
    """The table, for as long as this lasts."""
    engine = model.ensure_engine()
    TABLE.metadata.drop_all(engine)
    TABLE.metadata.create_all(engine)
    try:
        yield
    finally:
        model.Session.remove()
        TABLE.metadata.drop_all(engine)


def add(number: str, agency_id: str | None, due_at: dt.datetime | None = None, **more: Any) -> None:
    """One more task."""
    row = {"id": number, "kind": "job", "title": f"Job {number}", "agency_id": agency_id, "due_at": due_at, **more}
    model.Session.execute(TABLE.insert().values(done=False, **row))
    model.Session.commit()


def waiting(query: TaskQuery) -> TaskPage:
    c = TABLE.c
    open_tasks = sa.select(TABLE).where(~c.done)
    places = query.places(WORKERS)
    if places is not None:
        open_tasks = open_tasks.where(c.agency_id.in_(places))
    return tasks.answer(open_tasks, query, lambda row: _task(row, query.component))


def _task(row: Any, component: str) -> Task:
    return Task(
        id=row.id,
        component=component,
        kind=row.kind,
        title=row.title,
        url=f"/job/{row.id}",
        agency_id=row.agency_id,
        due_at=row.due_at,
        assignee=row.assignee,
        state="open",
        entity_type="job",
        entity_id=row.id,
    )


def job_finish(context: Any, data_dict: dict[str, Any]) -> dict[str, Any]:
    tk.check_access("job_finish", context, data_dict)
    if data_dict["id"].startswith("stuck"):
        raise tk.ValidationError({"id": [f"{data_dict['id'][:5]} jobs cannot be finished."]})
    model.Session.execute(TABLE.update().where(TABLE.c.id == data_dict["id"]).values(done=True))
    model.Session.commit()
    return {}


class _TasksPlugin(p.SingletonPlugin):
    p.implements(ICivicComponent)
    component = "jobs"

    def civic_manifest(self) -> ComponentManifest:
        return ComponentManifest(
            name=self.component,
            title=self.component.capitalize(),
            permissions={"job_finish": WORKERS},
            tasks=waiting,
            task_kinds={"job": "Jobs", "letter": "Letters"},
            bulk_actions={"finish": BulkAction("Finish", "job_finish", frozenset({"job"}), lambda task: {"id": task})},
        )


class JobsPlugin(_TasksPlugin):
    """The tasks of the table."""

    p.implements(p.IActions)
    p.implements(p.IAuthFunctions)

    def get_actions(self) -> dict[str, Any]:
        return {"job_finish": job_finish}

    def get_auth_functions(self) -> dict[str, Any]:
        return {"job_finish": lambda _context, _data: {"success": True}}


class MoreJobsPlugin(_TasksPlugin):
    """The same tasks once more, as another component's."""

    component = "morejobs"
