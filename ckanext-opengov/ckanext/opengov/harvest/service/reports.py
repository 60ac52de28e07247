"""What an officer sees of a source: notices, runs, bad rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import sqlalchemy as sa

from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestSource
from ckanext.opengov.harvest.messages import Message
from ckanext.opengov.harvest.model import HarvestBadRow, HarvestNotice, HarvestRun
from ckanext.opengov.harvest.service import notices

SHOWN_RUNS = 20
SHOWN_ROWS = 50
# Harvesting's words for what became of an object → ours.
WRITTEN = {"added": "new", "updated": "changed", "deleted": "withdrawn", "errored": "bad"}


def find_source(source_id: str) -> Any:
    """The harvest source with this id, or None."""
    return model.Session.get(HarvestSource, source_id)


def report(source: Any, job_id: str | None, offset: int) -> dict[str, Any]:
    """Everything about a source that its officers watch."""
    jobs = _jobs(source.id)
    chosen = job_id or next((job.id for job in jobs if job.status != "New"), None)
    picked = model.Session.get(HarvestJob, chosen) if chosen else None
    return {
        "notices": [describe_notice(notice) for notice in notices.open_notices(source.id)],
        "runs": _runs(jobs),
        "run": _runs([picked])[0] if picked and picked.source_id == source.id else None,
        "offset": offset,
        "job_id": chosen,
        "bad_rows": _bad_rows(source.id, chosen, offset),
        "bad_rows_total": _count_bad_rows(source.id, chosen),
        "next_run": _utc(source.next_run) if source.frequency != "MANUAL" else None,
        "frequency": source.frequency,
    }


def describe_notice(notice: HarvestNotice) -> dict[str, Any]:
    """A notice in the reader's language."""
    return {
        "id": notice.id,
        "source_id": notice.source_id,
        "kind": notice.kind,
        "text": Message.load(notice.message).text(),
        "created_at": notice.created_at.isoformat(),
        "confirmed": notice.confirmed,
        "confirmable": notice.kind in notices.CONFIRMABLE and not notice.confirmed,
        "closed": notice.closed_at is not None,
    }


def _jobs(source_id: str) -> list[Any]:
    query = sa.select(HarvestJob).where(HarvestJob.source_id == source_id)
    return list(model.Session.scalars(query.order_by(HarvestJob.created.desc()).limit(SHOWN_RUNS)))


def _runs(jobs: list[Any]) -> list[dict[str, Any]]:
    ids = [job.id for job in jobs]
    own = {run.job_id: run for run in model.Session.scalars(sa.select(HarvestRun).where(HarvestRun.job_id.in_(ids)))}
    written = _written(ids)
    errors = _gather_errors(ids)
    return [_run(job, own.get(job.id), written.get(job.id, {}), errors.get(job.id)) for job in jobs]


def _run(job: Any, run: HarvestRun | None, written: dict[str, int], error: str | None) -> dict[str, Any]:
    counts = {name: written.get(stock, 0) for stock, name in WRITTEN.items()}
    problem = error
    if run is not None:
        counts["bad"] += run.counts.get("bad", 0)
        counts["unchanged"] = run.counts.get("unchanged", 0)
        counts["held"] = run.counts.get("held", 0)
        # The bad rows of a run of ours are told one by one, below.
        problem = Message.load(run.problem).text() if run.problem else None
    else:
        counts["unchanged"] = written.get("not modified", 0)
    return {
        "id": job.id,
        "status": job.status,
        "started": _utc(job.gather_started or job.created),
        "finished": _utc(job.finished),
        "counts": counts,
        "waiting": written.get("", 0) if job.status == "Running" else 0,
        "problem": problem,
    }


def _utc(time: dt.datetime | None) -> str | None:
    """Harvesting's times are UTC and do not say so."""
    return time.replace(tzinfo=dt.UTC).isoformat() if time else None


def _written(job_ids: list[str]) -> dict[str, dict[str, int]]:
    query = (
        sa.select(HarvestObject.harvest_job_id, HarvestObject.report_status, sa.func.count())
        .where(HarvestObject.harvest_job_id.in_(job_ids))
        .group_by(HarvestObject.harvest_job_id, HarvestObject.report_status)
    )
    found: dict[str, dict[str, int]] = {}
    for job_id, status, count in model.Session.execute(query):
        found.setdefault(job_id, {})[status or ""] = count
    return found


def _gather_errors(job_ids: list[str]) -> dict[str, str]:
    query = sa.select(HarvestGatherError.harvest_job_id, HarvestGatherError.message)
    query = query.where(HarvestGatherError.harvest_job_id.in_(job_ids)).order_by(HarvestGatherError.created)
    found: dict[str, str] = {}
    for job_id, message in model.Session.execute(query):
        found.setdefault(job_id, message)
    return found


def _bad_rows(source_id: str, job_id: str | None, offset: int) -> list[dict[str, Any]]:
    query = _of_job(sa.select(HarvestBadRow), source_id, job_id).order_by(HarvestBadRow.place, HarvestBadRow.id)
    return [
        {"place": row.place, "key": row.key, "field": row.field, "reason": Message.load(row.message).text()}
        for row in model.Session.scalars(query.offset(offset).limit(SHOWN_ROWS))
    ]


def _count_bad_rows(source_id: str, job_id: str | None) -> int:
    return model.Session.scalar(_of_job(sa.select(sa.func.count(HarvestBadRow.id)), source_id, job_id)) or 0


def _of_job(query: Any, source_id: str, job_id: str | None) -> Any:
    return query.where(HarvestBadRow.source_id == source_id, HarvestBadRow.job_id == job_id)
