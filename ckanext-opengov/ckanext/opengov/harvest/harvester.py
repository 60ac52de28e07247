"""The body of our harvesters: a list at one address, each row of which feeds one entity.

Gathering fetches the whole list and compares hashes with what earlier runs took in, so harvest objects are made only
for rows that are new, changed, back or gone. Whatever makes the list doubtful stops the run before it changes
anything.
"""

from __future__ import annotations

import logging
from abc import ABCMeta, abstractmethod
from dataclasses import dataclass, replace
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.plugins.base import PluginMeta
from ckan.types import Context

from ckanext.harvest.harvesters import HarvesterBase
from ckanext.harvest.model import HarvestObject
from ckanext.opengov.harvest import fetching
from ckanext.opengov.harvest.listing import BadRow, Listing, Record
from ckanext.opengov.harvest.messages import N_, Message, RowError, SourceError
from ckanext.opengov.harvest.model import HarvestRecord, HarvestRun
from ckanext.opengov.harvest.service import batches, difference, notices, runs
from ckanext.opengov.harvest.service.agencies import Agencies
from ckanext.opengov.harvest.service.writers import writers

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class SourceView:
    """A source as it is saved, or as somebody is about to save it (then it has no id)."""

    url: str
    config: str
    owner_org: str | None = None
    id: str | None = None


@dataclass(frozen=True)
class Settings:
    """What a source's configuration says, whatever the harvester."""

    type: str
    withdraw: bool
    digest: str
    shape: tuple[str, ...] = ()
    # The harvester's own: what it needs to turn rows into records.
    mapping: Any = None


@dataclass(frozen=True)
class Look:
    """What a list looks like against what is known. Nothing is written yet."""

    settings: Settings
    listing: Listing
    content_hash: str
    known: dict[str, difference.Known]
    records: dict[str, Record]
    bad: list[BadRow]
    plan: difference.Plan


class _AbstractPlugin(ABCMeta, PluginMeta):
    """A harvester that lacks a method is refused when CKAN loads it, not when it first runs."""


class ListHarvester(HarvesterBase, metaclass=_AbstractPlugin):
    """Subclasses say what a configuration means, how a list is read and how a row becomes a record."""

    @abstractmethod
    def settings(self, config: str) -> Settings:
        """:raises SourceError: ``mapping``, when the configuration is not valid"""

    @abstractmethod
    def read(self, fetched: fetching.Fetched, settings: Settings) -> Listing:
        """:raises SourceError: when there is no list in what was fetched"""

    @abstractmethod
    def records(self, listing: Listing, settings: Settings) -> tuple[dict[str, Record], list[BadRow]]:
        """The records by key, and the bad rows, those that could not be read included."""

    def look(self, source: SourceView) -> Look | None:
        """Fetch a list and compare it with what is known.

        :returns: None when the list is the very one of the last run, which left nothing to do
        :raises SourceError: when the list is doubtful, and why
        """
        settings = self.settings(source.config)
        fetched = fetching.fetch(source.url)
        last = runs.last_good(source.id)
        if last and last.mapping_hash != settings.digest:
            last = None
        if last and last.content_hash == fetched.digest and runs.is_settled(last):
            return None
        listing = self.read(fetched, settings)
        expected = settings.shape or (last.columns if last else ())
        confirmed = notices.is_confirmed(source.id)
        if not confirmed:
            difference.check_shape(expected, listing.columns)
        records, bad = _with_agencies(*self.records(listing, settings), Agencies(source.owner_org))
        if not records:
            raise SourceError("unreadable", N_("Not one row of the list can be taken in. {first}"), first=_first(bad))
        known = runs.known_rows(source.id)
        hashes = {key: record.hash for key, record in records.items()}
        plan = difference.make_plan(known, hashes, withdraw=settings.withdraw, unclear={row.key for row in bad})
        if not confirmed:
            difference.check_vanished(known, plan)
        return Look(settings, listing, fetched.digest, known, records, bad, plan)

    def gather_stage(self, harvest_job: Any) -> list[str]:
        # A job that was stopped or timed out may still be waiting in the queue.
        if harvest_job.status == "Finished":
            return []
        try:
            return self._start(harvest_job, self.look(source_view(harvest_job.source)))
        except SourceError as error:
            runs.stop(harvest_job, error)
        except Exception:
            log.exception("Gathering of source %s failed", harvest_job.source_id)
            model.Session.rollback()
            message = N_("The run failed by a fault of the portal. Its administrators find the reason in the log.")
            runs.stop(harvest_job, SourceError("fault", message))
        return []

    def _start(self, job: Any, look: Look | None) -> list[str]:
        if look is None:
            last = runs.last_good(job.source_id)
            counts = {"unchanged": sum(last.counts.get(name, 0) for name in _STANDING)} if last else {}
            same = {name: getattr(last, name) for name in ("columns", "content_hash", "mapping_hash")}
            runs.start(job, HarvestRun(job_id=job.id, source_id=job.source_id, counts=counts, **same), [], [], {})
            return []
        run = HarvestRun(
            job_id=job.id,
            source_id=job.source_id,
            counts=runs.counts(look.plan, look.bad),
            columns=list(look.listing.columns),
            content_hash=look.content_hash,
            mapping_hash=look.settings.digest,
        )
        self._tell_new_columns(job, look)
        tasks = runs.make_tasks(look.settings.type, look.plan, look.records)
        started = runs.start(job, run, look.bad, tasks, look.known)
        done = batches.write_new(job.source_id, started, {"ignore_auth": True, "user": self._get_user_name()})
        return [one for one in started if one not in done]

    def _tell_new_columns(self, job: Any, look: Look) -> None:
        last = runs.last_good(job.source_id)
        if last is None or last.mapping_hash != look.settings.digest:
            return
        new = [column for column in look.listing.columns if column not in last.columns]
        if new:
            message = Message(N_("The list has new columns: {columns}."), {"columns": ", ".join(new)})
            notices.open_notice(job.source_id, "columns", message)

    def fetch_stage(self, harvest_object: Any) -> bool:
        """Nothing to fetch: the list had the rows themselves."""
        return True

    def import_stage(self, harvest_object: Any) -> bool:
        task = runs.Task.load(harvest_object.content)
        context: Context = {"ignore_auth": True, "user": self._get_user_name()}
        try:
            return _write(harvest_object, task, context)
        except tk.ValidationError as error:
            model.Session.rollback()
            return self._refused(harvest_object, task, _validation_rows(task, error))
        except Exception as error:
            log.exception("Import of %s failed", harvest_object.guid)
            model.Session.rollback()
            message = Message(N_("The portal could not write the entry ({reason})."), {"reason": type(error).__name__})
            return self._refused(harvest_object, task, [BadRow(task.place or 0, "", message, task.key)])

    def _refused(self, harvest_object: Any, task: runs.Task, bad: list[BadRow]) -> bool:
        runs.add_bad_rows(harvest_object.job, bad)
        for row in bad:
            text = f"{row.field}: {row.message.plain()}" if row.field else row.message.plain()
            self._save_object_error(text, harvest_object, "Import", task.place)
        return False

    def get_original_url(self, harvest_object_id: str) -> str | None:
        found = model.Session.get(HarvestObject, harvest_object_id)
        return found.source.url if found else None


