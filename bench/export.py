"""Whole tables as files: our CSV beside stock CKAN's dump (peer) and ``psql COPY TO STDOUT`` through a pipe (limit).

All give the same rows in the same run, and every byte is read: ours and stock's over HTTP from the twin's own web
server, as readers get them. Other formats stand beside the same limit. Memory is that of the application in this
process. Runs in the test twin's databases: ``./opengov bench export [--number 1000000] [--stock 200000]``.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from ckanext.opengov.data.service.push import database
from psycopg2 import sql
from werkzeug.test import EnvironBuilder, run_wsgi_app

from bench.push import PARSED, Bench, Peak, written
from bench.report import Compared, Result, report, seconds
from bench.twin import application, emptied
from stack import services
from stack.layout import Layout
from stack.postgres import BINARIES

PIECE = 1 << 20
KINDS = ("csv", "json", "ndjson", "xlsx", "parquet")


class Reader:
    """The application as a server calls it; the answers are read to their end and thrown away."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def read(self, path: str) -> int:
        body, status, _ = run_wsgi_app(self._app, EnvironBuilder(path=path).get_environ())
        if status != "200 OK":
            raise RuntimeError(f"{path}: {status}")
        length = sum(map(len, body))
        close = getattr(body, "close", None)
        if close:
            close()
        return length


def fetched(address: str) -> int:
    """The length of what a web server sends."""
    length = 0
    with urllib.request.urlopen(address, timeout=600) as answer:  # noqa: S310 - an address of ours
        while piece := answer.read1(PIECE):
            length += len(piece)
    return length


@contextmanager
def served() -> Iterator[str]:
    """The twin's web server, without the front, which would pack what it sends."""
    layout = Layout.from_environment()
    programs = [one for one in services.programs(layout, layout.testing) if one.name.endswith("web")]
    services.start(layout, programs)
    yield f"http://127.0.0.1:{layout.testing.web_port}"
    services.stop(layout, programs)


def psql(resource_id: str) -> int:
    """All columns of a table by hand."""
    names = ", ".join(f'"{name}"' for name in PARSED.names)
    statement = f'COPY (SELECT {names} FROM "{resource_id}") TO STDOUT (FORMAT csv, HEADER)'  # noqa: S608 - names of ours
    command = [BINARIES / "psql", "-X", "-q", "-c", statement, tk.config["ckan.datastore.write_url"]]
    length = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        while piece := process.stdout.read1(PIECE):  # pyright: ignore[reportOptionalMemberAccess, reportAttributeAccessIssue]
            length += len(piece)
    return length


def stock_copy(bench: Bench, source: str, number: int) -> str:
    """The same rows in a table of CKAN's own, filled past its trigger."""
    target = bench.stock()
    columns = sql.SQL(", ").join(map(sql.Identifier, PARSED.names))
    with database.transaction() as cursor:
        known = {
            "target": sql.Identifier(target),
            "source": sql.Identifier(source),
            "columns": columns,
            "number": sql.Literal(number),
        }
        for statement in (
            "ALTER TABLE {target} DISABLE TRIGGER USER",
            "INSERT INTO {target} ({columns}) SELECT {columns} FROM {source} ORDER BY _id LIMIT {number}",
        ):
            cursor.execute(sql.SQL(statement).format(**known))
    return target


def best(work: Callable[[], Any], times: int = 2) -> float:
    """The shortest of some runs: the first one warms the pages."""
    return min(seconds(work) for _ in range(times))


def measure(context: Context, app: Any, number: int, stock: int) -> list[Result]:
    reader = Reader(app)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(context, Path(folder))
        ours = bench.registered()
        bench.push(ours, written(Path(folder) / "rows.csv", number, 1))
    dumped = stock_copy(bench, ours, min(number, stock))
    limit = number / best(lambda: psql(ours))
    results = []
    with served() as web:
        peer = min(number, stock) / best(lambda: fetched(f"{web}/datastore/dump/{dumped}"))
        for kind in KINDS:
            path = f"/api/rows/{ours}.{kind}"
            length = fetched(web + path)
            result = Result(f"export, {kind}", round(number / best(lambda: fetched(web + path))), "rows/s")  # noqa: B023
            result.limit = Compared("psql COPY TO STDOUT | read", round(limit))
            result.peer = Compared("stock dump, CSV", round(peer))
            peak = Peak(lambda: reader.read(path))  # noqa: B023
            result.detail = {"rows": number, "megabytes": round(length / 1e6, 1), "memory_mb": round(peak.megabytes, 1)}
            results.append(result)
    return results


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=500_000)
    parser.add_argument("--stock", type=int, default=200_000)
    arguments = parser.parse_args()
    app = application()
    with app.test_request_context():
        context = emptied()
        results = measure(context, app, arguments.number, arguments.stock)
    report("export", results)


if __name__ == "__main__":
    main()
