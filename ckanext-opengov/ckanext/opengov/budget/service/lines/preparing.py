"""A file becomes numbered lines in a folder, with trees, periods and everything that is wrong. Pure: no database.

The file is read once, piece by piece. A piece's lines wait on disk until all codes are known; then they get their
numbers. Memory holds the codes and one piece, whatever the size of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import polars as pl

from ckanext.opengov.budget.service.lines import reading, sums, trees
from ckanext.opengov.budget.service.lines.axes import DIRECTION_CODES
from ckanext.opengov.budget.service.lines.finding import Findings, fault
from ckanext.opengov.budget.service.lines.mapping import Mapping
from ckanext.opengov.budget.service.lines.shaping import (
    AMOUNT,
    DIRECTION,
    NOTE,
    PERIOD,
    TOTAL,
    Shape,
    shape,
)
from ckanext.opengov.civic.service.refusal import N_

N = "n"
PLACE = "period"
# Distinct paths of many pieces are brought together before they are more than this.
MOST_PATHS = 500_000


@dataclass(frozen=True)
class Period:
    """A year, or a month of it, in one phase; ``place`` is its number in the import."""

    place: int
    year: int
    month: int
    phase: str
    lines: int
    revenue: Decimal
    expenditure: Decimal

    @property
    def key(self) -> tuple[int, int, str]:
        return self.year, self.month, self.phase


@dataclass
class Prepared:
    """What an import puts into the database. ``pieces`` are files of numbered lines, ``totals`` rows that are sums."""

    shape: Shape
    folder: Path
    trees: dict[str, trees.Tree] = field(default_factory=dict)
    pieces: list[Path] = field(default_factory=list)
    totals: pl.DataFrame = field(default_factory=pl.DataFrame)
    periods: list[Period] = field(default_factory=list)
    # Year, month and phase of each place.
    periods_frame: pl.DataFrame = field(default_factory=pl.DataFrame)
    rows: int = 0
    empty: int = 0
    count: int = 0

    def lines(self) -> pl.LazyFrame:
        """All lines: ``n``, ``_row``, the numbers on the axes, period, direction, amount, note."""
        return pl.scan_ipc(self.pieces)


def prepare(opened: reading.Opened, mapping: Mapping, folder: Path, findings: Findings) -> Prepared:
    """Read a file.

    :param folder: for the pieces; empty
    :raises Faulty: when nothing in the file is a line
    """
    made = Prepared(Shape(mapping), folder)
    waiting = _read(made, opened, findings)
    if not waiting and not findings.kept:
        raise fault("readable", N_("There is no line with an amount in the file."))
    if not waiting:
        return made
    keys = made.periods_frame = _periods(waiting)
    for number, path in enumerate(waiting):
        _number(made, path, keys, number)
    if mapping.totals == "levels":
        sums.take_out(made)
    made.periods = _counted(made, keys)
    return made


def _read(made: Prepared, opened: reading.Opened, findings: Findings) -> list[Path]:
    waiting: list[Path] = []
    names: dict[str, list[pl.DataFrame]] = {axis: [] for axis in made.shape.levels}
    totals = []
    for number, piece in enumerate(reading.read(opened)):
        shaped = shape(piece, made.shape, findings)
        made.rows += shaped.rows
        made.empty += shaped.empty
        is_sum = shaped.lines[TOTAL]
        totals.append(shaped.lines.filter(is_sum))
        for axis, found in shaped.names.items():
            names[axis] = _together([*names[axis], found], made.shape, axis)
        lines = shaped.lines.filter(~is_sum) if totals[-1].height else shaped.lines
        if lines.height:
            path = made.folder / f"read-{number:05d}.arrow"
            lines.write_ipc(path, compression="lz4")
            waiting.append(path)
    if totals:
        made.totals = pl.concat(totals)
    for axis, found in names.items():
        listed = made.shape.mapping.lists.get(axis)
        made.trees[axis] = trees.build(axis, made.shape.levels[axis], found, listed)
    return waiting


def _together(found: list[pl.DataFrame], shape_: Shape, axis: str) -> list[pl.DataFrame]:
    if sum(one.height for one in found) < MOST_PATHS and len(found) < 16:
        return found
    codes = [name for name in shape_.codes if name.startswith(f"{axis}.")]
    return [pl.concat(found, how="diagonal").unique(subset=codes, keep="first", maintain_order=True)]


def _periods(waiting: list[Path]) -> pl.DataFrame:
    keys = pl.scan_ipc(waiting).select(PERIOD).unique().collect().sort(PERIOD)
    return keys.with_columns(pl.int_range(keys.height, dtype=pl.UInt16).alias(PLACE))


def _number(made: Prepared, path: Path, keys: pl.DataFrame, number: int) -> None:
    lines = trees.numbered(pl.read_ipc(path), made.trees)
    path.unlink()
    lines = lines.join(keys, on=PERIOD, how="left", maintain_order="left")
    lines = lines.with_columns(pl.int_range(made.count, made.count + lines.height, dtype=pl.UInt32).alias(N))
    made.count += lines.height
    lines = lines.select(N, reading.ROW, *made.trees, PLACE, DIRECTION, AMOUNT, NOTE)
    target = made.folder / f"lines-{number:05d}.arrow"
    lines.write_ipc(target, compression="uncompressed")
    made.pieces.append(target)


def _counted(made: Prepared, keys: pl.DataFrame) -> list[Period]:
    added = made.lines().group_by(PLACE, DIRECTION).agg(pl.col(AMOUNT).sum(), pl.len()).collect()
    found = {(place, direction): (amount, count) for place, direction, amount, count in added.iter_rows()}
    nothing = (Decimal(0), 0)
    return list(_each(keys, found, nothing))


def _each(
    keys: pl.DataFrame, found: dict[tuple[int, int], tuple[Decimal, int]], nothing: tuple[Decimal, int]
) -> Iterator[Period]:
    for year, month, phase, place in keys.iter_rows():
        revenue = found.get((place, DIRECTION_CODES["revenue"]), nothing)
        spending = found.get((place, DIRECTION_CODES["expenditure"]), nothing)
        yield Period(place, year, month, phase, revenue[1] + spending[1], revenue[0], spending[0])
