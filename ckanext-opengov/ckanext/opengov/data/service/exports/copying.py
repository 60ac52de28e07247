"""COPY … TO STDOUT as pieces of bytes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

PIECE = 1 << 18
_PIPE = 1 << 20
# Characters that no JSON and no XML has: COPY finds nothing to quote in a line, and gives it as it is.
_PLAIN = "FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01'"
_CSV = "FORMAT csv"


def copied(connection: Any, query: sa.Select[Any], *, as_csv: bool) -> Iterator[bytes]:
    """The rows of a query, in a transaction of the connection.

    :param as_csv: as values of CSV; else the query has one column with whole lines
    """
    dialect = connection.dialect
    compiled = query.compile(dialect=dialect)
    raw = connection.connection.dbapi_connection
    with raw.cursor() as cursor:
        # COPY takes no bound values; the driver writes them as literals of the connection's own escaping.
        values = compiled.params
        text = cursor.mogrify(str(compiled), values).decode() if values else str(compiled).replace("%%", "%")
        statement = f"COPY ({text}) TO STDOUT ({_CSV if as_csv else _PLAIN})"
        yield from _pieces(connection, raw, cursor, statement)


def _pieces(connection: Any, raw: Any, cursor: Any, statement: str) -> Iterator[bytes]:
    source, target = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(target, fcntl.F_SETPIPE_SZ, _PIPE)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with open(target, "wb", buffering=PIECE) as out:
                cursor.copy_expert(statement, out, PIECE)
        except BaseException as failure:
            failures.append(failure)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    is_whole = False
    try:
        with open(source, "rb", buffering=0) as pipe:
            while piece := pipe.read(PIECE):
                yield piece
        is_whole = True
    finally:
        if not is_whole:
            # The reader went away: the database need not go on.
            raw.cancel()
        worker.join()
        if failures or not is_whole:
            connection.invalidate()
    if failures:
        raise _told(failures[0])


def _told(failure: BaseException) -> BaseException:
    code = getattr(failure, "pgcode", None)
    if code is None or not isinstance(failure, Exception):
        return failure
    # As SQLAlchemy gives errors of statements that it runs itself.
    return sa.exc.DBAPIError("COPY", None, failure)
