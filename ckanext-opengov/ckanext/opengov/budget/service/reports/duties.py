"""Who owes which report by when, and who is late: from the table of duties and what was published. The counting is
pure; reading stands at the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa
import yaml

from ckanext.opengov.budget.model.programmes import Programme
from ckanext.opengov.budget.model.reports import Obligation, Report
from ckanext.opengov.budget.service.programmes.states import IN_FORCE
from ckanext.opengov.budget.service.reports import kinds
from ckanext.opengov.civic.service.calendar import Calendar, local_date

FILE = Path(__file__).with_name("duties.yaml")
OF_PROGRAMMES = "programme"
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Duty:
    """A report that is owed for every period."""

    key: str
    kind: str
    level: str | None
    period: str
    due_days: int
    title: Mapping[str, str]
    basis: Mapping[str, str]
    date: dt.date
    verified: bool

    def due_on(self, period: str, calendar: Calendar) -> dt.date:
        """The last day on which the report of a period is in time."""
        return calendar.working_day_from(kinds.bounds(period)[1] + dt.timedelta(days=self.due_days))


@dataclass(frozen=True)
class Owed:
    """One report that an agency owes. ``published_on`` is the day on which it came, if it did."""

    duty: Duty
    agency_id: str
    period: str
    due_on: dt.date
    published_on: dt.date | None = None
    programme_id: str | None = None

    def state(self, today: dt.date) -> str:
        """published, published_late, late or awaited."""
        if self.published_on:
            return "published" if self.published_on <= self.due_on else "published_late"
        return "late" if today > self.due_on else "awaited"

    def days_late(self, today: dt.date) -> int:
        """How many days after its last day it came, or is late today."""
        return max(((self.published_on or today) - self.due_on).days, 0)


@cache
def known() -> Mapping[str, Duty]:
    """The table of duties, by key."""
    rows = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {key: Duty(key=key, **row) for key, row in rows.items()}


def owed(
    duty: Duty,
    agency_id: str,
    span: tuple[dt.date, dt.date],
    came: Mapping[tuple[str, ...], dt.date],
    calendar: Calendar,
) -> list[Owed]:
    """What an agency owes of one duty for the periods that end in a stretch of time.

    :param came: (agency, kind, level, period) → the first day on which it was published
    """
    made = []
    for period in kinds.periods(duty.period, *span):
        day = came.get((agency_id, duty.kind, duty.level or "", period))
        made.append(Owed(duty, agency_id, period, duty.due_on(period, calendar), day))
    return made


# --- what is owed on this portal


def calendar_of(
    first: dt.date, last: dt.date, today: dt.date, calendar: Calendar, agency_ids: Collection[str] | None = None
) -> list[Owed]:
    """All that is owed for periods that end in a stretch of time, by last day.

    :param agency_ids: only these agencies; None for all
    """
    came = _came(agency_ids)
    found: list[Owed] = []
    for one in _obligations(agency_ids):
        duty = known().get(one.duty)
        if duty is not None:
            until = min(last, one.until or last, today - ONE_DAY)
            found += owed(duty, one.agency_id, (max(first, one.since), until), came, calendar)
    found += _of_programmes((first, min(last, today - ONE_DAY)), calendar, agency_ids)
    return sorted(found, key=lambda one: (one.due_on, one.agency_id, one.duty.key, one.period))


def _inside(column: sa.ColumnElement[str] | object, agency_ids: Collection[str] | None) -> sa.ColumnElement[bool]:
    return sa.true() if agency_ids is None else sa.cast(column, sa.Text).in_(list(agency_ids))  # pyright: ignore


def _obligations(agency_ids: Collection[str] | None) -> Sequence[Obligation]:
    query = sa.select(Obligation).where(_inside(Obligation.agency_id, agency_ids))
    return model.Session.scalars(query.order_by(Obligation.duty, Obligation.agency_id)).all()


def _came(agency_ids: Collection[str] | None) -> dict[tuple[str, ...], dt.date]:
    columns = (Report.agency_id, Report.kind, sa.func.coalesce(Report.level, ""), Report.period)
    query = (
        sa.select(*columns, sa.func.min(Report.published_at))
        .where(Report.state == "published", _inside(Report.agency_id, agency_ids))
        .group_by(*columns)
    )
    return {tuple(row[:4]): local_date(row[4]) for row in model.Session.execute(query)}


def _of_programmes(
    span: tuple[dt.date, dt.date], calendar: Calendar, agency_ids: Collection[str] | None
) -> Iterable[Owed]:
    """A report for each year of each programme in force."""
    duty = known()[OF_PROGRAMMES]
    query = sa.select(Programme).where(Programme.state.in_(IN_FORCE), _inside(Programme.agency_id, agency_ids))
    reports = sa.select(Report.programme_id, Report.period, Report.published_at).where(
        Report.state == "published", Report.programme_id.is_not(None), _inside(Report.agency_id, agency_ids)
    )
    came = {(programme, period): local_date(at) for programme, period, at in model.Session.execute(reports)}
    for one in model.Session.scalars(query):
        years = {str(year) for year in one.passport["years"]}
        for period in kinds.periods("year", *span):
            if period in years:
                day = came.get((one.id, period))
                yield Owed(duty, one.agency_id, period, duty.due_on(period, calendar), day, one.id)


def assign(duty: str, agency_id: str, since: dt.date, until: dt.date | None) -> Obligation:
    """Put an agency down for a duty, in the session's open transaction.

    :raises ValidationError: for a duty that the table does not have
    """
    names = [key for key in known() if key != OF_PROGRAMMES]
    if duty not in names:
        message = tk._("“{value}” is not known. Use one of: {known}.")
        raise tk.ValidationError({"duty": [message.format(value=duty[:40], known=", ".join(names))]})
    found = model.Session.get(Obligation, (duty, agency_id)) or Obligation(duty=duty, agency_id=agency_id)
    found.since, found.until = since, until
    model.Session.add(found)
    model.Session.flush()
    return found
