"""Complaints on mobile coverage added up: squares of a map, and sums by operator, fault and region.

A square stands on the map from a smallest number of complaints on, so that nobody's own point is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import ckan.model as model
import ckan.plugins.toolkit as tk
import sqlalchemy as sa

from ckanext.opengov.dialog.model.appeals import Coverage
from ckanext.opengov.dialog.service.appeals import figures, naming, words
from ckanext.opengov.dialog.service.appeals.figures import NO_REGION

MINIMUM = "opengov.dialog.coverage_minimum"
# Widths of a square of the map in tenths of a degree. The table keeps hundredths: no point of a person's home.
GRIDS = (1, 2, 5, 10, 20)
NAMES = ("operator", "fault", "region")

_NUMBER = sa.func.sum(Coverage.count)


def compute(filters: Mapping[str, Any], grid: int = 1) -> dict[str, Any]:
    """The squares that may be shown, how many complaints lie in the others, and all sums.

    :param grid: one of ``GRIDS``; a tenth of a degree is 8 by 11 kilometres
    """
    conditions = figures.conditions(filters, Coverage)
    conditions += [getattr(Coverage, name) == filters[name] for name in NAMES if filters.get(name)]
    cells, hidden = _cells(conditions, grid)
    shown: dict[str, Any] = {"cells": cells, "cell_size": grid / 10, "minimum": _minimum(), "hidden": hidden}
    rows = _rows(conditions)
    shown["by_operator"] = _added("operator", ((operator, count) for operator, _, _, count in rows))
    shown["by_fault"] = _added("fault", ((fault, count) for _, fault, _, count in rows))
    shown["by_region"] = _added("region", ((region, count) for _, _, region, count in rows))
    shown["by_region_and_operator"] = _pairs((region, operator, count) for operator, _, region, count in rows)
    shown["total"] = sum(count for _, _, _, count in rows)
    return shown


def _minimum() -> int:
    return max(1, tk.config[MINIMUM])


def _cells(conditions: list[sa.ColumnElement[bool]], grid: int) -> tuple[list[dict[str, Any]], int]:
    south, west = (
        sa.func.floor(sa.cast(column, sa.Numeric) / (10 * grid)) for column in (Coverage.latitude, Coverage.longitude)
    )
    query = sa.select(south, west, _NUMBER).where(*conditions).group_by(south, west)
    query = query.order_by(_NUMBER.desc(), south, west)
    counted = [(int(row), int(column), int(count)) for row, column, count in model.Session.execute(query)]
    least = _minimum()
    cells = [
        {"latitude": _middle(row, grid), "longitude": _middle(column, grid), "count": count}
        for row, column, count in counted
        if count >= least
    ]
    return cells, sum(count for _row, _column, count in counted if count < least)


def _middle(step: int, grid: int) -> float:
    return round((step + 0.5) * grid / 10, 2)


def _rows(conditions: list[sa.ColumnElement[bool]]) -> list[tuple[str | None, str, str | None, int]]:
    """Operator, fault, region, count. Operators are what people typed: names that few wrote stand together as None."""
    parts = (Coverage.operator, Coverage.fault, Coverage.region)
    query = sa.select(*parts, _NUMBER).where(*conditions).group_by(*parts)
    found = [(row[0], row[1], row[2], int(row[3])) for row in model.Session.execute(query)]
    sums: Counter[str] = Counter()
    for operator, _fault, _region, count in found:
        sums[operator] += count
    known = {*tk.config["opengov.dialog.operators"], *(one for one, count in sums.items() if count >= _minimum())}
    return [
        (operator if operator in known else None, fault, None if region == NO_REGION else region, count)
        for operator, fault, region, count in found
    ]


def _added(name: str, pairs: Iterable[tuple[str | None, int]]) -> list[dict[str, Any]]:
    sums: Counter[str | None] = Counter()
    for key, count in pairs:
        sums[key] += count
    titles = _titles(name, sums)
    rows = [{name: key, "title": titles[key], "count": count} for key, count in sums.items()]
    return sorted(rows, key=lambda one: (-one["count"], one["title"]))


def _titles(name: str, keys: Iterable[str | None]) -> dict[str | None, str]:
    if name == "region":
        return naming.titles("region", keys)
    if name == "fault":
        return {key: tk._(words.FAULTS.get(key or "", str(key))) for key in keys}
    return {key: tk._("Other operators") if key is None else key for key in keys}


def _pairs(triples: Iterable[tuple[str | None, str | None, int]]) -> list[dict[str, Any]]:
    sums: Counter[tuple[str | None, str | None]] = Counter()
    for region, operator, count in triples:
        sums[region, operator] += count
    titles = naming.titles("region", {region for region, _operator in sums})
    rows = [
        {"region": region, "title": titles[region], "operator": operator, "count": count}
        for (region, operator), count in sums.items()
    ]
    return sorted(rows, key=lambda one: (one["title"], -one["count"], str(one["operator"])))
