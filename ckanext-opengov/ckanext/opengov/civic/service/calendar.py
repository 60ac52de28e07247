"""Which days are worked, and when a legal term ends. Pure: nothing here asks the database or the clock.

Every legal date is a day in Almaty. What arrives on a day off is registered on the next working day, counting
starts on the day after registration, and the last day ends at 23:59:59 (Administrative Procedural Code, art. 76, and
the general rules on terms).
"""

from __future__ import annotations

import calendar as _gregorian
import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import holidays

from ckanext.opengov.civic.service.refusal import N_, Refusal
from ckanext.opengov.civic.service.terms import Term, Unit

ONE_DAY = dt.timedelta(days=1)
END_OF_DAY = dt.time(23, 59, 59)


def _almaty() -> ZoneInfo:
    # From the tzdata package and not the machine: an old system still has UTC+6, left on 1 March 2024.
    with files("tzdata").joinpath("zoneinfo", "Asia", "Almaty").open("rb") as source:
        return ZoneInfo.from_file(source, key="Asia/Almaty")


ALMATY = _almaty()


class CalendarGap(Refusal):
    """A day was asked for in a year whose public holidays are not known."""


class Why(StrEnum):
    """Why a day is worked or not."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    TRANSFERRED = "transferred"


class Kind(StrEnum):
    """What a transferred day becomes."""

    WORKING = "working"
    DAY_OFF = "day_off"


@dataclass(frozen=True)
class TransferredDay:
    """A day that an administrator made a working day or a day off."""

    date: dt.date
    kind: Kind
    reason: str = ""


@dataclass(frozen=True)
class Day:
    """A day and what it is. ``name`` is a holiday's English name or the reason of a transfer."""

    date: dt.date
    works: bool
    why: Why
    name: str = ""


@dataclass(frozen=True)
class Year:
    """Public holidays of one year by date, and the weekend days that are worked instead of others."""

    holidays: Mapping[dt.date, str]
    worked_weekends: frozenset[dt.date] = frozenset()


@lru_cache(maxsize=64)
def public_holidays(year: int) -> Year:
    """The public holidays of Kazakhstan, with days off moved from weekends, in English.

    :raises CalendarGap: for a year that the library does not cover
    """
    covered = holidays.KZ
    if not covered.start_year <= year <= covered.end_year:
        raise CalendarGap(
            N_("The calendar has no public holidays for {year}. It covers the years {first} to {last}."),
            year=year,
            first=covered.start_year,
            last=covered.end_year,
        )
    known = covered(years=year, language="en_US")
    return Year(dict(known.items()), frozenset(day for day in known.weekend_workdays if day.year == year))


class Calendar:
    """The working days, given the transferred ones."""

    def __init__(
        self, transferred: Iterable[TransferredDay] = (), source: Callable[[int], Year] = public_holidays
    ) -> None:
        self._transferred = {day.date: day for day in transferred}
        self._source = source
        self._years: dict[int, Year] = {}

    def day(self, date: dt.date) -> Day:
        """What this day is, and why.

        :raises CalendarGap: in a year without known holidays, even for a transferred day: its neighbours matter
        """
        year = self._year(date.year)
        moved = self._transferred.get(date)
        if moved:
            return Day(date, moved.kind is Kind.WORKING, Why.TRANSFERRED, moved.reason)
        if date in year.worked_weekends:
            return Day(date, True, Why.TRANSFERRED)
        if date in year.holidays:
            return Day(date, False, Why.HOLIDAY, year.holidays[date])
        weekend = date.weekday() >= _gregorian.SATURDAY
        return Day(date, not weekend, Why.WEEKEND if weekend else Why.WORKING)

    def is_working_day(self, date: dt.date) -> bool:
        """Whether the day is worked."""
        return self.day(date).works

    def working_day_from(self, date: dt.date) -> dt.date:
        """This day if it is worked, else the next one that is."""
        while not self.is_working_day(date):
            date += ONE_DAY
        return date

    def add_working_days(self, start: dt.date, number: int) -> dt.date:
        """The last of so many working days, the first being the next working day after ``start``.

        :raises ValueError: when the number is negative
        """
        if number < 0:
            raise ValueError(f"{number} working days cannot be added; 0 or more can")
        date = start
        for _ in range(number):
            date = self.working_day_from(date + ONE_DAY)
        return date

    def _year(self, number: int) -> Year:
        if number not in self._years:
            self._years[number] = self._source(number)
        return self._years[number]


@dataclass(frozen=True)
class Pause:
    """The clock stands: days after ``stopped`` up to and including ``resumed`` do not count.

    So the day on which it stops still counts, and counting goes on the day after it is resumed, as after receipt.
    """

    stopped: dt.date
    resumed: dt.date

    def __post_init__(self) -> None:
        if self.resumed < self.stopped:
            raise ValueError(f"the clock cannot be resumed on {self.resumed}, before it stopped on {self.stopped}")

    def covers(self, date: dt.date) -> bool:
        """Whether this day does not count."""
        return self.stopped < date <= self.resumed


