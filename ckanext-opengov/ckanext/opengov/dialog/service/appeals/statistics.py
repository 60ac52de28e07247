"""Statistics from the figures that are kept with every change: no appeal is read for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import ratings
from ckanext.opengov.civic.statistics import wilson
from ckanext.opengov.dialog.model.appeals import Days, Figure
from ckanext.opengov.dialog.service.appeals import figures, naming
from ckanext.opengov.dialog.service.appeals.figures import METRICS, NO_REGION

GROUPS = ("agency", "topic", "region", "kind", "month")
_COLUMN = {"agency": "agency_id", "topic": "topic", "region": "region", "kind": "kind", "month": "month"}
_PARTS = ("agency_id", "topic", "region", "kind")


def compute(filters: Mapping[str, Any], group: str | None) -> dict[str, Any]:
    """Totals, and with ``group`` the same for each agency, topic, region, kind or month."""
    total = _sums(filters, None).get(None, {}), _medians(filters, None).get(None)
    shown: dict[str, Any] = {"total": _shaped(*total)}
    # The kit keeps marks by agency, not by topic or month.
    if not any(filters.get(name) for name in ("topic", "region", "kind", "first", "last")):
        shown["ratings"] = ratings.summary("appeal", filters.get("agency_id"))
    if group:
        sums, days = _sums(filters, group), _medians(filters, group)
        groups = [{group: _key(key), **_shaped(sums[key], days.get(key))} for key in sums if any(sums[key].values())]
        shown["groups"] = _named(group, groups)
    return shown


def _named(group: str, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with its ``title``, agencies with the ``name`` of their page too."""
    if group != "agency":
        titles = naming.titles(group, [one[group] for one in groups])
        return [one | {"title": titles[one[group]]} for one in groups]
    known = naming.agencies_named([one["agency"] for one in groups])
    gone = {"name": None, "title": tk._("An agency that is gone")}
    return [one | known.get(one["agency"], gone) for one in groups]


def _key(value: Any) -> str | None:
    """A group's name as text; None for appeals without a region."""
    return None if value == NO_REGION else str(value)


def _conditions(table: Any, filters: Mapping[str, Any], group: str | None) -> list[sa.ColumnElement[bool]]:
    """The slices that together are what is asked for, each appeal in one of them."""
    asked = {name for name in _PARTS if filters.get(name)} | ({_COLUMN[group]} - {"month"} if group else set())
    pattern = next(one for one in figures.PATTERNS if asked <= set(one))
    found = _months(filters, table, group)
    for name in _PARTS:
        column = getattr(table, name)
        if filters.get(name):
            found.append(column == filters[name])
        else:
            found.append(column != "" if name in pattern else column == "")
    return found


def _months(filters: Mapping[str, Any], table: Any, group: str | None) -> list[sa.ColumnElement[bool]]:
    if group != "month" and not filters.get("first") and not filters.get("last"):
        return [table.month == figures.EVER]
    return [table.month != figures.EVER, *figures.conditions(filters, table)]


def _sums(filters: Mapping[str, Any], group: str | None) -> dict[Any, dict[str, int]]:
    key = getattr(Figure, _COLUMN[group]) if group else sa.null()
    sums = [sa.func.sum(getattr(Figure, name)) for name in METRICS]
    query = sa.select(key, *sums).where(*_conditions(Figure, filters, group))
    query = query.group_by(key) if group else query
    return {row[0]: dict(zip(METRICS, (int(one or 0) for one in row[1:]), strict=True)) for row in _rows(query)}


def _medians(filters: Mapping[str, Any], group: str | None) -> dict[Any, float]:
    keys = [getattr(Days, _COLUMN[group])] if group else []
    return {key[0] if key else None: days for key, days in medians(keys, _conditions(Days, filters, group)).items()}


def medians(keys: Sequence[Any], conditions: Iterable[sa.ColumnElement[bool]]) -> dict[tuple[Any, ...], float]:
    """The median days of each group, found by the database: it sees all days, and the page one number."""
    names = [key.key for key in keys]
    count = sa.func.sum(Days.count).label("count")
    counted = sa.select(*keys, Days.days, count).where(*conditions).group_by(*keys, Days.days).having(count > 0).cte()
    groups = [counted.c[name] for name in names]
    upto = sa.func.sum(counted.c.count).over(partition_by=groups, order_by=counted.c.days).label("upto")
    whole = sa.func.sum(counted.c.count).over(partition_by=groups).label("whole")
    ranked = sa.select(*groups, counted.c.days, upto, whole).cte()
    # The middle one of an odd number, the mean of the two in the middle of an even one.
    middle = [
        sa.func.min(ranked.c.days).filter(ranked.c.upto >= sa.func.floor(place))
        for place in ((ranked.c.whole + 1) / 2, ranked.c.whole / 2 + 1)
    ]
    own = [ranked.c[name] for name in names]
    rows = _rows(sa.select(*own, *middle).group_by(*own))
    return {tuple(row[:-2]): (row[-2] + row[-1]) / 2 for row in rows if row[-1] is not None}


def series(column: str) -> Iterator[tuple[dt.date, str | None, dict[str, Any]]]:
    """Month, value and figures, by month and value.

    :param column: ``agency_id``, ``topic``, ``region`` or ``kind``
    """
    days = medians([Days.month, getattr(Days, column)], _apart(Days, column))
    query = sa.select(Figure).where(*_apart(Figure, column)).order_by(Figure.month, getattr(Figure, column))
    for one in model.Session.scalars(query):
        value = getattr(one, column)
        sums = {name: getattr(one, name) for name in METRICS}
        if any(sums.values()):
            yield one.month, _key(value), _shaped(sums, days.get((one.month, value)))


def _apart(table: Any, column: str) -> list[sa.ColumnElement[bool]]:
    """The slices told apart by one column alone."""
    parts = [getattr(table, name) != "" if name == column else getattr(table, name) == "" for name in _PARTS]
    return [table.month != figures.EVER, *parts]


def _rows(query: Any) -> Iterable[Any]:
    return model.Session.execute(query)


def _shaped(sums: Mapping[str, int], median: float | None) -> dict[str, Any]:
    counts = {name: sums.get(name, 0) for name in METRICS}
    shown: dict[str, Any] = {**counts, "median_days": median, "in_time_share": None}
    if counts["answered"]:
        shown["in_time_share"] = round(counts["in_time"] / counts["answered"], 4)
    for name in ("useful", "solved"):
        shown |= _share(name, counts[name], counts["rated"])
    return shown


def _share(name: str, good: int, number: int) -> dict[str, float | None]:
    """With its interval at 95 %. Under the smallest number of ratings neither it nor the count behind it is shown."""
    if not number or number < tk.config[ratings.MINIMUM]:
        return {name: None, f"{name}_share": None, f"{name}_low": None, f"{name}_high": None}
    found = wilson(good, number)
    values = {"share": found.share, "low": found.low, "high": found.high}
    return {f"{name}_{key}": round(value, 4) for key, value in values.items()}


def nothing() -> dict[str, Any]:
    """The figures of somebody to whom nobody wrote."""
    return _shaped({}, None)
