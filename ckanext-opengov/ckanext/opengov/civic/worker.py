"""The job worker: CKAN's own, without loading CKAN anew for each job.

Stock's worker builds the whole environment again in every job: 0.7 s on an idle core, many seconds on a busy one, and
a table or a letter waits for it each time. The process has it all when it forks, and CKAN's worker has put away the
database engines by then, so a job starts in milliseconds.
"""

from __future__ import annotations

from typing import NoReturn

import ckan.lib.jobs as jobs
import rq
from ckan.lib.app_globals import app_globals
from rq.job import Job


class Worker(jobs.Worker):
    """Takes jobs from the given queues, each in a fork."""

    def main_work_horse(self, job: Job, queue: rq.Queue) -> NoReturn:
        # What an administrator changed in the pages since this process started, as in every web request.
        app_globals._check_uptodate()
        rq.Worker.main_work_horse(self, job, queue)
