"""Tables and pictures as pages show them: numbers and days in the reader's language, shapes by the hundredth."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import ckan.plugins.toolkit as tk
from babel.dates import format_date, format_skeleton
from babel.numbers import format_compact_decimal
from flask_babel import format_decimal

from ckanext.opengov.civic.service import ground
from ckanext.opengov.data import language
from ckanext.opengov.data.service.described import Table
from ckanext.opengov.data.service.query.wish import NUMERIC
from ckanext.opengov.data.service.seeing import answers, geometry, regions
from ckanext.opengov.data.service.seeing import choice as choices
from ckanext.opengov.data.service.seeing.choice import Choice

_LONG = 160
_CODE = re.compile(
    r"year|год|жыл|kato|като|code|код|bin|iin|бин|иин|бсн|жсн|rka|рка|(^|_)id$|number|номер|нөмір|phone|index"
)
_SPAN_SKELETONS = {"year": "y", "quarter": "yQQQ", "month": "yMMM", "day": "yMMMd"}
# Widths of circles on the map, in hundredths of its width; the largest one grows with its number.
_LARGEST, _SMALLEST = 7.0, 1.4
_BRIEF_FROM = 10_000


def cell(value: Any, kind: str, name: str = "") -> str:
    """A value in a table.

    :param name: of its field: years and codes are numbers that nobody writes with spaces
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return tk._("yes") if value else tk._("no")
    if kind in NUMERIC:
        return str(value) if _CODE.search(name.lower()) else number(value)
    if kind == "date":
        return _day(value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def number(value: Any) -> str:
    """A number as people of the page's language write it; what is none stays."""
    if not isinstance(value, int | float):
        return str(value)
    return format_decimal(round(value, 4) if isinstance(value, float) else value)


def _day(value: str) -> str:
    try:
        return format_date(dt.date.fromisoformat(value), "medium", locale=language.current())
    except ValueError:
        return value


def group_title(value: Any, choice: Choice, kind: str) -> str:
    """What rows of a group have in common."""
    if value is None or value == "":
        return tk._("not given")
    if choice.span in _SPAN_SKELETONS:
        day = dt.date.fromisoformat(value)
        return format_skeleton(_SPAN_SKELETONS[choice.span], day, locale=language.current())
    if choice.span.isdigit():
        return f"{number(value)} – {number(value + int(choice.span))}"
    return cell(value, kind, choice.group)


def figure_title(choice: Choice, table: Table) -> str:
    """What is counted, such as “Sum: pupils, persons”."""
    title = tk._(choices.FIGURES[choice.figure])
    if not choice.of:
        return title
    unit = table.units.get(choice.of)
    of = table.label(choice.of) + (f", {unit}" if unit and choice.figure != "distinct" else "")
    return f"{title}: {of}"


def bars(found: answers.Groups, choice: Choice, kind: str) -> dict[str, Any]:
    """A table in which each number has its bar."""
    values = [_value(one.figure) or 0.0 for one in found.groups]
    most = max([abs(value) for value in values], default=0) or 1
    rows = [
        {
            "title": group_title(one.value, choice, kind),
            "figure": _shown(one.figure),
            "width": round(100 * abs(value) / most, 2),
            "is_less": value < 0,
        }
        for one, value in zip(found.groups, values, strict=True)
    ]
    return {"rows": rows, "left": found.left}


def line(found: answers.Groups, choice: Choice, kind: str) -> dict[str, Any]:
    """Points on two axes."""
    values = [_value(one.figure) for one in found.groups]
    low, high = geometry.scale([value for value in values if value is not None])
    places = _places([one.value for one in found.groups])
    heights = [None if value is None else geometry.height(value, low, high) for value in values]
    points = [
        {
            "x": x,
            "y": y,
            "title": group_title(one.value, choice, kind),
            "figure": _shown(one.figure),
        }
        for one, x, y in zip(found.groups, places, heights, strict=True)
    ]
    ends = [points[0], points[len(points) // 2], points[-1]] if len(points) > 2 else points
    return {
        "path": geometry.line(list(zip(places, heights, strict=True))),
        "points": points,
        "lines": [{"y": height, "text": number(tick)} for tick, height in _grid(low, high)],
        "ticks": [{"x": one["x"], "text": one["title"]} for one in ends],
        "left": found.left,
    }


def _grid(low: float, high: float) -> list[tuple[float, float]]:
    return [(tick, 100 - geometry.height(tick, low, high)) for tick in geometry.ticks(low, high)]


def _places(values: Sequence[Any]) -> list[float]:
    """Where values lie from left to right: days and numbers by what is between them, others one after the other."""
    measures = [_measure(value) for value in values]
    known = [one for one in measures if one is not None]
    if len(known) < len(values) or len(set(known)) < 2:
        known = [float(place) for place in range(len(values))]
    low, high = min(known, default=0), max(known, default=1)
    return [round(100 * (one - low) / ((high - low) or 1), 2) for one in known]


def _measure(value: Any) -> float | None:
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(dt.datetime.fromisoformat(str(value)).toordinal())
    except ValueError:
        return None


def slices(found: answers.Groups, choice: Choice, kind: str) -> dict[str, Any]:
    """Parts of a whole; figures below nothing have no part."""
    parts = [(group_title(one.value, choice, kind), _value(one.figure) or 0.0) for one in found.groups]
    if found.rest:
        parts.append((tk._("All others"), float(found.rest)))
    kept = [(title, value) for title, value in parts if value > 0]
    whole = math.fsum(value for _, value in kept)
    paths = geometry.slices([value for _, value in kept])
    rows = [
        {"title": title, "figure": number(value), "share": format_decimal(round(100 * value / whole, 1)), "path": path}
        for (title, value), path in zip(kept, paths, strict=True)
    ]
    return {"rows": rows, "left": len(parts) - len(kept)}


def squares(figures: Mapping[str, Any], unknown: int) -> dict[str, Any]:
    """The regions with their shade, and as a table from most to least."""
    known = {code: value for code, figure in figures.items() if (value := _value(figure)) is not None}
    shades = dict(zip(known, geometry.shades(list(known.values())), strict=True))
    shown = [
        {
            "code": one.code,
            "column": one.column,
            "row": one.row,
            "short": one.short,
            "title": one.title,
            "figure": _shown(figures.get(one.code)) if one.code in known else "–",
            "brief": _brief(known[one.code]) if one.code in known else "–",
            "shade": shades.get(one.code, 0),
            "value": known.get(one.code, -math.inf),
        }
        for one in regions.squares(language.current())
    ]
    return {"squares": shown, "rows": sorted(shown, key=lambda one: -one["value"]), "left": unknown}


def _brief(value: float) -> str:
    """A number that fits on a square, such as “4,2 млн”."""
    if abs(value) < _BRIEF_FROM:
        return number(round(value, 1))
    return format_compact_decimal(value, fraction_digits=1, locale=language.current())


def clusters(found: answers.Points, window: ground.Window) -> dict[str, Any]:
    """Circles on the map of the country: their area is as their number."""
    most = max((one.number for one in found.clusters), default=1)
    largest = min(_LARGEST, 2 + math.log2(most) / 2)
    circles = []
    for one in found.clusters:
        left, top = window.position(one.latitude, one.longitude)
        nearer = ground.window(one.latitude, one.longitude, window.zoom + 1)
        circles.append(
            {
                "left": left,
                "top": top,
                "size": round(max(_SMALLEST, largest * math.sqrt(one.number / most)), 2),
                "number": number(one.number),
                "is_large": one.number > most / 8 and one.number > 1,
                "window": _window(nearer),
                "place": f"{one.latitude:.2f}, {one.longitude:.2f}",
            }
        )
    return {
        **_ground(window),
        "circles": circles,
        "located": number(found.located),
        "without": number(found.total - found.located) if found.total > found.located else "",
        "inside": number(sum(one.number for one in found.clusters)),
    }


def _ground(window: ground.Window) -> dict[str, Any]:
    left, top, width, height = window.box
    cities = []
    for place in ground.places():
        x, y = window.position(place.latitude, place.longitude)
        if 0 <= x <= 100 and 0 <= y <= 100 and place.rank <= 1 + window.zoom:
            cities.append({"left": x, "top": y, "title": place.title(language.current()), "is_late": x > 82})
    moves = {
        "nearer": window.moved(nearer=1) if window.zoom < ground.DEEPEST else None,
        "farther": window.moved(nearer=-1) if window.zoom else None,
        "north": window.moved(down=-0.4) if window.zoom else None,
        "west": window.moved(right=-0.4) if window.zoom else None,
        "east": window.moved(right=0.4) if window.zoom else None,
        "south": window.moved(down=0.4) if window.zoom else None,
    }
    return {
        "box": f"{left:.2f} {top:.2f} {width:.2f} {height:.2f}",
        "outline": ground.outline(),
        "cities": cities,
        "moves": {name: _window(one) for name, one in moves.items() if one},
    }


def _window(window: ground.Window) -> tuple[str, str, str]:
    return f"{window.latitude:.3f}", f"{window.longitude:.3f}", str(window.zoom)


def _value(figure: Any) -> float | None:
    """A figure that can be drawn; the least or the most of texts cannot."""
    try:
        value = float(figure)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _shown(figure: Any) -> str:
    return "–" if figure is None else number(figure)
