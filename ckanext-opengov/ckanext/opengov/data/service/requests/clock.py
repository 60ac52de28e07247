"""The term of a request: first to find the agency, then for the agency's answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import ckan.plugins.toolkit as tk

from ckanext.opengov.civic.service import calendar as days
from ckanext.opengov.civic.service import day_names, terms, transferred_days
from ckanext.opengov.civic.service.calendar import Calendar
from ckanext.opengov.civic.service.refusal import Refusal
from ckanext.opengov.civic.service.terms import Term
from ckanext.opengov.data.model.requests import DataRequest
from ckanext.opengov.data.service.requests.states import OPEN

ANSWER = "data_request.answer"
ASSIGN = "data_request.assign"


@dataclass(frozen=True)
class Clock:
    """The calendar and the terms in force: read once, used for many requests."""

    calendar: Calendar
    terms: dict[str, Term]

    def term(self, request: DataRequest) -> Term:
        """The term that runs: it is the authorised body's while no agency is asked."""
        return terms.find(self.terms, ANSWER if request.agency_id else ASSIGN)

    def due_at(self, request: DataRequest) -> dt.datetime:
        """The last second of the term.

        :raises ValidationError: when it ends in a year whose holidays are not known
        """
        try:
            return days.deadline_from(self.calendar, request.term_from, self.term(request)).ends_at
        except Refusal as error:
            raise tk.ValidationError({"number": [error.translated()]}) from error

    def registered_on(self, moment: dt.datetime) -> dt.date:
        """The day that a term counts from for what came at this moment."""
        try:
            return days.registered_on(self.calendar, moment)
        except Refusal as error:
            raise tk.ValidationError({"number": [error.translated()]}) from error

    def explain(self, request: DataRequest) -> dict[str, Any]:
        """The term day by day, in the reader's language."""
        term = self.term(request)
        counted = days.explain(self.calendar, request.term_from, term)
        return {
            "key": term.key,
            "basis": dict(term.basis or {}),
            "number": term.number,
            "unit": term.unit.value,
            "counted_from": request.term_from.isoformat(),
            "last_day": days.local_date(self.due_at(request)).isoformat(),
            "days": [
                {
                    "date": one.day.date.isoformat(),
                    "number": one.number,
                    "counted": one.number > 0,
                    "reason": day_names.why(one.day),
                }
                for one in counted
            ],
        }


def current() -> Clock:
    """The clock with the calendar of the database and the terms of the instance."""
    return Clock(transferred_days.current(), transferred_days.terms_in_force())


def restart(request: DataRequest, clock: Clock, moment: dt.datetime) -> None:
    """A new term from this day on."""
    request.term_from = clock.registered_on(moment)
    request.due_at = clock.due_at(request)
    request.overdue_told = None


def end(request: DataRequest, moment: dt.datetime) -> None:
    """The answer is there. One that corrects a refusal does not make the first answer late or early."""
    if request.answered_at is None:
        request.in_time = request.due_at is None or not days.is_late(moment, request.due_at)
    request.answered_at = moment
    request.due_at = None


def is_overdue(request: DataRequest, now: dt.datetime) -> bool:
    """Whether the term is over without an answer."""
    return request.state in OPEN and request.due_at is not None and days.is_late(now, request.due_at)
