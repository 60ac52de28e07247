"""What happens by itself: terms end, questions lapse, cases close, the calendar changes, officers leave."""

from __future__ import annotations

from datetime import timedelta

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.model.officers import Officer
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import journal, officers
from ckanext.opengov.civic.service.calendar import Calendar, local_date
from ckanext.opengov.dialog.model.appeals import RUNNING, Appeal, Clarification
from ckanext.opengov.dialog.service.appeals import clock, moving, notices, packages
from ckanext.opengov.dialog.service.appeals.people import COMPONENT, PORTAL
from ckanext.opengov.dialog.service.appeals.states import OPEN

BATCH = 200


def tell_overdue() -> int:
    """Tell of each appeal whose term is over, once for each term. Commits.

    :returns: how many
    """
    query = (
        sa.select(Appeal)
        .where(RUNNING, Appeal.due_at < utc_now() - timedelta(seconds=1))
        .where(Appeal.overdue_told.is_distinct_from(Appeal.due_at))
        .order_by(Appeal.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    count = 0
    supervisors = _supervisors()
    while found := model.Session.scalars(query).all():
        for one in found:
            one.overdue_told = one.due_at
            notices.overdue(one, supervisors)
        journal.record_many(journal.Happening(packages.TYPE, one.id, "appeal.overdue") for one in found)
        model.Session.commit()
        count += len(found)
    return count


def _supervisors() -> list[str]:
    query = sa.select(Officer.user_id).where(
        Officer.component == COMPONENT, Officer.role == str(Role.SUPERVISOR), officers.counts_on(officers.today())
    )
    return sorted(set(model.Session.scalars(query)))


def lapse_questions() -> int:
    """The author did not answer the question in time: the clock goes on. Commits each."""
    query = (
        sa.select(Clarification.appeal_id)
        .join(Appeal, Appeal.id == Clarification.appeal_id)
        .where(Clarification.ended_at.is_(None), Clarification.due_at < utc_now(), Appeal.state == "clarification")
    )
    return _each(list(model.Session.scalars(query)), "lapse")


def close_answered() -> int:
    """Answered appeals that nobody can open again any more are closed. Commits each."""
    time = clock.current()
    # No term of months is shorter than this; the rule itself is asked for each.
    before = utc_now() - timedelta(days=28)
    query = sa.select(Appeal.id, Appeal.answered_at).where(Appeal.state == "answered", Appeal.answered_at < before)
    over = [number for number, at in model.Session.execute(query) if at and time.end(clock.REOPEN, at) < utc_now()]
    return _each(over, "close")


def _each(ids: list[str], event: str) -> int:
    count = 0
    for one in ids:
        try:
            moving.transition(one, event, PORTAL, {})
            model.Session.commit()
            count += 1
        except (tk.ValidationError, tk.ObjectNotFound):
            # Somebody was quicker, which is all that was wanted.
            model.Session.rollback()
    return count


def recompute(calendar: Calendar) -> int:
    """The calendar changed: the deadlines of all open appeals anew. Safe to repeat; the caller commits."""
    from ckanext.opengov.civic.service import transferred_days

    time = clock.Clock(calendar, transferred_days.terms_in_force())
    changed: list[Appeal] = []
    query = sa.select(Appeal).where(Appeal.state.in_(OPEN), Appeal.paused_on.is_(None)).with_for_update()
    for one in model.Session.scalars(query):
        due = time.due_at(one)
        if due != one.due_at:
            one.due_at = due
            packages.update(one)
            changed.append(one)
    model.Session.flush()
    journal.record_many(
        journal.Happening(
            packages.TYPE, one.id, "appeal.deadline", public={"until": local_date(one.due_at).isoformat()}
        )
        for one in changed
        if one.due_at
    )
    for start in range(0, len(changed), BATCH):
        packages.index_later([one.id for one in changed[start : start + BATCH]])
    return len(changed)


def hand_over(user_id: str, successor: str | None, agency_id: str, component: str) -> int:
    """An officer leaves: their open appeals go to the successor, or wait for whoever takes them."""
    query = sa.select(Appeal).where(
        Appeal.assignee_id == user_id, Appeal.agency_id == agency_id, Appeal.state.in_(OPEN)
    )
    found = list(model.Session.scalars(query.with_for_update()))
    for one in found:
        one.assignee_id = successor
    model.Session.flush()
    internal = {"from": user_id, "to": successor}
    journal.record_many(
        journal.Happening(packages.TYPE, one.id, "appeal.handed_over", internal=internal) for one in found
    )
    return len(found)
