"""The rules that a whole budget is held to, each a function with the name of its rule. Pure.

What the portal knows already (other years, the adjusted budget, the parts of a consolidated one) comes as data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from ckanext.opengov.budget.service.lines import codelists, trees
from ckanext.opengov.budget.service.lines.axes import DIRECTION_CODES, code_column, level_of
from ckanext.opengov.budget.service.lines.finding import MOST, Finding, Findings, plain
from ckanext.opengov.budget.service.lines.preparing import PLACE, Period, Prepared
from ckanext.opengov.budget.service.lines.reading import ROW
from ckanext.opengov.budget.service.lines.shaping import AMOUNT, DIRECTION, MONTH, PHASE, YEAR
from ckanext.opengov.civic.service.refusal import N_

SPENDING = DIRECTION_CODES["expenditure"]
# The axes on which execution is held against the plan: the first that the file has.
CONTROL_AXES = (
    ("functional", "programme"),
    ("programme", "programme"),
    ("administrative", "agency"),
    ("cofog", "class"),
)
CONSOLIDATED = frozenset({"state", "consolidated"})


@dataclass(frozen=True)
class Part:
    """A budget that a consolidated one is made of, in one period."""

    title: str
    expenditure: Decimal
    transfers: Decimal


@dataclass(frozen=True)
class Known:
    """What the portal knows. ``years``: phase → years; ``plan``: (year, axis, depth) → amounts by path, or None."""

    level: str = "republican"
    years: Mapping[str, frozenset[int]] = field(default_factory=dict)
    plan: Callable[[int, str, int], Mapping[str, Decimal] | None] = lambda _year, _axis, _depth: None
    # (year, month, phase) → the parts; None when one of them has not that period.
    parts: Callable[[int, int, str], Sequence[Part] | None] = lambda _year, _month, _phase: None


def check(prepared: Prepared, known: Known, findings: Findings) -> None:
    """Hold a budget to all rules."""
    for rule in (totals, codes_known, years_continuous, executed_adjusted, consolidation):
        findings.add(rule(prepared, known))


# --- parts sum to totals


def totals(prepared: Prepared, known: Known) -> list[Finding]:
    """Each row that is a sum equals the lines below it: on every level of every axis that it names."""
    groups: dict[tuple[tuple[str, int], ...], list[tuple[dict[str, Any], tuple[int | None, ...]]]] = {}
    places = _node_places(prepared)
    for row in prepared.totals.iter_rows(named=True):
        at, depths = [], []
        for axis in prepared.trees:
            path = _path_of(row, prepared, axis)
            if path:
                depths.append((axis, len(path)))
                at.append(places[axis].get((len(path), "/".join(path))))
        groups.setdefault(tuple(depths), []).append((row, tuple(at)))
    return [one for depths, rows in groups.items() for one in _unequal(prepared, depths, rows)]


def _node_places(prepared: Prepared) -> dict[str, dict[tuple[int, str], int]]:
    if not prepared.totals.height:
        return {}
    found: dict[str, dict[tuple[int, str], int]] = {}
    for axis, tree in prepared.trees.items():
        counted = tree.nodes.with_columns(pl.int_range(pl.len()).over(trees.DEPTH).alias("place"))
        rows = counted.select(trees.DEPTH, trees.PATH, "place").iter_rows()
        found[axis] = {(depth, path): place for depth, path, place in rows}
    return found


def _path_of(row: Mapping[str, Any], prepared: Prepared, axis: str) -> list[str]:
    path = []
    for place in prepared.shape.levels[axis]:
        code = row[code_column(axis, place)]
        if code is None:
            break
        path.append(trees.segment(code))
    return path


def _unequal(
    prepared: Prepared,
    depths: tuple[tuple[str, int], ...],
    rows: list[tuple[dict[str, Any], tuple[int | None, ...]]],
) -> list[Finding]:
    sums = _sums(prepared, depths)
    periods = {one.key: one.place for one in prepared.periods}
    text = N_("The row says {found}, and the lines below it sum to {expected}.")
    found = []
    for row, at in rows:
        period = periods.get((row[YEAR], row[MONTH], row[PHASE]))
        expected = sums.get((period, row[DIRECTION], *at), Decimal(0))
        if expected != row[AMOUNT]:
            column = ", ".join(axis for axis, _ in depths) or None
            found.append(_compared("total", text, row[ROW], column, expected, row[AMOUNT]))
    return found


def _sums(prepared: Prepared, depths: tuple[tuple[str, int], ...]) -> dict[tuple[Any, ...], Decimal]:
    lines = prepared.lines().select(PLACE, DIRECTION, AMOUNT, *(axis for axis, _ in depths)).collect()
    names = []
    for axis, depth in depths:
        tree = prepared.trees[axis]
        table = trees.lookup(tree.nodes, depth, tree.paths.height)
        lines = lines.with_columns(table.gather(lines[axis]).alias(axis))
        names.append(axis)
    grouped = lines.group_by(PLACE, DIRECTION, *names).agg(pl.col(AMOUNT).sum())
    return {tuple(row[:-1]): row[-1] for row in grouped.iter_rows()}


def _compared(
    rule: str, text: str, row: int | None, column: str | None, expected: Decimal, found: Decimal, **more: Any
) -> Finding:
    shown = {"expected": plain(expected), "found": plain(found), "difference": plain(found - expected)}
    return Finding(rule, text, {**shown, **more}, row=row, column=column, **shown)


# --- codes


def codes_known(prepared: Prepared, known: Known) -> list[Finding]:
    """Codes are in the list that the mapping names for their axis."""
    text = N_("The code “{code}” is not in the list “{list}”.")
    found = []
    for axis, name in prepared.shape.mapping.lists.items():
        if axis not in prepared.trees:
            continue
        listed = codelists.get(axis, name)
        nodes = prepared.trees[axis].nodes.filter(pl.col(trees.DEPTH) <= listed.depth)
        strange = nodes.filter(~pl.col(trees.PATH).is_in(list(listed.nodes))).head(MOST)
        for path, first, last in strange.select(trees.PATH, trees.FIRST, trees.LAST).iter_rows():
            row = (
                prepared.lines().filter(pl.col(axis).is_between(first, last)).select(pl.col(ROW).min()).collect().item()
            )
            found.append(Finding("codes_known", text, {"code": path, "list": name}, row=row, column=axis, found=path))
    return found


# --- years


def years_continuous(prepared: Prepared, known: Known) -> list[Finding]:
    """Between the first and the last year of a phase none is missing, in the file and the portal together."""
    text = N_("The year {expected} is missing between {before} and {after} ({phase}).")
    found = []
    for phase in sorted({one.phase for one in prepared.periods}):
        years = sorted(
            {one.year for one in prepared.periods if one.phase == phase} | known.years.get(phase, frozenset())
        )
        for before, after in pairwise(years):
            if after > before + 1:
                values = {"expected": before + 1, "before": before, "after": after, "phase": phase}
                found.append(Finding("years_continuous", text, values, expected=str(before + 1), found=str(after)))
    return found


# --- plan and fact


def executed_adjusted(prepared: Prepared, known: Known) -> list[Finding]:
    """Spending executed in a year is in the adjusted budget of that year, and not more than it has."""
    control = _control(prepared)
    if control is None:
        return []
    axis, depth = control
    found = []
    for period in prepared.periods:
        if period.phase != "executed":
            continue
        plan = _plan(prepared, known, period, axis, depth)
        if plan is not None:
            found += _overspent(prepared, period, control, plan)
    return found


def _control(prepared: Prepared) -> tuple[str, int] | None:
    for axis, level in CONTROL_AXES:
        places = prepared.shape.levels.get(axis)
        if places:
            depth = sum(place <= level_of(axis, level) for place in places)
            return axis, max(1, depth)
    return None


def _plan(prepared: Prepared, known: Known, period: Period, axis: str, depth: int) -> Mapping[str, Decimal] | None:
    own = [one for one in prepared.periods if one.year == period.year and one.phase == "adjusted"]
    # Of several adjusted budgets of a year the last one holds.
    if own:
        last = max(own, key=lambda one: one.month or 13)
        return spending(prepared, last.place, axis, depth)
    return known.plan(period.year, axis, depth)


def spending(prepared: Prepared, place: int, axis: str, depth: int) -> dict[str, Decimal]:
    """Spending of a period by the paths of a depth."""
    tree = prepared.trees[axis]
    lines = prepared.lines().filter((pl.col(PLACE) == place) & (pl.col(DIRECTION) == SPENDING))
    frame = lines.select(axis, AMOUNT).collect()
    paths = tree.nodes.filter(pl.col(trees.DEPTH) == depth)[trees.PATH]
    at = trees.lookup(tree.nodes, depth, tree.paths.height).gather(frame[axis])
    grouped = frame.with_columns(at.alias("at")).drop_nulls("at").group_by("at").agg(pl.col(AMOUNT).sum())
    return {paths[number]: amount for number, amount in grouped.iter_rows()}


def _overspent(
    prepared: Prepared, period: Period, control: tuple[str, int], plan: Mapping[str, Decimal]
) -> list[Finding]:
    axis, depth = control
    text = N_("{path}: executed {found}, and the adjusted budget of {year} has {expected}.")
    found = []
    for path, amount in sorted(spending(prepared, period.place, axis, depth).items()):
        if amount > plan.get(path, Decimal(0)):
            row = _first_row(prepared, axis, depth, path, period.place)
            expected = plan.get(path, Decimal(0))
            one = _compared("executed_adjusted", text, row, axis, expected, amount, path=path, year=period.year)
            found.append(one)
    return found


def _first_row(prepared: Prepared, axis: str, depth: int, path: str, place: int) -> int | None:
    nodes = prepared.trees[axis].nodes
    first, last = (
        nodes.filter((pl.col(trees.DEPTH) == depth) & (pl.col(trees.PATH) == path))
        .select(trees.FIRST, trees.LAST)
        .row(0)
    )
    lines = prepared.lines().filter(pl.col(axis).is_between(first, last) & (pl.col(PLACE) == place))
    return lines.select(pl.col(ROW).min()).collect().item()


# --- consolidation


@cache
def transfer_codes() -> Mapping[str, Mapping[str, list[str]]]:
    """Direction → axis → paths of money that goes from one budget to another."""
    return yaml.safe_load(Path(__file__).with_name("transfers.yaml").read_text(encoding="utf-8"))


def consolidation(prepared: Prepared, known: Known) -> list[Finding]:
    """A consolidated budget has no transfers between its parts, and sums to its parts without them."""
    if known.level not in CONSOLIDATED:
        return []
    found = _transfers_within(prepared)
    text = N_(
        "The parts of {year} ({phase}) spend {expected} without transfers among them, and the budget says {found}."
    )
    for period in prepared.periods:
        parts = known.parts(*period.key)
        if not parts:
            continue
        expected = sum((one.expenditure - one.transfers for one in parts), Decimal(0))
        if expected != period.expenditure:
            more = {"year": period.year, "phase": period.phase}
            found.append(_compared("consolidation", text, None, None, expected, period.expenditure, **more))
    return found


def _transfers_within(prepared: Prepared) -> list[Finding]:
    text = N_("Transfers between budgets ({path}) are counted in a consolidated budget: {found}, expected {expected}.")
    found = []
    for direction, by_axis in transfer_codes().items():
        for axis, paths in by_axis.items():
            tree = prepared.trees.get(axis)
            if tree is None:
                continue
            for path, first, last in _spans(tree, paths):
                within = pl.col(axis).is_between(first, last) & (pl.col(DIRECTION) == DIRECTION_CODES[direction])
                row, amount = (
                    prepared.lines().filter(within).select(pl.col(ROW).min(), pl.col(AMOUNT).sum()).collect().row(0)
                )
                if amount:
                    found.append(_compared("consolidation", text, row, axis, Decimal(0), amount, path=path))
    return found


def _spans(tree: trees.Tree, paths: list[str]) -> list[tuple[str, int, int]]:
    return tree.nodes.filter(pl.col(trees.PATH).is_in(paths)).select(trees.PATH, trees.FIRST, trees.LAST).rows()
