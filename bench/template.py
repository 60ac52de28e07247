"""A filled template of 100,000 rows, checked and loaded: ours beside the way of the nearest peer.

The peer reads the workbook row by row with openpyxl, checks each cell in Python and sends records to CKAN's
``datastore_upsert``, as ckanext-recombinant does; it is measured on fewer rows of the same kind in the same run, and
the rows a second are compared. The limit is reading alone: the fastest that openpyxl gives the same cells to anybody.
Runs in the test twin's databases: ``./opengov bench template [--number 100000] [--peer 10000]``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import openpyxl

from bench.push import PARSED, Bench
from bench.report import Compared, Result, report, seconds
from bench.twin import twin

CHUNK = 1000


def rows(number: int, wrong: int = 0) -> Iterator[list[Any]]:
    """Generated rows as a person's workbook has them; the first ``wrong`` have a fault each."""
    start = dt.date(1950, 1, 1)
    for place in range(number):
        yield [
            f"S{place:08d}",
            f"Мектеп №{place}",
            "many" if place < wrong else place % 2000,
            (place * 7919 % 10_000_000) / 100,
            start + dt.timedelta(days=place % 27_000),
            place % 10 != 0,
            f"7{place % 10}0000000",
            f"Жасалған жазба {place % 977}",
        ]


def workbook(path: Path, number: int, wrong: int = 0) -> Path:
    """A workbook of such rows with the names of the fields above them."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append(list(PARSED.names))
    for row in rows(number, wrong):
        sheet.append(row)
    book.save(path)
    return path


def ours(bench: Bench, resource_id: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as upload:
        order = {"resource_id": resource_id, "upload": upload}
        return tk.get_action("data_template_upload")(tk.fresh_context(bench.context), order)


def peer(bench: Bench, resource_id: str, path: Path) -> None:
    """Row by row: read, check, collect, upsert."""
    sheet = openpyxl.load_workbook(path, read_only=True, data_only=True)["data"]
    records: list[dict[str, Any]] = []
    for cells in sheet.iter_rows(min_row=2, values_only=True):
        record = dict(zip(PARSED.names, cells, strict=True))
        for one in PARSED.fields:
            _check(one, record[one.name])
        record["opened"] = record["opened"].date().isoformat()
        records.append(record)
    for start in range(0, len(records), CHUNK):
        order = {"resource_id": resource_id, "records": records[start : start + CHUNK], "force": True}
        tk.get_action("datastore_upsert")(tk.fresh_context(bench.context), order)


def _check(one: Any, value: Any) -> None:
    kinds = {"integer": int, "number": (int, float), "date": dt.datetime, "boolean": bool, "string": str}
    if not isinstance(value, kinds[one.type]):
        raise TypeError(one.name)


def reading(path: Path) -> None:
    """Every cell once, by openpyxl's fastest way."""
    for _ in openpyxl.load_workbook(path, read_only=True, data_only=True)["data"].iter_rows(values_only=True):
        pass


def measure(bench: Bench, folder: Path, number: int, few: int) -> list[Result]:
    """New rows, and as many of which some are wrong."""
    right, wrong = workbook(folder / "right.xlsx", number), workbook(folder / "wrong.xlsx", number, 1000)
    small = workbook(folder / "small.xlsx", few)
    by_peer = few / seconds(lambda: peer(bench, bench.stock(), small))
    limit = seconds(lambda: reading(right))
    table = bench.registered()
    results = []
    for name, path in (("checked and loaded", right), ("checked and refused", wrong)):
        found: dict[str, Any] = {}
        took = seconds(lambda: found.update(ours(bench, table, path)))  # noqa: B023
        result = Result(f"template, {name}", round(number / took), "rows/s")
        result.peer = Compared("openpyxl row by row + datastore_upsert", round(by_peer))
        result.limit = Compared("openpyxl reading alone", round(number / limit))
        kept = {"rows": found["report"]["rows"], "problems": found["report"]["count"]}
        result.detail = {"seconds": round(took, 2), **kept, "load": os.getloadavg()[0]}
        results.append(result)
    return results


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--peer", type=int, default=10_000)
    arguments = parser.parse_args()
    with twin() as context, tempfile.TemporaryDirectory() as folder:
        bench = Bench(context, Path(folder))
        results = measure(bench, Path(folder), arguments.number, arguments.peer)
    report("template", results)


if __name__ == "__main__":
    main()
