"""Figures as shapes: places and sizes in hundredths. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

TICKS = 4
# Slices begin at the top and go with the clock.
_RADIUS = 50.0


def scale(values: Sequence[float]) -> tuple[float, float]:
    """Round ends of an axis that has all the values, and zero, on it."""
    least, most = min([0.0, *values]), max([0.0, *values])
    if least == most:
        return 0.0, 1.0
    rough = (most - least) / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in (1, 2, 2.5, 5, 10) if one * power >= rough)
    return math.floor(least / step) * step, math.ceil(most / step) * step


def ticks(low: float, high: float) -> list[float]:
    """Where the lines of the grid are."""
    return [low + (high - low) * number / TICKS for number in range(TICKS + 1)]


def height(value: float, low: float, high: float) -> float:
    """How high a value is, in hundredths from the bottom."""
    return round(100 * (value - low) / (high - low), 2)


def line(points: Sequence[tuple[float, float | None]]) -> str:
    """The path through points; where a value is missing it breaks off."""
    parts, is_down = [], False
    for x, y in points:
        if y is None:
            is_down = False
            continue
        parts.append(f"{'L' if is_down else 'M'}{x:g} {100 - y:g}")
        is_down = True
    return "".join(parts)


def slices(values: Sequence[float]) -> list[str]:
    """The path of each slice in a circle of 100 units; a whole circle is two halves."""
    total = math.fsum(values)
    paths, start = [], 0.0
    for value in values:
        end = start + (value / total if total else 0)
        paths.append(_slice(start, end))
        start = end
    return paths


def _slice(start: float, end: float) -> str:
    if end - start > 0.9999:
        return "M50 0A50 50 0 1 1 49.99 0Z"
    (x1, y1), (x2, y2) = _edge(start), _edge(end)
    large = 1 if end - start > 0.5 else 0
    return f"M50 50L{x1:g} {y1:g}A50 50 0 {large} 1 {x2:g} {y2:g}Z"


def _edge(share: float) -> tuple[float, float]:
    angle = 2 * math.pi * share
    return round(50 + _RADIUS * math.sin(angle), 3), round(50 - _RADIUS * math.cos(angle), 3)


def shades(values: Sequence[float], count: int = 5) -> list[int]:
    """For each value its shade from 1 to ``count``: as many values in each as can be, the same for the same."""
    ordered = sorted(set(values))
    if len(ordered) <= 1:
        return [(count + 1) // 2 for _ in values]
    return [1 + math.floor(ordered.index(value) * (count - 1) / (len(ordered) - 1) + 0.5) for value in values]
