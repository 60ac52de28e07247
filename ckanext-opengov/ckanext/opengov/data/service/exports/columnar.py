"""Parquet: rows go through a file of the machine, because a Parquet file is written by columns and read from its end.

The engine reads and writes both files by the piece, so memory does not grow with the table.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import sqlalchemy as sa

Element = sa.ColumnElement[Any]
PIECE = 1 << 20
_MICROSECONDS = 1_000_000
# What an empty value is written as; a text that is the same would have come quoted and longer.
_EMPTY = ""
_INTEGERS: Mapping[str, Any] = {"int2": pl.Int16, "int4": pl.Int32, "int8": pl.Int64}
_DECIMAL_DIGITS = 38


def columns(found: Mapping[str, Element], kinds: Mapping[str, str]) -> list[Element]:
    """The values as the engine reads them: times as numbers, texts with a mark that tells an empty one from none."""
    return [_value(column, kinds[name]).label(name) for name, column in found.items()]


def _value(column: Element, kind: str) -> Element:
    if kind in _INTEGERS or kind in ("numeric", "float4", "float8"):
        return column
    if kind == "date":
        return column - sa.cast(sa.literal("1970-01-01"), sa.Date)
    if kind in ("timestamp", "timestamptz"):
        micros = sa.cast(sa.extract("epoch", column) * _MICROSECONDS, sa.BigInteger)
        return sa.case((sa.func.isfinite(column), micros))
    text = sa.cast(column, sa.Text)
    return text if kind == "bool" else sa.literal("=").concat(text)


def scales(found: Mapping[str, Element], kinds: Mapping[str, str]) -> list[Element]:
    """For each exact number: how many digits stand before and behind the point at most; none for what is no number."""
    figures: list[Element] = []
    for name, column in found.items():
        if kinds[name] == "numeric":
            finite = sa.case((sa.func.abs(column) < sa.literal_column("'Infinity'::numeric"), column))
            whole = sa.func.max(sa.func.length(sa.cast(sa.func.trunc(sa.func.abs(finite)), sa.Text)))
            odd = sa.func.count(column) - sa.func.count(finite)
            figures.append(sa.case((odd == 0, whole)).label(f"whole_{name}"))
            figures.append(sa.func.max(sa.func.scale(finite)).label(f"scale_{name}"))
    return figures


def dtypes(kinds: Mapping[str, str], scale: Mapping[str, Any]) -> dict[str, Any]:
    """The type of each column in the file."""
    return {name: _dtype(name, kind, scale) for name, kind in kinds.items()}


def _dtype(name: str, kind: str, scale: Mapping[str, Any]) -> Any:
    if kind == "numeric":
        whole, behind = scale.get(f"whole_{name}"), scale.get(f"scale_{name}") or 0
        fits = whole is not None and whole + behind <= _DECIMAL_DIGITS
        return pl.Decimal(_DECIMAL_DIGITS, behind) if fits else pl.Float64
    if kind in ("float4", "float8"):
        return pl.Float64
    known = {"date": pl.Date, "bool": pl.Boolean, "timestamp": pl.Datetime("us"), **_INTEGERS}
    known["timestamptz"] = pl.Datetime("us", "UTC")
    return known.get(kind, pl.String)


def parquet(types: Mapping[str, Any], rows: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces of the file.

    :param rows: CSV without a header, as ``columns`` has it
    """
    with tempfile.TemporaryDirectory(prefix="opengov-export-") as folder:
        source, target = Path(folder) / "rows.csv", Path(folder) / "rows.parquet"
        with source.open("wb") as out:
            for piece in rows:
                out.write(piece)
        _written(source, target, types)
        source.unlink()
        with target.open("rb") as made:
            while piece := made.read(PIECE):
                yield piece


def _written(source: Path, target: Path, types: Mapping[str, Any]) -> None:
    raw = {f"c{number}": _read_as(kind) for number, kind in enumerate(types.values())}
    if not source.stat().st_size:
        pl.DataFrame(schema=dict(types)).write_parquet(target, compression="zstd")
        return
    frame = pl.scan_csv(source, has_header=False, schema=raw, null_values=[_EMPTY])
    named = [
        _CASTS.get(str(kind.base_type()), lambda column, kind: column.cast(kind))(pl.col(place), kind).alias(name)
        for place, (name, kind) in zip(raw, types.items(), strict=True)
    ]
    frame.select(named).sink_parquet(target, compression="zstd")


def _read_as(kind: Any) -> Any:
    if kind == pl.Date:
        return pl.Int32
    if isinstance(kind, pl.Datetime):
        return pl.Int64
    return pl.String if isinstance(kind, pl.Decimal) or kind == pl.String else kind


_CASTS: Mapping[str, Callable[[pl.Expr, Any], pl.Expr]] = {"String": lambda column, _kind: column.str.slice(1)}
