"""A checked question as SQL with bound values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType

from ckanext.opengov.data.service.query.folding import CYRILLIC, LATIN, folded
from ckanext.opengov.data.service.query.wish import (
    REGION,
    SPANS,
    TEXTUAL,
    Aggregate,
    Columns,
    Condition,
    Wish,
    parted,
)

Element = sa.ColumnElement[Any]
HISTORY = "opengov_data"
LEGAL = "Asia/Almaty"


class _Named(UserDefinedType[Any]):
    """A type by PostgreSQL's name for it, as read from the table."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_more: Any) -> str:
        return self.name


def table(resource_id: str, columns: Columns) -> sa.TableClause:
    """The table with its columns, ``_id`` included."""
    return sa.table(resource_id, *(sa.column(name) for name in ("_id", *columns)), schema="public")


def pinned(resource_id: str, columns: Columns, version: int) -> sa.Subquery:
    """The rows as they stood after a push: those that did not change since, and earlier versions of the others."""
    names = ("_id", *columns)
    main = sa.table(resource_id, *(sa.column(name) for name in (*names, "_push")), schema="public")
    earlier = sa.table(
        f"history_{resource_id}", *(sa.column(name) for name in (*names, "_from", "_until")), schema=HISTORY
    )
    number = sa.bindparam("version", version, sa.BigInteger)
    standing = sa.select(*(main.c[name] for name in names)).where(main.c["_push"] <= number)
    gone = sa.select(*(earlier.c[name] for name in names)).where(
        earlier.c["_from"] <= number, earlier.c["_until"] > number
    )
    return sa.union_all(standing, gone).subquery("rows")


def rows(wish: Wish, source: Any, columns: Columns) -> sa.Subquery:
    """Rows, or groups, before they are sorted and cut."""
    if wish.is_grouped:
        groups = [grouping(name, source, columns).label(name) for name in wish.group]
        figures = [_figure(one, source).label(one.name) for one in wish.aggregates]
        places = [sa.literal_column(str(number)) for number, _ in enumerate(wish.group, 1)]
        query = sa.select(*groups, *figures).group_by(*places)
    else:
        wanted = dict.fromkeys([*wish.fields, *(name for name, _ in wish.sort), "_id"])
        query = sa.select(*(source.c[name] for name in wanted))
    return query.where(*conditions(wish, source, columns)).select_from(source).subquery("answer")


def grouping(name: str, source: Any, columns: Columns) -> Element:
    """What rows are grouped by: a column, or the span, the step, the region in which its value lies."""
    of, part = parted(name, columns)
    column = source.c[of]
    if not part:
        return column
    if part in SPANS:
        moment = sa.func.timezone(LEGAL, column) if columns[of] == "timestamptz" else sa.cast(column, sa.DateTime)
        return sa.cast(sa.func.date_trunc(sa.literal_column(f"'{part}'"), moment), sa.Date)
    if part == REGION:
        text = sa.cast(column, sa.Text)
        return sa.case((text.regexp_match(sa.literal_column("'^[0-9]{9}$'")), sa.func.left(text, 2)), else_=text)
    step = sa.literal_column(part)
    return sa.func.floor(sa.cast(column, sa.Numeric) / step) * step


def grouped_kind(name: str, columns: Columns) -> str:
    """PostgreSQL's type of what rows are grouped by."""
    of, part = parted(name, columns)
    if not part:
        return columns[of]
    return "date" if part in SPANS else "text" if part == REGION else "numeric"


def conditions(wish: Wish, source: Any, columns: Columns) -> list[sa.ColumnElement[bool]]:
    """What all rows must fulfil."""
    found = [_condition(one, source.c[one.field], columns[one.field]) for one in wish.conditions]
    texts = [_fold(source.c[name]) for name, kind in columns.items() if kind in TEXTUAL]
    found += [sa.or_(sa.false(), *(_has(text, word) for text in texts)) for word in wish.words]
    return found


def _fold(column: Any) -> Element:
    return sa.func.translate(sa.func.lower(column), LATIN, CYRILLIC)


def _has(text: Element, word: str) -> sa.ColumnElement[bool]:
    return text.contains(folded(word), autoescape=True)


def _condition(one: Condition, column: Element, kind: str) -> sa.ColumnElement[bool]:
    if one.operator == "empty":
        return column.is_(None) if one.value else column.is_not(None)
    if one.operator in ("contains", "starts"):
        text = sa.cast(column, sa.Text)
        find = text.icontains if one.operator == "contains" else text.istartswith
        return find(one.value, autoescape=True)
    if one.operator == "words":
        text = _fold(sa.cast(column, sa.Text))
        return sa.or_(sa.false(), *(_has(text, word) for word in one.value.split()[:20]))
    if one.operator == "in":
        return column == sa.any_(sa.cast(sa.bindparam(None, one.value, sa.ARRAY(sa.Text)), sa.ARRAY(_Named(kind))))
    return _COMPARISONS[one.operator](column, typed(one.value, kind))


_COMPARISONS: Mapping[str, Callable[[Element, Element], sa.ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "ne": lambda column, value: column.is_distinct_from(value),
    "lt": lambda column, value: column < value,
    "le": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "ge": lambda column, value: column >= value,
}


def typed(text: str, kind: str) -> Element:
    """A text as a bound value of PostgreSQL's type; the database says so when it is none."""
    return sa.cast(sa.bindparam(None, text, sa.Text), _Named(kind))


def _figure(one: Aggregate, source: Any) -> Element:
    if one.field is None:
        return sa.func.count()
    column = source.c[one.field]
    if one.function == "distinct":
        return sa.func.count(column.distinct())
    if one.fraction is not None:
        return sa.func.percentile_cont(one.fraction).within_group(column)
    return getattr(sa.func, one.function)(column)


def order(wish: Wish) -> list[tuple[str, bool]]:
    """The sort, with what tells equal ones apart at its end."""
    last = list(wish.group) if wish.is_grouped else ["_id"]
    named = {name for name, _ in wish.sort}
    return [*wish.sort, *((name, False) for name in last if name not in named)]


def sorted_by(query: sa.Select[Any], answer: Any, by: Sequence[tuple[str, bool]]) -> sa.Select[Any]:
    """Sort; empty values come last both ways, so that a cursor can stand among them."""
    return query.order_by(*(_direction(answer.c[name], down, name) for name, down in by))


def _direction(column: Element, down: bool, name: str) -> Element:
    part = column.desc() if down else column.asc()
    # Upwards empty ones are last anyhow; and the row's number is never empty, so that its index serves both ways.
    return part.nulls_last() if down and name != "_id" else part


def after(
    answer: sa.Subquery, by: Sequence[tuple[str, bool]], last: Sequence[str | None], kinds: Sequence[str]
) -> sa.ColumnElement[bool]:
    """What comes after the row with these values."""
    choices: list[sa.ColumnElement[bool]] = []
    equal: list[sa.ColumnElement[bool]] = []
    for (name, down), text, kind in zip(by, last, kinds, strict=True):
        column = answer.c[name]
        if text is None:
            # Empty ones are the last: nothing comes after them in this column.
            equal.append(column.is_(None))
            continue
        value = typed(text, kind)
        beyond = column < value if down else column > value
        choices.append(sa.and_(*equal, beyond if name == "_id" else sa.or_(beyond, column.is_(None))))
        equal.append(column == value)
    return sa.or_(sa.false(), *choices)
