"""What is known of a source from its earlier runs, and writing down what the present one finds."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.harvest.model import HarvestGatherError, HarvestObject
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.harvest.listing import BadRow, Record
from ckanext.opengov.harvest.messages import SourceError
from ckanext.opengov.harvest.model import HarvestBadRow, HarvestRecord, HarvestRun
from ckanext.opengov.harvest.service import notices
from ckanext.opengov.harvest.service.difference import Known, Plan

# Bad rows that are kept one by one; the count is kept of all.
KEPT_BAD_ROWS = 1000
SUMMARISED = 20
BATCH = 1000


@dataclass(frozen=True)
class Task:
    """What one harvest object has to do; kept as its content."""

    status: str
    key: str
    type: str
    place: int | None = None
    hash: str | None = None
    data: dict[str, Any] | None = None

    def dump(self) -> str:
        return json.dumps(vars(self), ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> Task:
        return cls(**json.loads(text))


def guid(source_id: str, key: str) -> str:
    """The identity of a row within the whole portal."""
    return f"{source_id}:{key}"


def known_rows(source_id: str | None) -> dict[str, Known]:
    """Every row that earlier runs of a source took in, in one query."""
    if source_id is None:
        return {}
    table = HarvestRecord
    columns = sa.select(table.key, table.package_id, table.hash, table.withdrawn)
    rows = model.Session.execute(columns.where(table.source_id == source_id))
    return {row.key: Known(row.package_id, row.hash, row.withdrawn) for row in rows}


def last_good(source_id: str | None) -> HarvestRun | None:
    """The latest run that was not stopped."""
    query = (
        sa.select(HarvestRun)
        .where(HarvestRun.source_id == source_id, HarvestRun.problem.is_(None))
        .order_by(HarvestRun.started_at.desc())
        .limit(1)
    )
    return model.Session.scalars(query).first()


def is_settled(run: HarvestRun) -> bool:
    """Whether all that a run wanted to do was done, so that the same list again needs no look."""
    open_objects = sa.select(HarvestObject.id).where(
        HarvestObject.harvest_job_id == run.job_id, HarvestObject.state != "COMPLETE"
    )
    return not run.counts.get("bad") and not run.counts.get("held") and not model.Session.scalars(open_objects).first()


def stop(job: Any, error: SourceError) -> None:
    """Write down that a run was stopped before it changed anything, and tell the officers."""
    model.Session.merge(HarvestRun(job_id=job.id, source_id=job.source_id, counts={}, problem=error.message.dump()))
    model.Session.add(HarvestGatherError(message=error.message.plain(), job=job))
    notices.open_notice(job.source_id, error.kind, error.message)
    model.Session.commit()


def start(job: Any, run: HarvestRun, bad: list[BadRow], tasks: list[Task], known: dict[str, Known]) -> dict[str, Task]:
    """Write down a run with its bad rows, and make one harvest object for every row that needs something done.

    :returns: harvest object id → what it has to do
    """
    model.Session.merge(run)
    _write_bad_rows(job, bad)
    packages = {task.key: known[task.key].package_id if task.key in known else str(uuid.uuid4()) for task in tasks}
    fresh = [
        {"source_id": job.source_id, "key": key, "package_id": package_id, "hash": None, "withdrawn": False}
        for key, package_id in packages.items()
        if key not in known
    ]
    objects = [
        {
            "id": str(uuid.uuid4()),
            "guid": guid(job.source_id, task.key),
            "harvest_job_id": job.id,
            "harvest_source_id": job.source_id,
            "content": task.dump(),
        }
        for task in tasks
    ]
    _insert(HarvestRecord, fresh)
    _insert(HarvestObject, objects)
    notices.close_notices(job.source_id)
    model.Session.commit()
    return {values["id"]: task for values, task in zip(objects, tasks, strict=True)}


def _insert(table: Any, rows: list[dict[str, Any]]) -> None:
    for start_at in range(0, len(rows), BATCH):
        model.Session.execute(sa.insert(table), rows[start_at : start_at + BATCH])


def _write_bad_rows(job: Any, bad: list[BadRow]) -> None:
    if not bad:
        return
    add_bad_rows(job, bad[:KEPT_BAD_ROWS])
    shown = "; ".join(_in_words(row) for row in bad[:SUMMARISED])
    rest = f" (and {len(bad) - SUMMARISED} more)" if len(bad) > SUMMARISED else ""
    model.Session.add(HarvestGatherError(message=f"Rows not taken in: {len(bad)}. {shown}{rest}", job=job))


def add_bad_rows(job: Any, bad: Iterable[BadRow]) -> None:
    """Keep rows that were not taken in, with place, field and reason."""
    for row in bad:
        model.Session.add(
            HarvestBadRow(
                job_id=job.id,
                source_id=job.source_id,
                place=row.place,
                key=row.key,
                field=row.field,
                message=row.message.dump(),
            )
        )


def _in_words(row: BadRow) -> str:
    field = f", {row.field}" if row.field else ""
    return f"row {row.place}{field}: {row.message.plain()}"


def make_tasks(kind: str, plan: Plan, records: dict[str, Record]) -> list[Task]:
    """One task for every row of a plan that needs something done."""
    tasks = [
        Task(status, key, kind, records[key].place, records[key].hash, dict(records[key].data))
        for status in ("new", "changed", "returned")
        for key in getattr(plan, status)
    ]
    return tasks + [Task("vanished", key, kind) for key in plan.vanished]


def counts(plan: Plan, bad: list[BadRow]) -> dict[str, int]:
    """The numbers of a run, by what the gathering decided."""
    groups = ("new", "changed", "returned", "vanished", "held")
    return {**{name: len(getattr(plan, name)) for name in groups}, "unchanged": plan.unchanged, "bad": len(bad)}


def mark_written(record: HarvestRecord, task: Task) -> None:
    """Remember what a row's package says now; counts from the writer's own commit on."""
    record.withdrawn = task.status == "vanished"
    if not record.withdrawn:
        record.hash = task.hash
    record.updated_at = utc_now()


def reasons_in_words(reasons: Any) -> str:
    """What validators said, nested as it may be, as one line."""
    if isinstance(reasons, dict):
        return "; ".join(f"{name}: {reasons_in_words(reason)}" for name, reason in reasons.items())
    if isinstance(reasons, list):
        return "; ".join(reasons_in_words(reason) for reason in reasons if reason)
    return str(reasons)
