"""Budgets: a million lines in, and added up by any axis, beside DuckDB and stock ``datastore_create`` on the same rows.

``./opengov bench budget [--lines 1000000] [--stock 10000]``. DuckDB is the peer of the sums: it holds the same rows in
memory, as its users would. The limit of the import is ``psql``'s COPY of the same file into a plain table.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from ckanext.opengov.budget.service.lines import aggregating, database

from bench.push import Peak
from bench.report import Compared, Result, report, seconds
from bench.twin import twin
from stack.postgres import BINARIES

HEAD = (
    *("functional.group", "functional.subgroup", "functional.administrator", "functional.programme"),
    *("functional.specific", "economic.category", "region.region", "year", "phase", "direction", "amount"),
)
REGIONS = ("100000000", "110000000", "150000000", "190000000", "230000000", "270000000", "310000000", "350000000")
ROUNDS = 40


def written(path: Path, lines: int) -> Path:
    """A budget of generated lines: about 20,000 different paths."""
    chance = random.Random(9)  # noqa: S311 - numbers to measure with
    with path.open("w", encoding="utf-8") as out:
        out.write(",".join(HEAD) + "\n")
        for _ in range(lines):
            group = chance.randrange(1, 17)
            values = (
                f"{group:02d}",
                str(chance.randrange(1, 6)),
                f"{200 + group * 3 + chance.randrange(3)}",
                f"{chance.randrange(1, 30):03d}",
                f"{chance.choice((111, 121, 149, 151, 159, 413, 431)):03d}",
                str(chance.randrange(1, 5)),
                chance.choice(REGIONS),
                "2025",
                "approved",
                "expenditure",
                f"{chance.randrange(10**11) / 100:.2f}",
            )
            out.write(",".join(values) + "\n")
    return path


def _import(context: Context, path: Path, name: str) -> dict[str, Any]:
    with path.open("rb") as upload:
        order = {"budget": name, "upload": upload, "file_name": path.name}
        return tk.get_action("budget_import")(tk.fresh_context(context), order)


def importing(context: Context, agency: str, path: Path, lines: int, stock: int) -> list[Result]:
    """The import with its memory, beside psql and stock."""
    order = {"name": "bench", "title_translated": {"en": "Bench"}, "owner_org": agency, "level": "republican"}
    tk.get_action("budget_create")(tk.fresh_context(context), order)
    peak = Peak(lambda: _import(context, path, "bench"))
    limit = seconds(lambda: _psql(path))
    peer = stock / seconds(lambda: _stock(context, agency, path, stock))
    result = Result("import", round(lines / peak.seconds), "lines/s")
    result.peer = Compared("datastore_create", round(peer))
    result.limit = Compared("psql COPY", round(lines / limit))
    result.detail = {"lines": lines, "seconds": round(peak.seconds, 1), "load": os.getloadavg()[0]}
    memory = Result("memory of the import", round(peak.megabytes, 1), "MB")
    memory.detail = {"whole_process_mb": round(peak.whole)}
    return [result, memory]


def _psql(path: Path) -> None:
    columns = ", ".join(f'"{name}" text' for name in HEAD)
    script = (
        f"BEGIN;\nCREATE TEMPORARY TABLE plain ({columns}) ON COMMIT DROP;\n"
        f"\\copy plain FROM '{path}' (FORMAT csv, HEADER)\nCOMMIT;\n"
    )
    command = [BINARIES / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", tk.config["ckan.datastore.write_url"]]
    subprocess.run(command, input=script, text=True, check=True)


def _stock(context: Context, agency: str, path: Path, number: int) -> None:
    package = {"name": f"stock-{uuid.uuid4().hex[:8]}", "owner_org": agency}
    package_id = tk.get_action("package_create")(tk.fresh_context(context), package)["id"]
    with path.open(encoding="utf-8") as lines:
        next(lines)
        rows = [dict(zip(HEAD, next(lines).rstrip("\n").split(","), strict=True)) for _ in range(number)]
    fields = [{"id": name, "type": "numeric" if name == "amount" else "text"} for name in HEAD]
    order = {"resource": {"package_id": package_id}, "fields": fields, "records": rows, "force": True}
    tk.get_action("datastore_create")(tk.fresh_context(context), order)


DRILLS: tuple[tuple[str, list[str], dict[str, str]], ...] = (
    ("groups", ["functional.group"], {}),
    ("subgroups of a group", ["functional.subgroup"], {"functional": "04"}),
    ("programmes of a group", ["functional.programme"], {"functional": "04"}),
    ("groups in a region", ["functional.group"], {"region": "150000000"}),
    ("regions and groups", ["region.region", "functional.group"], {}),
    ("all specifics", ["functional.specific"], {}),
)
COLUMN = {"functional": "functional.group", "region": "region.region"}


def drilling(context: Context, path: Path) -> list[Result]:
    """Each drill-down, remembered nothing, beside the same sum in DuckDB."""
    import duckdb

    base = duckdb.connect()
    kinds = "{'amount': 'DECIMAL(38,6)'}"
    base.execute(f"CREATE TABLE lines AS SELECT * FROM read_csv('{path}', all_varchar=false, types={kinds})")  # noqa: S608
    results = []
    for name, by, cut in DRILLS:
        ours = _timed(lambda: _aggregate(context, by, cut))  # noqa: B023
        peer = _timed(lambda: base.execute(_query(by, cut)).fetchall())  # noqa: B023
        result = Result(f"drill-down: {name}", round(ours[1], 1), "ms", Compared("DuckDB p95", round(peer[1], 1)))
        result.detail = {"median": round(ours[0], 1), "duckdb_median": round(peer[0], 1)}
        results.append(result)
    return results


def _aggregate(context: Context, by: list[str], cut: dict[str, str]) -> None:
    aggregating._sums.cache_clear()
    order = {"budget": ["bench"], "by": by, "cut": cut, "limit": 10_000}
    tk.get_action("budget_aggregate")(tk.fresh_context(context), order)


def _query(by: list[str], cut: dict[str, str]) -> str:
    steps = [name for step in by for name in _above(step)]
    named = ", ".join(f'"{name}"' for name in steps)
    where = " AND ".join(f"\"{COLUMN[axis]}\"::varchar = '{path}'" for axis, path in cut.items()) or "true"
    return f"SELECT {named}, sum(amount), count(*) FROM lines WHERE {where} GROUP BY {named}"  # noqa: S608


def _above(step: str) -> list[str]:
    axis = step.split(".")[0]
    own = [name for name in HEAD if name.startswith(f"{axis}.")]
    return own[: own.index(step) + 1]


def _timed(work: Callable[[], Any]) -> tuple[float, float]:
    work()
    times = sorted(seconds(work) * 1000 for _ in range(ROUNDS))
    return statistics.median(times), times[int(ROUNDS * 0.95) - 1]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--stock", type=int, default=10_000)
    arguments = parser.parse_args()
    with twin() as context, tempfile.TemporaryDirectory() as folder:
        with database.transaction() as cursor:
            database.forget_all(cursor)
        agency = {"name": f"bench-{uuid.uuid4().hex[:8]}", "title": "Bench"}
        agency_id = tk.get_action("organization_create")(tk.fresh_context(context), agency)["id"]
        path = written(Path(folder) / "budget.csv", arguments.lines)
        results = importing(context, agency_id, path, arguments.lines, arguments.stock)
        results += drilling(context, path)
    report("budget", results)


if __name__ == "__main__":
    main()
