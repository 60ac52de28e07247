"""One import from the file to the version that everybody reads: all of it, or nothing.

Only the note that an import is running is committed before its end; lines, codes, periods and the word "done" are one
transaction. What a file has is a new version of its periods; the earlier versions stay.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
from psycopg2.extras import Json, execute_values

from ckanext.opengov.budget.service.lines import (
    budgets,
    checking,
    columns_store,
    database,
    differing,
    knowing,
    reading,
    trees,
)
from ckanext.opengov.budget.service.lines.axes import AXES
from ckanext.opengov.budget.service.lines.finding import Faulty, Findings, plain
from ckanext.opengov.budget.service.lines.mapping import Mapping as ColumnMapping
from ckanext.opengov.budget.service.lines.preparing import PLACE, N, Prepared, prepare
from ckanext.opengov.budget.service.lines.shaping import AMOUNT, DIRECTION, NOTE

log = logging.getLogger(__name__)


class Busy(Exception):  # noqa: N818 - to be waited for, not an error
    """Another import of the same budget is under way."""


@dataclass(frozen=True)
class Order:
    """What is to be done. ``accepted``: rule → why the officer lets it pass."""

    budget: Mapping[str, Any]
    opened: reading.Opened
    mapping: ColumnMapping
    file_name: str = ""
    user_id: str | None = None
    accepted: Mapping[str, str] = field(default_factory=dict)

    def digest(self) -> str:
        """Of the file and of how it is read: the same file read otherwise is another version."""
        mark = hashlib.sha256()
        with self.opened.path.open("rb") as file:
            while piece := file.read(1 << 20):
                mark.update(piece)
        mark.update(json.dumps(self.mapping.document, sort_keys=True, ensure_ascii=False).encode())
        return f"sha256:{mark.hexdigest()}"


@dataclass
class Checked:
    """A file that was read and held to the rules, and is nowhere yet."""

    prepared: Prepared
    findings: Findings
    differences: list[dict[str, Any]]


def check(order: Order, folder: Path) -> Checked:
    """Read a file and hold it to all rules.

    :param folder: for its pieces
    """
    findings = Findings()
    prepared = prepare(order.opened, order.mapping, folder, findings)
    if prepared.pieces:
        checking.check(prepared, knowing.known(order.budget), findings)
    return Checked(prepared, findings, _differences(order, prepared) if prepared.pieces else [])


def _differences(order: Order, prepared: Prepared) -> list[dict[str, Any]]:
    current = {one.key: one for one in budgets.periods([order.budget["id"]])}
    nodes = {axis: tree.nodes for axis, tree in prepared.trees.items()}
    sizes = {axis: tree.paths.height for axis, tree in prepared.trees.items()}
    after = differing.Side(prepared.lines(), nodes, sizes)
    found = []
    for period in prepared.periods:
        known = current.get(period.key)
        shown = {"year": period.year, "month": period.month, "phase": period.phase, "lines": period.lines}
        shown |= {name: plain(getattr(period, name)) for name in ("revenue", "expenditure")}
        if known:
            version = columns_store.version(known.number, known.import_id)
            before = differing.Side(version.lines(), version.nodes, version.sizes)
            shown |= differing.compare((before, known.place), (after, period.place))
            shown |= {f"{name}_before": plain(getattr(known, name)) for name in ("revenue", "expenditure")}
            shown["lines_before"] = known.lines
        found.append(shown)
    return found


def run(order: Order) -> dict[str, Any]:
    """Import.

    :returns: the import as it stands in the database, with ``repeated`` when the same file was imported before
    :raises Busy: while another import of the budget is under way
    """
    budget_id, digest = order.budget["id"], order.digest()
    with database.connection() as raw, raw.cursor() as cursor:
        if not database.lock(cursor, budget_id):
            raise Busy
        earlier = budgets.same_file(budget_id, digest)
        if earlier:
            return {**earlier, "repeated": True}
        number, import_id = _begin(order, digest)
        folder = columns_store.working_folder()
        try:
            checked = _run(order, cursor, number, folder)
            raw.commit()
        except BaseException as error:
            raw.rollback()
            shutil.rmtree(folder, ignore_errors=True)
            _note_failure(number, error)
            if not isinstance(error, Faulty):
                raise
        else:
            _keep(checked, import_id, folder)
    return {**budgets.an_import(import_id), "repeated": False}


def _begin(order: Order, digest: str) -> tuple[int, str]:
    import_id = str(uuid.uuid4())
    values = {
        "id": import_id,
        "budget": order.budget["id"],
        "user": order.user_id,
        "file": order.file_name,
        "digest": digest,
        "currency": order.mapping.currency,
        "mapping": Json(dict(order.mapping.document)),
        "accepted": Json(dict(order.accepted)),
    }
    with database.transaction() as cursor:
        cursor.execute(
            "INSERT INTO opengov_data.budget_import"
            " (id, budget_id, state, user_id, file_name, digest, currency, mapping, accepted)"
            " VALUES (%(id)s, %(budget)s, 'running', %(user)s, %(file)s, %(digest)s, %(currency)s, %(mapping)s,"
            " %(accepted)s) RETURNING number",
            values,
        )
        return cursor.fetchone()[0], import_id


def _run(order: Order, cursor: database.Cursor, number: int, folder: Path) -> Checked:
    checked = check(order, folder)
    refusing = checked.findings.refusing(order.accepted)
    if refusing:
        raise Refused(checked)
    _put(cursor, number, order, checked)
    return checked


class Refused(Faulty):
    """A rule does not let the budget in."""

    def __init__(self, checked: Checked) -> None:
        super().__init__(checked.findings.kept)
        self.checked = checked


def _put(cursor: database.Cursor, number: int, order: Order, checked: Checked) -> None:
    prepared = checked.prepared
    _copy_lines(cursor, number, prepared)
    _copy_nodes(cursor, number, prepared)
    keys = [one.key for one in prepared.periods]
    execute_values(
        cursor,
        "UPDATE opengov_data.budget_period AS period SET is_current = false"
        " FROM (VALUES %s) AS new (budget_id, year, month, phase) WHERE period.is_current"
        " AND period.budget_id = new.budget_id::uuid AND period.year = new.year AND period.month = new.month"
        " AND period.phase = new.phase",
        [(order.budget["id"], *key) for key in keys],
    )
    execute_values(
        cursor,
        "INSERT INTO opengov_data.budget_period (import, place, budget_id, year, month, phase, lines, revenue,"
        " expenditure, is_current) VALUES %s",
        [
            (number, one.place, order.budget["id"], *one.key, one.lines, one.revenue, one.expenditure, True)
            for one in prepared.periods
        ],
    )
    levels = {axis: _level_keys(prepared, axis) for axis in prepared.trees}
    _finish(
        cursor,
        number,
        "done",
        checked.findings,
        difference=Json(checked.differences),
        levels=Json(levels),
        rows=prepared.rows,
        empty=prepared.empty,
        lines=prepared.count,
    )


def _level_keys(prepared: Prepared, axis: str) -> list[str]:
    return [AXES[axis].levels[place].key for place in prepared.shape.levels[axis]]


def _copy_lines(cursor: database.Cursor, number: int, prepared: Prepared) -> None:
    table = f"opengov_data.{database.line_table(number)}"
    axes = list(prepared.trees)
    own = "".join(f', "{axis}" bigint NOT NULL' for axis in axes)
    cursor.execute(
        f"CREATE TABLE {table} (n bigint NOT NULL, file_row bigint NOT NULL, period integer NOT NULL,"
        f" direction smallint NOT NULL{own}, amount numeric(38, 6) NOT NULL, note jsonb)"
    )
    names = [N, reading.ROW, PLACE, DIRECTION, *axes, AMOUNT, NOTE]
    columns = ", ".join(f'"{name}"' for name in ("n", "file_row", "period", "direction", *axes, "amount", "note"))
    for piece in prepared.pieces:
        out = io.BytesIO()
        pl.read_ipc(piece).select(names).write_csv(out, include_header=False)
        out.seek(0)
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)", out)
    cursor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY (n)")


def _copy_nodes(cursor: database.Cursor, number: int, prepared: Prepared) -> None:
    for axis, tree in prepared.trees.items():
        out = io.BytesIO()
        tree.nodes.select(pl.lit(number), pl.all()).write_csv(out, include_header=False)
        out.seek(0)
        cursor.copy_expert(
            "COPY opengov_data.budget_node (import, axis, depth, path, code, name_kk, name_ru, name_en, name_any,"
            " first, last) FROM STDIN (FORMAT csv)",
            out,
        )
        cursor.execute("INSERT INTO opengov_data.budget_size VALUES (%s, %s, %s)", [number, axis, tree.paths.height])


def _finish(cursor: database.Cursor, number: int, state: str, findings: Findings, **values: Any) -> None:
    changes = "".join(f", {name} = %({name})s" for name in values)
    cursor.execute(
        "UPDATE opengov_data.budget_import SET state = %(state)s, findings = %(findings)s, counts = %(counts)s,"  # noqa: S608 - names of ours
        f" finished_at = clock_timestamp(){changes} WHERE number = %(number)s",
        {
            **values,
            "state": state,
            "number": number,
            "findings": Json([one.as_dict() for one in findings.kept]),
            "counts": Json(findings.counts),
        },
    )


def _note_failure(number: int, error: BaseException) -> None:
    findings = Findings()
    if isinstance(error, Refused):
        findings = error.checked.findings
    elif isinstance(error, Faulty):
        findings.add(error.findings)
    else:
        log.error("Import %s failed: %s", number, type(error).__name__)
    state = "rejected" if isinstance(error, Faulty) else "failed"
    with database.transaction() as cursor:
        _finish(cursor, number, state, findings)


def _keep(checked: Checked, import_id: str, folder: Path) -> None:
    prepared = checked.prepared
    nodes = (
        pl.concat([tree.nodes for tree in prepared.trees.values()])
        if prepared.trees
        else pl.DataFrame(schema=trees.NODE_SCHEMA)
    )
    sizes = {axis: tree.paths.height for axis, tree in prepared.trees.items()}
    columns_store.put(import_id, folder, nodes, sizes)


def bury_killed() -> int:
    """Say of imports that were killed that they were; commits.

    :returns: how many
    """
    with database.transaction() as cursor:
        cursor.execute(
            "UPDATE opengov_data.budget_import SET state = 'interrupted', finished_at = clock_timestamp()"
            " WHERE state = 'running' AND pg_try_advisory_xact_lock(%s, hashtext(budget_id::text))",
            [database.LOCKS],
        )
        return cursor.rowcount
