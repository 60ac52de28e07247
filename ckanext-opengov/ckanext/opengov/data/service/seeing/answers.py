"""What the database says to a choice: never more than fits on a page, however many rows there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from ckanext.opengov.civic.service.ground import Window
from ckanext.opengov.data.service.query import Reading, answered, build, places, read
from ckanext.opengov.data.service.query.run import plain
from ckanext.opengov.data.service.seeing import choice as choices
from ckanext.opengov.data.service.seeing import regions
from ckanext.opengov.data.service.seeing.choice import FIGURE, Choice

# Width of a square of the map in degrees at the first zoom; each step halves it.
GRID = 1.2
MOST_CLUSTERS = 600
# Codes and names of regions, written in whichever way.
_MOST_REGIONS = 2000
_ADDED_UP = frozenset({"count", "sum"})


@dataclass(frozen=True)
class Group:
    """A value that rows have in common, and their figure."""

    value: Any
    figure: Any


@dataclass(frozen=True)
class Groups:
    """``left`` are groups that are not among those shown; ``rest`` is their figure, where figures can be added up."""

    groups: list[Group]
    left: int = 0
    rest: Any = None


def rows(found: Reading, choice: Choice) -> dict[str, Any]:
    """A page of rows; on the first one also how many there are."""
    question = {**choice.rows(), "limit": choices.ROWS, "cursor": choice.cursor or None, "total": not choice.cursor}
    return answered(found, read(question, found.columns))


def bars(found: Reading, choice: Choice) -> Groups:
    """The largest figures first."""
    return _groups(found, choice, [f"-{FIGURE}", choice.grouped], choices.MOST_BARS)


def line(found: Reading, choice: Choice) -> Groups:
    """In the order of the groups; rows without a value have no place on the axis."""
    asked = _groups(found, choice, [choice.grouped], choices.MOST_POINTS)
    return replace(asked, groups=[one for one in asked.groups if one.value is not None])


def slices(found: Reading, choice: Choice) -> Groups:
    """The largest ones, and the rest together."""
    asked = _groups(found, choice, [f"-{FIGURE}", choice.grouped], choices.MOST_SLICES)
    if not asked.left:
        return asked
    question = choice.groups([], 1)
    whole = answered(found, read({**question, "group": []}, found.columns))["records"][0][FIGURE] or 0
    return replace(asked, rest=float(whole) - sum(float(one.figure or 0) for one in asked.groups))


def by_region(found: Reading, choice: Choice) -> tuple[dict[str, Any], int]:
    """Code of a region → figure; and how many values name no region."""
    asked = _groups(found, choice, [f"-{FIGURE}"], _MOST_REGIONS)
    figures: dict[str, Any] = {}
    unknown = 0
    for one in asked.groups:
        code = regions.code_of(one.value)
        if code is None:
            unknown += one.value is not None
        elif one.figure is not None:
            figures[code] = _together(choice.figure, figures.get(code), one.figure)
    return figures, unknown


def _together(figure: str, known: Any, more: Any) -> Any:
    """Of a region that is written in two ways."""
    if known is None:
        return more
    if figure in _ADDED_UP:
        return known + more
    return min(known, more) if figure == "min" else max(known, more)


def _groups(found: Reading, choice: Choice, sort: list[str], limit: int) -> Groups:
    question = choice.groups(dict.fromkeys(sort), limit)
    answer = answered(found, read(question, found.columns))
    groups = [Group(one[choice.grouped], one[FIGURE]) for one in answer["records"]]
    if not answer["next"]:
        return Groups(groups)
    total = answered(found, read({**question, "limit": 1, "total": True}, found.columns))["total"]
    return Groups(groups, total - len(groups))


@dataclass(frozen=True)
class Cluster:
    """Rows that lie together; the place is their middle."""

    latitude: float
    longitude: float
    number: int


@dataclass(frozen=True)
class Points:
    """``located`` of all rows have a place; the clusters are those in the window."""

    clusters: list[Cluster]
    located: int
    total: int


def points(found: Reading, choice: Choice, place: places.Place, window: Window) -> Points:
    """Rows on the map, put together by squares of a grid."""
    wish = read(choice.rows(), found.columns)
    source = found.rows(None)
    point = places.point(source, found.columns, place)
    inner = (
        sa.select(point.latitude.label("latitude"), point.longitude.label("longitude"))
        .where(*build.conditions(wish, source, found.columns))
        .select_from(source)
        .subquery("points")
    )
    counted = sa.select(sa.func.count(), sa.func.count(inner.c.latitude + inner.c.longitude)).select_from(inner)
    total, located = found.connection.execute(counted).one()
    return Points([_cluster(row) for row in found.connection.execute(_clustered(inner, window))], located, total)


def _clustered(inner: Any, window: Window) -> sa.Select[Any]:
    size = sa.literal_column(repr(GRID / 2**window.zoom))
    south, west, north, east = window.bounds
    squares = [sa.func.floor(inner.c[name] / size) for name in ("latitude", "longitude")]
    number = sa.func.count().label("number")
    return (
        sa.select(sa.func.avg(inner.c.latitude), sa.func.avg(inner.c.longitude), number)
        .where(inner.c.latitude.between(south, north), inner.c.longitude.between(west, east))
        .group_by(*squares)
        .order_by(number.desc())
        .limit(MOST_CLUSTERS)
    )


def _cluster(row: Any) -> Cluster:
    latitude, longitude, number = row
    return Cluster(float(plain(latitude)), float(plain(longitude)), number)


def question(choice: Choice) -> Mapping[str, Any]:
    """What the figures on the page are the answer to, for ``data_query`` and exports."""
    if choice.view in (choices.TABLE, choices.MAP):
        return {name: value for name, value in choice.rows().items() if value}
    asked = choice.groups([choice.grouped], 0)
    return {name: value for name, value in asked.items() if value and name != "limit"}
