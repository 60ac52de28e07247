"""From the staging table to the table: one statement, which counts what it did.

Only pushes write these tables, one at a time (an advisory lock), so the statement can compare whole sets instead of
trying each row: rows that are the same are not written at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from psycopg2 import sql

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Finding, shortened
from ckanext.opengov.data.service.push.checks import LINE
from ckanext.opengov.data.service.push.database import Cursor, names
from ckanext.opengov.data.service.push.table import history, relation
from ckanext.opengov.data.service.structure import Field, Reference, Structure

STAGING = sql.Identifier("pg_temp", "staging")


class Counts(NamedTuple):
    """Rows by what became of them."""

    added: int = 0
    changed: int = 0
    deleted: int = 0


@dataclass(frozen=True)
class Merge:
    """What a push wants to do with a table."""

    resource_id: str
    structure: Structure
    mode: str
    number: int
    with_history: bool = False
    # Field and value of the rows that may be touched, of a table that many agencies fill.
    part: tuple[str, str] | None = None


def stage(cursor: Cursor, structure: Structure, columns: tuple[str, ...]) -> sql.Composable:
    """Make the staging table; returns the COPY statement for its rows.

    It is temporary: no write-ahead log, and gone with the connection, whatever ends it.
    """
    fields = [structure.field(name) for name in columns]
    described = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(one.name), sql.SQL(one.column_type)) for one in fields
    )
    cursor.execute("SET LOCAL work_mem = '64MB'")
    statement = "CREATE TEMPORARY TABLE staging ({line} integer, {columns}) ON COMMIT DROP"
    cursor.execute(sql.SQL(statement).format(line=sql.Identifier(LINE), columns=described))
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(STAGING, names([LINE, *columns]))


def doubles(cursor: Cursor, structure: Structure) -> list[Finding]:
    """Rows whose key is there more than once; none of them is taken, because which one is meant is not to be known."""
    statement = sql.SQL(
        "SELECT ROW({key})::text, array_agg({line} ORDER BY {line}) FROM {staging} GROUP BY {key} HAVING count(*) > 1"
    )
    key = names(structure.key)
    cursor.execute(statement.format(key=key, line=sql.Identifier(LINE), staging=STAGING))
    text = N_("The key is there more than once, in the lines {lines}. Leave one row for each key.")
    found = []
    for value, lines in cursor.fetchall():
        values = {"lines": ", ".join(map(str, lines[:10]))}
        found += [
            Finding(text, values, line=line, column=", ".join(structure.key), value=shortened(value[1:-1]))
            for line in lines
        ]
    return sorted(found, key=lambda one: one.line or 0)


def strays(cursor: Cursor, one: Field, reference: Reference) -> list[Finding]:
    """Values that the table they refer to does not have."""
    statement = sql.SQL(
        "SELECT {line}, staging.{column}::text FROM {staging} AS staging WHERE {column} IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM {target} AS target WHERE target.{field}::text = staging.{column}::text) ORDER BY {line}"
    )
    cursor.execute(
        statement.format(
            line=sql.Identifier(LINE),
            column=sql.Identifier(one.name),
            staging=STAGING,
            target=relation(reference.resource),
            field=sql.Identifier(reference.field),
        )
    )
    text = N_("“{value}” is not in the field {field} of the table it refers to.")
    return [
        Finding(
            text,
            {"value": shortened(value), "field": reference.field},
            line=line,
            column=one.name,
            value=shortened(value),
        )
        for line, value in cursor.fetchall()
    ]


def unstage(cursor: Cursor, lines: set[int]) -> None:
    """Take rows out of the staging table."""
    statement = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(STAGING, sql.Identifier(LINE))
    cursor.execute(statement, [sorted(lines)])


def run(cursor: Cursor, merge: Merge) -> Counts:
    """Merge the staging table into the table."""
    cursor.execute(sql.SQL("ANALYZE {}").format(STAGING))
    cursor.execute(_statement(merge), {"number": merge.number})
    return Counts(*cursor.fetchone())


def note_size(cursor: Cursor, resource_id: str, difference: int) -> None:
    """CKAN remembers how many rows a table has; it changes with the rows."""
    if not difference:
        return
    statement = (
        "UPDATE public._table_stats SET stats = jsonb_set(stats, '{rows}', to_jsonb((stats->>'rows')::bigint + %s))"
        " WHERE resource_id = %s AND stats ? 'rows'"
    )
    cursor.execute(statement, [difference, resource_id])
    if not cursor.rowcount:
        cursor.execute("SELECT public.update_cached_table_row_count(%s)", [resource_id])


def analyze(cursor: Cursor, resource_id: str) -> None:
    """Let the planner, and CKAN's estimate of the number of rows, know what the table holds now."""
    cursor.execute(sql.SQL("ANALYZE {}").format(relation(resource_id)))


