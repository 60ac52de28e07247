"""The terms that run while a programme stands in a state."""

from __future__ import annotations

import datetime as dt

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.service.programmes.states import TERMS
from ckanext.opengov.civic.service import calendar as days
from ckanext.opengov.civic.service import terms, transferred_days
from ckanext.opengov.civic.service.calendar import Calendar


def start(programme: Programme, now: dt.datetime) -> None:
    """The term of the state that the programme has come to begins now; where none runs, nothing is due."""
    if programme.state not in TERMS:
        programme.term_from = programme.due_at = None
        return
    calendar = transferred_days.current()
    programme.term_from = days.registered_on(calendar, now)
    programme.due_at = ends(programme, calendar)


def ends(programme: Programme, calendar: Calendar) -> dt.datetime | None:
    """The last second of the term that runs."""
    if programme.term_from is None or programme.state not in TERMS:
        return None
    term = terms.find(transferred_days.terms_in_force(), TERMS[programme.state])
    return days.deadline_from(calendar, programme.term_from, term).ends_at
