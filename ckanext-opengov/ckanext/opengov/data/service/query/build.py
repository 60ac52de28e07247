"""A checked question as SQL with bound values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import UserDefinedType

from ckanext.opengov.data.service.query.wish import TEXTUAL, Aggregate, Columns, Condition, Wish


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


def rows(wish: Wish, source: sa.TableClause, columns: Columns) -> sa.Subquery:
    """Rows, or groups, before they are sorted and cut."""
    if wish.is_grouped:
        figures = [_figure(one, source).label(one.name) for one in wish.aggregates]
        query = sa.select(*(source.c[name] for name in wish.group), *figures).group_by(
            *(source.c[name] for name in wish.group)
        )
    else:
        wanted = dict.fromkeys([*wish.fields, *(name for name, _ in wish.sort), "_id"])
        query = sa.select(*(source.c[name] for name in wanted))
    return query.where(*_conditions(wish, source, columns)).select_from(source).subquery("answer")


def _conditions(wish: Wish, source: sa.TableClause, columns: Columns) -> list[sa.ColumnElement[bool]]:
    found = [_condition(one, source.c[one.field], columns[one.field]) for one in wish.conditions]
    texts = [source.c[name] for name, kind in columns.items() if kind in TEXTUAL]
    found += [sa.or_(sa.false(), *(text.icontains(word, autoescape=True) for text in texts)) for word in wish.words]
    return found


def _condition(one: Condition, column: sa.ColumnElement[Any], kind: str) -> sa.ColumnElement[bool]:
    if one.operator == "empty":
        return column.is_(None) if one.value else column.is_not(None)
    if one.operator in ("contains", "starts"):
        text = sa.cast(column, sa.Text)
        find = text.icontains if one.operator == "contains" else text.istartswith
        return find(one.value, autoescape=True)
    if one.operator == "in":
        return column == sa.any_(sa.cast(sa.bindparam(None, one.value, sa.ARRAY(sa.Text)), sa.ARRAY(_Named(kind))))
    value = typed(one.value, kind)
    comparisons = {
        "eq": column == value,
        "ne": column.is_distinct_from(value),
        "lt": column < value,
        "le": column <= value,
        "gt": column > value,
        "ge": column >= value,
    }
    return comparisons[one.operator]


def typed(text: str, kind: str) -> sa.ColumnElement[Any]:
    """A text as a bound value of PostgreSQL's type; the database says so when it is none."""
    return sa.cast(sa.bindparam(None, text, sa.Text), _Named(kind))


def _figure(one: Aggregate, source: sa.TableClause) -> sa.ColumnElement[Any]:
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


def sorted_by(query: sa.Select[Any], answer: sa.Subquery, by: Sequence[tuple[str, bool]]) -> sa.Select[Any]:
    """Sort; empty values come last both ways, so that a cursor can stand among them."""
    parts = [answer.c[name].desc() if down else answer.c[name].asc() for name, down in by]
    return query.order_by(*(part.nulls_last() for part in parts))


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
        choices.append(sa.and_(*equal, sa.or_(beyond, column.is_(None))))
        equal.append(column == value)
    return sa.or_(sa.false(), *choices)
