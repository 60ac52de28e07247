"""When scores are computed, and what is kept of them: after each change, and when time alone makes data late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ckan.model as model
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import outbox
from ckanext.opengov.civic.service.calendar import ALMATY, local_date
from ckanext.opengov.data.model.quality import DatasetQuality
from ckanext.opengov.data.service.quality import links, rules
from ckanext.opengov.data.service.quality.gathering import gather

TOPIC = "data.quality"
AT_ONCE = 200
# How many the clock does in one go; the rest waits for its next round.
A_ROUND = 1_000


def ask(dataset_id: str) -> None:
    """A data set changed: its score is computed when the session's open transaction has been committed."""
    outbox.add(TOPIC, {"dataset": dataset_id})


def changed(dataset: Mapping[str, Any]) -> None:
    """CKAN is about to commit a package. Stock deletion tells its id only."""
    package = model.Session.get(model.Package, dataset.get("id"))
    if package is not None and package.type == "dataset":
        ask(package.id)


def handle(message: Any) -> None:
    """Outbox handler: compute what was asked for, many at once."""
    compute({one["dataset"] for one in outbox.take_along(message, AT_ONCE)})


def compute(ids: Iterable[str]) -> int:
    """Compute and keep the scores of these data sets, in the session's open transaction.

    :returns: how many there are scores of
    """
    wanted = sorted(set(ids))
    now = utc_now()
    today = local_date(now)
    links.follow(wanted)
    facts = gather(wanted, today)
    scores = [_row(one.id, one.agency_id, rules.score(one, today), now) for one in facts]
    gone = set(wanted) - {one.id for one in facts}
    model.Session.execute(sa.delete(DatasetQuality).where(DatasetQuality.dataset_id.in_(gone)))
    if scores:
        statement = insert(DatasetQuality).values(scores)
        columns = {name: statement.excluded[name] for name in scores[0] if name != "dataset_id"}
        model.Session.execute(statement.on_conflict_do_update(index_elements=["dataset_id"], set_=columns))
    return len(scores)


def _row(dataset_id: str, agency_id: str | None, found: rules.Score, now: dt.datetime) -> dict[str, Any]:
    changes = found.changes_on
    return {
        "dataset_id": dataset_id,
        "agency_id": agency_id,
        "score": found.total,
        **found.dimensions,
        "lost": dict(found.lost),
        "computed_at": now,
        "recheck_at": dt.datetime.combine(changes, dt.time(), ALMATY) if changes else None,
    }


def catch_up() -> int:
    """The clock: data sets without a score, changed since, deleted, or late from today on. Commits.

    :returns: how many were computed
    """
    count = 0
    due = _due()
    for start in range(0, len(due), AT_ONCE):
        count += compute(due[start : start + AT_ONCE])
        model.Session.commit()
    return count


def _due() -> Sequence[str]:
    package, quality = model.Package, DatasetQuality
    changed = sa.func.timezone("UTC", package.metadata_modified) > quality.computed_at
    is_due = sa.or_(quality.dataset_id.is_(None), changed, quality.recheck_at <= utc_now())
    live = (
        sa.select(package.id)
        .outerjoin(quality, quality.dataset_id == package.id)
        .where(package.type == "dataset", package.state == "active", is_due)
        .limit(A_ROUND)
    )
    kept = sa.select(package.id).where(package.state == "active", package.type == "dataset")
    gone = sa.select(quality.dataset_id).where(quality.dataset_id.not_in(kept)).limit(A_ROUND)
    return model.Session.scalars(sa.union(live, gone)).all()
