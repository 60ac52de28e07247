"""New rows of a type whose writer takes many at once: written while gathering, by the batch.

The queue hands rows over one by one and notes each step of each; for a list of many thousand that takes longer than
the writing. Whatever is not plainly new, or is refused in a batch, goes through the queue as ever.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from ckan.types import Context

from ckanext.harvest.model import HarvestObject
from ckanext.opengov.civic.interfaces import BatchWriter
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.harvest.model import HarvestRecord
from ckanext.opengov.harvest.service import runs
from ckanext.opengov.harvest.service.writers import writers

log = logging.getLogger(__name__)

BATCH = 250


def write_new(source_id: str, tasks: Mapping[str, runs.Task], context: Context) -> set[str]:
    """Write what can be written by the batch; commits each.

    :param tasks: harvest object id → what it has to do
    :returns: the ids of the harvest objects that are done
    """
    found: list[tuple[str, runs.Task]] = [(one, task) for one, task in tasks.items() if task.status == "new"]
    writer = writers()[found[0][1].type] if found else None
    if not isinstance(writer, BatchWriter):
        return set()
    done: set[str] = set()
    for start in range(0, len(found), BATCH):
        batch = dict(found[start : start + BATCH])
        try:
            done |= _write(source_id, batch, writer, context)
            model.Session.commit()
        except Exception:
            # One by one, the others go on without the row that is to blame, and it is named.
            log.warning("A batch of %s rows of source %s goes through the queue", len(batch), source_id, exc_info=True)
            model.Session.rollback()
    return done


def _write(source_id: str, batch: Mapping[str, runs.Task], writer: BatchWriter, context: Context) -> set[str]:
    keys = [task.key for task in batch.values()]
    query = sa.select(HarvestRecord).where(HarvestRecord.source_id == source_id, HarvestRecord.key.in_(keys))
    records = {one.key: one for one in model.Session.scalars(query.with_for_update())}
    begun = _now()
    written = writer.create_many(
        context, [{**(task.data or {}), "id": records[task.key].package_id} for task in batch.values()]
    )
    notes = []
    for number, task in batch.items():
        record = records[task.key]
        if record.package_id in written:
            runs.mark_written(record, task)
            notes.append({"id": number, "package_id": record.package_id, "import_started": begun})
    _note(notes)
    return {one["id"] for one in notes}


def _note(notes: Sequence[dict[str, Any]]) -> None:
    """What the queue would note of each row."""
    done = {"state": "COMPLETE", "report_status": "added", "current": True, "import_finished": _now()}
    if notes:
        model.Session.execute(sa.update(HarvestObject), [{**one, **done} for one in notes])


def _now() -> dt.datetime:
    """Harvesting's own times have no zone."""
    return utc_now().replace(tzinfo=None)
