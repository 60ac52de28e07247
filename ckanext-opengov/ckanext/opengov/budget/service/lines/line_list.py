"""Single lines with their codes, names and what the file said beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from ckanext.opengov.budget.service.lines import columns_store, database, trees
from ckanext.opengov.budget.service.lines.axes import DIRECTION_CODES
from ckanext.opengov.budget.service.lines.budgets import PeriodVersion
from ckanext.opengov.budget.service.lines.finding import plain
from ckanext.opengov.budget.service.lines.titles import name_of

_DIRECTIONS = {code: key for key, code in DIRECTION_CODES.items()}


def lines(period: PeriodVersion, numbers: Sequence[int], levels: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Lines by their numbers, in that order.

    :param levels: axis → keys of the steps that the import has
    """
    if not numbers:
        return []
    table = database.line_table(period.number)
    statement = f"SELECT * FROM opengov_data.{table} WHERE n = ANY(%s)"  # noqa: S608 - a name of ours
    found = {one["n"]: one for one in database.rows(statement, [list(numbers)])}
    version = columns_store.version(period.number, period.import_id)
    return [_shown(found[number], period, version, levels) for number in numbers if number in found]


def _shown(
    line: Mapping[str, Any], period: PeriodVersion, version: columns_store.Version, levels: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    return {
        "n": line["n"],
        "import": period.import_id,
        "row": line["file_row"],
        "year": period.year,
        "month": period.month,
        "phase": period.phase,
        "direction": _DIRECTIONS[line["direction"]],
        "amount": plain(line["amount"]),
        "currency": period.currency,
        "codes": {axis: codes for axis in levels if (codes := _steps(version, axis, line[axis], list(levels[axis])))},
        "note": line["note"] or {},
    }


def _steps(version: columns_store.Version, axis: str, number: int, keys: list[str]) -> list[dict[str, Any]]:
    nodes = version.nodes[axis]
    above = nodes.filter((pl.col(trees.FIRST) <= number) & (pl.col(trees.LAST) >= number)).sort(trees.DEPTH)
    return [
        {
            "level": keys[node[trees.DEPTH] - 1],
            "path": node[trees.PATH],
            "code": node[trees.CODE],
            "name": name_of(node),
        }
        for node in above.iter_rows(named=True)
    ]
