"""A small portal for the tests of harvesting: an agency, its officer, and runs through the real queues."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.tests import factories, helpers
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestObjectError
from ckanext.opengov.harvest import schedule

SIMPLE = """\
key: code
fields:
  title: name
  notes: about
"""


@dataclass
class Office:
    """An agency and an officer who edits for it."""

    agency: dict[str, Any]
    officer: dict[str, Any]

    def call(self, action: str, **data: Any) -> Any:
        """Call an action as the officer, with access checked."""
        return helpers.call_action(action, {"user": self.officer["name"], "ignore_auth": False}, **data)

    def source(self, url: str, config: str = SIMPLE, kind: str = "opengov_registry", **data: Any) -> dict[str, Any]:
        """Make a source of the agency."""
        values = {"name": "a-source", "title": "A source", "owner_org": self.agency["id"], **data}
        return self.call("harvest_source_create", url=url, source_type=kind, config=config, **values)


def open_office(**agency: Any) -> Office:
    """An agency with one editor."""
    officer = factories.User()
    members = [{"name": officer["name"], "capacity": "editor"}]
    return Office(factories.Organization(users=members, **agency), officer)


@dataclass
class Outcome:
    """What a run left behind."""

    job: Any
    objects: dict[str, str]
    gather_errors: list[str]
    object_errors: list[str]

    @property
    def changes(self) -> dict[str, int]:
        """Report status → number of objects."""
        found: dict[str, int] = {}
        for status in self.objects.values():
            found[status] = found.get(status, 0) + 1
        return found


def harvest(source: dict[str, Any]) -> Outcome:
    """Run a source: the job goes through Redis to the gatherer and the fetcher, then the schedule closes it."""
    queue.purge_queues()
    context = {"user": tk.get_action("get_site_user")({"ignore_auth": True}, {})["name"]}
    job_id = helpers.call_action("harvest_job_create", context, source_id=source["id"])["id"]
    _consume(queue.get_gather_consumer(), queue.gather_callback)
    _consume(queue.get_fetch_consumer(), queue.fetch_callback)
    schedule.run_due()
    return outcome(job_id)


def _consume(consumer: Any, callback: Any) -> None:
    while (message := consumer.basic_get(queue=""))[2] is not None:
        callback(consumer, *message)


def outcome(job_id: str) -> Outcome:
    """What a job says of itself."""
    objects = model.Session.scalars(sa.select(HarvestObject).where(HarvestObject.harvest_job_id == job_id)).all()
    ids = [found.id for found in objects]
    gather = sa.select(HarvestGatherError.message).where(HarvestGatherError.harvest_job_id == job_id)
    errors = sa.select(HarvestObjectError.message).where(HarvestObjectError.harvest_object_id.in_(ids))
    return Outcome(
        job=model.Session.get(HarvestJob, job_id),
        objects={str(found.guid).rpartition(":")[2]: str(found.report_status) for found in objects},
        gather_errors=list(model.Session.scalars(gather)),
        object_errors=list(model.Session.scalars(errors)),
    )


def datasets(state: str = "active") -> dict[str, model.Package]:
    """Title → data set."""
    query = model.Session.query(model.Package).filter_by(type="dataset", state=state)
    return {str(package.title): package for package in query}


def moments() -> dict[str, Any]:
    """When each data set was last written."""
    return {str(package.id): package.metadata_modified for package in model.Session.query(model.Package)}


def found_titles() -> set[str]:
    """What a visitor finds by search."""
    return {found["title"] for found in helpers.call_action("package_search", rows=100)["results"]}
