"""The terms of a draft act: of its discussion, of the experts' channels, of the answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ckanext.opengov.civic.model.base import utc_now
from ckanext.opengov.civic.service import calendar as days
from ckanext.opengov.civic.service import terms, transferred_days
from ckanext.opengov.civic.service.calendar import Calendar
from ckanext.opengov.civic.service.terms import Term
from ckanext.opengov.regulation.service.words import CHANNELS

DISCUSSION = "draft_act.discussion"
EXPERT = "draft_act.expert"
RESPONSE = "draft_act.response"


def now() -> dt.datetime:
    """The moment by which the way of an act is judged."""
    return utc_now()


@dataclass(frozen=True)
class Ends:
    """When a discussion ends: for citizens, in each channel of experts, and in all."""

    citizens: dt.datetime
    channels: dict[str, dt.datetime]

    @property
    def last(self) -> dt.datetime:
        """The end of the last of them: until then the act is in discussion."""
        return max(self.citizens, *self.channels.values())


@dataclass(frozen=True)
class Clock:
    """The calendar and the terms in force: read once, used for many acts."""

    calendar: Calendar
    terms: dict[str, Term]

    def discussion_term(self, kind: str) -> Term:
        """The term of the discussion of a kind of acts."""
        return terms.find(self.terms, f"{DISCUSSION}.{kind}")

    def discussion(self, kind: str, starts_at: dt.datetime, until: dt.date | None = None) -> Ends:
        """When a discussion ends that begins at this moment.

        :param until: a day that the agency has chosen; an earlier one than the law's does not count
        """
        own = self._ends(starts_at, self.discussion_term(kind))
        chosen = days.end_of_day(until) if until else own
        channels = {
            channel: max(self._ends(starts_at, terms.find(self.terms, f"{EXPERT}.{channel}")), chosen)
            for channel in CHANNELS
        }
        return Ends(max(own, chosen), channels)

    def extended(self, until: dt.date, channels: dict[str, dt.datetime]) -> Ends:
        """When a discussion ends that is extended to this day: for experts too."""
        end = days.end_of_day(until)
        return Ends(end, {channel: max(end, before) for channel, before in channels.items()})

    def answers(self, closed_at: dt.datetime) -> dt.datetime:
        """When the answers are due to what was said until this moment."""
        return self._ends(closed_at, terms.find(self.terms, RESPONSE))

    def _ends(self, begin: dt.datetime, term: Term) -> dt.datetime:
        return days.deadline(self.calendar, begin, term).ends_at


def current() -> Clock:
    """The clock with the calendar of the database and the terms of the instance."""
    return Clock(transferred_days.current(), transferred_days.terms_in_force())
