"""Figures as pages show them: numbers in the reader's language, shares with their interval, months as a chart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_skeleton
from babel.numbers import format_decimal

from ckanext.opengov.civic.service import wording
from ckanext.opengov.civic.service.refusal import N_

# Figure → the heading of its column.
COLUMNS: Mapping[str, str] = {
    "received": N_("Received"),
    "answered": N_("Answered"),
    "in_time_share": N_("Answered in time"),
    "median_days": N_("Median days"),
    "useful_share": N_("Found useful"),
    "solved_share": N_("Problem solved"),
    "reopened": N_("Opened again"),
    "forwarded": N_("Passed on"),
}
GROUPS: Mapping[str, tuple[str, str]] = {
    "agency": (N_("By agency"), N_("Agency")),
    "topic": (N_("By topic"), N_("Topic")),
    "region": (N_("By place"), N_("Place")),
    "kind": (N_("By kind"), N_("Kind of appeal")),
    "month": (N_("By month"), N_("Month")),
}
NONE = "–"
CHART_MONTHS = 24
SHORTEST_CHART = 12
TICKS = 4


def number(value: float | None) -> str:
    """A count, or days with at most one decimal."""
    return NONE if value is None else _written(value, "#,##0.#", wording.current())


def percent(value: float | None) -> str:
    """A share from 0 to 1."""
    return NONE if value is None else _written(value, "0%", wording.current())


@lru_cache(maxsize=4096)
def _written(value: float, pattern: str, language: str) -> str:
    return format_decimal(value, pattern, locale=language)


def interval(figures: Mapping[str, Any], name: str) -> str:
    """The bounds of a share of ratings, such as “65–78 %”; empty when nothing is shown."""
    low, high = figures[f"{name}_low"], figures[f"{name}_high"]
    if low is None:
        return ""
    # The first bound without its sign: both have the same.
    first = format_decimal(round(100 * low), "0", locale=wording.current())
    return f"{first}–{percent(high)}"


def month(value: str | dt.date) -> str:
    """A month with its year, in words."""
    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    return format_skeleton("yMMM", day, locale=wording.current())


def cells(figures: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Figure → its text, and a second line where there is one to say."""
    shown = {name: {"text": number(figures[name]), "more": ""} for name in COLUMNS if not name.endswith("_share")}
    shown["in_time_share"] = {"text": percent(figures["in_time_share"]), "more": ""}
    for name in ("useful", "solved"):
        shown[f"{name}_share"] = {"text": percent(figures[f"{name}_share"]), "more": interval(figures, name)}
    return {name: shown[name] for name in COLUMNS}


def tiles(figures: Mapping[str, Any], minimum: int) -> list[dict[str, str]]:
    """The figures as tiles: title, value and what it means."""
    texts = cells(figures)
    rated = tk.ungettext("{number} rating", "{number} ratings", figures["rated"])
    rated = rated.format(number=number(figures["rated"]))
    few = tk._("{ratings}; shown from {minimum} on").format(ratings=rated, minimum=minimum)
    notes = {
        "answered": tk._("{number} in time").format(number=number(figures["in_time"])),
        "median_days": tk._("Half of the answers came sooner"),
    }
    for name in ("useful", "solved"):
        bounds = texts[f"{name}_share"]["more"]
        told = tk._("{ratings}; the true share lies between {bounds}").format(ratings=rated, bounds=bounds)
        notes[f"{name}_share"] = told if bounds else few
    return [
        {"name": name, "title": tk._(title), "value": texts[name]["text"], "note": notes.get(name, "")}
        for name, title in COLUMNS.items()
    ]


def rows(groups: Iterable[Mapping[str, Any]], group: str) -> list[dict[str, Any]]:
    """A table's rows: ``title``, ``rank``, ``small_sample``, ``name`` (of an agency's page) and ``cells``."""
    return [
        {
            "title": month(one["month"]) if group == "month" else one["title"],
            "name": one.get("name"),
            "rank": one.get("rank"),
            "small_sample": one.get("small_sample", False),
            "cells": cells(one),
        }
        for one in groups
    ]


def filled(months: Sequence[Mapping[str, Any]], until: dt.date) -> list[dict[str, Any]]:
    """The last months of a series without gaps, at least a year of them.

    :param until: the month that ends the series when nothing came later
    """
    known = {dt.date.fromisoformat(one["month"]): one for one in months}
    last = max([until, *known])
    first = min([_before(last, SHORTEST_CHART - 1), *known])
    first = max(first, _before(last, CHART_MONTHS - 1))
    series, day = [], first
    while day <= last:
        one = known.get(day, {})
        series.append({"month": day, "received": one.get("received", 0), "answered": one.get("answered", 0)})
        day = _before(day, -1)
    return series


def _before(day: dt.date, months: int) -> dt.date:
    count = day.year * 12 + day.month - 1 - months
    return dt.date(count // 12, count % 12 + 1, 1)


def chart(months: Sequence[Mapping[str, Any]], until: dt.date) -> dict[str, Any]:
    """Received and answered by month as bars: places and sizes in hundredths of the chart's height, and a table.

    A month is ten units wide: two bars of four, the rest is air.
    """
    series = filled(months, until)
    top = _top(max((one["received"] for one in series), default=0))
    bars = [
        {
            "title": month(one["month"]),
            "tick": format_skeleton("MMM", one["month"], locale=wording.current()),
            "year": str(one["month"].year) if place == 0 or one["month"].month == 1 else "",
            "received": number(one["received"]),
            "answered": number(one["answered"]),
            "x": 10 * place + 1,
            "heights": {name: round(100 * one[name] / top, 2) for name in ("received", "answered")},
        }
        for place, one in enumerate(series)
    ]
    lines = [{"y": 100 - 100 * step / TICKS, "text": number(top * step / TICKS)} for step in range(TICKS + 1)]
    return {"bars": bars, "width": 10 * len(bars), "lines": lines, "empty": not any(one["received"] for one in series)}


def _top(most: int) -> int:
    """A round number that is not less, and a multiple of the grid's lines."""
    if most <= TICKS:
        return TICKS
    step = max(1, 10 ** (len(str(most)) - 1) // 5)
    return next(value for value in range(step, 20 * most, step) if value >= most and value % TICKS == 0)
