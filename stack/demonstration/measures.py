"""Figures that look true: a size, a slow trend, the season and a little chance.

A measure is one of

- ``rate``: so much for one unit of the item's weight (schools for a thousand residents);
- ``level``: about the same everywhere (percent, degrees);
- ``part_of`` another column, by ``share``: never more than the whole;
- ``times`` another column, by ``rate``;
- ``ratio`` of two columns, by ``factor`` (100 when nothing is said: percent).

``spread`` is how far the items lie apart, ``noise`` how far one period strays from the next, ``trend`` the growth in
a year, ``season`` the name of a profile, ``digits`` what stands after the point.
"""

from __future__ import annotations

import random
from typing import Any

from stack.demonstration.periods import Period

# Twelve factors from January to December.
SEASONS = {
    "winter": (1.25, 1.2, 1.08, 0.98, 0.9, 0.85, 0.82, 0.84, 0.92, 1.0, 1.1, 1.22),
    "summer": (0.84, 0.84, 0.9, 0.95, 1.02, 1.12, 1.22, 1.22, 1.08, 0.98, 0.9, 0.93),
    "school": (1.02, 1.05, 1.05, 1.06, 1.02, 0.86, 0.78, 0.82, 1.08, 1.1, 1.08, 1.03),
    "autumn": (0.95, 0.92, 0.92, 0.94, 0.94, 0.9, 0.88, 0.95, 1.2, 1.25, 1.15, 1.0),
    "heating": (1.75, 1.65, 1.3, 0.9, 0.5, 0.4, 0.38, 0.38, 0.5, 0.95, 1.45, 1.7),
    "building": (0.15, 0.2, 0.4, 0.8, 1.4, 1.8, 1.9, 1.9, 1.6, 1.1, 0.5, 0.25),
    "planting": (0.05, 0.1, 0.9, 3.2, 2.0, 0.3, 0.1, 0.1, 0.9, 3.0, 1.2, 0.1),
    "warmth": (0.05, 0.08, 0.3, 0.9, 1.5, 2.0, 2.2, 2.1, 1.6, 0.9, 0.35, 0.1),
    "year_end": (0.82, 0.88, 0.98, 0.98, 0.96, 1.0, 0.98, 0.98, 1.0, 1.04, 1.1, 1.3),
    "year_start": (1.7, 1.4, 1.2, 1.0, 0.9, 0.9, 0.85, 0.85, 0.85, 0.85, 0.8, 0.7),
}
DEFAULT_NOISE = 0.02

Measure = dict[str, Any]
Values = dict[str, float]


class Series:
    """The figures of one item, from period to period."""

    def __init__(self, table: str, measures: dict[str, Measure], item: dict[str, Any], weight: float) -> None:
        self._measures = measures
        self._weight = weight
        place = "/".join(str(value) for value in item.values())
        # A generator for each column: a new column leaves the figures of the others as they are.
        self._chance = {name: random.Random(f"{table}/{name}/{place}") for name in measures}  # noqa: S311
        self._own = {name: _around(self._chance[name], one.get("spread", 0)) for name, one in measures.items()}

    def values(self, period: Period) -> Values:
        """The figures of this period; ask for the periods in their order."""
        found: Values = {}
        for name, measure in self._measures.items():
            found[name] = _rounded(self._value(name, measure, period, found), measure.get("digits", 0))
        return found

    def _value(self, name: str, measure: Measure, period: Period, found: Values) -> float:
        if "ratio" in measure:
            above, below = (found[column] for column in measure["ratio"])
            return measure.get("factor", 100) * above / below if below else 0
        factor = self._own[name] * _around(self._chance[name], measure.get("noise", DEFAULT_NOISE))
        factor *= (1 + measure.get("trend", 0)) ** period.years
        if "season" in measure:
            profile = SEASONS[measure["season"]]
            factor *= sum(profile[month] for month in period.months) / len(period.months)
        if "part_of" in measure:
            whole = found[measure["part_of"]]
            return min(whole, whole * measure["share"] * factor)
        if "times" in measure:
            return found[measure["times"]] * measure["rate"] * factor
        return factor * (measure["level"] if "level" in measure else measure["rate"] * self._weight)


def _around(chance: random.Random, spread: float) -> float:
    return 1 + spread * chance.uniform(-1, 1)


def _rounded(value: float, digits: int) -> float:
    return round(value, digits) if digits else round(value)
