"""Rows that stand above others: sums that a file repeats on every level. They are controls and no lines. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from ckanext.opengov.budget.service.lines import trees
from ckanext.opengov.budget.service.lines.reading import ROW
from ckanext.opengov.budget.service.lines.shaping import AMOUNT, DIRECTION, PERIOD

if TYPE_CHECKING:
    from ckanext.opengov.budget.service.lines.preparing import Prepared

N, PLACE = "n", "period"
_SIGNATURE = "signature"


def take_out(made: Prepared) -> None:
    """Move the rows that are sums of others from the lines to the totals.

    A row is a sum when another one of its period and side lies below it on one axis, and at or below it on all.
    """
    axes = list(made.trees)
    lines = made.lines().select(N, PLACE, DIRECTION, *axes).collect()
    depths = [
        trees.depths(tree)[trees.DEPTH].gather(lines[axis]).alias(f"#{axis}") for axis, tree in made.trees.items()
    ]
    lines = lines.with_columns(*depths)
    marks = [f"#{axis}" for axis in axes]
    signatures = lines.select(marks).unique().iter_rows()
    found = [_above(made, lines, dict(zip(axes, signature, strict=True))) for signature in signatures]
    sums = pl.concat(found) if found else pl.Series(N, [], dtype=pl.UInt32)
    if not sums.len():
        return
    count = 0
    totals = [made.totals]
    for path in made.pieces:
        piece = pl.read_ipc(path)
        is_sum = piece[N].is_in(sums.implode())
        totals.append(_with_codes(piece.filter(is_sum), made))
        piece = piece.filter(~is_sum)
        piece = piece.with_columns(pl.int_range(count, count + piece.height, dtype=pl.UInt32).alias(N))
        count += piece.height
        part = path.with_suffix(".part")
        piece.write_ipc(part, compression="uncompressed")
        part.replace(path)
    made.count = count
    made.totals = pl.concat([one for one in totals if one.height], how="diagonal")


def _above(made: Prepared, lines: pl.DataFrame, signature: dict[str, int]) -> pl.Series:
    """The numbers of rows with so many codes on each axis that have others below them."""
    keys = [PLACE, DIRECTION]
    frame = lines
    for axis, depth in signature.items():
        if depth:
            tree = made.trees[axis]
            at = trees.lookup(tree.nodes, depth, tree.paths.height).gather(lines[axis]).alias(f"@{axis}")
            frame = frame.with_columns(at)
            keys.append(f"@{axis}")
    own = pl.all_horizontal([pl.col(f"#{axis}") == depth for axis, depth in signature.items()])
    within = pl.all_horizontal([pl.col(key).is_not_null() for key in keys])
    frame = frame.filter(within).with_columns(own.alias(_SIGNATURE))
    others = (~pl.col(_SIGNATURE)).sum().over(keys)
    return frame.filter(others > 0).filter(_SIGNATURE)[N]


def _with_codes(lines: pl.DataFrame, made: Prepared) -> pl.DataFrame:
    keys = made.periods_frame
    lines = lines.join(keys, on=PLACE, how="left")
    for axis, tree in made.trees.items():
        lines = lines.join(tree.paths.rename({"number": axis}), on=axis, how="left")
    return lines.select(ROW, *made.shape.codes, *PERIOD, DIRECTION, AMOUNT)
