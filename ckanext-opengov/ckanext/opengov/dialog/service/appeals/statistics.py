"""Statistics from the figures that are kept with every change: no appeal is read for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.civic.service import ratings
from ckanext.opengov.civic.statistics import wilson
from ckanext.opengov.dialog.model.appeals import Coverage, Days, Figure
from ckanext.opengov.dialog.service.appeals import figures
from ckanext.opengov.dialog.service.appeals.figures import METRICS, NO_REGION

GROUPS = ("agency", "topic", "region", "month")
_COLUMN = {"agency": "agency_id", "topic": "topic", "region": "region", "month": "month"}


def compute(filters: Mapping[str, Any], group: str | None) -> dict[str, Any]:
    """Totals, and with ``group`` the same for each agency, topic, region or month."""
    shown: dict[str, Any] = {"total": _shaped(_sums(filters, None).get(None, {}), _days(filters, None).get(None, {}))}
    if not filters.get("topic") and not filters.get("region"):
        shown["ratings"] = ratings.summary("appeal", filters.get("agency_id"))
    if group:
        sums, days = _sums(filters, group), _days(filters, group)
        groups = [{group: _key(key), **_shaped(sums[key], days.get(key, {}))} for key in sums]
        shown["groups"] = sorted(groups, key=lambda one: (-one["received"], str(one[group])))
    return shown


def _key(value: Any) -> str | None:
    """A group's name as text; None for appeals without a region."""
    return None if value == NO_REGION else str(value)


def _conditions(table: Any, filters: Mapping[str, Any], group: str | None) -> list[sa.ColumnElement[bool]]:
    """The slices that together are what is asked for, each appeal in one of them."""
    names = ("agency_id", "topic", "region")
    asked = {name for name in names if filters.get(name)} | ({_COLUMN[group]} - {"month"} if group else set())
    pattern = next(one for one in figures.PATTERNS if asked <= set(one))
    found = figures.conditions(filters, table)
    for name in names:
        column = getattr(table, name)
        if filters.get(name):
            found.append(column == filters[name])
        else:
            found.append(column != "" if name in pattern else column == "")
    return found


def _sums(filters: Mapping[str, Any], group: str | None) -> dict[Any, dict[str, int]]:
    key = getattr(Figure, _COLUMN[group]) if group else sa.null()
    sums = [sa.func.sum(getattr(Figure, name)) for name in METRICS]
    query = sa.select(key, *sums).where(*_conditions(Figure, filters, group))
    query = query.group_by(key) if group else query
    return {row[0]: dict(zip(METRICS, (int(one or 0) for one in row[1:]), strict=True)) for row in _rows(query)}


def _days(filters: Mapping[str, Any], group: str | None) -> dict[Any, dict[int, int]]:
    key = getattr(Days, _COLUMN[group]) if group else sa.null()
    query = sa.select(key, Days.days, sa.func.sum(Days.count)).where(*_conditions(Days, filters, group))
    query = query.group_by(key, Days.days) if group else query.group_by(Days.days)
    found: dict[Any, dict[int, int]] = {}
    for place, days, count in _rows(query):
        found.setdefault(place, {})[days] = int(count)
    return found


def _rows(query: Any) -> Iterable[Any]:
    return model.Session.execute(query)


def _shaped(sums: Mapping[str, int], days: Mapping[int, int]) -> dict[str, Any]:
    counts = {name: sums.get(name, 0) for name in METRICS}
    shown: dict[str, Any] = {**counts, "median_days": median(days), "in_time_share": None}
    if counts["answered"]:
        shown["in_time_share"] = round(counts["in_time"] / counts["answered"], 4)
    for name in ("useful", "solved"):
        shown |= _share(name, counts[name], counts["rated"])
    return shown


def _share(name: str, good: int, number: int) -> dict[str, float | None]:
    """With its interval at 95 %; under the smallest number of ratings nothing is shown."""
    if not number or number < tk.config[ratings.MINIMUM]:
        return {f"{name}_share": None, f"{name}_low": None, f"{name}_high": None}
    found = wilson(good, number)
    values = {"share": found.share, "low": found.low, "high": found.high}
    return {f"{name}_{key}": round(value, 4) for key, value in values.items()}


def median(days: Mapping[int, int]) -> float | None:
    """The median of days given by how often each stands."""
    left = sum(days.values())
    if left <= 0:
        return None
    places = {(left - 1) // 2, left // 2}
    found, passed = [], 0
    for day in sorted(days):
        found += [day for place in places if passed <= place < passed + days[day]]
        passed += days[day]
    return sum(found) / len(found)


def coverage(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Complaints on mobile coverage: squares of a map, and sums by operator, fault and region."""
    conditions = figures.conditions(filters, Coverage)
    for name in ("operator", "fault", "region"):
        if filters.get(name):
            conditions.append(getattr(Coverage, name) == filters[name])
    number = sa.func.sum(Coverage.count)
    squares = sa.select(Coverage.latitude, Coverage.longitude, number).where(*conditions)
    cells = model.Session.execute(squares.group_by(Coverage.latitude, Coverage.longitude))
    shown: dict[str, Any] = {
        "cells": [
            {"latitude": (latitude + 0.5) / 100, "longitude": (longitude + 0.5) / 100, "count": int(count)}
            for latitude, longitude, count in cells
        ]
    }
    for name in ("operator", "fault", "region"):
        column = getattr(Coverage, name)
        rows = model.Session.execute(sa.select(column, number).where(*conditions).group_by(column))
        counted = [{name: _key(value), "count": int(count)} for value, count in rows]
        shown[f"by_{name}"] = sorted(counted, key=lambda one: -one["count"])
    shown["total"] = sum(one["count"] for one in shown["by_operator"])
    return shown
