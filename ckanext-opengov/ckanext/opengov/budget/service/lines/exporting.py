"""Lines as CSV with a Fiscal Data Package descriptor, in the columns of our own template: what goes out can come in."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from ckanext.opengov.budget.service.lines import columns_store, trees
from ckanext.opengov.budget.service.lines.axes import ANY, AXES, DIRECTION_CODES, LANGUAGES
from ckanext.opengov.budget.service.lines.budgets import PeriodVersion
from ckanext.opengov.budget.service.lines.descriptor import TYPES
from ckanext.opengov.budget.service.lines.preparing import PLACE
from ckanext.opengov.budget.service.lines.shaping import AMOUNT, DIRECTION

PLAIN = {
    "year": ("integer", "date:fiscal-year"),
    "month": ("integer", "date:month"),
    "phase": ("string", "phase:id"),
    "direction": ("string", "direction"),
    "currency": ("string", None),
}
_PIECE = 50_000
Levels = Mapping[str, Sequence[str]]


def all_levels(of_imports: Sequence[Levels]) -> dict[str, list[str]]:
    """The steps of each axis that any of the imports has, in their order."""
    found: dict[str, list[str]] = {}
    for axis in AXES.values():
        keys = {key for levels in of_imports for key in levels.get(axis.key, ())}
        if keys:
            found[axis.key] = [level.key for level in axis.levels if level.key in keys]
    return found


def columns(levels: Levels) -> list[str]:
    """The columns of the CSV."""
    names = list(PLAIN)
    for axis, keys in levels.items():
        for key in keys:
            names += [f"{axis}.{key}", *(f"{axis}.{key}.name.{language}" for language in LANGUAGES)]
    return [*names, "amount"]


def csv_pieces(periods: Sequence[PeriodVersion], levels: Mapping[int, Levels]) -> Iterator[bytes]:
    """The lines of periods, piece by piece, the header first.

    :param levels: number of the import → its steps
    """
    names = columns(all_levels(list(levels.values())))
    yield (",".join(names) + "\n").encode()
    for period in periods:
        version = columns_store.version(period.number, period.import_id)
        lines = version.lines().filter(pl.col(PLACE) == period.place)
        for start in range(0, period.lines, _PIECE):
            frame = lines.slice(start, _PIECE).collect()
            out = io.BytesIO()
            _named(frame, period, version, levels[period.number], names).write_csv(out, include_header=False)
            yield out.getvalue()


def _named(
    frame: pl.DataFrame, period: PeriodVersion, version: columns_store.Version, levels: Levels, names: list[str]
) -> pl.DataFrame:
    directions = {code: key for key, code in DIRECTION_CODES.items()}
    made: dict[str, Any] = {
        "year": pl.lit(period.year),
        "month": pl.lit(period.month),
        "phase": pl.lit(period.phase),
        "direction": frame[DIRECTION].replace_strict(directions, return_dtype=pl.String),
        "currency": pl.lit(period.currency),
        "amount": _plain(frame[AMOUNT]),
    }
    for axis, keys in levels.items():
        for depth, key in enumerate(keys, 1):
            at = version.lookup(axis, depth).gather(frame[axis])
            nodes = version.at(axis, depth)
            made[f"{axis}.{key}"] = nodes[trees.CODE].gather(at)
            for language in LANGUAGES:
                texts = nodes.select(pl.coalesce(f"name_{language}", f"name_{ANY}")).to_series()
                made[f"{axis}.{key}.name.{language}"] = texts.gather(at)
    nothing = pl.lit(None, pl.String)
    return frame.select([_column(made.get(name, nothing)).alias(name) for name in names])


def _column(value: Any) -> pl.Expr:
    return pl.lit(value) if isinstance(value, pl.Series) else value


def _plain(amounts: pl.Series) -> pl.Series:
    return amounts.cast(pl.String).str.replace(r"\.0+$|(\.\d*?[1-9])0+$", "$1")


def descriptor(
    name: str, titles: Mapping[str, str], levels: Levels, currency: str, address: str, years: Sequence[int]
) -> dict[str, Any]:
    """The Fiscal Data Package of a budget.

    :param address: where the CSV is
    """
    return {
        "$schema": "https://specs.frictionlessdata.io/schemas/fiscal-data-package.json",
        "profile": "fiscal-data-package",
        "name": name,
        "title": next(iter(titles.values()), name),
        "titles": dict(titles),
        "countryCode": "KZ",
        "fiscalPeriod": {"start": f"{min(years)}-01-01", "end": f"{max(years)}-12-31"} if years else {},
        "resources": [
            {
                "name": "lines",
                "path": address,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {"fields": list(_fields(levels, currency))},
            }
        ],
    }


def _fields(levels: Levels, currency: str) -> Iterator[dict[str, Any]]:
    for name, (kind, column_type) in PLAIN.items():
        yield {"name": name, "type": kind, **({"columnType": column_type} if column_type else {})}
    for axis, keys in levels.items():
        for key in keys:
            yield {"name": f"{axis}.{key}", "type": "string", "columnType": f"{TYPES[axis]}:{key}:code"}
            for language in LANGUAGES:
                name = f"{axis}.{key}.name.{language}"
                kind = f"{TYPES[axis]}:{key}:label"
                yield {"name": name, "type": "string", "columnType": kind, "lang": language}
    yield {"name": "amount", "type": "number", "columnType": "value", "currency": currency, "factor": 1}
