"""Ask the database: one statement, with the reader's rights, stopped when it takes too long."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from psycopg2 import errorcodes
from sqlalchemy.exc import DBAPIError

from ckanext.datastore.backend.postgres import get_read_engine
from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import Faulty, fault, shortened
from ckanext.opengov.data.service.query import build
from ckanext.opengov.data.service.query.wish import Columns, Wish, read

SECONDS = 20
_COLUMNS = """
SELECT attname, typname FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
WHERE attrelid = to_regclass(:name) AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""


def answer(resource_id: str, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rows, or the groups, that a question asks for; None when the resource has no table.

    :param asked: see ``read``
    :raises Faulty: when the question cannot be answered
    """
    with get_read_engine().connect() as connection:
        columns = _columns(connection, resource_id)
        if not columns:
            return None
        wish = read(asked, columns)
        connection.execute(sa.text(f"SET LOCAL statement_timeout = {SECONDS * 1000}"))
        try:
            return _answer(connection, wish, build.table(resource_id, columns), columns)
        except DBAPIError as error:
            raise _told(error) from None


def _columns(connection: Any, resource_id: str) -> Columns:
    found = connection.execute(sa.text(_COLUMNS), {"name": f'public."{resource_id}"'})
    return {name: kind for name, kind in found if not name.startswith("_")}


def _told(error: DBAPIError) -> Faulty:
    code = getattr(error.orig, "pgcode", None)
    if code == errorcodes.QUERY_CANCELED:
        return fault(N_("The answer took more than {seconds} seconds. Ask for less: filter more."), seconds=SECONDS)
    if str(code).startswith("22"):
        reason = str(error.orig).split("\n", 1)[0]
        return fault(N_("A value of the filters does not have the type of its field: {reason}"), reason=reason)
    raise error


def _answer(connection: Any, wish: Wish, source: sa.TableClause, columns: Columns) -> dict[str, Any]:
    inner = build.rows(wish, source, columns)
    by = build.order(wish)
    shown = [*wish.group, *(one.name for one in wish.aggregates)] if wish.is_grouped else list(wish.fields)
    places = [sa.cast(inner.c[name], sa.Text).label(f"key_{number}") for number, (name, _) in enumerate(by)]
    query = sa.select(*(inner.c[name] for name in shown), *places)
    if wish.cursor:
        kinds = [_kind(wish, name, columns) for name, _ in by]
        query = query.where(build.after(inner, by, _read_cursor(wish, len(by)), kinds))
    query = build.sorted_by(query, inner, by).limit(wish.limit + 1)
    found = connection.execute(query).all()
    page = found[: wish.limit]
    told: dict[str, Any] = {
        "fields": [{"id": name, "type": _kind(wish, name, columns)} for name in shown],
        "records": [dict(zip(shown, map(_plain, row), strict=False)) for row in page],
        "next": _cursor(wish, page[-1][len(shown) :]) if len(found) > wish.limit else None,
    }
    if wish.total:
        told["total"] = connection.scalar(sa.select(sa.func.count()).select_from(inner))
    return told


def _kind(wish: Wish, name: str, columns: Columns) -> str:
    """PostgreSQL's type of what a name stands for in the answer."""
    figure = next((one for one in wish.aggregates if one.name == name), None)
    if figure is None:
        return columns.get(name, "int8")
    if figure.function in ("count", "distinct"):
        return "int8"
    return columns[str(figure.field)] if figure.function in ("min", "max") else "numeric"


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | list | dict) else str(value)


def _question(wish: Wish) -> str:
    """What tells one walk from another: all but the place and the size of its pages."""
    asked = asdict(replace(wish, cursor=None, limit=0, total=False))
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:12]


def _cursor(wish: Wish, last: Any) -> str:
    content = json.dumps([_question(wish), *last], ensure_ascii=False)
    return base64.urlsafe_b64encode(content.encode()).decode()


def _read_cursor(wish: Wish, length: int) -> list[str | None]:
    """
    :raises Faulty: when it is no cursor of this question
    """
    try:
        question, *last = json.loads(base64.urlsafe_b64decode(str(wish.cursor).encode()))
    except (ValueError, TypeError):
        question, last = None, []
    if question != _question(wish) or len(last) != length or not all(one is None or type(one) is str for one in last):
        text = N_("“{value}” is no cursor of this question. Begin without one and change nothing on the way.")
        raise fault(text, value=shortened(wish.cursor))
    return last
