"""What has to be done again and again: start and close runs, forget old ones, notice sources that went silent."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestObjectError, HarvestSource
from ckanext.harvest.model import HarvestObjectExtra as Extra
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.harvest.messages import N_, Message
from ckanext.opengov.harvest.model import HarvestBadRow, HarvestNotice, HarvestRun
from ckanext.opengov.harvest.service import notices

log = logging.getLogger(__name__)

DAY = dt.timedelta(days=1)
PERIODS = {"ALWAYS": DAY, "DAILY": DAY, "WEEKLY": 7 * DAY, "BIWEEKLY": 14 * DAY, "MONTHLY": 31 * DAY}


def run_due() -> None:
    """Start the jobs that are due and mark finished ones as such; what goes wrong with one stops no other."""
    try:
        _run_jobs({})
    except Exception:
        log.exception("Closing all jobs at once failed; each is closed alone")
        model.Session.rollback()
        running = sa.select(HarvestJob.source_id).where(HarvestJob.status == "Running").distinct()
        for source_id in model.Session.scalars(running).all():
            _run_alone(source_id)


def _run_alone(source_id: str) -> None:
    try:
        _run_jobs({"source_id": source_id})
    except Exception:
        log.exception("The jobs of source %s could not be closed", source_id)
        model.Session.rollback()


def _run_jobs(what: dict[str, Any]) -> None:
    site_user = tk.get_action("get_site_user")({"ignore_auth": True}, {})
    context: Any = {"model": model, "session": model.Session, "ignore_auth": True, "user": site_user["name"]}
    tk.get_action("harvest_jobs_run")(context, what)


def forget_history() -> None:
    """Delete what runs left behind long ago: harvesting keeps every record of every run, for ever.

    The object that a package stands on is kept, and so are the last run of each source and its bad rows.
    """
    before = utc_now() - dt.timedelta(days=tk.config["opengov.harvest.keep_days"])
    # Harvesting's own times have no zone.
    naive = before.replace(tzinfo=None)
    objects = sa.select(HarvestObject.id).where(
        HarvestObject.gathered < naive,
        HarvestObject.current.isnot(True),
        HarvestObject.harvest_job_id.in_(sa.select(HarvestJob.id).where(HarvestJob.status != "Running")),
    )
    for table in (HarvestObjectError, Extra):
        _delete(table, table.harvest_object_id.in_(objects))
    _delete(HarvestObject, HarvestObject.id.in_(objects))
    last = sa.select(HarvestJob.id).distinct(HarvestJob.source_id)
    last = last.order_by(HarvestJob.source_id, HarvestJob.created.desc())
    jobs = sa.select(HarvestJob.id).where(
        HarvestJob.created < naive,
        HarvestJob.status != "Running",
        HarvestJob.id.notin_(last),
        ~sa.exists().where(HarvestObject.harvest_job_id == HarvestJob.id),
    )
    _delete(HarvestGatherError, HarvestGatherError.harvest_job_id.in_(jobs))
    _delete(HarvestJob, HarvestJob.id.in_(jobs))
    _forget_runs(before)
    _delete(HarvestNotice, HarvestNotice.closed_at < before)
    model.Session.commit()


def _forget_runs(before: dt.datetime) -> None:
    good = sa.select(HarvestRun.job_id).where(HarvestRun.problem.is_(None)).distinct(HarvestRun.source_id)
    good = good.order_by(HarvestRun.source_id, HarvestRun.started_at.desc())
    _delete(HarvestRun, HarvestRun.started_at < before, HarvestRun.job_id.notin_(good))
    kept = sa.select(HarvestRun.job_id)
    jobs = sa.select(HarvestJob.id)
    _delete(HarvestBadRow, HarvestBadRow.job_id.notin_(kept), HarvestBadRow.job_id.notin_(jobs))


def _delete(table: Any, *conditions: Any) -> None:
    model.Session.execute(sa.delete(table).where(*conditions).execution_options(synchronize_session=False))


def tell_silent() -> None:
    """Open a notice for every source that had no good run for too many of its periods."""
    active: Any = HarvestSource.active
    query = sa.select(HarvestSource).where(active.is_(True), HarvestSource.frequency.in_(PERIODS))
    sources: list[Any] = list(model.Session.scalars(query))
    now = utc_now().replace(tzinfo=None)
    for source in sources:
        last = last_success(source.id) or source.created
        limit = tk.config["opengov.harvest.silent_periods"] * PERIODS[str(source.frequency)]
        if now - last > limit:
            message = N_("The source has had no good run since {date}. See whether its address still works.")
            notices.open_notice(source.id, "silent", Message(message, {"date": last.date().isoformat()}))
    model.Session.commit()


def last_success(source_id: str) -> dt.datetime | None:
    """When a source last had a good run, in UTC without a zone. Runs of ours say it themselves; for those of others
    a good run is a finished one without an error of gathering."""
    own = sa.select(sa.func.max(HarvestRun.started_at)).where(
        HarvestRun.source_id == source_id, HarvestRun.problem.is_(None)
    )
    stock = sa.select(sa.func.max(HarvestJob.gather_finished)).where(
        HarvestJob.source_id == source_id,
        HarvestJob.status == "Finished",
        ~sa.exists().where(HarvestGatherError.harvest_job_id == HarvestJob.id),
    )
    ours = model.Session.scalar(own)
    times = [ours.astimezone(dt.UTC).replace(tzinfo=None) if ours else None, model.Session.scalar(stock)]
    return max((time for time in times if time), default=None)
