"""Bars: groups side by side over years, and single ones below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

TICKS = 4


@dataclass(frozen=True)
class Bar:
    """One bar of a group, from the base line; ``key`` says its colour and pattern."""

    key: str
    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True)
class Grid:
    """A line across, with its value."""

    y: float
    value: Decimal


@dataclass(frozen=True)
class Chart:
    """Groups of bars: ``labels`` are (middle of the group, text)."""

    bars: list[Bar]
    labels: list[tuple[float, str]]
    lines: list[Grid]
    base: float


def top_of(most: Decimal) -> Decimal:
    """A round number that is not less."""
    if most <= 0:
        return Decimal(1)
    power = Decimal(10) ** most.adjusted()
    return next(
        step * power
        for step in map(Decimal, ("1", "1.2", "1.6", "2", "2.4", "3.2", "4", "6", "8", "10"))
        if step * power >= most
    )


def grouped(
    groups: Sequence[tuple[str, Sequence[tuple[str, Decimal, str]]]], width: float, height: float, left: float
) -> Chart:
    """Groups beside each other.

    :param groups: label and bars: key, amount, title
    :param left: room for the values of the grid
    """
    amounts = [amount for _, bars in groups for _, amount, _ in bars]
    top = top_of(max(amounts, default=Decimal(0)))
    low = min([Decimal(0), *amounts])
    span = top - (-top_of(-low) if low < 0 else Decimal(0))
    scale = height / float(span)
    base = float(top) * scale
    each = (width - left) / max(len(groups), 1)
    bars, labels = [], []
    for place, (label, members) in enumerate(groups):
        start = left + each * place + each * 0.12
        wide = min(each * 0.76 / max(len(members), 1), 70)
        start += (each * 0.76 - wide * len(members)) / 2
        for number, (key, amount, title) in enumerate(members):
            tall = abs(float(amount)) * scale
            y = base - tall if amount >= 0 else base
            bars.append(
                Bar(key, round(start + wide * number, 2), round(y, 2), round(wide * 0.9, 2), round(tall, 2), title)
            )
        labels.append((round(left + each * (place + 0.5), 2), label))
    lines = [Grid(round(base - float(top * step / TICKS) * scale, 2), top * step / TICKS) for step in range(TICKS + 1)]
    return Chart(bars, labels, lines, round(base, 2))
