"""The clock: one process that does the components' periodic tasks, so that none needs a cron of the machine."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import ckan.model as model

from ckanext.opengov.civic.interfaces import PeriodicTask, manifests

log = logging.getLogger(__name__)

PAUSE = 1.0


def run(stop: Callable[[], bool] = lambda: False) -> None:
    """Do every task of every manifest when it is due, until ``stop`` says so."""
    tasks = [task for manifest in manifests() for task in manifest.periodic_tasks]
    due = {task.name: time.monotonic() for task in tasks}
    while not stop():
        for task in tasks:
            if time.monotonic() >= due[task.name]:
                perform(task)
                due[task.name] = time.monotonic() + task.seconds
        time.sleep(PAUSE)


def perform(task: PeriodicTask) -> None:
    """Do one task. A failure is logged and does not stop the others."""
    try:
        task.run()
    except Exception:
        log.exception("Periodic task %s failed", task.name)
        model.Session.rollback()
    finally:
        model.Session.remove()
