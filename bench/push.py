"""Rows into a keyed table: ``data_push`` beside stock ``datastore_upsert`` (peer) and ``psql`` (limit).

All write the same rows in the same run. The limit is what the machine can do by hand: COPY to a temporary staging
table and INSERT … ON CONFLICT, on a table like ours with the same indexes. Runs in the test twin's databases:
``./opengov bench push [--number 1000000] [--memory 5000000]``.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from ckanext.opengov.data.service import structure
from ckanext.opengov.data.service.push import database, table

from bench.report import Compared, Result, report, seconds
from bench.twin import twin
from stack.postgres import BINARIES

STOCK_ROWS = 10_000
STRUCTURE: dict[str, Any] = {
    "fields": [
        {"name": "code", "type": "string", "constraints": {"required": True, "maxLength": 20}},
        {"name": "name", "type": "string", "constraints": {"required": True}},
        {"name": "pupils", "type": "integer", "constraints": {"minimum": 0}},
        {"name": "area", "type": "number"},
        {"name": "opened", "type": "date"},
        {"name": "public", "type": "boolean"},
        {"name": "region", "type": "string", "constraints": {"pattern": r"\d{9}"}},
        {"name": "note", "type": "string"},
    ],
    "primaryKey": "code",
}
PARSED = structure.parse(STRUCTURE)


def written(path: Path, number: int, seed: int, mark: str = "") -> Path:
    """A file of generated rows; another seed gives the same keys with other values."""
    chance = random.Random(seed)  # noqa: S311 - numbers to measure with
    with path.open("w", encoding="utf-8") as out:
        out.write(",".join(PARSED.names) + "\n")
        for place in range(number):
            values = (
                f"S{place:08d}",
                f"{mark}Мектеп №{place} {seed}{mark}",
                str(chance.randrange(2000)),
                str(chance.randrange(100_000) / 100),
                f"{1950 + chance.randrange(76)}-{chance.randrange(1, 13):02d}-{chance.randrange(1, 29):02d}",
                "true" if chance.random() < 0.9 else "false",
                f"7{chance.randrange(10)}0000000",
                f"{mark}Жасалған жазба {place % 977}{mark}",
            )
            out.write(",".join(values) + "\n")
    return path


class Bench:
    """The tables of one run."""

    def __init__(self, context: Context, folder: Path) -> None:
        self.context = context
        self.folder = folder
        name = f"bench-{uuid.uuid4().hex[:8]}"
        agency = {"name": name, "title": "Bench"}
        self.agency = tk.get_action("organization_create")(tk.fresh_context(context), agency)["id"]

    def registered(self, *, history: bool = False) -> str:
        """A new keyed table of ours."""
        order = {
            "agency": self.agency,
            "external_id": uuid.uuid4().hex,
            "title_translated": {"kk": "Өлшеу", "ru": "Измерение"},
            "schema": STRUCTURE,
            "history": history,
        }
        return tk.get_action("data_dataset_register")(tk.fresh_context(self.context), order)["resource_id"]

    def push(self, resource_id: str, rows: Path, mode: str = "upsert") -> dict[str, Any]:
        with rows.open("rb") as upload:
            order = {"resource_id": resource_id, "upload": upload, "mode": mode}
            return tk.get_action("data_push")(tk.fresh_context(self.context), order)

    def stock(self) -> str:
        """A table of the DataStore as CKAN makes it, with the same key."""
        package = {"name": f"stock-{uuid.uuid4().hex[:8]}", "owner_org": self.agency}
        package_id = tk.get_action("package_create")(tk.fresh_context(self.context), package)["id"]
        fields = [{"id": one.name, "type": one.column_type} for one in PARSED.fields]
        order = {"resource": {"package_id": package_id}, "fields": fields, "primary_key": ["code"], "force": True}
        return tk.get_action("datastore_create")(tk.fresh_context(self.context), order)["resource_id"]

    def upsert(self, resource_id: str, rows: Path) -> None:
        names = PARSED.names
        with rows.open(encoding="utf-8") as lines:
            next(lines)
            records = [dict(zip(names, line.rstrip("\n").split(","), strict=True)) for line in lines]
        for start in range(0, len(records), 1000):
            order = {"resource_id": resource_id, "records": records[start : start + 1000], "force": True}
            tk.get_action("datastore_upsert")(tk.fresh_context(self.context), order)

    def by_hand(self) -> str:
        """A table as ours, for psql."""
        resource_id = str(uuid.uuid4())
        with database.transaction() as cursor:
            table.ensure(cursor, resource_id, PARSED, with_history=False)
        return resource_id

    def psql(self, resource_id: str, rows: Path) -> None:
        names = ", ".join(f'"{name}"' for name in PARSED.names)
        columns = ", ".join(f'"{one.name}" {one.column_type}' for one in PARSED.fields)
        changes = ", ".join(f'"{name}" = excluded."{name}"' for name in (*PARSED.values, "_push"))
        merge = (
            f'INSERT INTO "{resource_id}" (_push, {names}) SELECT 1, {names} FROM staging '  # noqa: S608
            f'ON CONFLICT ("code") DO UPDATE SET {changes}'
        )
        script = (
            f"BEGIN;\nCREATE TEMPORARY TABLE staging ({columns}) ON COMMIT DROP;\n"
            f"\\copy staging ({names}) FROM '{rows}' (FORMAT csv, HEADER)\n{merge};\nCOMMIT;\n"
        )
        command = [BINARIES / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", tk.config["ckan.datastore.write_url"]]
        subprocess.run(command, input=script, text=True, check=True)


class Peak:
    """How much the memory of this process grew at most during some work."""

    def __init__(self, work: Callable[[], Any]) -> None:
        Path("/proc/self/clear_refs").write_text("5")
        before = _status("VmRSS")
        self.seconds = seconds(work)
        self.megabytes = (_status("VmHWM") - before) / 1024
        self.whole = _status("VmHWM") / 1024


def _status(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0


def _speed(name: str, number: int, took: float, limit: float, peer: float | None = None) -> Result:
    by_hand = Compared("psql COPY + INSERT … ON CONFLICT", round(number / limit))
    result = Result(name, round(number / took), "rows/s", limit=by_hand)
    if peer:
        result.peer = Compared("datastore_upsert", round(peer))
    result.detail = {"number": number, "seconds": round(took, 2), "load": os.getloadavg()[0]}
    return result


def measure(bench: Bench, number: int) -> list[Result]:
    """New rows, all changed, all the same; each beside psql, the first two beside stock."""
    first = written(bench.folder / "first.csv", number, 1)
    second = written(bench.folder / "second.csv", number, 2)
    few = [written(bench.folder / f"few{seed}.csv", STOCK_ROWS, seed) for seed in (1, 2)]
    ours, kept, hand, stock = bench.registered(), bench.registered(history=True), bench.by_hand(), bench.stock()
    results = []
    for name, rows, small in (("all new", first, few[0]), ("all changed", second, few[1])):
        limit = seconds(lambda: bench.psql(hand, rows))  # noqa: B023
        took = seconds(lambda: bench.push(ours, rows))  # noqa: B023
        peer = STOCK_ROWS / seconds(lambda: bench.upsert(stock, small))  # noqa: B023
        results.append(_speed(f"push, {name}", number, took, limit, peer))
        took = seconds(lambda: bench.push(kept, rows))  # noqa: B023
        results.append(_speed(f"push with history, {name}", number, took, limit, peer))
    limit = seconds(lambda: bench.psql(hand, second))
    results.append(_speed("push, all the same", number, seconds(lambda: bench.push(ours, second)), limit))
    quoted = written(bench.folder / "quoted.csv", number, 1, mark='"')
    limit = seconds(lambda: bench.psql(hand, quoted))
    results.append(_speed("push, all changed, quoted", number, seconds(lambda: bench.push(ours, quoted)), limit))
    return results


def memory(bench: Bench, number: int) -> Result:
    """Growth of the process while so many rows come."""
    rows = written(bench.folder / "many.csv", number, 1)
    resource_id = bench.registered()
    peak = Peak(lambda: bench.push(resource_id, rows))
    result = Result(f"memory, {number} rows", round(peak.megabytes, 1), "MB")
    result.detail = {"whole_process_mb": round(peak.whole), "seconds": round(peak.seconds, 1)}
    return result


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=200_000)
    parser.add_argument("--memory", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with twin() as context, tempfile.TemporaryDirectory() as folder:
        bench = Bench(context, Path(folder))
        bench.push(bench.registered(), written(Path(folder) / "warm.csv", 1000, 1))
        results = [memory(bench, arguments.memory)] if arguments.memory else []
        if arguments.number:
            results += measure(bench, arguments.number)
    report("push", results)


if __name__ == "__main__":
    main()
