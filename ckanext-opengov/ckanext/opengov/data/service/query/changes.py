"""What is different in a table between two of its versions: row by row, by the key."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import fault, shortened
from ckanext.opengov.data.service.query import build
from ckanext.opengov.data.service.query.reading import Reading
from ckanext.opengov.data.service.query.run import plain
from ckanext.opengov.data.service.query.wish import is_storable

ADDED, CHANGED, DELETED = "added", "changed", "deleted"


@dataclass(frozen=True)
class Span:
    """Two versions, the earlier one first, and the page that is wanted."""

    first: int
    last: int
    limit: int = 100
    cursor: str | None = None


def difference(found: Reading, key: Sequence[str], span: Span) -> dict[str, Any]:
    """The rows that came, changed and went between two versions.

    :param key: the names of the fields that name a row

    :returns: ``from``, ``to``, ``counts`` of the whole (on the first page), ``records`` (``change``, ``key``,
        ``before``, ``after``, ``fields`` that changed), ``next``
    :raises Faulty: for versions that are not kept, and for a foreign cursor
    """
    _check(found, span)
    joined = _joined(found, key, span)
    places = [sa.cast(joined.c[f"key_{number}"], sa.Text) for number, _ in enumerate(key)]
    by = [(f"key_{number}", False) for number, _ in enumerate(key)]
    query = sa.select(joined, *places)
    if span.cursor:
        kinds = [found.columns[name] for name in key]
        query = query.where(build.after(joined, by, _place(span, len(key)), kinds))
    rows = found.connection.execute(build.sorted_by(query, joined, by).limit(span.limit + 1)).all()
    page = rows[: span.limit]
    names = list(found.columns)
    told: dict[str, Any] = {
        "from": span.first,
        "to": span.last,
        "records": [_record(row, names, key) for row in page],
        "next": _cursor(span, page[-1][-len(key) :]) if len(rows) > span.limit else None,
    }
    if not span.cursor:
        told["counts"] = _counts(found, joined)
    return told


def _check(found: Reading, span: Span) -> None:
    if not found.has_history:
        raise fault(N_("No earlier rows of this table are kept."))
    if span.last > (found.number or 0):
        text = N_("There is no version {version} of this table; the last is {last}.")
        raise fault(text, version=span.last, last=found.number or 0)
    if span.first > span.last:
        text = N_("The earlier version comes first: {first} is later than {last}.")
        raise fault(text, first=span.first, last=span.last)


def _joined(found: Reading, key: Sequence[str], span: Span) -> sa.Subquery:
    """Rows that one version has and the other has not, put side by side by their key."""
    before, after = _only_before(found, span), _only_after(found, span)
    same = sa.and_(*(before.c[name] == after.c[name] for name in key))
    keys = [sa.func.coalesce(before.c[name], after.c[name]).label(f"key_{number}") for number, name in enumerate(key)]
    was, is_ = before.c["_id"], after.c["_id"]
    change = sa.case((was.is_(None), ADDED), (is_.is_(None), DELETED), else_=CHANGED).label("change")
    sides = [
        side.c[name].label(f"{mark}_{number}")
        for mark, side in (("before", before), ("after", after))
        for number, name in enumerate(found.columns)
    ]
    different = [before.c[name].is_distinct_from(after.c[name]) for name in found.columns if name not in key]
    wanted = sa.or_(was.is_(None), is_.is_(None), *different)
    query = sa.select(change, *keys, *sides).select_from(before.join(after, same, full=True)).where(wanted)
    return query.subquery("changes")


def _tables(found: Reading) -> tuple[Any, Any]:
    names = ("_id", *found.columns)
    main = sa.table(found.resource_id, *(sa.column(name) for name in (*names, "_push")), schema="public")
    earlier = sa.table(
        f"history_{found.resource_id}", *(sa.column(name) for name in (*names, "_from", "_until")), schema=build.HISTORY
    )
    return main, earlier


def _only_before(found: Reading, span: Span) -> sa.Subquery:
    """Rows that stood after the first push and did not stay as they were until the last."""
    _main, earlier = _tables(found)
    names = ("_id", *found.columns)
    query = sa.select(*(earlier.c[name] for name in names)).where(
        earlier.c["_from"] <= span.first, earlier.c["_until"] > span.first, earlier.c["_until"] <= span.last
    )
    return query.subquery("before")


def _only_after(found: Reading, span: Span) -> sa.Subquery:
    """Rows that stand after the last push and came, as they are, after the first."""
    main, earlier = _tables(found)
    names = ("_id", *found.columns)
    standing = sa.select(*(main.c[name] for name in names)).where(
        main.c["_push"] > span.first, main.c["_push"] <= span.last
    )
    gone = sa.select(*(earlier.c[name] for name in names)).where(
        earlier.c["_from"] > span.first, earlier.c["_from"] <= span.last, earlier.c["_until"] > span.last
    )
    return sa.union_all(standing, gone).subquery("after")


def _record(row: Any, names: Sequence[str], key: Sequence[str]) -> dict[str, Any]:
    start = 1 + len(key)
    before = dict(zip(names, map(plain, row[start : start + len(names)]), strict=True))
    after = dict(zip(names, map(plain, row[start + len(names) : start + 2 * len(names)]), strict=True))
    change = row[0]
    return {
        "change": change,
        "key": dict(zip(key, map(plain, row[1:start]), strict=True)),
        "before": None if change == ADDED else before,
        "after": None if change == DELETED else after,
        "fields": [name for name in names if before[name] != after[name]] if change == CHANGED else [],
    }


def _counts(found: Reading, joined: sa.Subquery) -> dict[str, int]:
    query = sa.select(joined.c.change, sa.func.count()).group_by(joined.c.change)
    counted = dict(found.connection.execute(query).tuples().all())
    return {name: counted.get(name, 0) for name in (ADDED, CHANGED, DELETED)}


def _cursor(span: Span, last: Sequence[str]) -> str:
    content = json.dumps([span.first, span.last, *last], ensure_ascii=False)
    return base64.urlsafe_b64encode(content.encode()).decode()


def _place(span: Span, length: int) -> list[str]:
    try:
        first, last, *values = json.loads(base64.urlsafe_b64decode(str(span.cursor).encode()))
    except (ValueError, TypeError, RecursionError):
        first, last, values = None, None, []
    are_texts = len(values) == length and all(type(one) is str and is_storable(one) for one in values)
    if (first, last) != (span.first, span.last) or not are_texts:
        text = N_("“{value}” is no cursor of this question. Begin without one and change nothing on the way.")
        raise fault(text, value=shortened(span.cursor))
    return values
