"""The term of an appeal's answer: from what it is computed, day by day. Pure but for the row that it reads.

The term counts from the day of registration, of forwarding or of reopening. An extension goes on from its last day in
working days. While the author is asked something, the clock stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ckanext.opengov.civic.service import calendar as days
from ckanext.opengov.civic.service import day_names, terms
from ckanext.opengov.civic.service.calendar import Calendar, CountedDay, Deadline, Pause
from ckanext.opengov.civic.service.terms import Term, Unit
from ckanext.opengov.dialog.model.appeals import Appeal

KEY = "appeal.answer"
FORWARD = "appeal.forward"
EXTEND = "appeal.extend"
CLARIFY = "appeal.clarify"
REOPEN = "appeal.reopen"


@dataclass(frozen=True)
class Clock:
    """The calendar and the terms in force: read once, used for many appeals."""

    calendar: Calendar
    terms: Mapping[str, Term]

    def term(self, key: str) -> Term:
        """A term that the law sets."""
        return terms.find(self.terms, key)

    def deadline(self, appeal: Appeal) -> Deadline:
        """When the appeal is to be answered, as if the clock did not stand."""
        pauses = _pauses(appeal)
        term = self.term(f"{KEY}.{appeal.kind}")
        end = days.deadline_from(self.calendar, appeal.term_from, term, pauses)
        if appeal.extra_days:
            more = Term(appeal.extra_days, Unit.WORKING_DAYS)
            end = days.deadline_from(self.calendar, end.last_day, more, pauses)
        return Deadline(appeal.term_from, end.last_day, end.ends_at)

    def due_at(self, appeal: Appeal) -> dt.datetime | None:
        """The last second of the term; None while the clock stands."""
        return None if appeal.paused_on else self.deadline(appeal).ends_at

    def explain(self, appeal: Appeal) -> dict[str, Any]:
        """The term day by day, in the reader's language."""
        pauses = _pauses(appeal)
        term = self.term(f"{KEY}.{appeal.kind}")
        counted = days.explain(self.calendar, appeal.term_from, term, pauses)
        if appeal.extra_days:
            base = counted[-1].day.date if counted else appeal.term_from
            counted += days.explain(self.calendar, base, Term(appeal.extra_days, Unit.WORKING_DAYS), pauses)
        end = self.deadline(appeal)
        return {
            "key": term.key,
            "basis": dict(term.basis or {}),
            "number": term.number,
            "unit": term.unit.value,
            "extra_days": appeal.extra_days,
            "counted_from": appeal.term_from.isoformat(),
            "last_day": None if appeal.paused_on else end.last_day.isoformat(),
            "paused_on": appeal.paused_on.isoformat() if appeal.paused_on else None,
            "days": [_day(one) for one in counted],
        }

    def registered_on(self, received_at: dt.datetime) -> dt.date:
        """The day that a term counts from for what came at this moment."""
        return days.registered_on(self.calendar, received_at)

    def end(self, key: str, moment: dt.datetime) -> dt.datetime:
        """When another term ends that begins now."""
        return days.deadline(self.calendar, moment, self.term(key)).ends_at

    def extra_days(self, appeal: Appeal, until: dt.date) -> int:
        """How many working days an extension to this day adds; 0 when the day is not after the term."""
        last = self.deadline(appeal).last_day
        date, number = last, 0
        while date < until:
            date += days.ONE_DAY
            number += self.calendar.is_working_day(date)
        return number

    def latest_extension(self, appeal: Appeal) -> dt.date:
        """The last day to which the term may be extended."""
        last = self.deadline(appeal).last_day
        return days.last_day(self.calendar, last, self.term(EXTEND))


def current() -> Clock:
    """The clock with the calendar of the database and the terms of the instance."""
    from ckanext.opengov.civic.service import transferred_days

    return Clock(transferred_days.current(), transferred_days.terms_in_force())


def stop(appeal: Appeal, moment: dt.datetime) -> None:
    """The clock stands from the end of this day on."""
    appeal.paused_on = days.local_date(moment)


def resume(appeal: Appeal, moment: dt.datetime) -> None:
    """The clock goes on from the next day on."""
    if appeal.paused_on:
        pause = [appeal.paused_on.isoformat(), days.local_date(moment).isoformat()]
        appeal.pauses = [*appeal.pauses, pause]
        appeal.paused_on = None


def restart(appeal: Appeal, clock: Clock, moment: dt.datetime) -> None:
    """A new term from this day on."""
    appeal.term_from = clock.registered_on(moment)
    appeal.pauses, appeal.paused_on, appeal.extra_days = [], None, 0


def is_overdue(appeal: Appeal, now: dt.datetime) -> bool:
    """Whether the term is over without an answer."""
    return appeal.state in ("registered", "in_work") and appeal.due_at is not None and days.is_late(now, appeal.due_at)


def _pauses(appeal: Appeal) -> list[Pause]:
    return [Pause(dt.date.fromisoformat(stopped), dt.date.fromisoformat(on)) for stopped, on in appeal.pauses]


def _day(counted: CountedDay) -> dict[str, Any]:
    return {
        "date": counted.day.date.isoformat(),
        "number": counted.number,
        "counted": counted.number > 0,
        "paused": counted.paused,
        "why": counted.day.why.value,
        "reason": day_names.why(counted.day),
    }
