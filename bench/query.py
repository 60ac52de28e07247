"""Questions to a large table: ``data_query`` beside stock ``datastore_search`` (peer) and the same SQL (limit).

All ask for the same in the same run: the first page, a page deep in the table, a filter, groups with a sum, and the
whole table page by page. Stock has no groups, so these have no peer. Runs in the test twin's databases:
``./opengov bench query [--number 1000000] [--stock 200000]``.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
from ckan.types import Context
from ckanext.opengov.data.service.push import database
from psycopg2 import sql

from bench.export import stock_copy
from bench.push import Bench, written
from bench.report import Compared, Result, report, seconds
from bench.twin import twin

TIMES = 7
PAGE = 1000
# Figures of all rows are asked for on these pages.
GROUPS = {"group": ["region"], "aggregates": {"pupils": {"function": "sum", "field": "pupils"}}}


class Asker:
    """The actions, as a program in this process calls them."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def query(self, resource_id: str, **question: Any) -> dict[str, Any]:
        order = {"resource_id": resource_id, "limit": PAGE, **question}
        return tk.get_action("data_query")(tk.fresh_context(self._context), order)

    def search(self, resource_id: str, **question: Any) -> dict[str, Any]:
        order = {"resource_id": resource_id, "limit": PAGE, "include_total": False, **question}
        return tk.get_action("datastore_search")(tk.fresh_context(self._context), order)


def by_hand(resource_id: str, tail: str, what: str = "*") -> int:
    """The statement alone; its rows are fetched and thrown away."""
    text = f"SELECT {what} FROM {{table}} {tail}"  # noqa: S608 - text of ours
    statement = sql.SQL(text).format(table=sql.Identifier(resource_id))
    with database.connection() as raw, raw.cursor() as cursor:
        cursor.execute(statement)
        return len(cursor.fetchall())


def median(work: Callable[[], Any]) -> float:
    """In milliseconds."""
    return round(1000 * sorted(seconds(work) for _ in range(TIMES))[TIMES // 2], 1)


def compared(name: str, ours: Callable[[], Any], limit: Callable[[], Any], peer: Callable[[], Any] | None) -> Result:
    result = Result(name, median(ours), "ms", limit=Compared("the statement alone", median(limit)))
    if peer:
        result.peer = Compared("datastore_search", median(peer))
    return result


def whole(asker: Asker, resource_id: str) -> int:
    """A walk through the table."""
    count, cursor = 0, None
    while True:
        page = asker.query(resource_id, limit=10_000, cursor=cursor)
        count += len(page["records"])
        cursor = page["next"]
        if not cursor:
            return count


def measure(context: Context, number: int, stock: int) -> list[Result]:
    asker = Asker(context)
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(context, Path(folder))
        ours = bench.registered()
        bench.push(ours, written(Path(folder) / "rows.csv", number, 1))
    theirs = stock_copy(bench, ours, min(number, stock))
    deep = min(number, stock) - PAGE
    last = asker.query(ours, limit=1, filters={"code": f"S{deep - 1:08d}"}, sort="code")["records"][0]["code"]
    results = [
        compared(
            f"first {PAGE} rows",
            lambda: asker.query(ours),
            lambda: by_hand(ours, f"ORDER BY _id LIMIT {PAGE}"),
            lambda: asker.search(theirs),
        ),
        compared(
            f"{PAGE} rows by key after row {deep}",
            lambda: asker.query(ours, filters={"code": {"gt": last}}, sort="code"),
            lambda: by_hand(ours, f"WHERE code > '{last}' ORDER BY code LIMIT {PAGE}"),
            lambda: asker.search(theirs, offset=deep, sort="code"),
        ),
        compared(
            "one row by its key",
            lambda: asker.query(ours, filters={"code": last}),
            lambda: by_hand(ours, f"WHERE code = '{last}'"),
            lambda: asker.search(theirs, filters={"code": last}),
        ),
        compared(
            f"sums by region of {number} rows",
            lambda: asker.query(ours, **GROUPS),
            lambda: by_hand(ours, "GROUP BY region", "region, sum(pupils)"),
            None,
        ),
    ]
    took = seconds(lambda: whole(asker, ours))
    results.append(Result("walk through all rows", round(number / took), "rows/s"))
    for result in results:
        result.detail = {"rows": number, "rows_of_peer": min(number, stock)}
    return results


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--number", type=int, default=1_000_000)
    parser.add_argument("--stock", type=int, default=200_000)
    arguments = parser.parse_args()
    with twin() as context:
        results = measure(context, arguments.number, arguments.stock)
    report("query", results)


if __name__ == "__main__":
    main()
