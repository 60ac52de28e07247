"""The runs that ask addresses: in a worker, one run at a time, each host with pauses between two requests."""

from __future__ import annotations

import time
from collections.abc import Iterable
from urllib.parse import urlsplit

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.data.model.quality import LinkCheck
from ckanext.opengov.data.service.quality import links

# Seconds between two requests to the same host.
PAUSE = 2.0
A_RUN = 200
LONGEST_RUN = 300.0
_LOCK = "SELECT pg_try_advisory_lock(hashtext('opengov_data_links'))"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('opengov_data_links'))"


def wake() -> bool:
    """The clock: put a run into the queue when something is due; waiting for slow servers is a worker's work."""
    due = sa.select(LinkCheck.resource_id).where(LinkCheck.next_at <= utc_now()).limit(1)
    found = model.Session.scalar(due) is not None
    model.Session.commit()
    if found:
        options = {"timeout": int(LONGEST_RUN) + 60, "result_ttl": 0}
        tk.enqueue_job(run, title="opengov-links", queue="bulk", rq_kwargs=options)
    return found


def run() -> int:
    """The job: ask what is due, one run at a time. Commits.

    :returns: how many addresses were asked
    """
    with model.Session.get_bind().connect() as lock:
        if not lock.execute(sa.text(_LOCK)).scalar():
            return 0
        try:
            return _run()
        finally:
            lock.execute(sa.text(_UNLOCK))


def _run() -> int:
    due = sa.select(LinkCheck.resource_id, LinkCheck.url).where(LinkCheck.next_at <= utc_now())
    waiting = [(row[0], row[1]) for row in model.Session.execute(due.order_by(LinkCheck.next_at).limit(A_RUN))]
    model.Session.commit()
    until, count = time.monotonic() + LONGEST_RUN, 0
    asked: dict[str, float] = {}
    for resource_id, url in in_turn(waiting):
        if time.monotonic() > until:
            break
        _pause(_host(url), asked)
        links.note(resource_id, url, links.ask(url))
        model.Session.commit()
        count += 1
    return count


def in_turn(waiting: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The hosts one after another, so that most pauses are spent asking somebody else."""
    rounds: dict[str, int] = {}
    placed = []
    for one in waiting:
        host = _host(one[1])
        rounds[host] = rounds.get(host, 0) + 1
        placed.append((rounds[host], one))
    return [one for _, one in sorted(placed, key=lambda pair: pair[0])]


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _pause(host: str, asked: dict[str, float]) -> None:
    wait = asked.get(host, 0.0) + PAUSE - time.monotonic()
    if wait > 0:
        time.sleep(wait)
    asked[host] = time.monotonic()