def _statement(merge: Merge) -> sql.Composable:
    parts: list[sql.Composed] = []
    if merge.mode != "delete":
        parts += _writing(merge)
    if merge.mode != "upsert":
        parts += _deleting(merge)
    counted = [
        sql.SQL("(SELECT count(*) FROM {})").format(sql.SQL(name)) if applies else sql.SQL("0")
        for name, applies in (
            ("added", merge.mode != "delete"),
            ("changed", merge.mode != "delete" and bool(merge.structure.values)),
            ("gone", merge.mode != "upsert"),
        )
    ]
    return sql.SQL("WITH {} SELECT {}").format(sql.SQL(", ").join(parts), sql.SQL(", ").join(counted))


def _same_key(structure: Structure) -> sql.Composable:
    pairs = [sql.SQL("main.{0} = staging.{0}").format(sql.Identifier(name)) for name in structure.key]
    return sql.SQL(" AND ").join(pairs)


def _is_different(structure: Structure) -> sql.Composable:
    values = structure.values
    return sql.SQL("ROW({}) IS DISTINCT FROM ROW({})").format(names(values, "main"), names(values, "staging"))


def _writing(merge: Merge) -> list[sql.Composed]:
    structure = merge.structure
    known = {
        "main": relation(merge.resource_id),
        "staging": STAGING,
        "names": names(structure.names),
        "values": names(structure.names, "staging"),
        "same": _same_key(structure),
    }
    added = (
        "added AS (INSERT INTO {main} (_push, {names}) SELECT %(number)s, {values} FROM {staging} AS staging"
        " WHERE NOT EXISTS (SELECT FROM {main} AS main WHERE {same}) RETURNING 1)"
    )
    parts = [sql.SQL(added).format(**known)]
    if not structure.values:
        return parts
    known["different"] = _is_different(structure)
    known["set"] = sql.SQL(", ").join(
        sql.SQL("{0} = staging.{0}").format(sql.Identifier(name)) for name in structure.values
    )
    changed = (
        "changed AS (UPDATE {main} AS main SET _push = %(number)s, {set} FROM {staging} AS staging"
        " WHERE {same} AND {different} RETURNING 1)"
    )
    parts.append(sql.SQL(changed).format(**known))
    if merge.with_history:
        # All parts of a statement see the rows as they were before it.
        kept = (
            "kept AS (INSERT INTO {history} (_id, _from, _until, {names})"
            " SELECT main._id, main._push, %(number)s, {old} FROM {main} AS main JOIN {staging} AS staging ON {same}"
            " WHERE {different})"
        )
        known |= {"history": history(merge.resource_id), "old": names(structure.names, "main")}
        parts.append(sql.SQL(kept).format(**known))
    return parts


def _own(merge: Merge) -> sql.Composable:
    if merge.part is None:
        return sql.SQL("true")
    name, value = merge.part
    return sql.SQL("main.{} = {}").format(sql.Identifier(name), sql.Literal(value))


def _deleting(merge: Merge) -> list[sql.Composed]:
    structure = merge.structure
    known = {
        "main": relation(merge.resource_id),
        "staging": STAGING,
        "names": names(structure.names),
        "old": names(structure.names, "main"),
        "same": _same_key(structure),
        "found": sql.SQL("EXISTS" if merge.mode == "delete" else "NOT EXISTS"),
        "history": history(merge.resource_id),
        "own": _own(merge),
    }
    gone = (
        "gone AS (DELETE FROM {main} AS main WHERE {own} AND {found} (SELECT FROM {staging} AS staging WHERE {same})"
        " RETURNING main._id, main._push, {old})"
    )
    parts = [sql.SQL(gone).format(**known)]
    if merge.with_history:
        buried = (
            "buried AS (INSERT INTO {history} (_id, _from, _until, {names})"
            " SELECT _id, _push, %(number)s, {names} FROM gone)"
        )
        parts.append(sql.SQL(buried).format(**known))
    return parts
