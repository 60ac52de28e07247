"""Whether the data are as new as the declared kind of update promises. Days are days in Almaty."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from ckanext.opengov.data.service.quality.facts import Facts

# Kind of update → days within which new data must have come. A little more than the period itself, since the last
# day of a period is when the data are gathered, not when they are published.
WITHIN: Mapping[str, int] = {
    "DAILY": 3,
    "WEEKLY": 10,
    "MONTHLY": 40,
    "QUARTERLY": 110,
    "HALF_YEAR": 200,
    "YEARLY": 400,
}
NO_TERM = "AS_NEEDED"


@dataclass(frozen=True)
class Freshness:
    """``share`` of the points, ``late`` by how many days, and the day from which on the share is another."""

    share: float
    late: int = 0
    changes_on: dt.date | None = None


def judge(facts: Facts, today: dt.date) -> Freshness:
    """In time: all points. Late by less than the same term again: half of them. Later, or undated: none."""
    if facts.status == "archived" or facts.frequency == NO_TERM:
        return Freshness(1.0 if facts.updated_on else 0.0)
    within = WITHIN.get(facts.frequency or "")
    last = facts.updated_on
    if within is None or last is None:
        return Freshness(0.0)
    age = (today - last).days
    if age <= within:
        return Freshness(1.0, changes_on=last + dt.timedelta(days=within + 1))
    if age <= 2 * within:
        return Freshness(0.5, age - within, last + dt.timedelta(days=2 * within + 1))
    # The number of days that it is late by is told, so it is computed anew each day.
    return Freshness(0.0, age - within, today + dt.timedelta(days=1))
