"""Runs start when due and always come to an end; old ones are forgotten; a source that went silent is told."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ckan.model as model
import pytest
import sqlalchemy as sa
from ckan.tests import factories, helpers
from ckanext.harvest import queue
from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestObject, HarvestSource
from ckanext.opengov.civic.clock import perform
from ckanext.opengov.civic.interfaces import manifests
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import mail
from ckanext.opengov.harvest import schedule
from ckanext.opengov.harvest.model import HarvestBadRow, HarvestNotice, HarvestRun

from tests.harvest.portal import harvest, open_office

pytestmark = pytest.mark.usefixtures("clean_portal")
THREE = "code,name,about\n1,Schools,Where they are\n2,Hospitals,\n3,Libraries,And their books\n"
LONG_AGO = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - harvesting's own times have no zone


def set_values(table: Any, *conditions: Any, **values: Any) -> None:
    model.Session.execute(sa.update(table).where(*conditions).values(**values))
    model.Session.commit()


def count(table: Any) -> int:
    return model.Session.query(table).count()


def age(*jobs: HarvestJob) -> None:
    """Let runs have been long ago, one day after the other."""
    for number, job in enumerate(jobs):
        day = LONG_AGO + dt.timedelta(days=number)
        set_values(HarvestJob, HarvestJob.id == job.id, created=day, finished=day)
        set_values(HarvestObject, HarvestObject.harvest_job_id == job.id, gathered=day)
        set_values(HarvestRun, HarvestRun.job_id == job.id, started_at=day.replace(tzinfo=dt.UTC))


def now() -> dt.datetime:
    """The time in UTC without a zone, as harvesting keeps it."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def test_the_clock_has_the_tasks_of_harvesting():
    tasks = {task.name: task.seconds for found in manifests() for task in found.periodic_tasks}
    assert (tasks["harvest-run"], tasks["harvest-silent"], tasks["harvest-forget"]) == (30, 3600, 86400)


def test_a_source_that_is_due_runs_by_itself(registry):
    source = open_office().source(registry.put("/list.csv", THREE), frequency="DAILY")
    queue.purge_queues()
    schedule.run_due()
    assert model.Session.query(HarvestJob).one().status == "Running"
    assert queue.get_gather_consumer().basic_get(queue="")[2] is not None
    assert model.Session.get(HarvestSource, source["id"]).next_run > now() + dt.timedelta(hours=23)


@pytest.mark.ckan_config("ckan.harvest.timeout", 5)
def test_a_job_whose_process_died_does_not_hang_for_ever(registry):
    office = open_office()
    source = office.source(registry.put("/list.csv", THREE))
    job = office.call("harvest_job_create", source_id=source["id"])
    queue.purge_queues()
    set_values(HarvestJob, HarvestJob.id == job["id"], created=now() - dt.timedelta(minutes=6))
    schedule.run_due()
    model.Session.expire_all()
    assert model.Session.get(HarvestJob, job["id"]).status == "Finished"
    assert harvest(source).changes == {"added": 3}


def test_one_source_that_can_t_be_closed_does_not_keep_the_others_open(registry):
    office = open_office()
    broken = office.source(registry.put("/one.csv", THREE), name="broken")
    fine = office.source(registry.put("/two.csv", THREE), name="fine")
    jobs = [office.call("harvest_job_create", source_id=source["id"])["id"] for source in (broken, fine)]
    queue.purge_queues()
    set_values(HarvestJob, gather_started=now(), gather_finished=now())
    # The package of a source is gone: closing its job raises.
    model.Session.execute(sa.text("DELETE FROM package WHERE id = :id"), {"id": broken["id"]})
    model.Session.commit()
    schedule.run_due()
    model.Session.expire_all()
    assert model.Session.get(HarvestJob, jobs[1]).status == "Finished"


