"""Sums over the periods of one or several budgets, as pages and the API ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from ckanext.opengov.budget.service.lines import aggregating, columns_store, publishing, trees
from ckanext.opengov.budget.service.lines.aggregating import LINES, By, NoSuchAxis, Query
from ckanext.opengov.budget.service.lines.axes import AXES, DIRECTION_CODES
from ckanext.opengov.budget.service.lines.budgets import PeriodVersion
from ckanext.opengov.budget.service.lines.shaping import AMOUNT
from ckanext.opengov.budget.service.lines.titles import name_of

PLAIN = ("budget", "year", "month", "phase", "direction")
_DIRECTIONS = {code: key for key, code in DIRECTION_CODES.items()}


@dataclass(frozen=True)
class Wish:
    """What to add up. ``by``: names of ``PLAIN`` and steps such as ``functional.group``."""

    by: tuple[str, ...] = ()
    cuts: tuple[tuple[str, str], ...] = ()
    years: frozenset[int] | None = None
    phases: frozenset[str] | None = None
    months: frozenset[int] | None = None
    direction: str | None = None


@dataclass
class Answer:
    """``cells`` by amount, of ``count``; ``left``: periods that have not such an axis and are not counted."""

    cells: list[dict[str, Any]]
    count: int
    periods: list[PeriodVersion]
    left: list[PeriodVersion]


@dataclass(frozen=True)
class _Found:
    """The sums of one period."""

    period: PeriodVersion
    query: Query
    frame: pl.DataFrame


def chosen(periods: Iterable[PeriodVersion], wish: Wish) -> list[PeriodVersion]:
    """The periods that count. Reports of a year add up from its beginning, so of each year and phase it is the last
    one, the whole year before any month, unless months are asked for."""
    fitting = [
        one
        for one in periods
        if (wish.years is None or one.year in wish.years)
        and (wish.phases is None or one.phase in wish.phases)
        and (wish.months is None or one.month in wish.months)
    ]
    if wish.months is not None or "month" in wish.by:
        return fitting
    last: dict[tuple[str, int, str], PeriodVersion] = {}
    for one in fitting:
        key = (one.budget_id, one.year, one.phase)
        if key not in last or (one.month or 13) > (last[key].month or 13):
            last[key] = one
    return list(last.values())


def aggregate(
    periods: Sequence[PeriodVersion], wish: Wish, names: Mapping[str, str], offset: int = 0, limit: int | None = None
) -> Answer:
    """Add up.

    :param names: id of each budget → its name
    """
    counting = chosen(periods, wish)
    levels = publishing.levels_of({one.number for one in counting})
    steps = [name for name in wish.by if name not in PLAIN]
    found, left = [], []
    for period in counting:
        try:
            query = Query(
                tuple(depth_of(levels[period.number], step) for step in steps),
                wish.cuts,
                wish.direction,
                "direction" in wish.by,
            )
            found.append(_Found(period, query, aggregating.sums(period, query)))
        except NoSuchAxis:
            left.append(period)
    rows, count = _rows(found, wish, steps, names, offset, limit)
    nodes = _nodes(found, wish, steps, [key for key, _ in rows])
    return Answer([_cell(key, value, wish, nodes) for key, value in rows], count, counting, left)


_Row = tuple[tuple[Any, ...], tuple[Decimal, int]]


def _rows(
    found: Sequence[_Found], wish: Wish, steps: list[str], names: Mapping[str, str], offset: int, limit: int | None
) -> tuple[list[_Row], int]:
    """Keys with their sums, largest first, as far as they are wanted; and how many there are."""
    end = None if limit is None else offset + limit
    if len(found) == 1:
        # In their order already: only those that are wanted are looked at one by one.
        one = found[0]
        part = _Found(one.period, one.query, one.frame.slice(offset, limit))
        return list(_keyed(part, wish, steps, names)), one.frame.height
    sums: dict[tuple[Any, ...], tuple[Decimal, int]] = {}
    for one in found:
        for key, (amount, lines) in _keyed(one, wish, steps, names):
            known = sums.get(key, (Decimal(0), 0))
            sums[key] = (known[0] + amount, known[1] + lines)
    ordered = sorted(sums.items(), key=lambda row: (-abs(row[1][0]), str(row[0])))
    return ordered[offset:end], len(ordered)


def _keyed(one: _Found, wish: Wish, steps: list[str], names: Mapping[str, str]) -> Iterator[_Row]:
    fixed = {
        "budget": names[one.period.budget_id],
        "year": one.period.year,
        "month": one.period.month,
        "phase": one.period.phase,
    }
    places = {step: place for place, step in enumerate(steps)}
    at_direction = len(steps)
    for row in one.frame.iter_rows():
        key = tuple(
            row[places[name]]
            if name in places
            else (_DIRECTIONS[row[at_direction]] if name == "direction" else fixed[name])
            for name in wish.by
        )
        yield key, (row[-2] or Decimal(0), row[-1])


def _nodes(
    found: Sequence[_Found], wish: Wish, steps: list[str], keys: Sequence[tuple[Any, ...]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """The nodes that are shown; the names of later periods count."""
    nodes: dict[tuple[str, str], dict[str, Any]] = {}
    for place, step in enumerate(steps):
        at = wish.by.index(step)
        wanted = list({key[at] for key in keys if key[at] is not None})
        for one in found:
            by = one.query.by[place]
            version = columns_store.version(one.period.number, one.period.import_id)
            known = version.at(by.axis, by.depth).filter(pl.col(trees.PATH).is_in(wanted))
            nodes |= {(step, node[trees.PATH]): node for node in known.iter_rows(named=True)}
    return nodes


def depth_of(levels: Mapping[str, Sequence[str]], step: str) -> By:
    """A step such as ``functional.group`` in an import.

    :raises NoSuchAxis: when it has not that step
    """
    axis, _, level = step.partition(".")
    keys = levels.get(axis, [])
    if level not in keys:
        raise NoSuchAxis(step)
    return By(axis, list(keys).index(level) + 1)


def _cell(
    key: tuple[Any, ...], value: tuple[Decimal, int], wish: Wish, nodes: Mapping[tuple[str, str], dict[str, Any]]
) -> dict[str, Any]:
    cell: dict[str, Any] = {}
    for name, part in zip(wish.by, key, strict=True):
        if name in PLAIN:
            cell[name] = part
        elif part is None:
            cell[name] = None
        else:
            node = nodes[name, part]
            cell[name] = {"path": part, "code": node[trees.CODE], "name": name_of(node)}
    return {**cell, AMOUNT: value[0], LINES: value[1]}


def node_of(period: PeriodVersion, axis: str, path: str) -> dict[str, Any] | None:
    """A node of a period's version by its path."""
    return columns_store.version(period.number, period.import_id).node(axis, path)


def crumbs(period: PeriodVersion, axis: str, path: str) -> list[dict[str, Any]]:
    """The nodes above a path, widest first, and the node itself."""
    parts = path.split("/")
    found = [node_of(period, axis, "/".join(parts[:depth])) for depth in range(1, len(parts) + 1)]
    return [
        {"path": node[trees.PATH], "code": node[trees.CODE], "name": name_of(node), "depth": node[trees.DEPTH]}
        for node in found
        if node
    ]


def steps_of(levels: Mapping[str, Sequence[str]]) -> list[str]:
    """All steps of an import, such as ``functional.group``."""
    return [f"{axis}.{key}" for axis in AXES for key in levels.get(axis, ())]
