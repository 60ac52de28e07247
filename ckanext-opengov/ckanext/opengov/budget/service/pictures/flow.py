"""From where money comes and where it goes: a Sankey diagram with the budget in the middle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ckanext.opengov.budget.service.pictures import colours

MOST = 10
# A band may be thinner than its words.
GAP = 18.0
THICK = 18.0


@dataclass(frozen=True)
class Stream:
    """One source or use of money."""

    name: str
    amount: Decimal
    note: str
    href: str | None = None
    is_other: bool = False


@dataclass(frozen=True)
class Band:
    """A stream as it is drawn: its block at the edge and the band to the middle."""

    stream: Stream
    x: float
    y: float
    height: float
    path: str
    colour: str
    is_left: bool


@dataclass(frozen=True)
class Flow:
    """All bands, and the block in the middle."""

    bands: list[Band]
    middle: tuple[float, float, float, float]


def layout(sources: Sequence[Stream], uses: Sequence[Stream], width: float, height: float, margin: float) -> Flow:
    """Lay out both sides to one scale.

    :param margin: room for words on each side
    """
    total = max(_sum(sources), _sum(uses), Decimal(1))
    gaps = GAP * (max(len(sources), len(uses)) - 1)
    scale = (height - gaps) / float(total)
    tall = float(total) * scale
    top = (height - tall) / 2
    middle = (width / 2 - THICK / 2, top, THICK, tall)
    left = _side(sources, margin, middle, scale, height, is_left=True)
    right = _side(uses, width - margin - THICK, middle, scale, height, is_left=False)
    x, y, thick, high = (round(one, 2) for one in middle)
    return Flow([*left, *right], (x, y, thick, high))


def _sum(streams: Sequence[Stream]) -> Decimal:
    return sum((one.amount for one in streams), Decimal(0))


def _side(
    streams: Sequence[Stream],
    x: float,
    middle: tuple[float, float, float, float],
    scale: float,
    height: float,
    *,
    is_left: bool,
) -> list[Band]:
    whole = float(_sum(streams)) * scale + GAP * max(len(streams) - 1, 0)
    y, inner = (height - whole) / 2, middle[1]
    bands = []
    for place, one in enumerate(streams):
        tall = float(one.amount) * scale
        colour = colours.OTHER if one.is_other else colours.of(place)
        path = _band(x + THICK, y, middle[0], inner, tall) if is_left else _band(middle[0] + THICK, inner, x, y, tall)
        bands.append(Band(one, round(x, 2), round(y, 2), round(tall, 2), path, colour, is_left))
        y += tall + GAP
        inner += tall
    return bands


def _band(x1: float, y1: float, x2: float, y2: float, tall: float) -> str:
    half = (x1 + x2) / 2
    return (
        f"M{x1:.1f} {y1:.1f}C{half:.1f} {y1:.1f} {half:.1f} {y2:.1f} {x2:.1f} {y2:.1f}V{y2 + tall:.1f}"
        f"C{half:.1f} {y2 + tall:.1f} {half:.1f} {y1 + tall:.1f} {x1:.1f} {y1 + tall:.1f}Z"
    )


def gathered(streams: Sequence[Stream], other: str, note: Callable[[Decimal], str]) -> list[Stream]:
    """The largest streams, the others together.

    :param note: makes the words of an amount
    """
    positive = sorted((one for one in streams if one.amount > 0), key=lambda one: -one.amount)
    if len(positive) <= MOST:
        return positive
    rest = _sum(positive[MOST - 1 :])
    return [*positive[: MOST - 1], Stream(other, rest, note(rest), is_other=True)]
