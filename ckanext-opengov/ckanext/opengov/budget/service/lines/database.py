"""Budgets, their versions and lines in the DataStore's database, in the schema ``opengov_data``.

CKAN migrates its own database only, so what stands here is made on first use. The lines of each import are a table of
their own, made in the transaction that fills it: whatever kills an import leaves nothing of it, and no reader waits.
"""

from __future__ import annotations

import json
from typing import Any

from psycopg2.extras import RealDictCursor

from ckanext.opengov.civic.service.datastore import Cursor, Ground

# Numbers for locks: of budgets that are written, and for making the tables.
LOCKS = 7_305_111
_SETUP = 7_305_112

_GROUND = """
CREATE SCHEMA IF NOT EXISTS opengov_data;
CREATE TABLE IF NOT EXISTS opengov_data.budget (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE,
    agency_id text NOT NULL,
    level text NOT NULL CHECK (level IN ('republican', 'state', 'consolidated', 'local')),
    region text,
    title jsonb NOT NULL,
    parts jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS opengov_data.budget_import (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL UNIQUE,
    budget_id uuid NOT NULL REFERENCES opengov_data.budget,
    state text NOT NULL CHECK (state IN ('running', 'done', 'rejected', 'failed', 'interrupted')),
    user_id text,
    file_name text,
    digest text NOT NULL,
    currency text NOT NULL,
    mapping jsonb NOT NULL,
    levels jsonb NOT NULL DEFAULT '{}',
    accepted jsonb NOT NULL DEFAULT '{}',
    findings jsonb NOT NULL DEFAULT '[]',
    counts jsonb NOT NULL DEFAULT '{}',
    difference jsonb,
    rows bigint NOT NULL DEFAULT 0,
    empty bigint NOT NULL DEFAULT 0,
    lines bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    relayed_at timestamptz
);
CREATE INDEX IF NOT EXISTS budget_import_of ON opengov_data.budget_import (budget_id, number DESC);
CREATE INDEX IF NOT EXISTS budget_import_open
    ON opengov_data.budget_import (number) WHERE state = 'running' OR (state = 'done' AND relayed_at IS NULL);
CREATE TABLE IF NOT EXISTS opengov_data.budget_period (
    import bigint NOT NULL REFERENCES opengov_data.budget_import,
    place integer NOT NULL,
    budget_id uuid NOT NULL REFERENCES opengov_data.budget,
    year integer NOT NULL,
    month integer NOT NULL CHECK (month BETWEEN 0 AND 12),
    phase text NOT NULL CHECK (phase IN ('proposed', 'approved', 'adjusted', 'executed')),
    lines bigint NOT NULL,
    revenue numeric(38, 6) NOT NULL,
    expenditure numeric(38, 6) NOT NULL,
    is_current boolean NOT NULL,
    PRIMARY KEY (import, place)
);
CREATE UNIQUE INDEX IF NOT EXISTS budget_period_current
    ON opengov_data.budget_period (budget_id, year, month, phase) WHERE is_current;
CREATE TABLE IF NOT EXISTS opengov_data.budget_node (
    import bigint NOT NULL REFERENCES opengov_data.budget_import,
    axis text NOT NULL,
    depth integer NOT NULL,
    path text NOT NULL,
    code text NOT NULL,
    name_kk text, name_ru text, name_en text, name_any text,
    first bigint NOT NULL,
    last bigint NOT NULL,
    PRIMARY KEY (import, axis, depth, first)
);
CREATE TABLE IF NOT EXISTS opengov_data.budget_size (
    import bigint NOT NULL REFERENCES opengov_data.budget_import,
    axis text NOT NULL,
    size bigint NOT NULL,
    PRIMARY KEY (import, axis)
);
"""

_ground = Ground(_GROUND, _SETUP)
connection = _ground.connection
transaction = _ground.transaction


def rows(statement: Any, values: Any = None) -> list[dict[str, Any]]:
    """What a query finds."""
    with connection() as raw, raw.cursor(cursor_factory=RealDictCursor) as cursor:
        cursor.execute(statement, values)
        return [plain(one) for one in cursor.fetchall()]


def plain(row: Any) -> dict[str, Any]:
    """A row with its documents read: CKAN has psycopg2 leave JSON as it is."""
    documents = ("title", "parts", "mapping", "levels", "accepted", "findings", "counts", "difference", "note")
    made = dict(row)
    for name in documents:
        if isinstance(made.get(name), str):
            made[name] = json.loads(made[name])
    return made


def lock(cursor: Cursor, budget_id: str) -> bool:
    """Take a budget for this transaction; False while another import of it is under way."""
    cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCKS, budget_id])
    return cursor.fetchone()[0]


def line_table(number: int) -> str:
    """The name of the table of an import's lines."""
    return f"budget_line_{int(number)}"


def forget_all(cursor: Cursor) -> None:
    """Take away all budgets: for a portal that is emptied."""
    cursor.execute("SELECT number FROM opengov_data.budget_import")
    for (number,) in cursor.fetchall():
        cursor.execute(f"DROP TABLE IF EXISTS opengov_data.{line_table(number)}")
    cursor.execute(
        "TRUNCATE opengov_data.budget_size, opengov_data.budget_node, opengov_data.budget_period,"
        " opengov_data.budget_import, opengov_data.budget"
    )