def test_old_runs_are_forgotten_but_never_what_a_data_set_stands_on(registry):
    source = open_office().source(registry.put("/list.csv", THREE))
    first = harvest(source)
    registry.put("/list.csv", THREE.replace("Schools", "All schools"))
    second = harvest(source)
    registry.put("/list.csv", THREE.replace("Schools", "Our schools"))
    third = harvest(source)
    age(first.job, second.job, third.job)
    schedule.forget_history()
    model.Session.expire_all()
    left = model.Session.query(HarvestObject).all()
    assert {found.current for found in left} == {True}
    assert len(left) == 3
    assert {found.id for found in model.Session.query(HarvestJob)} == {first.job.id, third.job.id}
    assert [run.job_id for run in model.Session.query(HarvestRun)] == [third.job.id]
    assert harvest(source).objects == {}


def test_errors_and_bad_rows_of_old_runs_go_with_them(registry):
    source = open_office().source(registry.put("/list.csv", THREE + ",No key,\n"))
    old = harvest(source)
    registry.put("/list.csv", "")
    older = harvest(source)
    registry.put("/list.csv", THREE)
    harvest(source)
    assert (count(HarvestGatherError), count(HarvestBadRow)) == (2, 1)
    age(old.job, older.job)
    schedule.forget_history()
    assert count(HarvestBadRow) == 1, "its job is kept by the data sets that stand on it"
    assert [found.harvest_job_id for found in model.Session.query(HarvestGatherError)] == [old.job.id]


def test_recent_runs_are_kept(registry):
    source = open_office().source(registry.put("/list.csv", THREE))
    harvest(source)
    harvest(source)
    schedule.forget_history()
    assert (count(HarvestJob), count(HarvestRun)) == (2, 2)


@pytest.mark.parametrize(
    ("frequency", "days", "told"),
    [("DAILY", 2, False), ("DAILY", 4, True), ("WEEKLY", 20, False), ("WEEKLY", 22, True), ("MANUAL", 400, False)],
)
def test_a_source_is_silent_after_three_of_its_periods(registry, frequency, days, told):
    source = open_office().source(registry.put("/list.csv", THREE), frequency=frequency)
    run = harvest(source)
    moment = now() - dt.timedelta(days=days)
    set_values(HarvestJob, HarvestJob.id == run.job.id, gather_finished=moment)
    set_values(HarvestRun, HarvestRun.job_id == run.job.id, started_at=moment.replace(tzinfo=dt.UTC))
    schedule.tell_silent()
    schedule.tell_silent()
    assert [notice.kind for notice in model.Session.query(HarvestNotice)] == (["silent"] if told else [])


def test_a_source_that_only_ever_failed_is_silent_too_until_it_runs_well(registry):
    source = open_office().source(registry.address + "/missing.csv", frequency="DAILY")
    harvest(source)
    set_values(HarvestSource, HarvestSource.id == source["id"], created=LONG_AGO)
    schedule.tell_silent()
    kinds = {notice.kind for notice in model.Session.query(HarvestNotice)}
    assert kinds == {"down", "silent"}
    registry.put("/missing.csv", THREE)
    harvest(source)
    assert all(notice.closed_at for notice in model.Session.query(HarvestNotice))


def letters() -> list[dict[str, Any]]:
    """What waits to be mailed."""
    query = model.Session.query(OutboxMessage).filter_by(topic=mail.TOPIC)
    return [message.payload for message in query]


def test_officers_get_one_letter_each_and_others_get_none(registry):
    office = open_office(title="Ministry")
    head = factories.User()
    helpers.call_action("organization_member_create", id=office.agency["id"], username=head["name"], role="admin")
    reader = factories.User()
    helpers.call_action("organization_member_create", id=office.agency["id"], username=reader["name"], role="member")
    source = office.source(registry.address + "/missing.csv", title="Our registry")
    harvest(source)
    harvest(source)
    assert sorted(letter["to"] for letter in letters()) == sorted([office.officer["email"], head["email"]])
    assert "Our registry" in letters()[0]["subject"]
    assert "404" in letters()[0]["body"]
    assert f"/harvest/admin/{source['id']}" in letters()[0]["body"]


def test_a_source_that_runs_well_writes_no_letter(registry):
    harvest(open_office().source(registry.put("/list.csv", THREE)))
    assert letters() == []


def test_the_tasks_run_under_the_clock():
    for task in (task for found in manifests() for task in found.periodic_tasks if task.name.startswith("harvest")):
        perform(task)
