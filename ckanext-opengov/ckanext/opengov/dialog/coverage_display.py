"""The coverage map and its tables as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
from babel.numbers import format_decimal

from ckanext.opengov.civic.service import ground, wording
from ckanext.opengov.dialog import statistics_display

TILES = "opengov.dialog.map_tiles"
# Shades of the squares, from few complaints to many.
SHADES = 5
AIR = 2.0


def country(window: ground.Window) -> dict[str, Any]:
    """The ground of a map: its window, the country, a grid of degrees, cities, tiles if there are any."""
    language = wording.current()
    left, top, width, height = window.box
    cities = [(one, window.position(one.latitude, one.longitude)) for one in ground.places()]
    return {
        "window": window,
        "box": f"{left:.2f} {top:.2f} {width:.2f} {height:.2f}",
        "left": left,
        "top": top,
        "width": width,
        "height": height,
        "outline": ground.outline(),
        "lines": _lines(window),
        "cities": [
            {
                "title": one.title(language),
                "region": one.region,
                "rank": 1 if window.zoom else one.rank,
                "latitude": one.latitude,
                "longitude": one.longitude,
                "left": place[0],
                "top": place[1],
                "is_inside": _is_inside(place),
            }
            for one, place in cities
        ],
        "tiles": tiles(window),
        "tile_address": tk.config[TILES],
        "tile_source": tk.config["opengov.dialog.map_tiles_source"],
    }


def _is_inside(place: tuple[float, float]) -> bool:
    return all(AIR <= one <= 100 - AIR for one in place)


def _lines(window: ground.Window) -> list[str]:
    """Meridians and parallels, as paths."""
    step = {0: 5, 1: 5, 2: 2}.get(window.zoom, 1)
    south, west, north, east = window.bounds
    left, top, width, height = window.box
    meridians = [ground.project(0, lon)[0] for lon in _between(west, east, step)]
    parallels = [ground.project(lat, 0)[1] for lat in _between(south, north, step)]
    return [
        *(f"M{x:.1f} {top:.1f}v{height:.1f}" for x in meridians),
        *(f"M{left:.1f} {y:.1f}h{width:.1f}" for y in parallels),
    ]


def _between(low: float, high: float, step: int) -> range:
    return range(int(low // step) * step, int(high) + step, step)


def tiles(window: ground.Window) -> list[dict[str, Any]]:
    """Pictures of the ground that cover a window; none without an address for them."""
    address = tk.config[TILES]
    if not address:
        return []
    return [
        {
            "url": address.replace("{z}", str(zoom)).replace("{x}", str(column)).replace("{y}", str(row)),
            "x": left,
            "y": top,
            "size": size,
        }
        for zoom, column, row, left, top, size in window.tiles()
    ]


def squares(cells: Sequence[Mapping[str, Any]], window: ground.Window) -> list[dict[str, Any]]:
    """The squares in a window, in hundredths of it, each with its shade and the window on it alone."""
    half = window.grid / 20
    most = max((one["count"] for one in cells), default=1)
    found = []
    for one in cells:
        latitude, longitude = one["latitude"], one["longitude"]
        left, top = window.position(latitude + half, longitude - half)
        right, bottom = window.position(latitude - half, longitude + half)
        if right <= 0 or bottom <= 0 or left >= 100 or top >= 100:
            continue
        found.append(
            {
                "left": left,
                "top": top,
                "width": round(right - left, 2),
                "height": round(bottom - top, 2),
                "count": one["count"],
                "text": statistics_display.number(one["count"]),
                "shade": shade(one["count"], most),
                "place": degrees(latitude, longitude),
                "at": f"{latitude},{longitude}",
            }
        )
    return found


def shade(count: int, most: int) -> int:
    """From 1 for few to ``SHADES`` for the most: each step is twice the one below it."""
    level = SHADES
    while level > 1 and count * 2 ** (SHADES - level + 1) <= most:
        level -= 1
    return level


def degrees(latitude: float, longitude: float) -> str:
    """A place in the reader's numbers."""
    north, east = (format_decimal(one, "0.##", locale=wording.current()) for one in (latitude, longitude))
    return tk._("{north}° N, {east}° E").format(north=north, east=east)


def bars(rows: Iterable[Mapping[str, Any]], total: int) -> list[dict[str, Any]]:
    """Rows with their share of all as a bar."""
    return [
        {
            "title": one["title"],
            "count": statistics_display.number(one["count"]),
            "share": statistics_display.percent(one["count"] / total),
            "width": round(100 * one["count"] / total, 1),
        }
        for one in rows
    ]


def matrix(pairs: Iterable[Mapping[str, Any]], operators: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row for each place, most complaints first: the count for each of the operators, and all together."""
    rows: dict[Any, dict[str, Any]] = {}
    for one in pairs:
        row = rows.setdefault(one["region"], {"title": one["title"], "counts": {}, "total": 0})
        row["counts"][one["operator"]] = one["count"]
        row["total"] += one["count"]
    names = [one["operator"] for one in operators]
    return [
        {
            "title": row["title"],
            "cells": [statistics_display.number(row["counts"].get(name, 0)) for name in names],
            "total": statistics_display.number(row["total"]),
        }
        for row in sorted(rows.values(), key=lambda row: -row["total"])
    ]
