"""What the tests of open data share."""

from __future__ import annotations

from pathlib import Path

import pytest
from ckan.lib import jobs
from ckan.tests import factories, helpers
from ckanext.opengov.civic.service import outbox

FILES = Path(__file__).parent / "files"


@pytest.fixture
def agency():
    """An agency with names in three languages."""
    return factories.Organization(
        name="ministry",
        title_translated={"kk": "Білім министрлігі", "ru": "Министерство образования", "en": "Ministry of Education"},
        level="central",
        phone="+7 7172 000000",
    )


@pytest.fixture
def dataset(agency):
    """A data set with the whole passport."""
    return helpers.call_action(
        "package_create",
        name="schools",
        title_translated={"kk": "Мектептер тізімі", "ru": "Список школ", "en": "List of schools"},
        notes_translated={"kk": "Барлық мектеп", "ru": "Все школы"},
        tags_translated={"kk": ["оқушылар"], "ru": ["ученики"]},
        owner_org=agency["id"],
        category="EDUC",
        region="710000000",
        frequency="HALF_YEAR",
        issued="2026-01-02",
        modified="2026-11-24",
        contact_name="Data office",
        contact_position="Head of office",
        contact_phone="+7 (7172) 11-22-33",
        contact_email="data@example.org",
    )


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
