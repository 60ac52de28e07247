"""Connections to the DataStore's database for tables of our own in it; CKAN migrates its own database only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from ckanext.datastore.backend.postgres import get_write_engine

Connection = Any
Cursor = Any


@dataclass(frozen=True)
class Ground:
    """Tables that are made on first use by ``statements``, which are safe to repeat.

    ``lock``: a number of its own, so that of several first users one makes them.
    """

    statements: str
    lock: int
    _ready: set[str] = field(default_factory=set)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection of the DataStore's writer. What is not committed at the end is rolled back."""
        raw = get_write_engine().raw_connection()
        try:
            self._prepare(raw)
            yield raw
        finally:
            # An aborted COPY leaves a connection that cannot be used again.
            if raw.dbapi_connection is not None and raw.dbapi_connection.closed:
                raw.invalidate()
            else:
                raw.rollback()
            raw.close()

    @contextmanager
    def transaction(self) -> Iterator[Cursor]:
        """A cursor whose work is committed at the end, if nothing fails."""
        with self.connection() as raw, raw.cursor() as cursor:
            yield cursor
            raw.commit()

    def _prepare(self, raw: Connection) -> None:
        address = raw.dbapi_connection.dsn
        if address in self._ready:
            return
        with raw.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [self.lock])
            cursor.execute(self.statements)
        raw.commit()
        self._ready.add(address)
