"""The lines of an import as columns in files, from which everything is added up.

PostgreSQL holds the truth; a row store needs a fifth of a second to add up a million lines, these columns a few
milliseconds. A version never changes, so neither do its files; what is missing is made again from the database.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import ckan.plugins.toolkit as tk
import polars as pl

from ckanext.opengov.budget.service.lines import database, trees
from ckanext.opengov.budget.service.lines.amounts import MONEY
from ckanext.opengov.budget.service.lines.preparing import PLACE, N
from ckanext.opengov.budget.service.lines.shaping import AMOUNT, DIRECTION

_PIECE = 200_000
_NODES = "nodes.arrow"
_WORKING = "import-"
# No import takes a day.
_ABANDONED = 24 * 3600


def folder() -> Path:
    """Where the files of all imports are."""
    return Path(tk.config["ckan.storage_path"]) / "opengov_budget"


@dataclass(frozen=True, eq=False)
class Version:
    """The lines of one import: files and, for each axis, its nodes and how many paths it has."""

    path: Path
    nodes: dict[str, pl.DataFrame]
    sizes: dict[str, int]

    def lines(self) -> pl.LazyFrame:
        """``n``, the numbers on the axes, period, direction, amount."""
        return pl.scan_ipc(sorted(self.path.glob("lines-*.arrow")))

    @lru_cache(maxsize=64)  # noqa: B019 - versions are kept themselves, and few
    def lookup(self, axis: str, depth: int) -> pl.Series:
        """For each number of an axis the place of its node among those of a depth."""
        return trees.lookup(self.nodes[axis], depth, self.sizes[axis])

    def at(self, axis: str, depth: int) -> pl.DataFrame:
        """The nodes of a depth, in the order of :meth:`lookup`."""
        return self.nodes[axis].filter(pl.col(trees.DEPTH) == depth)

    def node(self, axis: str, path: str) -> dict[str, Any] | None:
        """A node by its path."""
        found = self.nodes[axis].filter(pl.col(trees.PATH) == path) if axis in self.nodes else None
        return found.row(0, named=True) if found is not None and found.height else None


def version(number: int, import_id: str) -> Version:
    """The columns of an import, made from the database if they are not there."""
    return _version(number, folder() / import_id)


@lru_cache(maxsize=128)
def _version(number: int, path: Path) -> Version:
    if not (path / _NODES).exists():
        _rebuild(number, path.name)
    nodes = pl.read_ipc(path / _NODES)
    sizes = dict(pl.read_ipc(path / "sizes.arrow").iter_rows())
    by_axis = {axis: nodes.filter(pl.col("axis") == axis) for axis in sizes}
    return Version(path, by_axis, sizes)


def put(import_id: str, source: Path, nodes: pl.DataFrame, sizes: dict[str, int]) -> None:
    """Move the files of an import that has just been committed to their place."""
    nodes.write_ipc(source / _NODES)
    pl.DataFrame({"axis": list(sizes), "size": list(sizes.values())}, {"axis": pl.String, "size": pl.Int64}).write_ipc(
        source / "sizes.arrow"
    )
    target = folder() / import_id
    target.parent.mkdir(parents=True, exist_ok=True)
    if (target / _NODES).exists():
        # Another process was quicker.
        shutil.rmtree(source)
        return
    shutil.rmtree(target, ignore_errors=True)
    os.replace(source, target)


def working_folder() -> Path:
    """A folder beside the versions, so that it can be moved among them at once."""
    folder().mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(prefix=_WORKING, dir=folder()))


def forget_unfinished() -> int:
    """Throw away the folders of imports that were killed.

    :returns: how many
    """
    before = time.time() - _ABANDONED
    old = [path for path in folder().glob(f"{_WORKING}*") if path.stat().st_mtime < before]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


def _rebuild(number: int, import_id: str) -> None:
    """Make the files of an import from the database: they were lost, or a copy of the database came without them."""
    nodes = pl.DataFrame(
        database.rows(
            "SELECT axis, depth, path, code, name_kk, name_ru, name_en, name_any, first, last"
            " FROM opengov_data.budget_node WHERE import = %s ORDER BY axis, depth, first",
            [number],
        ),
        schema=trees.NODE_SCHEMA,
    )
    found = database.rows("SELECT axis, size FROM opengov_data.budget_size WHERE import = %s", [number])
    sizes = {one["axis"]: one["size"] for one in found}
    if not sizes and not database.rows("SELECT 1 FROM opengov_data.budget_import WHERE number = %s", [number]):
        raise LookupError(f"there is no import {number}")
    source = working_folder()
    names = [N, *sizes, PLACE, DIRECTION, AMOUNT]
    schema = {N: pl.UInt32, **dict.fromkeys(sizes, pl.UInt32), PLACE: pl.UInt16, DIRECTION: pl.UInt8, AMOUNT: MONEY}
    columns = ", ".join(f'"{name}"' for name in names)
    with database.connection() as raw, raw.cursor() as cursor, tempfile.TemporaryFile() as out:
        table = database.line_table(number)
        cursor.copy_expert(f"COPY (SELECT {columns} FROM opengov_data.{table} ORDER BY n) TO STDOUT (FORMAT csv)", out)  # noqa: S608 - names of ours
        out.seek(0)
        text = io.BufferedReader(out)  # pyright: ignore[reportArgumentType]
        frame = pl.read_csv(text, has_header=False, schema=schema)
    for place in range(0, max(1, frame.height), _PIECE):
        frame.slice(place, _PIECE).write_ipc(source / f"lines-{place // _PIECE:05d}.arrow", compression="uncompressed")
    put(import_id, source, nodes, sizes)
