"""Lines added up by any axes, over the columns of a version.

A version never changes, so what was added up once is remembered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from ckanext.opengov.budget.service.lines import columns_store, trees
from ckanext.opengov.budget.service.lines.amounts import MONEY
from ckanext.opengov.budget.service.lines.axes import DIRECTION_CODES
from ckanext.opengov.budget.service.lines.budgets import PeriodVersion
from ckanext.opengov.budget.service.lines.preparing import PLACE, N
from ckanext.opengov.budget.service.lines.shaping import AMOUNT, DIRECTION

LINES = "lines"


@dataclass(frozen=True)
class By:
    """An axis to add up by: at a depth, from 1."""

    axis: str
    depth: int


@dataclass(frozen=True)
class Query:
    """What to add up. ``cuts``: (axis, path) that lines must lie below; ``by_direction`` keeps the two sides apart."""

    by: tuple[By, ...] = ()
    cuts: tuple[tuple[str, str], ...] = ()
    direction: str | None = None
    by_direction: bool = False


class NoSuchAxis(LookupError):  # noqa: N818 - an answer, not an error
    """The version has no such axis, or not so deep."""


def sums(period: PeriodVersion, query: Query) -> pl.DataFrame:
    """The sums of a period: a column with the path for each axis (None where lines go less deep), direction if asked,
    ``amount`` and ``lines``.

    :raises NoSuchAxis: when the version has not that axis
    """
    return _sums(period.number, period.import_id, period.place, query)


@lru_cache(maxsize=2048)
def _sums(number: int, import_id: str, place: int, query: Query) -> pl.DataFrame:
    version = columns_store.version(number, import_id)
    for one in query.by:
        if one.axis not in version.nodes or not version.at(one.axis, one.depth).height:
            raise NoSuchAxis(one.axis)
    within = _within(version, place, query)
    if within is None:
        return _empty(query)
    axes = list(dict.fromkeys(one.axis for one in query.by))
    kept = [*axes, *([DIRECTION] if query.by_direction else []), AMOUNT]
    frame = version.lines().filter(within).select(kept).collect()
    names = _names(query)
    places = [
        version.lookup(one.axis, one.depth).gather(frame[one.axis]).alias(name)
        for one, name in zip(query.by, names, strict=True)
    ]
    keys = [*names, *([DIRECTION] if query.by_direction else [])]
    frame = frame.select(*places, *([DIRECTION] if query.by_direction else []), AMOUNT)
    added = (pl.col(AMOUNT).sum().cast(MONEY), pl.len().cast(pl.Int64).alias(LINES))
    if not frame.height:
        return _empty(query)
    grouped = frame.group_by(keys).agg(*added) if keys else frame.select(*added)
    for one, name in zip(query.by, names, strict=True):
        paths = version.at(one.axis, one.depth)[trees.PATH]
        grouped = grouped.with_columns(paths.gather(grouped[name]).alias(name))
    return grouped.sort(pl.col(AMOUNT).abs(), *keys, descending=[True] + [False] * len(keys))


def _names(query: Query) -> list[str]:
    return [f"{one.axis}:{one.depth}" for one in query.by]


def _empty(query: Query) -> pl.DataFrame:
    schema = dict.fromkeys(_names(query), pl.String)
    schema |= {DIRECTION: pl.UInt8} if query.by_direction else {}
    return pl.DataFrame(schema={**schema, AMOUNT: MONEY, LINES: pl.Int64})


def _within(version: columns_store.Version, place: int, query: Query) -> pl.Expr | None:
    """The lines that count; None when a cut names what the version has not."""
    within = pl.col(PLACE) == place
    if query.direction:
        within &= pl.col(DIRECTION) == DIRECTION_CODES[query.direction]
    for axis, path in query.cuts:
        node = version.node(axis, path)
        if node is None:
            return None
        within &= pl.col(axis).is_between(node[trees.FIRST], node[trees.LAST])
    return within


def line_numbers(
    period: PeriodVersion, query: Query, after: int, limit: int, *, largest: bool = False
) -> tuple[list[int], int]:
    """The numbers of lines, and how many there are in all.

    :param after: the number of the last line that was read before; -1 from the beginning
    :param largest: by amount, then ``after`` counts how many were read
    """
    version = columns_store.version(period.number, period.import_id)
    within = _within(version, period.place, query)
    if within is None:
        return [], 0
    found = version.lines().filter(within).select(N, AMOUNT).collect()
    if largest:
        ordered = found.sort(pl.col(AMOUNT).abs(), N, descending=[True, False])
        return ordered[N].slice(max(after, 0), limit).to_list(), found.height
    return found.filter(pl.col(N).cast(pl.Int64) > after)[N].sort().head(limit).to_list(), found.height
