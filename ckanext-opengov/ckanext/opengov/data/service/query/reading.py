"""A table as one transaction sees it: its columns, its version, its rows now or as they stood after an earlier push."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from psycopg2 import errorcodes
from sqlalchemy.exc import DBAPIError

from ckanext.datastore.backend.postgres import get_read_engine, get_write_engine
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, fault
from ckanext.opengov.data.service.query import build
from ckanext.opengov.data.service.query.wish import Columns, Wish

_COLUMNS = """
SELECT attname, typname FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_DONE = "FROM opengov_data.push_receipt WHERE resource_id = :resource AND state = 'done' AND NOT dry_run"
_NEWEST = f"SELECT number, finished_at {_DONE} ORDER BY number DESC LIMIT 1"
_AS_OF = f"SELECT max(number) {_DONE} AND finished_at <= :moment"
_HISTORY = "SELECT to_regclass(:name) IS NOT NULL"
# Of tables that CKAN's own actions write there is no version: these numbers move with every change.
_MOVED = """
SELECT relfilenode::text || ':' || coalesce(n_tup_ins + n_tup_upd + n_tup_del, 0)
FROM pg_class LEFT JOIN pg_stat_user_tables ON relid = oid WHERE oid = to_regclass(:name)
"""
_PUSH = "_push"
# A value has not the type of its field; a function is not there for the type of its field.
_VALUES = "22"
_TYPES = frozenset({errorcodes.UNDEFINED_FUNCTION, errorcodes.DATATYPE_MISMATCH, errorcodes.AMBIGUOUS_FUNCTION})


@dataclass(frozen=True)
class Reading:
    """``number`` is the last push, None for a table that no pushes fill; ``at`` is when it was."""

    connection: Any
    resource_id: str
    columns: Columns
    number: int | None = None
    at: dt.datetime | None = None
    has_history: bool = False

    def version_of(self, wish: Wish) -> int | None:
        """The push after which the rows are wanted; None for the rows as they are now.

        :raises Faulty: when earlier rows are asked for and not kept
        """
        wanted = wish.version
        if wish.as_of is not None:
            wanted = self.number_at(wish.as_of)
        if wanted is None or wanted == self.number:
            return None
        if self.number is None or not self.has_history:
            raise fault(N_("No earlier rows of this table are kept."))
        if wanted > self.number:
            raise fault(N_("There is no version {version} of this table; the last is {last}."), **self._named(wanted))
        return wanted

    def _named(self, version: int) -> dict[str, int]:
        return {"version": version, "last": self.number or 0}

    def number_at(self, moment: dt.datetime) -> int:
        """The last push until a time; 0 before the first.

        :raises Faulty: when no pushes fill the table
        """
        if self.number is None:
            raise fault(N_("No earlier rows of this table are kept."))
        known = {"resource": self.resource_id, "moment": moment}
        return self.connection.scalar(sa.text(_AS_OF), known) or 0

    def rows(self, version: int | None) -> Any:
        """The rows to select from."""
        if version is None:
            return build.table(self.resource_id, self.columns)
        return build.pinned(self.resource_id, self.columns, version)

    def stamp(self) -> str:
        """A text that is another one after every change of the rows or the columns."""
        if self.number is not None:
            state = str(self.number)
        else:
            state = self.connection.scalar(sa.text(_MOVED), {"name": _quoted(self.resource_id)})
        content = f"{state} {sorted(self.columns.items())}"
        return hashlib.sha256(content.encode()).hexdigest()[:24]


@contextmanager
def reading(resource_id: str, seconds: int) -> Iterator[Reading | None]:
    """The table of a resource in a read-only transaction that sees one state of it; None when there is none.

    :param seconds: how long a statement may take; 0 for as long as it takes
    """
    with get_read_engine().connect() as connection:
        found = _columns(connection, resource_id)
        columns = {name: kind for name, kind in found.items() if not name.startswith("_")}
        if not columns:
            yield None
            return
        if _PUSH not in found:
            _limit(connection, seconds)
            yield Reading(connection, resource_id, columns)
            return
    # Receipts and earlier rows lie where CKAN's reader has no right.
    options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with get_write_engine().connect().execution_options(**options) as connection:
        _limit(connection, seconds)
        yield _keyed(connection, resource_id)


def _keyed(connection: Any, resource_id: str) -> Reading:
    found = _columns(connection, resource_id)
    columns = {name: kind for name, kind in found.items() if not name.startswith("_")}
    newest = connection.execute(sa.text(_NEWEST), {"resource": resource_id}).first()
    number, at = newest or (0, None)
    kept = connection.scalar(sa.text(_HISTORY), {"name": f'{build.HISTORY}."history_{resource_id}"'})
    return Reading(connection, resource_id, columns, number, at, bool(kept))


def _quoted(resource_id: str) -> str:
    return f'public."{resource_id}"'


def _columns(connection: Any, resource_id: str) -> dict[str, str]:
    return dict(connection.execute(sa.text(_COLUMNS), {"name": _quoted(resource_id)}).tuples().all())


def _limit(connection: Any, seconds: int) -> None:
    connection.execute(sa.text(f"SET LOCAL statement_timeout = {seconds * 1000}"))


@contextmanager
def told(seconds: int) -> Iterator[None]:
    """What the database refuses because of the question, said so that the asker understands it.

    :raises Faulty: instead of the database's error
    """
    try:
        yield
    except DBAPIError as error:
        raise _told(error, seconds) from None


def _told(error: DBAPIError, seconds: int) -> Faulty | DBAPIError:
    code = str(getattr(error.orig, "pgcode", None))
    reason = str(error.orig).split("\n", 1)[0]
    if code == errorcodes.QUERY_CANCELED:
        return fault(N_("The answer took more than {seconds} seconds. Ask for less: filter more."), seconds=seconds)
    if code.startswith(_VALUES):
        return fault(N_("A value of the filters does not have the type of its field: {reason}"), reason=reason)
    if code in _TYPES:
        return fault(N_("The type of a field does not allow what is asked of it: {reason}"), reason=reason)
    return error
