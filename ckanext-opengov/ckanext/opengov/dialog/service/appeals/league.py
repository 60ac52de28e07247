"""League tables: groups in the order of one of their figures, with places for those of whom enough is known. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

COUNTS = ("received", "answered", "in_time", "reopened", "forwarded", "rated")
# Figure → what it is ordered by (ratings by the lower bound of their interval: few votes do not win), and of what.
RATES: Mapping[str, tuple[str, str]] = {
    "in_time_share": ("in_time_share", "answered"),
    "median_days": ("median_days", "answered"),
    "useful_share": ("useful_low", "rated"),
    "solved_share": ("solved_low", "rated"),
}
SORTS = ("title", *COUNTS, *RATES)
# Fewer days are better; names go by the alphabet.
RISING = ("title", "median_days")
ORDERS = ("best", "reverse")


def ordered(groups: Iterable[Mapping[str, Any]], sort: str, order: str, minimum: int) -> list[dict[str, Any]]:
    """The groups by a figure, each with ``small_sample`` and ``rank``.

    A group with fewer answers (or ratings) than the minimum has no place in the order by a rate, and stands below
    those that have one. Equal figures share a place.

    :param order: ``best`` first, or ``reverse``
    :param minimum: how many answers a group needs for a place
    """
    rows = [dict(one) | {"small_sample": one["answered"] < minimum, "rank": None} for one in groups]
    if sort not in RATES:
        return _by(rows, sort, order)
    figure, sample = RATES[sort]
    placed = [one for one in rows if one[figure] is not None and one[sample] >= minimum]
    _place(placed, figure, sort in RISING)
    known = {id(one) for one in placed}
    rest = sorted((one for one in rows if id(one) not in known), key=_name)
    return _by(placed, figure, order, rises=sort in RISING) + rest


def _by(rows: list[dict[str, Any]], figure: str, order: str, *, rises: bool | None = None) -> list[dict[str, Any]]:
    falls = not (figure in RISING if rises is None else rises)
    rows = sorted(rows, key=_name)
    key = _name if figure == "title" else lambda one: one[figure]
    return sorted(rows, key=key, reverse=falls != (order == "reverse"))


def _name(one: Mapping[str, Any]) -> str:
    return str(one["title"]).casefold()


def _place(rows: list[dict[str, Any]], figure: str, rises: bool) -> None:
    first: dict[Any, int] = {}
    for place, value in enumerate(sorted((one[figure] for one in rows), reverse=not rises), 1):
        first.setdefault(value, place)
    for one in rows:
        one["rank"] = first[one[figure]]
