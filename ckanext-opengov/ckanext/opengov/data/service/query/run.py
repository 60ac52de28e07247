"""Ask the database: one statement, read-only, stopped when it takes too long."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from ckanext.opengov.civic.service.refusal import N_
from ckanext.opengov.data.service.finding import fault
from ckanext.opengov.data.service.query import build, cursors
from ckanext.opengov.data.service.query.cursors import Place
from ckanext.opengov.data.service.query.reading import Reading, reading, told
from ckanext.opengov.data.service.query.wish import Columns, Wish, read

SECONDS = 20
_AS_THEY_ARE = frozenset({"text", "varchar", "bpchar", "int2", "int4", "int8", "bool"})
_EXACT_WHOLE = 18
# With its point; a double has fifteen decimal digits for sure.
_EXACT_DIGITS = 16


def answer(resource_id: str, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """The rows, or the groups, that a question asks for; None when the resource has no table.

    :param asked: see ``read``
    :raises Faulty: when the question cannot be answered
    """
    with told(SECONDS), reading(resource_id, SECONDS) as found:
        return None if found is None else answered(found, read(asked, found.columns))


def answered(found: Reading, wish: Wish) -> dict[str, Any]:
    """The same for a table that is being read already."""
    walk = _walk(found, wish)
    page = _page(found, wish, walk)
    shown = _shown(wish)
    kinds = [kind_of(wish, name, found.columns) for name in shown]
    answer: dict[str, Any] = {
        "fields": [{"id": name, "type": kind} for name, kind in zip(shown, kinds, strict=True)],
        "records": records(page.rows, shown, kinds),
        "next": cursors.written(wish, walk.begun, page.rows[-1][len(shown) :]) if page.more else None,
        "version": found.number if walk.version is None else walk.version,
        "changed": walk.changed,
    }
    if wish.total:
        inner = build.rows(wish, found.rows(walk.version), found.columns)
        answer["total"] = found.connection.scalar(sa.select(sa.func.count()).select_from(inner))
    return answer


@dataclass(frozen=True)
class _Walk:
    """``version``: the push after which rows are read (None: now). ``begun``: the last push when the walk began.

    ``changed``: whether the table changed since, where the walk could not be pinned.
    """

    place: Place | None
    version: int | None
    begun: int | None
    changed: bool


def _walk(found: Reading, wish: Wish) -> _Walk:
    by = build.order(wish)
    place = cursors.read(wish, len(by))
    version = found.version_of(wish)
    begun = found.number if place is None else place.version
    if version is not None or begun == found.number:
        return _Walk(place, version, begun, changed=False)
    # The order of arrival never moves, so new rows may come into such a walk; others stay with the rows of their
    # beginning, if these are kept.
    if found.has_history and begun is not None and by != [("_id", False)]:
        if begun > (found.number or 0):
            text = N_("There is no version {version} of this table; the last is {last}.")
            raise fault(text, version=begun, last=found.number or 0)
        return _Walk(place, begun, begun, changed=False)
    return _Walk(place, None, begun, changed=True)


@dataclass(frozen=True)
class _Page:
    rows: list[Any]
    more: bool


def _shown(wish: Wish) -> list[str]:
    return [*wish.group, *(one.name for one in wish.aggregates)] if wish.is_grouped else list(wish.fields)


def _page(found: Reading, wish: Wish, walk: _Walk) -> _Page:
    inner = build.rows(wish, found.rows(walk.version), found.columns)
    by = build.order(wish)
    places = [sa.cast(inner.c[name], sa.Text).label(f"key_{number}") for number, (name, _) in enumerate(by)]
    query = sa.select(*(inner.c[name] for name in _shown(wish)), *places)
    if walk.place:
        kinds = [kind_of(wish, name, found.columns) for name, _ in by]
        query = query.where(build.after(inner, by, walk.place.values, kinds))
    query = build.sorted_by(query, inner, by).limit(wish.limit + 1)
    if wish.skip:
        query = query.offset(wish.skip)
    rows = list(found.connection.execute(query).all())
    return _Page(rows[: wish.limit], len(rows) > wish.limit)


def kind_of(wish: Wish, name: str, columns: Columns) -> str:
    """PostgreSQL's type of what a name stands for in the answer."""
    figure = next((one for one in wish.aggregates if one.name == name), None)
    if figure is None:
        return build.grouped_kind(name, columns) if name in wish.group else columns.get(name, "int8")
    if figure.function in ("count", "distinct"):
        return "int8"
    return columns[str(figure.field)] if figure.function in ("min", "max") else "numeric"


def plain(value: Any) -> Any:
    """A value as JSON has it; a number with more digits than JSON's readers keep is a text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | list | dict) else str(value)


def _number(value: Decimal) -> Any:
    text = str(value)
    if not value.is_finite():
        return text
    if "E" in text:
        text = format(value, "f")
    if "." not in text:
        return int(text) if len(text) <= _EXACT_WHOLE else text
    found = float(text)
    if found.is_integer() and len(text) <= _EXACT_WHOLE and value == int(found):
        return int(found)
    # So many digits come back from a number of JSON as they were.
    return found if len(text) <= _EXACT_DIGITS or Decimal(repr(found)) == value else text


def records(rows: Sequence[Sequence[Any]], names: Sequence[str], kinds: Sequence[str]) -> list[dict[str, Any]]:
    """Rows as objects. Only columns are looked at whose values JSON does not have as they are."""
    odd = [place for place, kind in enumerate(kinds) if kind not in _AS_THEY_ARE]
    found = []
    for row in rows:
        values = list(row[: len(names)])
        for place in odd:
            values[place] = plain(values[place])
        found.append(dict(zip(names, values, strict=True)))
    return found
