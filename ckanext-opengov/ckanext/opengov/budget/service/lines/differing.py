"""What a new version of a period changes: lines by their codes, before and after. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from ckanext.opengov.budget.service.lines import trees
from ckanext.opengov.budget.service.lines.finding import plain
from ckanext.opengov.budget.service.lines.preparing import PLACE
from ckanext.opengov.budget.service.lines.shaping import AMOUNT, DIRECTION

# So many of the largest changes are kept.
SHOWN = 50
_BEFORE, _AFTER, _CHANGE = "before", "after", "change"


class Side:
    """The lines of a version: with the nodes of its axes and how many paths each has."""

    def __init__(self, lines: pl.LazyFrame, nodes: Mapping[str, pl.DataFrame], sizes: Mapping[str, int]) -> None:
        self.lines = lines
        self.nodes = nodes
        self.sizes = sizes

    def sums(self, place: int, axes: list[str], name: str) -> pl.DataFrame:
        """Amounts of a period by direction and by the whole path on each axis."""
        own = [axis for axis in axes if axis in self.nodes]
        lines = self.lines.filter(pl.col(PLACE) == place).select(DIRECTION, *own, pl.col(AMOUNT).alias(name))
        grouped = lines.group_by(DIRECTION, *own).agg(pl.col(name).sum()).collect()
        for axis in axes:
            text = pl.lit("").alias(axis)
            if axis in self.nodes:
                text = trees.paths_of(self.nodes[axis], self.sizes[axis]).gather(grouped[axis]).alias(axis)
            grouped = grouped.with_columns(text)
        return grouped.select(DIRECTION, *axes, name)


def compare(before: tuple[Side, int], after: tuple[Side, int]) -> dict[str, Any]:
    """How a period differs.

    :param before: a version and the place of the period in it; so is ``after``
    :returns: how many lines were ``added``, ``removed`` and ``changed``, and the largest ``changes``
    """
    axes = [axis for axis in after[0].nodes if axis in before[0].nodes] or [*after[0].nodes]
    old, new = before[0].sums(before[1], axes, _BEFORE), after[0].sums(after[1], axes, _AFTER)
    keys = [DIRECTION, *axes]
    joined = old.join(new, on=keys, how="full", coalesce=True)
    change = pl.col(_AFTER).fill_null(0) - pl.col(_BEFORE).fill_null(0)
    differing = joined.with_columns(change.alias(_CHANGE)).filter(
        (pl.col(_CHANGE) != 0) | pl.col(_AFTER).is_null() | pl.col(_BEFORE).is_null()
    )
    added = differing[_BEFORE].null_count()
    removed = differing[_AFTER].null_count()
    largest = differing.sort(pl.col(_CHANGE).abs(), *keys, descending=[True] + [False] * len(keys)).head(SHOWN)
    return {
        "added": added,
        "removed": removed,
        "changed": differing.height - added - removed,
        "changes": [_shown(row, axes) for row in largest.iter_rows(named=True)],
    }


def _shown(row: Mapping[str, Any], axes: list[str]) -> dict[str, Any]:
    amounts = {name: None if row[name] is None else plain(row[name]) for name in (_BEFORE, _AFTER, _CHANGE)}
    return {"direction": row[DIRECTION], "path": {axis: row[axis] for axis in axes if row[axis]}, **amounts}
