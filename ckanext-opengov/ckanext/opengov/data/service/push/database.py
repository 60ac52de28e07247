"""Connections to the DataStore's database, and the schema ``opengov_data`` in it.

CKAN migrates its own database only, so what stands here is made on first use. Rows' earlier versions and receipts are
in ``opengov_data``: CKAN's reader has no right there, and CKAN hangs no full-text trigger on it. The schema must not
be called like the role that writes: PostgreSQL would then put CKAN's own tables into it.
"""

from __future__ import annotations

from typing import Any

import psycopg2
from psycopg2 import sql

from ckanext.opengov.civic.service.datastore import Cursor, Ground

# One number for all locks of pushes, and another for making the schema.
LOCKS = 7_305_101
_SETUP = 7_305_102

_GROUND = """
CREATE SCHEMA IF NOT EXISTS opengov_data;
CREATE TABLE IF NOT EXISTS opengov_data.push_receipt (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    resource_id text NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'done', 'rejected', 'failed', 'interrupted')),
    mode text NOT NULL CHECK (mode IN ('upsert', 'replace', 'delete')),
    dry_run boolean NOT NULL,
    accept_valid boolean NOT NULL,
    idempotency_key text,
    token_id text,
    user_id text,
    rows bigint NOT NULL DEFAULT 0,
    added bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    same bigint NOT NULL DEFAULT 0,
    deleted bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    cleaned bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    digest text,
    findings jsonb NOT NULL DEFAULT '[]',
    difference jsonb,
    structure jsonb,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    relayed_at timestamptz
);
CREATE UNIQUE INDEX IF NOT EXISTS push_receipt_once
    ON opengov_data.push_receipt (resource_id, idempotency_key) WHERE state = 'done' AND NOT dry_run;
CREATE INDEX IF NOT EXISTS push_receipt_of ON opengov_data.push_receipt (resource_id, number DESC);
CREATE INDEX IF NOT EXISTS push_receipt_waiting
    ON opengov_data.push_receipt (number) WHERE relayed_at IS NULL AND state = 'done' AND NOT dry_run;
CREATE INDEX IF NOT EXISTS push_receipt_running ON opengov_data.push_receipt (number) WHERE state = 'running';
-- CKAN makes it with the first table of its own, and reads no table before.
DO $$ BEGIN
    CREATE TYPE public.nested AS (json json, extra text);
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
"""

_ground = Ground(_GROUND, _SETUP)
connection = _ground.connection
transaction = _ground.transaction


def lock(cursor: Cursor, resource_id: str, seconds: float) -> bool:
    """Take the resource for this transaction; False when another push has it longer than that."""
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{max(1, int(seconds * 1000))}ms"])
    cursor.execute("SAVEPOINT waiting")
    try:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [LOCKS, resource_id])
    except psycopg2.errors.LockNotAvailable:
        cursor.execute("ROLLBACK TO SAVEPOINT waiting")
        return False
    cursor.execute("RELEASE SAVEPOINT waiting")
    cursor.execute("SET LOCAL lock_timeout = 0")
    return True


def is_locked(cursor: Cursor, resource_id: str) -> bool:
    """Whether a push is under way."""
    cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s, hashtext(%s))", [LOCKS, resource_id])
    return not cursor.fetchone()[0]


def names(columns: Any, prefix: str | None = None) -> sql.Composable:
    """Columns for a statement, separated by commas."""
    parts = [sql.Identifier(prefix, one) if prefix else sql.Identifier(one) for one in columns]
    return sql.SQL(", ").join(parts)
