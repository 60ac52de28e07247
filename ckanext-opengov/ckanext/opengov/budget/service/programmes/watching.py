"""What happens by itself: discussions end, terms pass, the calendar changes."""

from __future__ import annotations

import datetime as dt

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service.people import PORTAL
from ckanext.opengov.budget.service.programmes import clock, moving, notices
from ckanext.opengov.budget.service.programmes.states import TYPE
from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import journal
from ckanext.opengov.civic.service.calendar import Calendar, local_date

BATCH = 200


def close_discussions() -> int:
    """End the discussions whose term is over. Commits each.

    :returns: how many
    """
    over = (Programme.state == "discussion", Programme.due_at < utc_now() - dt.timedelta(seconds=1))
    count = 0
    for one in model.Session.scalars(sa.select(Programme.id).where(*over)).all():
        try:
            moving.transition(one, "close", PORTAL, {})
            model.Session.commit()
            count += 1
        except (tk.ValidationError, tk.ObjectNotFound):
            # Another process was quicker, which is all that was wanted.
            model.Session.rollback()
    return count


def tell_overdue() -> int:
    """Tell of each term that is over, once. Commits.

    :returns: how many
    """
    query = (
        sa.select(Programme)
        .where(Programme.due_at < utc_now() - dt.timedelta(seconds=1), Programme.state != "discussion")
        .where(Programme.overdue_told.is_distinct_from(Programme.due_at))
        .order_by(Programme.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    found = model.Session.scalars(query).all()
    for one in found:
        one.overdue_told = one.due_at
        notices.overdue(one)
    journal.record_many(journal.Happening(TYPE, one.id, "budget_programme.overdue") for one in found)
    model.Session.commit()
    return len(found)


def recompute(calendar: Calendar) -> int:
    """The calendar changed: the ends of all terms anew. Safe to repeat; the caller commits."""
    changed = []
    for one in model.Session.scalars(sa.select(Programme).where(Programme.due_at.is_not(None)).with_for_update()):
        due = clock.ends(one, calendar)
        if due != one.due_at:
            one.due_at = due
            changed.append(one)
    model.Session.flush()
    journal.record_many(
        journal.Happening(
            TYPE, one.id, "budget_programme.deadline", public={"until": local_date(one.due_at).isoformat()}
        )
        for one in changed
        if one.due_at
    )
    return len(changed)
