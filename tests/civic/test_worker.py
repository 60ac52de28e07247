"""The job worker starts a job in the process that it has, and knows what changed since it started."""

from __future__ import annotations

import os
from pathlib import Path

import ckan.model as model
import ckan.plugins.toolkit as tk
import pytest
from ckan.lib import jobs
from ckan.tests.helpers import call_action
from ckanext.opengov.civic.model.outbox import OutboxMessage
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.civic.worker import Worker

from tests.civic.example_component import TOPIC, with_example

pytestmark = [with_example, pytest.mark.usefixtures("clean_portal")]


@pytest.fixture(autouse=True)
def _no_jobs() -> None:
    jobs.get_queue().empty()


def note(path: str) -> None:
    Path(path).write_text(f"{os.getpid()} {tk.config['ckan.site_title']}", encoding="utf-8")


def work() -> None:
    Worker().work(burst=True)


def test_an_outbox_row_wakes_the_worker_which_does_it() -> None:
    message = outbox.add(TOPIC, {"n": 1})
    model.Session.commit()
    message_id = message.id
    work()
    done = model.Session.get(OutboxMessage, message_id)
    assert done is not None
    assert done.done_at is not None


def test_a_job_runs_in_a_fork_and_sees_what_an_administrator_changed_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "note"
    tk.enqueue_job(note, [str(path)])
    work()
    pid, _ = path.read_text().split(" ", 1)
    assert int(pid) != os.getpid()
    before = tk.config["ckan.site_title"]
    try:
        call_action("config_option_update", **{"ckan.site_title": "Ашық үкімет"})
        # This process learned it by making the change; a worker that started before did not.
        tk.config["ckan.site_title"] = before
        tk.enqueue_job(note, [str(path)])
        work()
        assert path.read_text(encoding="utf-8").endswith("Ашық үкімет")
    finally:
        call_action("config_option_update", **{"ckan.site_title": before})
