"""A treemap: each part a rectangle as large as its share. Layout of M. Bruls, K. Huizing, J. van Wijk, “Squarified
treemaps”, 2000, by the library squarify.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import squarify

from ckanext.opengov.budget.service.pictures import colours
from ckanext.opengov.budget.service.pictures.text import wrapped

MOST = 24
GAP = 1.5
PADDING = 8


@dataclass(frozen=True)
class Part:
    """What is drawn. ``note`` is a second line, such as the amount in words."""

    name: str
    amount: Decimal
    note: str
    href: str | None = None


@dataclass
class Box:
    """A rectangle with its words; ``lines`` are those of the name that fit."""

    part: Part
    x: float
    y: float
    width: float
    height: float
    colour: str
    size: int
    lines: list[str] = field(default_factory=list)
    has_note: bool = False


def layout(parts: Sequence[Part], width: float, height: float, other: Part | None = None) -> list[Box]:
    """Lay parts out, largest first; those without an amount above nothing have no room.

    :param other: stands for the parts beyond the first; its amount is theirs
    """
    shown = sorted((one for one in parts if one.amount > 0), key=lambda one: -one.amount)
    if len(shown) > MOST and other is not None:
        rest = sum((one.amount for one in shown[MOST:]), Decimal(0))
        shown = [*shown[:MOST], Part(other.name, rest, other.note, other.href)]
    if not shown:
        return []
    # Sizes only decide where a rectangle lies: a float is exact enough for a screen.
    sizes = [float(one.amount / shown[0].amount) for one in shown]
    order = sorted(range(len(shown)), key=lambda place: -sizes[place])
    areas = squarify.normalize_sizes([sizes[place] for place in order], width, height)
    boxes = []
    for rank, (place, at) in enumerate(zip(order, squarify.squarify(areas, 0, 0, width, height), strict=True)):
        is_other = other is not None and len(parts) > MOST and place == len(shown) - 1
        boxes.append(_box(shown[place], at, colours.OTHER if is_other else colours.of(rank)))
    return boxes


def _box(part: Part, at: dict[str, float], colour: str) -> Box:
    width, height = max(at["dx"] - GAP, at["dx"] / 2), max(at["dy"] - GAP, at["dy"] / 2)
    size = 17 if width * height > 40_000 else 14
    box = Box(part, round(at["x"], 2), round(at["y"], 2), round(width, 2), round(height, 2), colour, size)
    rows = int((height - PADDING * 2) // (size * 1.25))
    if rows < 1 or width < 44:
        return box
    box.has_note = rows >= 2 and len(part.note) * size * 0.56 < width - PADDING * 2
    box.lines = wrapped(part.name, width - PADDING * 2, size, rows - box.has_note)
    return box