@dataclass(frozen=True)
class Deadline:
    """When a term began and ends. ``ends_at`` is the last second of the last day, in UTC."""

    registered_on: dt.date
    last_day: dt.date
    ends_at: dt.datetime


@dataclass(frozen=True)
class CountedDay:
    """A day on the way to the deadline: the how-manieth it is, or 0 when it is skipped."""

    day: Day
    number: int
    paused: bool = False


def local_date(moment: dt.datetime) -> dt.date:
    """The day in Almaty.

    :raises ValueError: for a time without zone, which could be any day
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; a legal date needs one")
    return moment.astimezone(ALMATY).date()


def end_of_day(date: dt.date) -> dt.datetime:
    """23:59:59 in Almaty, in UTC."""
    return dt.datetime.combine(date, END_OF_DAY, ALMATY).astimezone(dt.UTC)


def is_late(moment: dt.datetime, ends_at: dt.datetime) -> bool:
    """Whether the moment is after the deadline. The second 23:59:59 belongs to the day to its end."""
    return moment.replace(microsecond=0) > ends_at


def registered_on(calendar: Calendar, received_at: dt.datetime) -> dt.date:
    """The day of registration: that of receipt, or the next working day after a day off."""
    return calendar.working_day_from(local_date(received_at))


def deadline(calendar: Calendar, received_at: dt.datetime, term: Term, pauses: Sequence[Pause] = ()) -> Deadline:
    """When the term ends of what was received at this moment."""
    registered = registered_on(calendar, received_at)
    return deadline_from(calendar, registered, term, pauses)


def deadline_from(calendar: Calendar, start: dt.date, term: Term, pauses: Sequence[Pause] = ()) -> Deadline:
    """When a term ends that is counted from the day after ``start``; an extension starts at the old last day."""
    last = last_day(calendar, start, term, pauses)
    return Deadline(start, last, end_of_day(last))


def last_day(calendar: Calendar, start: dt.date, term: Term, pauses: Sequence[Pause] = ()) -> dt.date:
    """The day on which the term ends.

    Working days: the last one counted. Calendar days and months: the day counted, moved to the next working day
    when it is a day off. Months end on the same day of the month, or on the month's last day.

    :raises CalendarGap: when the term touches a year without known holidays
    """
    return calendar.working_day_from(_last_counted(calendar, start, term, pauses))


def _last_counted(calendar: Calendar, start: dt.date, term: Term, pauses: Sequence[Pause]) -> dt.date:
    # Asked first, so that a start outside the calendar is refused as such and not as an overflow.
    calendar.day(start)
    if term.unit is Unit.MONTHS:
        return _shifted(_add_months(start, term.number), pauses)
    date = start
    for _ in range(term.number):
        date = _next_counted(calendar, date + ONE_DAY, term.unit, pauses)
    return date


def days_left(calendar: Calendar, start: dt.date, term: Term, on: dt.date, pauses: Sequence[Pause] = ()) -> int:
    """How many days of the term are left after this day: what a clock that stops on it keeps.

    In working days for a term of working days, else in calendar days.
    """
    last = last_day(calendar, start, term, pauses)
    date, left = on + ONE_DAY, 0
    while date <= last:
        left += _counts(calendar, date, term.unit, pauses)
        date += ONE_DAY
    return left


def explain(calendar: Calendar, start: dt.date, term: Term, pauses: Sequence[Pause] = ()) -> list[CountedDay]:
    """Every day after ``start`` up to the last day of the term: counted or skipped, and what it is."""
    end = _last_counted(calendar, start, term, pauses)
    last = calendar.working_day_from(end)
    days: list[CountedDay] = []
    number, date = 0, start + ONE_DAY
    while date <= last:
        # Days over which the end is moved, because it would be a day off, are not part of the term.
        counts = date <= end and _counts(calendar, date, term.unit, pauses)
        number += counts
        paused = any(pause.covers(date) for pause in pauses)
        days.append(CountedDay(calendar.day(date), number if counts else 0, paused))
        date += ONE_DAY
    return days


def _counts(calendar: Calendar, date: dt.date, unit: Unit, pauses: Sequence[Pause]) -> bool:
    if any(pause.covers(date) for pause in pauses):
        return False
    return unit is not Unit.WORKING_DAYS or calendar.is_working_day(date)


def _next_counted(calendar: Calendar, date: dt.date, unit: Unit, pauses: Sequence[Pause]) -> dt.date:
    while not _counts(calendar, date, unit, pauses):
        date += ONE_DAY
    return date


def _add_months(date: dt.date, number: int) -> dt.date:
    years, month = divmod(date.month - 1 + number, 12)
    year, month = date.year + years, month + 1
    return dt.date(year, month, min(date.day, _gregorian.monthrange(year, month)[1]))


def _shifted(end: dt.date, pauses: Sequence[Pause]) -> dt.date:
    """The end of a term of months, later by the days on which the clock stood before it came."""
    stood_until = dt.date.min
    for pause in sorted(pauses, key=lambda one: one.stopped):
        if pause.stopped >= end:
            break
        stopped = max(pause.stopped, stood_until)
        if pause.resumed > stopped:
            end += pause.resumed - stopped
            stood_until = pause.resumed
    return end
