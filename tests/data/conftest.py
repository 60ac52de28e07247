"""What the tests of open data share."""

from __future__ import annotations

from pathlib import Path

import pytest
from ckan.lib import jobs
from ckanext.opengov import factories
from ckanext.opengov.civic.service import outbox

FILES = Path(__file__).parent / "files"


@pytest.fixture
def agency():
    """An agency with names in three languages."""
    names = {"kk": "Білім министрлігі", "ru": "Министерство образования", "en": "Ministry of Education"}
    return factories.Agency(name="ministry", title_translated=names)


@pytest.fixture
def dataset(agency):
    """A data set with the whole passport."""
    names = {"kk": "Мектептер тізімі", "ru": "Список школ", "en": "List of schools"}
    return factories.Dataset(name="schools", title_translated=names, owner_org=agency["id"])


@pytest.fixture
def upload(create_with_upload):
    """Upload a file of ``tests/data/files`` and let the worker do what follows."""

    def call(name, package_id, content=None, **fields):
        jobs.get_queue("bulk").empty()
        data = (FILES / name).read_bytes() if content is None else content
        resource = create_with_upload(data, name, package_id=package_id, **fields)
        work()
        return resource

    return call


def work():
    """The outbox, then the jobs that it put into the queue, in this process."""
    outbox.drain()
    queue = jobs.get_queue("bulk")
    for job in queue.jobs:
        job.func(*job.args)
    queue.empty()
