"""Receipts: what came, what became of it, and why not. They are in the database of the rows, so that a row and the
receipt that tells of it are one commit.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg2.extras import Json, RealDictCursor

from ckanext.opengov.data.service.finding import Finding
from ckanext.opengov.data.service.push import database
from ckanext.opengov.data.service.push.checks import MOST_FINDINGS

Receipt = dict[str, Any]
_BURY = (
    "UPDATE opengov_data.push_receipt SET state = 'interrupted', finished_at = clock_timestamp()"
    " WHERE state = 'running' AND"
)
_DOCUMENTS = ("findings", "difference", "structure")


@dataclass(frozen=True)
class Opening:
    """What is known of a push before it is read."""

    resource_id: str
    mode: str
    dry_run: bool
    accept_valid: bool
    idempotency_key: str | None = None
    token_id: str | None = None
    user_id: str | None = None


def begin(opening: Opening) -> Receipt:
    """Write the receipt of a push that begins, in a commit of its own: whatever happens next, it is there.

    The caller has the table's lock, so nobody works on its other pushes any more.
    """
    with database.transaction() as cursor:
        cursor.execute(f"{_BURY} resource_id = %s", [opening.resource_id])
    statement = (
        "INSERT INTO opengov_data.push_receipt (id, resource_id, state, mode, dry_run, accept_valid, idempotency_key,"
        " token_id, user_id) VALUES (%s, %s, 'running', %s, %s, %s, %s, %s, %s) RETURNING *"
    )
    values = [
        str(uuid.uuid4()),
        opening.resource_id,
        opening.mode,
        opening.dry_run,
        opening.accept_valid,
        opening.idempotency_key,
        opening.token_id,
        opening.user_id,
    ]
    return _written(statement, values)


def finish(cursor: Any, receipt_id: str, state: str, findings: Sequence[Finding] = (), **columns: Any) -> None:
    """Say what became of a push, in the transaction of the cursor."""
    shown = [one.as_dict() for one in findings[:MOST_FINDINGS]]
    values = {"state": state, "findings": Json(shown), **columns}
    changes = ", ".join(f"{name} = %({name})s" for name in values)
    statement = f"UPDATE opengov_data.push_receipt SET {changes}, finished_at = clock_timestamp() WHERE id = %(id)s"  # noqa: S608 - names of ours
    cursor.execute(statement, {**values, "id": receipt_id})


def done_before(resource_id: str, idempotency_key: str) -> Receipt | None:
    """The receipt of a push with this key that was done."""
    condition = "resource_id = %s AND idempotency_key = %s AND state = 'done' AND NOT dry_run"
    found = _read(condition, [resource_id, idempotency_key], limit=1)
    return found[0] if found else None


def get(receipt_id: str) -> Receipt | None:
    """One receipt. A push that was killed is found by its lock, which nobody holds any more."""
    try:
        wanted = str(uuid.UUID(receipt_id))
    except ValueError:
        return None
    found = _read("id = %s", [wanted], limit=1)
    if found and found[0]["state"] == "running" and _bury(found[0]):
        found = _read("id = %s", [wanted], limit=1)
    return found[0] if found else None


def newest(resource_id: str, limit: int) -> list[Receipt]:
    """The last receipts of a table, newest first."""
    return _read("resource_id = %s", [resource_id], limit=limit)


def waiting(resource_id: str | None = None, limit: int = 100) -> list[Receipt]:
    """Done pushes that the journal does not know yet, oldest first."""
    condition = "relayed_at IS NULL AND state = 'done' AND NOT dry_run AND (%s::text IS NULL OR resource_id = %s)"
    return _read(condition, [resource_id, resource_id], limit=limit, order="number")


def relayed(receipt_id: str) -> None:
    """The journal knows it now."""
    with database.transaction() as cursor:
        cursor.execute("UPDATE opengov_data.push_receipt SET relayed_at = now() WHERE id = %s", [receipt_id])


def systems(days: int) -> tuple[int, int]:
    """How many tokens pushed in the last days, and how many pushes that were."""
    with database.transaction() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT token_id), count(*) FROM opengov_data.push_receipt WHERE token_id IS NOT NULL"
            " AND state = 'done' AND NOT dry_run AND finished_at > now() - make_interval(days => %s)",
            [days],
        )
        return cursor.fetchone()


def bury_killed() -> int:
    """Mark all pushes that nobody works on any more.

    :returns: how many
    """
    return sum(_bury(one) for one in _read("state = 'running'", [], limit=1000))


def _bury(receipt: Receipt) -> bool:
    with database.transaction() as cursor:
        if database.is_locked(cursor, receipt["resource_id"]):
            return False
        cursor.execute(f"{_BURY} id = %s", [receipt["id"]])
        return cursor.rowcount > 0


def _read(condition: str, values: list[Any], *, limit: int, order: str = "number DESC") -> list[Receipt]:
    statement = f"SELECT * FROM opengov_data.push_receipt WHERE {condition} ORDER BY {order} LIMIT %s"  # noqa: S608 - conditions of ours
    with database.connection() as raw, raw.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(statement, [*values, limit])
        return [_plain(row) for row in cursor.fetchall()]


def _written(statement: str, values: list[Any]) -> Receipt:
    with database.connection() as raw, raw.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(statement, values)
        row = _plain(cursor.fetchone())
        raw.commit()
        return row


def _plain(row: Any) -> Receipt:
    # CKAN has psycopg2 leave JSON as it is.
    documents = {name: json.loads(row[name]) for name in _DOCUMENTS if isinstance(row[name], str)}
    return {**row, **documents, "id": str(row["id"])}
