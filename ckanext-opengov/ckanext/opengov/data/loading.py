"""When an uploaded file is read into a table, by whom, and what came of it.

A change of a file and the wish to load it are one commit: a row in our table and one in the outbox. The outbox puts a
job into the queue; a job takes only what waits, so it may come twice. A worker that died is found by the clock.
"""

from __future__ import annotations

import datetime as dt
import logging
import tempfile
from pathlib import Path
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.uploader import get_resource_uploader
from rq.timeouts import JobTimeoutException

from ckanext.opengov.civic.service import outbox
from ckanext.opengov.data import store
from ckanext.opengov.data.model.tables import TableLoad, utc_now
from ckanext.opengov.data.service import tables
from ckanext.opengov.data.service.quality import keeping as quality

log = logging.getLogger(__name__)

TOPIC = "data.table"
TYPE = "dataset"
MOST_ATTEMPTS = 3
# One loading after the other for each resource: a new file may come while the old one is being read.
_LOCK = "SELECT pg_advisory_lock(hashtext('opengov_data_table'), hashtext(:resource))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('opengov_data_table'), hashtext(:resource))"


def is_table(resource: Any, package_type: str) -> bool:
    """Whether a resource is a file of ours that should become a table. Links are left alone: nothing is fetched."""
    return (
        package_type == TYPE
        and resource.url_type == "upload"
        and tables.kind_of(resource.format, resource.url or "") is not None
    )


def request(resource_id: str) -> TableLoad:
    """Ask for a loading in the session's open transaction."""
    load = model.Session.get(TableLoad, resource_id) or TableLoad(resource_id=resource_id)
    load.state, load.problem, load.details = "waiting", None, {}
    load.attempts, load.requested_at, load.started_at, load.finished_at = 0, utc_now(), None, None
    model.Session.add(load)
    outbox.add(TOPIC, {"resource_id": resource_id})
    return load


def changed(resource: Any, is_new: bool) -> None:
    """CKAN is about to commit a resource: load it if its file is another now."""
    package = model.Session.get(model.Package, resource.package_id)
    if package is None or not (is_new or getattr(resource, "url_changed", False)):
        return
    # A file that is no table any more has to give up the old one, too.
    if is_table(resource, package.type) or model.Session.get(TableLoad, resource.id):
        request(resource.id)


def forget(resource_id: str) -> None:
    """The resource is gone."""
    model.Session.execute(sa.delete(TableLoad).where(TableLoad.resource_id == resource_id))


def enqueue(message: Any) -> None:
    """The outbox' handler: reading a big file takes longer than an outbox row should."""
    resource_id = message.payload["resource_id"]
    timeout = tk.config["ckan.jobs.timeout"]
    title = f"table of resource {resource_id}"
    tk.enqueue_job(load, [resource_id], title=title, queue="bulk", rq_kwargs={"timeout": timeout, "result_ttl": 0})


def recover() -> int:
    """Let loadings go on whose worker died; after three tries they are told as failed.

    :returns: how many
    """
    late = utc_now() - dt.timedelta(seconds=tk.config["ckan.jobs.timeout"] + 300)
    stuck = sa.select(TableLoad).where(TableLoad.state == "loading", TableLoad.started_at < late)
    count = 0
    for row in model.Session.scalars(stuck.with_for_update(skip_locked=True)).all():
        count += 1
        if row.attempts >= MOST_ATTEMPTS:
            row.state, row.problem, row.finished_at = "failed", "interrupted", utc_now()
        else:
            row.state = "waiting"
            outbox.add(TOPIC, {"resource_id": row.resource_id})
    model.Session.commit()
    return count


def load(resource_id: str) -> None:
    """The job: read the file of a resource that waits, and note what came of it."""
    with model.Session.get_bind().connect() as lock:
        lock.execute(sa.text(_LOCK), {"resource": resource_id})
        try:
            claimed = _claim(resource_id)
            if claimed is not None:
                _finish(resource_id, claimed, _outcome(resource_id))
        finally:
            lock.execute(sa.text(_UNLOCK), {"resource": resource_id})


def _claim(resource_id: str) -> dt.datetime | None:
    """Take what waits; None when nothing does."""
    now = utc_now()
    statement = (
        sa.update(TableLoad)
        .where(TableLoad.resource_id == resource_id, TableLoad.state == "waiting")
        .values(state="loading", started_at=now, attempts=TableLoad.attempts + 1)
    )
    taken = model.Session.execute(statement).rowcount
    model.Session.commit()
    return now if taken else None


def _outcome(resource_id: str) -> dict[str, Any] | None:
    """The columns of our row after loading; None when there is no table to speak of."""
    try:
        table = _load(resource_id)
    except tables.TableProblem as problem:
        outcome: dict[str, Any] = {"state": "failed", "problem": problem.code, "details": problem.details}
    except JobTimeoutException:
        outcome = {"state": "failed", "problem": "timeout", "details": {}}
    except Exception:
        log.exception("The table of resource %s was not loaded", resource_id)
        outcome = {"state": "failed", "problem": "internal", "details": {}}
    else:
        if table is None:
            return None
        return {"state": "ready", "rows": table.rows, "problem": None, "details": table.notes}
    model.Session.rollback()
    return outcome


def _finish(resource_id: str, claimed: dt.datetime, outcome: dict[str, Any] | None) -> None:
    # A newer file came meanwhile: its own job tells about it.
    mine = (TableLoad.resource_id == resource_id, TableLoad.state == "loading", TableLoad.started_at == claimed)
    if outcome is None:
        model.Session.execute(sa.delete(TableLoad).where(*mine))
    else:
        model.Session.execute(sa.update(TableLoad).where(*mine).values(finished_at=utc_now(), **outcome))
    resource = model.Session.get(model.Resource, resource_id)
    if resource is not None and resource.package_id:
        quality.ask(resource.package_id)
    model.Session.commit()


def _load(resource_id: str) -> tables.Table | None:
    resource = model.Session.get(model.Resource, resource_id)
    if resource is None or resource.state != "active":
        return None
    package = model.Session.get(model.Package, resource.package_id)
    kind = tables.kind_of(resource.format, resource.url or "")
    if kind is None or package is None or not is_table(resource, package.type):
        store.drop(resource_id)
        return None
    source = Path(get_resource_uploader({"url": resource.url, "id": resource_id}).get_path(resource_id))
    # The connection is not kept while the file is read.
    model.Session.rollback()
    if not source.is_file():
        raise tables.TableProblem("no_file")
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8", newline="", suffix=".csv") as rows:
        table = tables.convert(source, kind, rows)
        rows.flush()
        store.replace(resource_id, table, Path(rows.name))
    return table
