"""Looking into tables that fields refer to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg2 import sql

from ckanext.opengov.data.service import keyed
from ckanext.opengov.data.service.push import database
from ckanext.opengov.data.service.push.table import relation
from ckanext.opengov.data.service.structure import Field, Reference, Structure

LANGUAGES = ("kk", "ru", "en")
# What a field that says the meaning of a code is called, alone or with a language at its end.
_NAMES = ("name", "title", "label")


def strays(reference: Reference, texts: Sequence[str]) -> set[str]:
    """Those of the texts that the table does not have."""
    if not texts:
        return set()
    statement = sql.SQL(
        "SELECT given FROM unnest(%s) AS given WHERE NOT EXISTS"
        " (SELECT FROM {target} AS target WHERE target.{field}::text = given)"
    )
    made = statement.format(target=relation(reference.resource), field=sql.Identifier(reference.field))
    with database.transaction() as cursor:
        cursor.execute(made, [list(texts)])
        return {row[0] for row in cursor.fetchall()}


def labels_of(structure: Structure, besides: str) -> dict[str, str]:
    """Language → the field of a table that says in it what a row is."""
    texts = {one.name for one in structure.fields if one.type == "string" and one.name != besides}
    for name in _NAMES:
        found = {code: f"{name}_{code}" for code in LANGUAGES if f"{name}_{code}" in texts}
        if found:
            return found
        if name in texts:
            return dict.fromkeys(LANGUAGES, name)
    return {}


def values(reference: Reference, most: int) -> list[tuple[str, Mapping[str, str]]]:
    """Values of a table with what they mean, in their order; one more than ``most`` when there are more."""
    table = keyed.get(reference.resource)
    labels = labels_of(keyed.structure_of(table), reference.field) if table else {}
    columns = [sql.Identifier(reference.field), *(sql.Identifier(name) for name in labels.values())]
    # By the column itself, which has an index, and not by its text.
    statement = sql.SQL("SELECT {columns} FROM {table} ORDER BY {field} LIMIT %s").format(
        columns=sql.SQL(", ").join(sql.SQL("{}::text").format(one) for one in columns),
        table=relation(reference.resource),
        field=sql.Identifier(reference.field),
    )
    with database.transaction() as cursor:
        cursor.execute(statement, [most + 1])
        return [
            (row[0], {code: text for code, text in zip(labels, row[1:], strict=True) if text})
            for row in cursor.fetchall()
            if row[0] is not None
        ]


def missing(resource_id: str, field: Field, reference: Reference, most: int) -> tuple[int, list[str]]:
    """How many rows of a table have a value that the table they refer to has not; and some of those values."""
    known: dict[str, Any] = {
        "main": relation(resource_id),
        "column": sql.Identifier(field.name),
        "target": relation(reference.resource),
        "field": sql.Identifier(reference.field),
    }
    statement = sql.SQL(
        "SELECT main.{column}::text, count(*) FROM {main} AS main WHERE main.{column} IS NOT NULL AND NOT EXISTS"
        " (SELECT FROM {target} AS target WHERE target.{field}::text = main.{column}::text) GROUP BY 1 ORDER BY 1"
    )
    with database.transaction() as cursor:
        cursor.execute(statement.format(**known))
        found = cursor.fetchall()
    return sum(row[1] for row in found), [row[0] for row in found[:most]]
