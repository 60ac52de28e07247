"""Statistics of data sets: counted in Redis, one hash a day, and written to a table by the clock.

A count says which data set, what was done and on which day. No address, no account, no cookie is looked at or kept.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
from ckan.lib.redis import connect_to_redis
from redis.exceptions import RedisError
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.interfaces import PeriodicTask
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service.calendar import local_date
from ckanext.opengov.data.model.usage import Usage

log = logging.getLogger(__name__)

KINDS = ("views", "downloads", "api_calls")
RECENT = dt.timedelta(days=30)
# Longer than the clock may stand still without a count being lost.
KEPT_SECONDS = 3 * 86_400
AT_ONCE = 1_000


def _key(day: dt.date) -> str:
    return f"opengov:usage:{tk.config['ckan.site_id']}:{day.isoformat()}"


def count(kind: str, dataset_id: str) -> None:
    """One more. What can't be counted is not worth an error on a page."""
    key = _key(local_date(utc_now()))
    try:
        pipe = connect_to_redis().pipeline()
        pipe.hincrby(key, f"{dataset_id}/{kind}", 1)
        pipe.expire(key, KEPT_SECONDS)
        pipe.execute()
    except RedisError:
        log.warning("A use of a data set was not counted: Redis does not answer")


def flush() -> int:
    """The clock: bring the table to what was counted today and yesterday. Safe to repeat. Commits.

    :returns: how many data sets were read on these days
    """
    today = local_date(utc_now())
    found = [row for day in (today - dt.timedelta(days=1), today) for row in _counted(day)]
    for start in range(0, len(found), AT_ONCE):
        statement = insert(Usage).values(found[start : start + AT_ONCE])
        # Counts only grow; after a loss of Redis they begin again from nothing, and the table keeps what it has.
        larger = {kind: sa.func.greatest(getattr(Usage, kind), statement.excluded[kind]) for kind in KINDS}
        model.Session.execute(statement.on_conflict_do_update(index_elements=["dataset_id", "day"], set_=larger))
    model.Session.commit()
    return len(found)


def _counted(day: dt.date) -> list[dict[str, Any]]:
    rows: dict[str, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(KINDS, 0))
    counts: Any = connect_to_redis().hgetall(_key(day))
    for name, number in counts.items():
        dataset_id, _, kind = name.decode().rpartition("/")
        rows[dataset_id][kind] = int(number)
    return [{"dataset_id": id_, "day": day, **row} for id_, row in rows.items()]


def show(dataset_id: str) -> dict[str, Any]:
    """All that was counted, the last 30 days, and each of these days."""
    since = local_date(utc_now()) - RECENT
    sums = [sa.func.coalesce(sa.func.sum(getattr(Usage, kind)), 0).label(kind) for kind in KINDS]
    mine = Usage.dataset_id == dataset_id
    everything = model.Session.execute(sa.select(*sums).where(mine)).mappings().one()
    days = model.Session.scalars(sa.select(Usage).where(mine, Usage.day > since).order_by(Usage.day)).all()
    return {
        "total": dict(everything),
        "recent": {kind: sum(getattr(one, kind) for one in days) for kind in KINDS},
        "days": [{"day": one.day.isoformat(), **{kind: getattr(one, kind) for kind in KINDS}} for one in days],
    }


PERIODIC = (PeriodicTask("data-usage", 300, flush),)
