"""What happens by itself: terms end, the calendar changes."""

from __future__ import annotations

from datetime import timedelta

import ckan.model as model
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal, transferred_days
from ckanext.opengov.civic.service.calendar import Calendar, local_date
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests import clock, notices, packages
from ckanext.opengov.data.service.requests.states import OPEN, TYPE

BATCH = 200


def tell_overdue() -> int:
    """Tell of each request whose term is over, once for each term. Commits.

    :returns: how many
    """
    query = (
        sa.select(DataRequest)
        .where(DataRequest.state.in_(OPEN), DataRequest.due_at < utc_now() - timedelta(seconds=1))
        .where(DataRequest.overdue_told.is_distinct_from(DataRequest.due_at))
        .order_by(DataRequest.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    count = 0
    while found := model.Session.scalars(query).all():
        for one in found:
            one.overdue_told = one.due_at
            notices.overdue(one)
        journal.record_many(journal.Happening(TYPE, one.id, "data_request.overdue") for one in found)
        model.Session.commit()
        count += len(found)
    return count


def recompute(calendar: Calendar) -> int:
    """The calendar changed: the deadlines of all open requests anew. Safe to repeat; the caller commits."""
    time = clock.Clock(calendar, transferred_days.terms_in_force())
    changed: list[DataRequest] = []
    query = sa.select(DataRequest).where(DataRequest.state.in_(OPEN)).with_for_update()
    for one in model.Session.scalars(query):
        due = time.due_at(one)
        if due != one.due_at:
            one.due_at = due
            changed.append(one)
    model.Session.flush()
    for one in changed:
        packages.update(one)
        packages.index_later(one.id)
    journal.record_many(
        journal.Happening(TYPE, one.id, "data_request.deadline", public={"until": local_date(one.due_at).isoformat()})
        for one in changed
        if one.due_at
    )
    return len(changed)