_STANDING = ("new", "changed", "returned", "unchanged")


def _with_agencies(
    records: dict[str, Record], bad: list[BadRow], agencies: Agencies
) -> tuple[dict[str, Record], list[BadRow]]:
    good: dict[str, Record] = {}
    refused = list(bad)
    for key, record in records.items():
        data = dict(record.data)
        try:
            data["owner_org"] = agencies.resolve(data.pop("agency", None))
            good[key] = replace(record, data=data)
        except RowError as error:
            refused.append(BadRow(record.place, error.field, error.message, key))
    return good, sorted(refused, key=lambda row: row.place)


def _first(bad: list[BadRow]) -> str:
    return f"{bad[0].place}: {bad[0].message.plain()}" if bad else ""


def _write(harvest_object: Any, task: runs.Task, context: Context) -> bool:
    """Write one row, with what is remembered of it, in the writer's own transaction."""
    source_id = harvest_object.harvest_source_id
    record = model.Session.get(HarvestRecord, (source_id, task.key), with_for_update=True)
    if record is None:
        raise LookupError(f"The row {task.key} of {source_id} is not known any more")
    writer = writers()[task.type]
    package = model.Package.get(record.package_id)
    was_withdrawn = record.withdrawn
    runs.mark_written(record, task)
    _set_current(harvest_object, record.package_id if package or task.status != "vanished" else None, task)
    if task.status == "vanished":
        if package and package.state == "active":
            writer.withdraw(context, record.package_id)
    else:
        data = {**(task.data or {}), "id": record.package_id}
        if package is None:
            model.Session.execute(sa.text("SET CONSTRAINTS harvest_object_package_id_fkey DEFERRED"))
            model.Session.flush()
            writer.create(context, data)
        elif was_withdrawn:
            writer.restore(context, data)
        else:
            writer.update(context, data)
    model.Session.commit()
    return True


def _set_current(harvest_object: Any, package_id: str | None, task: runs.Task) -> None:
    others = model.Session.query(HarvestObject).filter(
        HarvestObject.guid == harvest_object.guid, HarvestObject.id != harvest_object.id, HarvestObject.current
    )
    others.update({"current": False}, synchronize_session=False)
    harvest_object.package_id = package_id
    harvest_object.current = task.status != "vanished"


def _validation_rows(task: runs.Task, error: tk.ValidationError) -> list[BadRow]:
    return [
        BadRow(task.place or 0, field, Message("{reason}", {"reason": runs.reasons_in_words(reasons)}), task.key)
        for field, reasons in error.error_dict.items()
    ]


def source_view(source: Any) -> SourceView:
    """A saved source."""
    package = model.Package.get(source.id)
    return SourceView(source.url, source.config or "", package.owner_org if package else None, source.id)
